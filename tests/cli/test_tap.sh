#!/bin/bash
# test: TAP version 13 for graders.
. "$(dirname "$0")/cli.sh"

run test "$tmp/good.lua"
is 'exit 0: all pass' "$rc" 0
is 'the first line' "$(printf '%s\n' "$out" | head -n 1)" 'TAP version 13'
is 'three eras, three checks each' "$(printf '%s\n' "$out" | grep -c '^ok')" 9
is 'numbers without gaps' "$(printf '%s\n' "$out" | sed -n \
	's/^ok \([0-9]*\) .*/\1/p' | tr '\n' ' ')" '1 2 3 4 5 6 7 8 9 '
is 'the plan is last' "$(printf '%s\n' "$out" | grep -v '^#' | tail -n 1)" 1..9
for e in 4.0 2.6.11 6.18; do
	like "era $e is named" "$out" "^ok [0-9]+ - good \[$e\]: two map it$"
done
run test -e 6.18 "$tmp/good.lua"
is '-e chooses' "$(printf '%s\n' "$out" | grep -c '^ok')" 3
run test -e 6.18,4.0 -q "$tmp/good.lua"
is '-e chooses two' "$(printf '%s\n' "$out" | grep -c '^ok')" 6
unlike 'quiet: no comments' "$out" '^#'

mkdir -p "$tmp/tree/deep"
printf 'scenario { eras = { "4.0" } }\nspawn "a"\nexpect(1 == 2, "one # is\\ntwo")\n' \
	>"$tmp/tree/deep/bad.lua"
printf 'spawn "a"\nexpect(true)\nerror "stop"\n' >"$tmp/tree/broken.lua"
printf 'expect(false)\n' >"$tmp/tree/_module.lua"
printf 'scenario { eras = { "4.0" } }\nexpect(true, "fine")\n' >"$tmp/tree/ok.lua"
run test "$tmp/tree"
is 'exit 1: some fail' "$rc" 1
like 'a failed check' "$out" '^not ok [0-9]+ - .*bad \[4\.0\]: one \\# is two$'
like 'its place' "$out" '^  line: 3$'
like 'its file' "$out" '^  file: "bad\.lua"$'
like 'a broken script' "$out" '^not ok [0-9]+ - .*broken \[4\.0\]: .*:3: stop'
like 'one that passes' "$out" '^ok [0-9]+ - .*ok \[4\.0\]: fine'
unlike 'modules are no scenarios' "$out" '_module'
lines=$(printf '%s\n' "$out" | grep -cE '^(not )?ok ')
like 'the plan counts the lines' "$out" "^1\.\.$lines$"
run test -e 6.18 "$tmp/tree/ok.lua"
is 'exit 0: an era that is not named is not run' "$rc" 0
unlike 'and makes no line' "$out" '^(not )?ok '
run test "$tmp/nowhere"
is 'exit 2: no such path' "$rc" 2
like 'a path that is not there' "$err" '^rmapscope: .*nowhere'
like 'and still a plan' "$out" '^1\.\.0'
run test "$tmp/good.lua" "$tmp/nowhere"
is 'exit 2: one of the paths is not there' "$rc" 2
like 'the other one is run' "$out" '^ok 9 '

if command -v prove >/dev/null; then
	printf '#!/bin/sh\nexec "%s" test "%s"\n' "$RMAPSCOPE" "$tmp/good.lua" \
		>"$tmp/t.sh"
	prove -e sh "$tmp/t.sh" >"$tmp/out" 2>&1
	ok 'prove reads it' || note "$(cat "$tmp/out")"
else
	skip 'prove reads it' 'there is no prove'
fi
done_testing
