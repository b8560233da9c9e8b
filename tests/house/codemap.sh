#!/bin/sh
# Print doc/code-map.md: one line for each file (a .c and its .h share one),
# taken from the first sentence of its opening comment.  `make code-map`.
cd "$(dirname "$0")/../.." || exit 2

# Files that are not committed to the repository are left out.
nl='
'
tracked=$(git ls-files -- src tests 2>/dev/null)
is_part()
{
	[ -e "$1" ] || return 1
	[ -n "$tracked" ] || return 0
	case $nl$tracked$nl in
	*"$nl$1$nl"*) return 0 ;;
	esac
	return 1
}

# The first sentence of the opening comment of file $1.
sentence()
{
	awk '
	NR == 1 && /^#!/ { next }
	/^(#ifndef|#define|#include|#ifdef) / && !open { exit }
	/^[ \t]*$/ && open && text { exit }
	{
		if (!open && $0 !~ /^(\/\*|# |\.\\"|--)/)
			exit
		open = 1
		end = index($0, "*/") > 0
		gsub(/^(\/\*|[ \t]*\*\/?|# ?|\.\\" ?|-- ?)|\*\/.*$/, "")
		gsub(/^[ \t]+|[ \t]+$/, "")
		gsub(/  +/, " ")
		if ($0 == "" && text)
			exit
		text = text (text && $0 ? " " : "") $0
		if (match(substr(text, 13), /[.;]( |$)/)) {
			text = substr(text, 1, RSTART + 11)
			exit
		}
		if (end)
			exit
	}
	END { sub(/[.:;]$/, "", text); print text }' "$1"
}

describe()
{
	for f in "$@"; do
		[ -e "$f" ] || continue
		text=$(sentence "$f")
		[ -n "$text" ] && break
	done
	echo "$text"
}

folder()
{
	printf '\n## %s\n%s\n\n' "$1" "$2"
	for f in "$1"/*.c "$1"/*.h "$1"/*.sh; do
		is_part "$f" || continue
		name=${f##*/}
		case $f in
		*.c) is_part "${f%.c}.h" && name="$name, ${name%.c}.h" ;;
		*.h) is_part "${f%.h}.c" && continue ;;
		esac
		echo "- \`$name\`: $(describe "${f%.c}.h" "$f")"
	done
}

cat <<'END'
# What each file is

Includes point one way only: main → cli → tui, script, live → view → history →
core. Written by `make code-map` from the files' opening comments; a test checks
that it is complete.
END
folder src "The program's beginning."
folder src/core "The machine: libc only, no text for people."
folder src/history "The log of operations, positions in it, branches."
folder src/view "What the screen, the exporters and the texts share."
folder src/script "Scenarios, themes and settings in Lua; only here is lua.h."
folder src/tui "The viewer."
folder src/tui/panes "One pane each."
folder src/live "The running kernel: what /proc tells, real processes, recordings."
folder src/cli "The command line."
for d in tests tests/*/; do
	d=${d%/}
	set -- "$d"/*.c "$d"/*.sh
	[ -e "$1" ] || [ -e "$2" ] || [ -e "$3" ] || continue
	folder "$d" ""
done | cat -s
