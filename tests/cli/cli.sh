# For tests of the command line: source this; it sources TAP as well.
cd "${SRCDIR:-$(dirname "$0")/../..}" || exit 2
. tests/tap.sh
RMAPSCOPE=${RMAPSCOPE:-${BUILD:-build}/rmapscope}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME=$tmp TERM=xterm-256color LC_ALL=C.UTF-8
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME LANGUAGE NO_COLOR

# run ARG...: the program; sets out, err and rc.
run()
{
	out=$("$RMAPSCOPE" "$@" 2>"$tmp/err" </dev/null)
	rc=$?
	err=$(cat "$tmp/err")
}

# fails STATUS PATTERN ARG...: ends with STATUS, says PATTERN on standard error
# as "rmapscope: ...", nothing on standard output.
fails()
{
	local status=$1 pattern=$2
	shift 2
	run "$@"
	[ "$rc" = "$status" ] && [ -z "$out" ] &&
		printf '%s\n' "$err" | grep -Eq -- "^rmapscope: .*($pattern)"
	ok "exit $status, $pattern: rmapscope $*" ||
		note "exit $rc; out: $out; err: $err"
}

# A scenario that passes in three eras, one with all kinds of notes.
cat >"$tmp/good.lua" <<'END'
scenario { title = "Good", summary = "A summary.",
	eras = { "4.0", "2.6.11", "6.18" }, ram = "16M", swap = "4M" }
scene "A parent"
note "An aside."
local parent = spawn "parent"
local heap = parent:mmap { pages = 3, name = "heap" }
for i = 0, 2 do parent:write(heap[i], "A") end
print("printed", 1)
scene { en = "Fork", zh = "分叉" }
say { en = "Both map the same frames.", zh = "两者映射相同的页框。" }
local child = parent:fork "child"
expect_eq(page_at(child, heap[1]).mapcount, 2, "two map it")
show { "rmap", "spaces" }
point(page_at(child, heap[1]))
pause()
ask { "Which frame does the parent keep?", choices = { "old", "new" },
	answer = 1, why = "The writer copies." }
child:write(heap[1], "B")
expect_eq(parent:read(heap[1]), "A")
batch("many writes", function()
	for i = 1, 5 do child:write(heap[0], i) end
end)
expect(child:read(0x1000) == nil)
child:munmap(heap)
END
