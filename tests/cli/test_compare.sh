#!/bin/bash
# compare: the same scenario in several eras, side by side.
. "$(dirname "$0")/cli.sh"
eras=2.6.11,4.0,6.18

# One result differs, then one call, then one era does more.
cat >"$tmp/differs.lua" <<'END'
scenario { title = "Differs", eras = { "6.18", "4.0", "2.6.11" } }
local t = spawn "t"
local r = t:mmap { pages = 2 }
t:write(r[0], "A")
t:mmap { pages = 1, addr = r[0], fixed = "noreplace" }
if machine().era == "4.0" then t:write(r[1], 1) else t:read(r[1]) end
batch("three", function() for i = 1, 3 do t:write(r[0], i) end end)
if machine().era == "2.6.11" then t:exit() end
END
run compare "$tmp/differs.lua" --cost copies
is 'exit 0' "$rc" 0
is 'nothing on standard error' "$err" ''
lines=$(printf '%s\n' "$out" | sed '/^$/,$d')
like 'the eras stand oldest first' "$lines" '^ +copies +2.6.11 +4.0 +6.18$'
like 'a result that differs' "$lines" '^ +\* 2.6.11: [0-9a-f]+; 4.0: [0-9a-f]+; 6.18: EEXIST$'
like 'another call' "$lines" '^ +\* 2.6.11: 0; 4.0: ok; 6.18: 0$'
like 'a step that others have not' "$lines" '^ +7  t exit +0 +- +-$'
like 'is told' "$lines" '^ +\* 2.6.11: ok; 4.0: no such step; 6.18: no such step$'
is 'three differ' "$(printf '%s\n' "$lines" | grep -c '\*')" 3
unlike 'where regions lie is no difference' "$lines" '7ffff7ffe000; 6.18: 7ffff7'

# Of batches that went well it is the number of calls that differs.
cat >"$tmp/more.lua" <<'END'
scenario { eras = { "2.6.11", "4.0" } }
local t = spawn "t"
local r = t:mmap { pages = 1 }
batch("some", function() for _ in machine().era:gmatch "." do t:read(r[0]) end end)
END
run compare "$tmp/more.lua"
like 'a batch of more calls' "$out" '^ +\* 2.6.11: 6 ok; 4.0: 3 ok$'

# The sums are those of the runs, and each step's costs those of its record.
run compare "$tmp/good.lua" --json
is 'exit 0: --json' "$rc" 0
printf '%s\n' "$out" >"$tmp/compare.json"
is 'the head' "$(jq -c 'select(.type == "compare") |
	[.title, .file, .eras, .archs, .steps]' "$tmp/compare.json")" \
	'["Good","good.lua",["2.6.11","4.0","6.18"],["i386","x86_64","x86_64"],11]'
for era in 2.6.11 4.0 6.18; do
	"$RMAPSCOPE" run "$tmp/good.lua" -e $era --json >"$tmp/run.json"
	is "$era: each step" "$(jq -c --arg era $era 'select(.type == "step") |
		[.op, .call, .eras[$era].costs, .eras[$era].faults,
			.eras[$era].result]' "$tmp/compare.json")" \
		"$(jq -c 'select(.type == "op") |
			[.op, .call, .costs, .faults, .result]' "$tmp/run.json")"
	is "$era: the sums" "$(jq -c --arg era $era 'select(.type == "total") |
		.eras[$era].costs | to_entries | sort_by(.key)' "$tmp/compare.json")" \
		"$(jq -sc 'map(select(.type == "op") | .costs | to_entries) |
			add | group_by(.key) |
			map({ key: .[0].key, value: map(.value) | add })' "$tmp/run.json")"
	is "$era: the checks" "$(jq -c --arg era $era 'select(.type == "total") |
		.eras[$era] | [.passed, .failed, .ops]' "$tmp/compare.json")" '[3,0,11]'
done
is 'nothing differs' "$(jq -c 'select(.differs)' "$tmp/compare.json")" ''
run compare "$tmp/differs.lua" --json
is 'what differs' "$(printf '%s\n' "$out" | jq -c 'select(.differs) |
	[.op, .eras["6.18"].result, .eras["4.0"].result == null]')" \
	'[4,{"error":"EEXIST"},false]
[5,0,false]
[7,null,true]'
run compare "$tmp/differs.lua" --json --range 5-6
is '--json --range' "$(printf '%s\n' "$out" | jq -c '[.type, .op]' | tr '\n' ' ')" \
	'["compare",null] ["step",5] ["step",6] ["total",null] '
run compare "$tmp/good.lua" --json -e 4.0
is '-e chooses' "$(printf '%s\n' "$out" | head -1 | jq -c .eras)" '["4.0"]'
run compare - --json -e 4.0 <"$tmp/good.lua"
"$RMAPSCOPE" compare - -e 4.0,6.18 <"$tmp/good.lua" >"$tmp/out" 2>"$tmp/err"
ok 'standard input is read once' || note "$(cat "$tmp/err")"
like 'and run in each' "$(cat "$tmp/out")" '4.0 +6.18$'

# -- pictures ----------------------------------------------------------------
run compare "$tmp/differs.lua" --at 4 --size 60x24 --cost faults
is 'faults are no cost' "$rc" 2
run compare "$tmp/differs.lua" --at 4 --size 60x23 --cost ptes+copies
is 'one step' "$(printf '%s\n' "$out" | sed 's/  *$//;/^vmas\|^list\|^tree\|^locks\|^tlb\|^allocs\|^frees\|^slab/d;s/[0-9a-f]\{8,\}/ADDR/g;s/b7ff[0-9a-f…]*/ADDR/g;s/7fff[0-9a-f…]*/ADDR/g')" \
"Differs
step 4 of 7: t mmap 1 page addr=ADDR fixed=noreplace

               2.6.11      4.0     6.18
result       ADDR ADDR   EEXIST

ptes+copies
1 2.6.11       0
2 4.0          0
3 6.18         0

ptes+copies, added up over the steps
     6│                             ┊                      │
      │                             ┊                      │
      │                             ┊        ┌1───2───3───1┘
      │                       3───1─┼─2───3──┘
      │                       │     ┊
     0│───1───2───3───1───2───┘     ┊
      └─────────────────────────────↑───────────────────────
       0                                              step 7"
run compare "$tmp/differs.lua" --range all -f html
like 'a page for each step and one for all' "$(printf '%s' "$out" | grep -c 'step [0-9]* of 7')" 7
like 'the last is the whole run' "$out" 'the whole run, 7 steps'
run compare "$tmp/good.lua" -f svg
like 'SVG' "$out" '<svg .*xmlns'
run compare "$tmp/good.lua" --ascii --at 5
is '--ascii' "$(printf '%s' "$out" | LC_ALL=C tr -d '\0-\177')" ''
run compare "$tmp/good.lua" -o "$tmp/c.ansi" --theme projector
is 'a file' "$rc$out" 0
like 'in colour' "$(cat "$tmp/c.ansi")" "$(printf '\033')\\["
run compare "$tmp/good.lua" --size 40x20 --at 7
is 'no line is wider' "$(printf '%s\n' "$out" | wc -L)" 40
run compare "$tmp/good.lua" --lang zh
is 'exit 0: Chinese' "$rc" 0

# -- what is wrong -----------------------------------------------------------
fails 2 'unknown cost visitd; did you mean visited' compare x --cost visitd
fails 2 'there are .*ptes\+vmas' compare x --cost ''
fails 1 'no step 99: the run has 11 operations' compare "$tmp/good.lua" --at 99
fails 1 'no step 99' compare "$tmp/good.lua" --range 3-99
fails 2 'whole step, not 4.2' compare "$tmp/good.lua" --at 4.2
fails 2 'whole step, not @here' compare "$tmp/good.lua" --at @here
fails 2 'give one of them' compare x --at 3 --range all
fails 2 'no format dot' compare x -f dot
fails 2 'it means nothing in era 4.0' compare -e 4.0,6.18 <(echo 'scenario { era = "6.18" }')
run compare "$tmp/good.lua" --arch pae
is 'exit 0: an era without the arch' "$rc" 0
is 'is told' "$err" 'rmapscope: arch pae is not in 6.18: x86_64 is used'
printf 'spawn "a"\nexpect(machine().era ~= "4.0")\n' >"$tmp/fails.lua"
run compare "$tmp/fails.lua" -e $eras
is 'exit 1: a check failed' "$rc" 1
is 'in which era' "$err" 'rmapscope: 4.0: 1 of 1 checks failed'
printf 'spawn "a"\nerror "no"\n' >"$tmp/error.lua"
run compare "$tmp/error.lua" -e $eras
is 'exit 1: an error' "$rc" 1
is 'told for each' "$(printf '%s\n' "$err" | sed 's/ .*error/ error/')" \
'rmapscope: error.lua:2: no
rmapscope: error.lua:2: no
rmapscope: error.lua:2: no'
like 'what ran is shown' "$out" '^ +1  spawn a'
done_testing
