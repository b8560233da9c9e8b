#!/bin/bash
# export: every format, position, pane and range.
. "$(dirname "$0")/cli.sh"
good=$tmp/good.lua

run export "$good"
is 'exit 0: text' "$rc" 0
is '120x40 unless said' "$(printf '%s\n' "$out" | wc -l)" 40
like 'the screen' "$out" 'rmapscope +good'
run export "$good" --size 80x24
is '--size' "$(printf '%s\n' "$out" | wc -l)" 24
is 'no line is wider' "$(printf '%s\n' "$out" | wc -L)" 80
run export "$good" --ascii
is '--ascii' "$(printf '%s' "$out" | LC_ALL=C tr -d '\0-\177')" ''
for pane in spaces rmap frames walk path narration script costs timeline; do
	run export "$good" --at 6 --pane $pane --size 80x24
	is "exit 0: --pane $pane" "$rc" 0
	is "--pane $pane has its size" "$(printf '%s\n' "$out" | wc -lL |
		tr -s ' ')" ' 24 80'
	like "--pane $pane is in a box" "$out" '^┌.* .*┐$'
done
run export "$good" --at 0
like 'the start' "$out" 'step 0/'
run export "$good" --at 7.3
like 'inside an operation' "$out" 'event 3/'
run export "$good" --at end
like 'the end' "$out" 'step ([0-9]+)/\1 '
fails 1 'no position 99: the run has' export "$good" --at 99
fails 1 'no position 7.9999: operation 7 has [0-9]+ events' export "$good" --at 7.9999
fails 1 'no mark @here' export "$good" --at @here

run export "$good" -f svg
like 'SVG' "$out" '<svg .*xmlns'
if command -v python3 >/dev/null; then
	printf '%s' "$out" | python3 -c 'import sys, xml.dom.minidom
xml.dom.minidom.parse(sys.stdin)' 2>"$tmp/err"
	ok 'SVG is XML' || note "$(cat "$tmp/err")"
else
	skip 'SVG is XML' 'there is no python3'
fi
run export "$good" -f html
like 'HTML' "$out" '<html'
run export "$good" -f ansi
like 'ANSI has colours' "$out" "$(printf '\033')\\["
NO_COLOR=1 run export "$good" -f ansi
unlike 'NO_COLOR' "$out" "$(printf '\033')\\[[0-9;]*3[0-9]"
run export "$good" --at 6 -f dot
like 'DOT' "$out" '^digraph rmap'
for edge in 'p[0-9]+ -> a1' 'a1 -> v1' 'v2 -> t2' 'v2 -> p[0-9]+ .style=dotted'; do
	like "the graph has $edge" "$out" "$edge"
done
if command -v dot >/dev/null; then
	printf '%s\n' "$out" | dot -Tsvg >/dev/null 2>"$tmp/err"
	ok 'Graphviz reads it' || note "$(cat "$tmp/err")"
else
	skip 'Graphviz reads it' 'there is no dot'
fi
run export "$good" --at 6 -f json
is 'JSON is the state' "$(printf '%s' "$out" | jq -r '[.type, .op] | @csv')" \
	'"state",6'
run export "$good" --at 7.3 -f json
is 'JSON inside an operation says so' \
	"$(printf '%s' "$out" | jq -c '[.op, .event]')" '[7,3]'

for suffix in txt ansi html svg dot json; do
	run export "$good" -o "$tmp/x.$suffix"
	is "exit 0: -o x.$suffix" "$rc" 0
	is "-o x.$suffix: nothing on standard output" "$out" ''
done
like '.svg means SVG' "$(head -c 200 "$tmp/x.svg")" '<svg|<\?xml'
like '.json means JSON' "$(jq -r .type "$tmp/x.json")" state
run export "$good" -o "$tmp/x.out" -f dot
like '-f wins' "$(head -n 1 "$tmp/x.out")" digraph
fails 2 'nowhere' export "$good" -o /nowhere/x.svg
rm -f "$tmp/none.svg"
run export "$good" --at 99 -o "$tmp/none.svg"
[ ! -e "$tmp/none.svg" ]
ok 'no file where there is no position'

steps=$("$RMAPSCOPE" run "$good" --json | jq -s '.[-1].ops')
run export "$good" --range all -f json
is 'a page for each step, and the start' "$(printf '%s\n' "$out" | wc -l)" \
	$((steps + 1))
run export "$good" --range 2-4 -f json
is 'a range' "$(printf '%s\n' "$out" | jq .op | tr '\n' ' ')" '2 3 4 '
fails 1 'no position' export "$good" --range 2-99
for f in text ansi html svg dot; do
	run export "$good" --range 1-3 -f $f
	is "exit 0: a range as $f" "$rc" 0
done
run export "$good" --theme projector -f svg
is 'exit 0: a theme' "$rc" 0
run export "$good" --theme nothing
is 'exit 2: a theme that is not there' "$rc" 2
fails 2 'nowhere' export "$tmp/nowhere.lua"
printf 'spawn "a"\nerror("on purpose")\n' >"$tmp/error.lua"
run export "$tmp/error.lua"
is 'exit 1: an error in the script' "$rc" 1
like 'the message' "$err" '^rmapscope: .*error\.lua:2: .*on purpose'
like 'a picture all the same' "$out" 'rmapscope'
done_testing
