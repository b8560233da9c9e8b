#!/bin/bash
# What :save-scenario writes makes the same machine again: each bundled
# scenario in each of its eras, to its end and to its middle.
. "$(dirname "$0")/../tap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# saved SCENARIO ERA POSITION
saved()
{
	local name
	name="$(basename "$1" .lua) in $2 at $3"
	rm -f "$dir"/*
	printf ':goto %s\n:save-scenario %s\n' "$3" "$dir/again.lua" >"$dir/save"
	"$RMAPSCOPE" "$1" -e "$2" --keys "$dir/save" 2>"$dir/err" || {
		grep -q 'it means nothing in era' "$dir/err"
		ok "$name: not for this era"
		return
	}
	printf ':goto end\n:save-state %s\n' "$dir/two.json" >"$dir/load"
	"$RMAPSCOPE" "$dir/again.lua" --keys "$dir/load" 2>"$dir/err"
	grep -q 'longer than 16 MiB' "$dir/err" && {
		ok "$name: too long to be read again"
		return
	}
	printf ':goto %s\n:save-state %s\n' "$3" "$dir/one.json" >"$dir/save"
	"$RMAPSCOPE" "$1" -e "$2" --keys "$dir/save" 2>>"$dir/err"
	cmp "$dir/one.json" "$dir/two.json" 2>>"$dir/err"
	ok "$name" || note "$(cat "$dir/err")"
}

for s in "$SRCDIR"/scripts/[!_]*.lua; do
	for era in 2.4 2.6.0 2.6.11 4.0 6.18; do
		saved "$s" $era end
		saved "$s" $era 5
	done
done
# What scenario{} chose for the machine is said again.
cat >"$dir.lua" <<'END'
scenario { era = "6.18", swap = "1M", swappiness = 150, lru_batches = true,
	pcp = true, oom_killer = false, pages_min = 9, zones = { Normal = 512 } }
local t = spawn "t"
t:write(t:mmap { pages = 1 }[0], 1)
END
saved "$dir.lua" 6.18 end
grep -c 'swappiness = 150\|lru_batches = true\|pcp = true\|oom_killer = false\|pages_min = 9\|zones = { Normal = 512 }\|swap = 1048576' \
	"$dir/again.lua" | grep -qx 7
ok 'the numbers of the machine are saved' || note "$(cat "$dir/again.lua")"
rm -f "$dir.lua"
done_testing
