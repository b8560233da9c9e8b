#!/bin/bash
# live: scenarios on real processes beside the simulator.
. "$(dirname "$0")/cli.sh"

fails 2 'live needs SCENARIO' live
fails 2 'no such file or scenario' live nothere
case $(uname -r) in
6.18.*) ;;
*)
	skip 'real beside simulated' 'the kernel is not a 6.18'
	done_testing
	;;
esac
run live fork-cow
if [ "$rc" = 2 ]; then
	skip 'real beside simulated' "$(head -n 1 "$tmp/err")"
	done_testing
fi
is 'exit 0: fork-cow' "$rc" 0 || note "$out"
like 'both answers' "$out" '19  child read 7ffff7ffc000 +SIGSEGV +SIGSEGV'
like 'what is simulated only' "$out" '6  rmap [0-9a-f]+ +- +'
like 'the sums' "$out" '^23 operations, 6 of them simulated only; 0 differ'
for s in act-2-fork zero-page split-merge many-children file-private-cow \
	file-shared exec threads stack-growth mremap; do
	run live "$s" -q
	is "exit 0: $s" "$rc" 0 || note "$out"
done
run live many-children -q
like 'letters for shared frames, alike on both sides' "$out" \
	' abcdefghij +abcdefghij$'

# What only the simulator did is not a difference of the kernels.
run live swap-out-shared
is 'exit 0: after a reclaim' "$rc" 0
like 'it says from where' "$out" 'From step 6 on the simulated machine'

# exec ends the real worker, too: whom it shared with has the pages alone.
run live exec
like 'after exec the task is simulated only' "$out" 'child read 7fffffffe000 +- +ls -l'
like 'a limit of the stack is real' "$("$RMAPSCOPE" live stack-growth)" \
	'"too deep" +SIGSEGV +SIGSEGV'
run live act-1-first-write
like 'a walk says what it visited' "$out" 'rmap [0-9a-f]+ full=true +- +visited 1'

# Each difference once, with words for what was read.
run live madvise
like 'what follows is marked' "$out" '^~ +11  task read 7ffff7ffb000 +ABCD0 +0'
like 'old ones are counted' "$out" 'and 1 as before'
run live madvise --json
is 'each is told once' "$(printf '%s\n' "$out" | jq -s '[.[] | .differences // [] |
	.[] | select(.pid == 1 and .addr == "0x7ffff7ffe000")] | length')" 1

# Something that does differ: a scenario that asks for a setting which the
# running kernel has not.
cat >"$tmp/around.lua" <<'END'
scenario { title = "No fault-around", fault_around = 1 }
local t = spawn "t"
local f = file("f", 8, { tmpfs = true })
local r = t:mmap { file = f, pages = 8 }
t:read(r[2])
END
run live "$tmp/around.lua"
is 'exit 1: they differ' "$rc" 1
like 'it says in what' "$out" '≠ t 7ffff7ff[0-9a-f]+ present: real yes, simulated no'
run live "$tmp/around.lua" --json
is 'exit 1: --json' "$rc" 1
is 'as data' "$(printf '%s\n' "$out" | jq -c 'select(.type == "end") |
	[.ops, .differ]')" '[4,1]'
is 'each difference' "$(printf '%s\n' "$out" | jq -c 'select((.differs // 0) > 0) |
	[.op, .differs, .differences[0].what]')" '[4,7,"present"]'

# Formats.
for f in svg html ansi txt json; do
	"$RMAPSCOPE" live fork-cow -o "$tmp/out.$f"
	[ -s "$tmp/out.$f" ]
	ok "as $f"
done
fails 2 'no format dot' live fork-cow -f dot

# Without rights presence is compared.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	out=$(setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$RMAPSCOPE" live fork-cow 2>&1)
	is 'exit 0: an ordinary user' "$?" 0 || note "$out"
	like 'it says what was out of reach' "$out" 'Out of reach: frames'
else
	skip 'an ordinary user' 'not root, or no setpriv'
fi
done_testing
