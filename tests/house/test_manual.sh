#!/bin/bash
# The manual pages are well formed and know every option, command and key.
. "$(dirname "$0")/../cli/cli.sh"
doc=${BUILD:-build}/doc

unfilled=$(grep -nE '^@[a-z]+@$' "$doc"/rmapscope*.[15])
empty 'every table is filled in' "$unfilled"
if command -v mandoc >/dev/null; then
	for page in rmapscope.1 rmapscope-scenario.5; do
		empty "mandoc finds nothing wrong in $page" \
			"$(mandoc -Tlint -Wwarning "$doc/$page" 2>&1 |
				grep -vE "referenced manual not found|is not installed")"
	done
	text=$(mandoc -Tutf8 -Owidth=78 "$doc/rmapscope.1" |
		sed 's/.\x08//g')
	language=$(mandoc -Tutf8 -Owidth=78 "$doc/rmapscope-scenario.5" |
		sed 's/.\x08//g')
else
	text=$(cat "$doc/rmapscope.1") language=$(cat "$doc/rmapscope-scenario.5")
fi
for c in '' run test compare export record attach live list new check; do
	# shellcheck disable=SC2086 # no command is no word
	for option in $("$RMAPSCOPE" $c --help | grep -oE -- '--[a-z-]+' |
		sort -u); do
		printf '%s\n' "$text" | grep -q -- "^ *\(-., \)\?$option"
		ok "the manual has ${c:+$c }$option"
	done
done
for command in step back event unevent scene unscene play stop goto restart op \
	lesson branch who walk era pane zoom grow shrink follow return inspect \
	find filter mark jump theme set help cancel close quit suspend redraw \
	write save-screen save-state save-scenario bind; do
	printf '%s\n' "$text" | grep -q -- "^ *:$command\\b"
	ok "the manual has :$command"
done
while read -r key command; do
	printf '%s\n' "$text" | grep -qF -- "$key  :$command"
	ok "the manual has the key $key for :$command"
done <<'END'
Space step
u back
. event
, unevent
] scene
[ unscene
c play
C-c stop
U goto 0
E goto end
R restart
o op
b lesson
B branch
w who
a walk
e era
z zoom
Enter follow
Backspace return
i inspect
/ find
& filter
m mark
' jump
t theme
? help
F1 help
Esc cancel
q close
Q quit
C-z suspend
C-l redraw
END
for name in spawn mmap munmap mprotect mremap madvise brk read write fork exit \
	rmap scenario scene say note ask show point pause expect expect_eq \
	expect_error batch page_at anon_vmas machine costs walk vmas mappers; do
	printf '%s\n' "$language" | grep -qw -- "$name"
	ok "the language's manual has $name"
done

# The README's keys and commands exist.
for name in $(grep -oE '`rmapscope [a-z]+[ `]' README.md | tr -d '`' | cut -d' ' -f2 |
	sort -u); do
	"$RMAPSCOPE" "$name" --help 2>/dev/null | grep -q "^Usage: rmapscope $name"
	ok "README: rmapscope $name"
done
sed -n '/^```lua$/,/^```$/p' README.md | grep -v '```' >"$tmp/first.lua"
run test "$tmp/first.lua"
is "README: the first scenario passes" "$rc" 0
done_testing
