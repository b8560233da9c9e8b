#!/bin/bash
# The house: includes point one way, the code map is complete, sources keep
# to the style, the manual knows every option, scenarios and themes are there.
cd "${SRCDIR:-$(dirname "$0")/../..}" || exit 2
. tests/tap.sh

# Rank of a layer: a file includes only lower ranks and its own folder.
rank()
{
	case $1 in
	core) echo 0 ;;
	history) echo 1 ;;
	view) echo 2 ;;
	script | tui | live) echo 3 ;;
	cli) echo 4 ;;
	main.c) echo 5 ;;
	*) echo unknown ;;
	esac
}

climbs()
{
	grep -rnE '^#include "' src --include='*.[ch]' |
	while IFS=: read -r file line text; do
		from=${file#src/} from=${from%%/*}
		to=${text#*\"} to=${to%%/*}
		[ "$from" = "$to" ] && continue
		[ "$(rank "$from")" -gt "$(rank "$to")" ] 2>/dev/null ||
			echo "$file:$line: $text"
	done
}
empty "includes point from main down to core" "$(climbs)"

# Libraries are included where design says, and nowhere else.
only()
{
	grep -rnE "^#include <($1)" src --include='*.[ch]' |
		grep -vE "^src/($2):"
}
empty "only src/script includes Lua" \
	"$(only 'lua|lauxlib|lualib' 'script/[a-z_0-9/]*\.[ch]')"
empty "only src/tui/term.c includes curses" \
	"$(only 'ncurses|curses|term\.h' 'tui/term\.c')"
empty "only src/tui/key.c includes termkey" "$(only termkey 'tui/key\.c')"
empty "the core does no input or output" \
	"$(grep -rnE '^#include <(stdio|unistd|time|sys/time)' src/core)"
empty "the core knows no randomness and no clock" \
	"$(grep -rnwE 'rand|random|srand|time|clock_gettime' src/core \
		--include='*.c' | grep -E '(rand|random|srand|time|clock_gettime)\(')"

# -- the code map -----------------------------------------------------------
mapped()
{
	awk '/^## / { dir = $2 }
	/^- `/ {
		line = $0
		sub(/^- `/, "", line)
		sub(/`.*/, "", line)
		n = split(line, names, ", ")
		for (i = 1; i <= n; i++)
			print dir "/" names[i]
	}' doc/code-map.md | sort
}
present()
{
	{ git ls-files -- src tests 2>/dev/null | grep . || find src tests; } |
		grep -E '\.(c|h|sh)$' | while read -r f; do
			[ -e "$f" ] && echo "$f"
		done | sort
}
empty "doc/code-map.md has a line for every file (make code-map)" \
	"$(comm -13 <(mapped) <(present))"
empty "doc/code-map.md names no file that is gone (make code-map)" \
	"$(comm -23 <(mapped) <(present))"
empty "every file says what it is" \
	"$(grep -nE '^- `[^`]*`: *$' doc/code-map.md)"

# -- style ------------------------------------------------------------------
empty "no line is longer than 100 columns" \
	"$(for f in $(find src tests -name '*.[ch]'); do
		expand "$f" | LC_ALL=C.UTF-8 grep -nE '.{101}' | sed "s|^|$f:|"
	done)"
empty "no .c file is longer than 600 lines" \
	"$(find src -name '*.c' -print0 | xargs -0 wc -l |
		awk '$2 != "total" && $1 > 600')"
empty "nothing is left to be done" \
	"$(grep -rnE '\b(TODO|FIXME|XXX)\b' src scripts themes tests \
		--include='*.[ch]' --include='*.lua')"
done_testing
