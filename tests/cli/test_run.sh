#!/bin/bash
# run: text, JSON lines, statuses, input from everywhere.
. "$(dirname "$0")/cli.sh"

# -- text -------------------------------------------------------------------
run run "$tmp/good.lua"
is 'exit 0: a scenario that passes' "$rc" 0
is 'nothing on standard error' "$err" ''
for text in '^Good$' '^A summary' '^== A parent$' '^== Fork$' 'An aside' \
	'Both map the same frames' 'printed.1' 'Which frame' '1\) old' \
	'The writer copies' '✓ two map it' 'many writes \(5 operations\)' \
	'SIGSEGV' '3 passed, 0 failed' '4\.0'; do
	like "the text has: $text" "$out" "$text"
done
line_of() { printf '%s\n' "$out" | grep -n -- "$1" | head -n 1 | cut -d: -f1; }
[ "$(line_of 'Which frame')" -lt "$(line_of 'The writer copies')" ]
ok 'the answer stands after the question'
[ "$(line_of 'Both map')" -lt "$(line_of 'two map it')" ]
ok 'what is said stands before what it is said about'
run run "$tmp/good.lua" --lang zh
like 'texts in Chinese' "$out" '两者映射相同的页框'
run run "$tmp/good.lua" --ascii
is 'plain ASCII when asked for' "$(printf '%s' "$out" | LC_ALL=C tr -d '\0-\177')" ''
LC_ALL=C run run "$tmp/good.lua"
is 'plain ASCII where there is no UTF-8' \
	"$(printf '%s' "$out" | LC_ALL=C tr -d '\0-\177')" ''
run run "$tmp/good.lua" -q
is 'quiet: the sums only' "$(printf '%s\n' "$out" | wc -l)" 1
run run "$tmp/good.lua" --events
like 'events of the kernel' "$out" 'do_wp_page'
run run "$tmp/good.lua" --state
like 'the state as text' "$out" 'State after operation'
run run "$tmp/good.lua" --state=each
is 'a state after each step' "$(printf '%s\n' "$out" | grep -c 'State after')" \
	"$(printf '%s\n' "$out" | grep -cE '^ +[0-9]+  [a-z]')"
longest=$("$RMAPSCOPE" run "$tmp/good.lua" --events | wc -L)
[ "$longest" -le 100 ]
ok 'lines are wrapped' || note "$longest columns"

# -- JSON lines -------------------------------------------------------------
json() { printf '%s\n' "$out" | jq -r "$@"; }
run run "$tmp/good.lua" --json --events --state=each
is 'exit 0: --json' "$rc" 0
printf '%s\n' "$out" | jq -e . >/dev/null
ok 'every line is JSON'
is 'one object a line' "$(printf '%s\n' "$out" | wc -l)" \
	"$(json -c . | wc -l)"
is 'the first record' "$(json -s '.[0].type')" scenario
is 'the last record' "$(json -s '.[-1].type')" end
is 'scenario' "$(json -c 'select(.type == "scenario") |
	[.title, .era, .arch, .ram, .swap, .file]')" \
	'["Good","4.0","x86_64",16777216,4194304,"good.lua"]'
is 'all types are there' "$(json .type | sort -u | tr '\n' ' ')" \
	'ask end event expect note op point print say scenario scene show state '
is 'operations are numbered' "$(json 'select(.type == "op").op' | tr '\n' ' ')" \
	"$(seq -s ' ' "$(json 'select(.type == "op").op' | wc -l)") "
is 'an operation' "$(json -c 'select(.call == "write" and .task == "child" and
	.args.value == "B") | [.pid, .result, .faults, (.args.addr |
	test("^0x[1-9a-f][0-9a-f]*$")), (.costs | type)]')" '[2,true,1,true,"object"]'
is 'a fork returns a task' "$(json 'select(.call == "fork").result')" task:2
is 'a bad access' "$(json -c 'select(.call == "read" and
	.args.addr == "0x1000").result')" '{"error":"SIGSEGV"}'
is 'a batch' "$(json -c 'select(.call == "batch") |
	[.args.text, .count, .result]')" '["many writes",5,true]'
is 'a read returns the value' "$(json 'select(.call == "read" and
	.task == "parent").result')" A
is 'no costs that are zero' \
	"$(json -c 'select(.type == "op").costs | .[]' | grep -cx 0)" 0
names='ptes vmas mms list_nodes tree_nodes chain_nodes visited matched wasted
	locks copies tlb_flushes allocs frees slab_bytes io_reads io_writes'
is 'only costs of the contract' "$(json 'select(.costs).costs | keys[]' | sort -u |
	grep -vxF "$(printf '%s\n' $names)")" ''
is 'a question' "$(json -c 'select(.type == "ask") |
	[.text, .choices, .answer, .why]')" \
	'["Which frame does the parent keep?",["old","new"],1,"The writer copies."]'
is 'panes' "$(json -c 'select(.type == "show").panes')" '["rmap","spaces"]'
like 'an object' "$(json 'select(.type == "point").object')" '^page:0x[0-9a-f]+$'
is 'a check' "$(json -c 'select(.type == "expect" and .text == "two map it") |
	[.ok, .file, .line]')" "[true,\"good.lua\",$(grep -n 'two map it' \
	"$tmp/good.lua" | cut -d: -f1)]"
is 'only event kinds of the contract' \
	"$(json 'select(.type == "event").kind' | sort -u | grep -vxE \
	'call|return|set|alloc|free|lock|unlock|walk|flush|note')" ''
is 'events count from 1 in each operation' "$(json -s '[.[] |
	select(.type == "event")] | group_by(.op) |
	map(map(.event) == [range(1; length + 1)]) | all')" true
is 'no events of the calls in a batch' "$(json -s '(.[] |
	select(.call == "batch").op) as $b | map(select(.type == "event" and
	.op == $b)) | length')" 0
is 'sums' "$(json -c 'select(.type == "end") | [.passed, .failed]')" '[3,0]'
is 'end counts the events' "$(json 'select(.type == "end").events')" \
	"$(json 'select(.type == "event").type' | wc -l)"
is 'every event has a sentence' "$(json 'select(.type == "event" and
	(.text | length) < 3).event')" ''
state='select(.type == "state" and .op == 6)'
is 'state: keys' "$(json -c "$state"' | keys')" \
	'["anon_vmas","costs","era","files","free","op","pages","swap","tasks","type"]'
is 'state: tasks after fork' "$(json -c "$state"' | .tasks | map(.task)')" \
	'["parent","child"]'
is 'state: a VMA' "$(json -c "$state"' | .tasks[1].vmas[0] |
	[.prot, .shared, .file, (.chain | length), (.flags | contains(["rd","wr"]))]')" \
	'["rw-",false,null,2,true]'
is 'state: own anon_vma heads the chain' "$(json "$state"' |
	.tasks[1].vmas[0] | .chain[0] == .anon_vma')" true
is 'state: shared frames count twice' "$(json -c "$state"' |
	.pages | map(.mapcount) | unique')" '[2]'
is 'state: every mapped frame is listed' "$(json "$state"' |
	([.tasks[].pages[].pfn] | unique) == ([.pages[].pfn] | unique)')" true
is 'state: pages are in the order of frames' "$(json "$state"' |
	[.pages[].pfn] == ([.pages[].pfn] | sort_by(length, .))')" true
is 'state: root and parent' "$(json -c "$state"' | .anon_vmas |
	map([.root, .parent])')" \
	'[["anon_vma:1",null],["anon_vma:1","anon_vma:1"]]'
is 'state: free blocks of each order' \
	"$(json "$state"' | .free.Normal | length')" 11
for e in 2.6.11 6.18; do
	run run "$tmp/good.lua" -e $e --json --state
	is "exit 0: era $e" "$rc" 0
	is "era $e is named" "$(json 'select(.type == "scenario").era')" $e
	is "era $e: one state, at the end" \
		"$(json 'select(.type == "state").era')" $e
done
run run "$tmp/good.lua" -e 6.x --json
is '6.x is 6.18' "$(json 'select(.type == "scenario").era')" 6.18

# -- what comes from a scenario is harmless ---------------------------------
printf '%s\n' 'print("a\27[31mb\7\0c\u{9b}2J\u{202e}d")' 'spawn "x\27]0;t\7"' \
	'say "\xff\xfe\27c"' 'scene "\27[2J"' 'expect(false, "\27[H")' \
	>"$tmp/hostile.lua"
esc=$(printf '\033')
run run "$tmp/hostile.lua"
unlike 'no escape in the text' "$out$err" "$esc"
like 'escapes are shown' "$out" 'a\\x1b\[31mb\\x07'
run run "$tmp/hostile.lua" --json
unlike 'no control character in JSON' "$out" "[$(printf '\1-\37\177')]"
printf '%s\n' "$out" | jq -e . >/dev/null
ok 'JSON stays JSON'
like 'control characters are escaped in JSON' "$out" '\\u001b\[31m'

# -- statuses ---------------------------------------------------------------
printf 'spawn "a"\nexpect(1 == 2, "no")\nexpect(true)\n' >"$tmp/fails.lua"
run run "$tmp/fails.lua"
is 'exit 1: an expect failed' "$rc" 1
like 'the failed check with its line' "$out" 'fails\.lua:2'
like 'the sums' "$out" '1 passed, 1 failed'
run run -q "$tmp/fails.lua"
like 'quiet still tells what failed' "$out" 'FAILED: no'
printf 'spawn "a"\nerror("on purpose")\n' >"$tmp/error.lua"
run run "$tmp/error.lua"
is 'exit 1: an error' "$rc" 1
like 'FILE:LINE: what' "$err" '^rmapscope: .*error\.lua:2: .*on purpose'
like 'what was done before is told' "$out" 'spawn a|a = spawn|spawn "?a'
run run "$tmp/error.lua" --json
is 'the error as a record' "$(json -c 'select(.type == "error") |
	[.file, .line]')" '["error.lua",2]'
printf 'spawn "a"\nlocal x = = 2\n' >"$tmp/syntax.lua"
run run "$tmp/syntax.lua"
is 'exit 1: a syntax error' "$rc" 1
like 'a syntax error with its line' "$err" '^rmapscope: .*syntax\.lua:2: '
printf 'spawn "a"\nwhile true do end\n' >"$tmp/endless.lua"
run run "$tmp/endless.lua" --limit 1M
is 'exit 1: a limit' "$rc" 1
like 'the limit is named' "$err" '^rmapscope: .*limit|instructions'
fails 2 'nowhere' run "$tmp/nowhere.lua"
fails 2 'fork-cow' run fork-cwo
mkdir "$tmp/folder.lua"
run run "$tmp/folder.lua"
is 'exit 2: a folder is no scenario' "$rc" 2
cp "$tmp/good.lua" "$tmp/secret.lua"
chmod 0 "$tmp/secret.lua"
chmod 755 "$tmp"
as_nobody=
[ "$(id -u)" = 0 ] && as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
# shellcheck disable=SC2086 # words of a command
if $as_nobody "$RMAPSCOPE" --version >/dev/null 2>&1; then
	$as_nobody "$RMAPSCOPE" run "$tmp/secret.lua" >"$tmp/out" 2>"$tmp/err"
	is 'exit 2: a file that may not be read' "$?" 2
	like 'and says so' "$(cat "$tmp/err")" \
		'^rmapscope: .*secret\.lua: Permission denied'
	is 'and nothing else' "$(cat "$tmp/out")" ''
else
	skip 'a file that may not be read' 'nobody else can run the program'
fi
printf '\33Lua binary' >"$tmp/bytecode.lua"
run run "$tmp/bytecode.lua"
[ "$rc" = 1 ] || [ "$rc" = 2 ]
ok 'bytecode is refused' || note "exit $rc"

# -- standard input ---------------------------------------------------------
out=$("$RMAPSCOPE" run - <"$tmp/good.lua")
is 'exit 0: from standard input' "$?" 0
like 'a scenario from standard input' "$out" '^== Fork$'
"$RMAPSCOPE" run - <"$tmp/error.lua" >/dev/null 2>"$tmp/err"
like 'a message names standard input' "$(cat "$tmp/err")" \
	'^rmapscope: (-|\(?stdin\)?|standard input):2: '

# -- SIGINT -----------------------------------------------------------------
if grep -q 'SigIgn:.*[2367abef]$' /proc/$$/status; then
	skip 'SIGINT' 'it is ignored here'
else
	# One signal, once the script is known to be in its loop: it has used
	# processor time.  (timeout(1) would send a second one to the group,
	# and a second one ends the program at once.)
	env --default-signal=INT "$RMAPSCOPE" run "$tmp/endless.lua" \
		--limit 9999999M >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	until [ "$(cut -d ' ' -f 14 /proc/$pid/stat)" -ge 20 ]; do
		sleep 0.05
	done
	kill -INT $pid
	wait $pid
	is 'SIGINT ends the run by the signal' "$?" 130
	like 'after telling what was done' "$(cat "$tmp/out")" 'spawn'
fi
done_testing
