#!/bin/bash
# Options, commands, help, exit statuses, standard output.
. "$(dirname "$0")/cli.sh"

# -- help and version -------------------------------------------------------
commands='run test compare export record attach live list new check'
for c in '' $commands; do
	# shellcheck disable=SC2086 # no command is no word
	run $c --help
	is "exit 0: $c --help" "$rc" 0
	is "$c --help says nothing on standard error" "$err" ''
	lines=$(printf '%s\n' "$out" | wc -l)
	columns=$(printf '%s\n' "$out" | wc -L)
	[ "$lines" -le 24 ] && [ "$columns" -le 80 ]
	ok "$c --help fits 80x24" || note "$columns x $lines"
	first=$(printf '%s\n' "$out" | grep -nE '^  rmapscope' | head -n 1)
	options=$(printf '%s\n' "$out" | grep -nE '^ +(-.,)? *--' | head -n 1)
	[ "${first%%:*}" -lt "${options%%:*}" ]
	ok "$c --help has examples before options"
	run $c -h
	like "$c -h is the same" "$out" '^Usage: rmapscope'
done
run --help
for c in $commands; do
	like "--help names $c" "$out" "\\b$c\\b"
done
for option in --version -V; do
	run $option
	like "$option names the libraries" "$out" \
		'ncurses [0-9.]+, libtermkey [0-9.]+, Lua 5\.4[0-9.]*, utf8proc'
	like "$option names the program" "$out" '^rmapscope [0-9]'
	is "exit 0: $option" "$rc" 0
done

# -- wrong usage ------------------------------------------------------------
fails 2 'did you mean --events' run x --event5
fails 2 'unknown option --frobnicate; try' --frobnicate
fails 2 'unknown option -x' -x run y
fails 2 'needs an argument: NAME' --theme
fails 2 'needs an argument: NAME' run x -e
fails 2 'takes no argument' run --json=1 x
fails 2 'did you mean --era' --ear=4.0 x y
fails 2 'did you mean run' rnu fork-cow
fails 2 'there are run, test' frobnicate fork-cow
fails 2 'run needs SCENARIO' run
fails 2 'run takes SCENARIO, not 2 arguments' run a b
fails 2 'nothere: no such file or scenario; rmapscope list shows them' run nothere
fails 2 'no such file or theme; there are .*projector' export fork-cow --theme nothere
fails 2 'test needs PATH' test
fails 2 'list takes no arguments' list x
fails 2 'option --at is not for list' list --at 3
fails 2 'option --json is not for export' export x --json
fails 2 'option --pane is not for the screen' --pane rmap fork-cow
fails 2 'needs --keys' --size 80x24 fork-cow

# -- values of options ------------------------------------------------------
fails 2 'unknown era "3.0"; there are 2.4, 2.6.0, 2.6.11, 4.0, 6.18' run -e 3.0 x
fails 2 'era 2.4 does not have arch x86_64; it has i386, pae' \
	run -e 2.4 --arch x86_64 x
fails 2 'era 2.6.0 does not have arch x86_64; it has i386, pae' \
	run -e 2.6.0 --arch x86_64 x
fails 2 'unknown era ""' run -e 4.0, x
fails 2 'one era' run -e 4.0,6.18 x
fails 2 'one era' -e 4.0,6.18 x
fails 2 'unknown arch "arm"; there are i386, pae' run --arch arm x
fails 2 'era 2.6.11 does not have arch x86_64; it has i386, pae' \
	run -e 2.6.11 --arch x86_64 x
fails 2 'era 6.18 does not have arch i386' run -e 6.18 --arch i386 x
fails 2 'STEP, STEP.EVENT' export x --at nowhere
fails 2 'STEP, STEP.EVENT' export x --at @
fails 2 'all or FROM-TO' export x --range 3
fails 2 'all or FROM-TO' export x --range 7-3
fails 2 'give one of them' export x --range all --at 3
fails 2 'COLSxROWS' export x --size 80
fails 2 'COLSxROWS' export x --size 80x0
fails 2 'COLSxROWS' export x --size 80x24x2
fails 2 'each from 1 to' export x --size 80x99999
fails 2 'there are text, ansi, html, svg, dot, json' export x -f png
fails 2 'there are spaces, rmap' export x --pane nothing
fails 2 'is for pictures' export x --pane rmap -f json
fails 2 'there are en, zh' run x --lang de
fails 2 'state=each' run x --state=all
fails 2 'number above 0' run x --limit 0
fails 2 'number above 0' run x --limit ten
fails 2 'number above 0' run x --limit -5
fails 2 'number above 0' run x --limit 5X

# A message is never a way into the terminal.
run run "$(printf 'no\033[2Jsuch')"
is 'exit 2: no such scenario' "$rc" 2
esc=$(printf '\033')
unlike 'a name with an escape is written harmlessly' "$err" "$esc"
printf ':go%s[2J\n' "$esc" >"$tmp/keys"
run "$tmp/good.lua" --keys "$tmp/keys"
is 'exit 1: a line of keys that fails' "$rc" 1
like 'with its place' "$err" '^rmapscope: .*keys:1: .*go\\x1b\[2J'
unlike 'a line of keys with an escape' "$err" "$esc"
run "$(printf 'no\033such')" --keys "$tmp/keys"
is 'exit 2: no such scenario for the screen' "$rc" 2
unlike 'the same on the screen' "$err" "$esc"
printf 'error("a\\27[2Jb")\n' >"$tmp/hostile.lua"
for command in run test export check; do
	run $command "$tmp/hostile.lua"
	unlike "an error with an escape: $command" "$out$err" "$esc"
done

# -- the screen without a terminal ------------------------------------------
fails 2 'not a terminal; use "rmapscope run"' "$tmp/good.lua"
printf 's s\n:goto 7.3\n:save-screen %s/screen.txt\n' "$tmp" >"$tmp/keys"
run "$tmp/good.lua" --keys "$tmp/keys"
is 'exit 0: --keys' "$rc" 0
is '80x24 unless said' "$(wc -lL <"$tmp/screen.txt" | tr -s ' ')" ' 24 80'
run "$tmp/good.lua" --keys "$tmp/keys" --size 100x30 --ascii
is '--size for --keys' "$(wc -lL <"$tmp/screen.txt" | tr -s ' ')" ' 30 100'
is '--ascii for --keys' "$(LC_ALL=C tr -d '\0-\177' <"$tmp/screen.txt")" ''

# -- the rest of the words --------------------------------------------------
cp "$tmp/good.lua" "$tmp/-dash.lua"
out=$(cd "$tmp" && "$RMAPSCOPE" run -q -- -dash.lua 2>&1)
is '-- ends the options' "$?" 0
run "$tmp/good.lua" --keys /nowhere/keys
is 'exit 2: a file of keys that is not there' "$rc" 2

# -- standard output --------------------------------------------------------
"$RMAPSCOPE" run "$tmp/good.lua" >&- 2>"$tmp/err"
is 'exit 2: standard output is closed' "$?" 2
like 'a closed standard output is named' "$(cat "$tmp/err")" \
	'^rmapscope: standard output: '
"$RMAPSCOPE" run "$tmp/good.lua" >/dev/full 2>"$tmp/err"
is 'exit 2: no space left' "$?" 2
like 'a full disk is named' "$(cat "$tmp/err")" 'No space left'
"$RMAPSCOPE" --help >/dev/full 2>/dev/null
is 'exit 2: help that cannot be written' "$?" 2

# 1 and 2 may both be closed, and a file must not take their place.
"$RMAPSCOPE" new "$tmp/closed.lua" <&- >&- 2>&-
"$RMAPSCOPE" new - | cmp -s - "$tmp/closed.lua"
ok 'messages do not go into a file that was opened'

# A reader that leaves: SIGPIPE, and no message.
(
	trap '' PIPE
	"$RMAPSCOPE" run "$tmp/good.lua" --events --state=each 2>"$tmp/err"
	echo $? >"$tmp/rc"
) | head -n 1 >/dev/null
like 'a closed pipe ends it by the signal' "$(cat "$tmp/rc")" '^(141|0)$'
is 'and without a message' "$(cat "$tmp/err")" ''
done_testing
