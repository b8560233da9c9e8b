#!/bin/bash
# attach: real processes; a parent and a child that wrote half of its pages.
. "$(dirname "$0")/cli.sh"

fails 2 'attach needs PID' attach
fails 2 'is not a process' attach here
fails 2 'is not a process' attach -- -1
fails 2 'there is no process 4194305' attach 4194305
fails 2 'no format dot' attach $$ -f dot
fails 2 'an address is a number' attach $$ --addr here

cat >"$tmp/half.c" <<'END'
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	volatile char *p = mmap((void *)0x7f0000000000, 20 * 4096, 3,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int ready[2], child;
	char c = 0;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	if (pipe(ready))
		return 1;
	for (int i = 0; i < 16; i++)
		p[i * 4096] = 1;
	c = p[16 * 4096];
	child = fork();
	if (!child) {
		for (int i = 0; i < 8; i++)
			p[i * 4096] = 2;
		if (write(ready[1], &c, 1) == 1)
			pause();
		return 0;
	}
	if (read(ready[0], &c, 1) != 1)
		return 1;
	printf("%d %d\n", (int)getpid(), child);
	fflush(stdout);
	pause();
	return 0;
}
END
if ! cc -O0 -o "$tmp/half" "$tmp/half.c" 2>/dev/null; then
	skip 'a parent and a child' 'no C compiler'
	done_testing
fi
chmod 755 "$tmp"

# start COMMAND...: run it in the background until it has named itself and its
# child; sets parent and child.
start()
{
	: >"$tmp/pids"
	"$@" >"$tmp/pids" &
	for ((i = 0; i < 100; i++)); do
		[ -s "$tmp/pids" ] && break
		sleep 0.1
	done
	read -r parent child <"$tmp/pids"
}
stop()
{
	kill "$child" "$parent" 2>/dev/null
	wait 2>/dev/null
}

start "$tmp/half"
run attach "$parent" "$child"
is 'exit 0' "$rc" 0
is 'nothing on standard error' "$err" ''
like 'both are named' "$out" "^$child half \(child of $parent\)"
"$RMAPSCOPE" attach "$parent" "$child" --json >"$tmp/json"
is 'JSON lines' "$(jq -r .type "$tmp/json" | sort -u | tr '\n' ' ')" \
	'attach common page process region '
region='select(.type == "region" and .start == "0x7f0000000000")'
page='select(.type == "page" and (.addr | startswith("0x7f00000")))'
is 'the region' "$(jq -c "$region | [.end, .prot, .shared]" "$tmp/json" | sort -u)" \
	'["0x7f0000014000","rw-",false]'
is 'eight pages are its own, in each' \
	"$(jq -c "$region | .pages.own" "$tmp/json" | tr '\n' ' ')" '8 8 '
if head -n 1 "$tmp/json" | jq -e '.frames and .counts' >/dev/null; then
	is 'eight are shared' "$(jq -c "$region | [.pages.shared, .common, .pages.zero]" \
		"$tmp/json" | tr '\n' ' ')" '[8,8,1] [8,8,1] '
	is 'with each other' "$(jq -c "$page | select(.kind == \"shared\") |
		[.mapcount, .with[]]" "$tmp/json" | sort | uniq -c |
		tr -s ' ' | tr '\n' ' ')" \
		"$(printf '%s\n' "[2,$parent]" "[2,$child]" | sort |
			sed 's/^/ 8 /' | tr '\n' ' ')"
	is 'the same frames' "$(jq -r "$page | select(.kind == \"shared\") |
		.pfn" "$tmp/json" | sort | uniq -c | awk '$1 != 2')" ''
	is 'others for those that were written' "$(jq -r "$page |
		select(.kind == \"own\") | .pfn" "$tmp/json" | sort -u |
		wc -l | tr -d ' ')" 16
	like 'the picture has the same letters' "$out" \
		'^ +7f0000000000 +########([a-zA-Z])([a-zA-Z]{7})0'
	is 'in both' "$(printf '%s\n' "$out" | grep '^ *7f0000000000 ' |
		sort -u | wc -l | tr -d ' ')" 1
	like 'the sum' "$out" "^  $parent half \+ $child half  [0-9]+ anonymous frames"
	[ "$(jq 'select(.type == "common") | .anon' "$tmp/json")" -ge 8 ]
	ok 'at least eight anonymous frames in common'
else
	skip 'which frames they share' 'numbers of frames are not shown here'
	like 'it says what was out of reach' "$out" 'Out of reach: numbers of frames'
fi

# A walk: each level's index, and what the last entry holds.
run attach "$child" --addr 0x7f0000001234
like 'a walk of four levels' "$out" 'pgd\[254\] present'
like 'to the entry' "$out" 'pte\[1\] present'
run attach "$child" --addr 0x7f0000013000
like 'an empty entry' "$out" 'the entry is empty'
run attach "$child" --addr 0x1000
like 'no region' "$out" 'nothing is mapped there'

# Formats.
for f in svg html ansi txt json; do
	"$RMAPSCOPE" attach "$parent" "$child" -o "$tmp/out.$f"
	[ -s "$tmp/out.$f" ]
	ok "as $f"
done
like 'svg' "$(head -c 300 "$tmp/out.svg")" '<svg'
esc=$(printf '\033')
like 'colours' "$(cat "$tmp/out.ansi")" "$esc\[[0-9;]*m"
run attach "$parent" "$child" --ascii
is '--ascii' "$(printf '%s' "$out" | LC_ALL=C tr -d '\0-\177')" ''
run attach "$parent" --size 60x20
is '--size' "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 20
[ "$(printf '%s\n' "$out" | wc -L)" -le 60 ]
ok 'in columns, too'
run attach "$parent" --all
like '--all shows regions of files page by page' "$out" 'r-xp .*libc'
stop

# Without rights.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	start "${as_nobody[@]}" "$tmp/half"
	out=$("${as_nobody[@]}" "$RMAPSCOPE" attach "$parent" "$child" 2>&1)
	is 'exit 0: an ordinary user' "$?" 0
	like 'it says what was out of reach' "$out" 'Out of reach: numbers of frames'
	like 'what is exclusive is seen, what may be shared, too' "$out" \
		'^ +7f0000000000 +########\?{9}'
	like 'and how much at most' "$out" 'at most [1-9][0-9]* anonymous'
	stop
	out=$("${as_nobody[@]}" "$RMAPSCOPE" attach $$ 2>&1)
	is 'exit 2: the process of another user' "$?" 2
	like 'it says why' "$out" "^rmapscope: process $$: Permission denied"
else
	skip 'an ordinary user' 'not root, or no setpriv'
fi
done_testing
