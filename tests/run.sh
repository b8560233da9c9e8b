#!/bin/bash
# Run every test program and every test script, and all scenarios; print a
# line for each, keep the logs of those that fail and close with the sums.
#
#   BUILD   where the programs are (build)
#   T       run only tests of folders that begin so (core, cli ...)
#   RUNNER  a command to run the test programs under (valgrind ...)
#   JOBS    how many at once
#
# A test speaks TAP.  cmocka does when it is told to.
cd "$(dirname "$0")/.." || exit 2
export BUILD=${BUILD:-build} CMOCKA_MESSAGE_OUTPUT=TAP
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export RMAPSCOPE=$BUILD/rmapscope SRCDIR=$PWD RUNNER
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=0:detect_leaks=1}
export HOME=$BUILD/home LOGS=$BUILD/logs
unset NO_COLOR LUA_PATH LUA_INIT XDG_DATA_HOME XDG_CONFIG_HOME XDG_STATE_HOME
rm -rf "$LOGS" "$HOME"
mkdir -p "$LOGS" "$HOME"

# Run one and leave NAME.sum: passed, failed, skipped, exit code, seconds.
run_one() {
	local t=$1 name start rc
	name=${t#"$BUILD"/}
	name=${name#tests/}
	local log=$LOGS/${name//\//-}.log
	start=$(date +%s%N)
	case $t in
	scenarios) timeout 540 "$RMAPSCOPE" test scripts ;;
	*.sh) timeout 540 bash "$t" ;;
	*) timeout 540 $RUNNER "$t" ;;
	esac >"$log" 2>&1 </dev/null
	rc=$?
	awk -v rc=$rc -v name="$name" -v sum="$log.sum" \
		-v ms=$((($(date +%s%N) - start) / 1000000)) '
	/^(not )?ok [0-9]+.*# SKIP/ { skip++; next }
	/^ok [0-9]/ { pass++ }
	/^not ok [0-9]/ { fail++ }
	END {
		# Ended badly without saying so, or said nothing at all.
		if (rc != 0 && !fail || pass + fail + skip == 0)
			fail++
		printf "%-6s %-34s %5d passed", fail ? "FAILED" : "ok", name, pass
		if (fail) printf ", %d failed", fail
		if (skip) printf ", %d skipped", skip
		if (fail && rc) printf ", exit %d", rc
		printf "  %.1f s\n", ms / 1000
		print pass + 0, fail + 0, skip + 0 > sum
	}' "$log"
	if [ ! -s "$log.sum" ] || [ "$(cut -d' ' -f2 "$log.sum")" != 0 ]; then
		grep -A12 '^not ok\|ERROR: \|runtime error' "$log" | head -n 40 |
			sed 's/^/       | /'
		[ -s "$log" ] && tail -n 3 "$log" | sed 's/^/       > /'
		echo "       the whole log: $log"
	else
		rm -f "$log"
	fi
}
export -f run_one

list() {
	local t
	for t in tests/${T}*/test_*.c; do
		[ -e "$t" ] && echo "$BUILD/${t%.c}"
	done
	[ -n "$RUNNER" ] && return
	for t in tests/${T}*/test_*.sh; do
		[ -e "$t" ] && echo "$t"
	done
	case scripts in "$T"*) echo scenarios ;; esac
}

list | xargs -P "${JOBS:-$(nproc)}" -I{} bash -c 'run_one {}'
cat "$LOGS"/*.sum 2>/dev/null | awk '
	{ p += $1; f += $2; s += $3 }
	END {
		printf "%d passed, %d failed", p, f
		if (s) printf ", %d skipped", s
		print ""
		exit f > 0 || p == 0
	}'
