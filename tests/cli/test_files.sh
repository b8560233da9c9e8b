#!/bin/bash
# list, new, check, completion; where files are looked for.
. "$(dirname "$0")/cli.sh"

# -- list -------------------------------------------------------------------
run list
is 'exit 0: list' "$rc" 0
like 'fork-cow with its title' "$out" '^  fork-cow +[A-Z].*'
run list -q
is 'only names' "$(printf '%s\n' "$out" | grep -c '[^-a-z0-9_.]')" 0
for f in scripts/[!_]*.lua; do
	name=${f##*/}
	printf '%s\n' "$out" | grep -qx "${name%.lua}"
	ok "list has ${name%.lua}"
done
mkdir -p "$tmp/.local/share/rmapscope/scripts"
printf 'scenario { title = "Mine\\27[2J" }\nspawn "me"\n' \
	>"$tmp/.local/share/rmapscope/scripts/mine.lua"
run list
like "the user's own" "$out" '^  mine +Mine'
unlike 'titles are harmless' "$out" "$(printf '\033')"
run run mine
is 'exit 0: by name' "$rc" 0
run list
like "what has no topic comes under a heading of its own" "$out" '^Your own:$'
contents=$(awk '/"[a-z0-9.-]+"/ { while (match($0, /"[a-z0-9.-]+"/)) {
	print substr($0, RSTART + 1, RLENGTH - 2)
	$0 = substr($0, RSTART + RLENGTH) } }' scripts/_contents.lua)
is 'the contents name every bundled scenario' "$(printf '%s\n' "$contents" |
	sort)" "$(ls scripts/[!_]*.lua | sed 's,.*/,,;s/\.lua$//' | sort)"
run list -q
is 'the order is that of the contents' "$(printf '%s\n' "$out" | grep -vx mine)" \
	"$contents"
cat >"$tmp/.local/share/rmapscope/scripts/_contents.lua" <<'END'
return { { title = "Week 1", "mine", "theirs" } }
END
run list
is 'exit 0: contents with a mistake' "$rc" 0
like 'the mistake is told' "$err" \
	"_contents.lua: contents: no scenario 'theirs' lies beside it"
like 'and the scenarios are listed' "$out" '^  mine +Mine'
printf 'return { { title = { en = "Week 1", zh = "x" }, "mine" } }\n' \
	>"$tmp/.local/share/rmapscope/scripts/_contents.lua"
run list
like "the user's own topics" "$out" '^Week 1:$'
rm "$tmp/.local/share/rmapscope/scripts/_contents.lua"
HOME=/nonexistent run list
is 'exit 0: without a home' "$rc" 0
(unset HOME; "$RMAPSCOPE" list >/dev/null 2>&1)
is 'exit 0: HOME is not set' "$?" 0
is 'nothing was written' "$(find "$tmp" -newer "$tmp/good.lua" -name '*history*')" ''

# -- new and check ----------------------------------------------------------
run new "$tmp/new.lua"
is 'exit 0: new' "$rc" 0
run check "$tmp/new.lua"
is 'exit 0: the template has no mistakes' "$rc" 0
run run "$tmp/new.lua"
is 'exit 0: the template runs' "$rc" 0
like 'the template checks something' "$out" ' 0 failed'
run test "$tmp/new.lua"
is 'exit 0: the template passes in every era' "$rc" 0
before=$(cat "$tmp/new.lua")
fails 2 'exists already' new "$tmp/new.lua"
is 'the file was left alone' "$(cat "$tmp/new.lua")" "$before"
fails 2 'nowhere' new /nowhere/new.lua
before_folder=$PWD
cd "$tmp" || exit 2
run new fork-cow
like 'new says how to open a file that is called as a bundled one' "$out" \
	'rmapscope \./fork-cow$'
run run ./fork-cow
is 'and that opens it' "$rc" 0
rm -f fork-cow
cd "$before_folder" || exit 2
run new -
is 'new - writes to standard output' "$out" "$before"
cat >"$tmp/wrong.lua" <<'END'
local p = spawm "a"
p:mmap { pagse = 3 }
p:wirte(0, 1)
END
run check "$tmp/wrong.lua"
is 'exit 1: mistakes' "$rc" 1
like 'an unknown global, the nearest' "$err" \
	'^rmapscope: .*wrong\.lua:1: .*spawm.*spawn'
like 'an unknown option' "$err" 'wrong\.lua:2: .*pagse.*pages'
like 'an unknown function' "$err" 'wrong\.lua:3: .*wirte.*write'
printf 'local = 3\n' >"$tmp/syntax.lua"
run check "$tmp/syntax.lua"
is 'exit 1: a syntax error' "$rc" 1
like 'with its line' "$err" 'syntax\.lua:1: '
printf 'while true do end\n' >"$tmp/endless.lua"
run check "$tmp/endless.lua"
is 'check runs nothing' "$rc" 0
fails 2 'nowhere' check "$tmp/nowhere.lua"
run check "$tmp/good.lua" "$tmp/wrong.lua"
is 'exit 1: one of two has mistakes' "$rc" 1
for f in scripts/*.lua; do
	run check "$f"
	is "no mistakes: $f" "$rc$err" 0
done

# -- completion -------------------------------------------------------------
for shell in bash zsh fish; do
	"$RMAPSCOPE" completion $shell >"$tmp/complete.$shell"
	ok "completion $shell"
	like "$shell knows --events" "$(cat "$tmp/complete.$shell")" 'events'
	if command -v $shell >/dev/null; then
		$shell -n "$tmp/complete.$shell" 2>"$tmp/err"
		ok "$shell reads it" || note "$(cat "$tmp/err")"
	else
		skip "$shell reads it" "there is no $shell"
	fi
done
fails 2 'bash, zsh, fish' completion tcsh
complete()
{
	PATH=${RMAPSCOPE%/*}:$PATH bash -c '. "$1"; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _rmapscope
		printf "%s " "${COMPREPLY[@]}"' - "$tmp/complete.bash" "$@"
}
is 'bash completes a command' "$(complete rmapscope exp)" 'export '
is 'bash completes an option' "$(complete rmapscope run --sta)" '--state '
is 'bash offers only options that fit' "$(complete rmapscope run --pan)" ' '
is 'bash completes an era' "$(complete rmapscope -e 6)" '6.18 '
is 'bash completes a pane' "$(complete rmapscope export --pane spa)" 'spaces '
like 'bash completes a scenario' "$(complete rmapscope run fork-c)" 'fork-cow'
done_testing
