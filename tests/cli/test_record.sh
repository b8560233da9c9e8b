#!/bin/bash
# record: real programs become scenarios that run in every era.
. "$(dirname "$0")/cli.sh"
cd "$tmp" || exit 2

fails 2 'record needs COMMAND' record
fails 2 'No such file' record -o "$tmp/none.lua" -- /nowhere/program
[ ! -e none.lua ]
ok 'nothing is written for a program that is not there'
fails 2 'nowhere' record -o /nowhere/x.lua -- true

run record -q -o true.lua -- true
if [ "$rc" != 0 ]; then
	skip 'recording a program' "$(head -n 1 "$tmp/err")"
	done_testing
fi
is 'nothing is said with -q' "$out$err" ''

# The program's own input, output and status.
out=$(printf 'c\na\nb\n' | "$RMAPSCOPE" record -q -o sort.lua -- sort)
is 'its input and output pass' "$out" "$(printf 'a\nb\nc')"
run record -q -o seven.lua -- sh -c 'exit 7'
is 'its status passes' "$rc" 7
run record -q -o killed.lua -- sh -c 'kill -TERM $$'
is 'its signal passes' "$rc" 143
like 'and is in the file' "$(cat killed.lua)" 'exit\(\) -- signal 15'

# Where the file goes.
run record -- sh -c :
like 'it says how to open it' "$err" '^rmapscope: [0-9]+ operations of 1 tasks.*rmapscope ./sh.lua'
run record -q -- sh -c :
[ -s sh.lua ] && [ -s sh-2.lua ]
ok 'another recording takes another name'
"$RMAPSCOPE" record -q -o - -- sh -c 'echo hello' >both
is 'to standard output, after what the program wrote' "$(head -n 1 both)" hello
like 'as a scenario' "$(sed -n 2p both)" '^-- What a real program did'

# A pipeline of three, in each era.
"$RMAPSCOPE" record -o pipe.lua -- bash -c 'seq 1000 | sort -r | head -3' \
	>out 2>err
is 'a pipeline of three' "$(tr '\n' ' ' <out)" '999 998 997 '
like 'four tasks' "$(cat err)" 'of 4 tasks'
is 'three forks' "$(grep -c ':fork "' pipe.lua)" 3
like 'named as what they became' "$(cat pipe.lua)" ':fork "sort"'
for era in 2.4 2.6.0 2.6.11 4.0 6.18; do
	run test -e $era pipe.lua
	is "no check fails in $era" "$rc" 0
	"$RMAPSCOPE" run -e $era pipe.lua --json >json
	is "$era: no operation is refused" "$(grep -c '"result":{"error"' json)" 0
	like "$era: checks were made" "$(tail -n 1 json)" '"passed":[1-9]'
	like "$era: pages were copied" "$(grep '"call":"write"' json)" '"copies":1'
done
run check pipe.lua
is 'check finds no mistake in it' "$rc" 0

# Every write of a known program is there, with the parent's pages kept apart.
cat >cow.c <<'END'
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	volatile char *p = mmap((void *)0x7f0000000000, 8 * 4096, 3,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (int i = 0; i < 8; i++)
		p[i * 4096] = 1;
	if (!fork()) {
		for (int i = 0; i < 4; i++)
			p[i * 4096] = 2;
		mprotect((void *)p, 4096, PROT_READ);
		madvise((void *)(p + 4096), 4096, MADV_DONTNEED);
		munmap((void *)(p + 3 * 4096), 4096);
		mremap((void *)(p + 7 * 4096), 4096, 8192, MREMAP_MAYMOVE);
		_exit(p[4096]);
	}
	wait(NULL);
	munmap((void *)0x1, 4096);
	return 0;
}
END
if cc -D_GNU_SOURCE -O0 -o cow cow.c 2>/dev/null; then
	run record -q -o cow.lua -- ./cow
	is 'exit 0: cow' "$rc" 0
	like 'eight pages in a row' "$(cat cow.lua)" \
		'^for i = 0, 7 do p\[1\]:write\(at\(0x7f0000000000\) \+ i'
	is 'four of them are copied' "$(grep -cE \
		'^p\[2\]:write\(at\(0x7f000000[0-3]000\).*shared' cow.lua)" 4
	for call in 'mprotect(at(0x7f0000000000), 0x1000, "r--")' \
		'madvise(at(0x7f0000001000), 0x1000, "dontneed")' \
		'munmap(at(0x7f0000003000), 0x1000)' \
		'mremap(at(0x7f0000007000), 0x1000, 0x2000,' \
		'read(at(0x7f0000001000))'; do
		grep -qF "p[2]:$call" cow.lua
		ok "the child's $call" || note "$(cat cow.lua)"
	done
	like 'a refused call is told' "$(cat cow.lua)" 'refused with EINVAL: p\[1\] munmap'
	run record -q --no-faults -o quiet.lua -- ./cow
	is 'no faults with --no-faults' "$(grep -cE ':(read|write)\(' quiet.lua)" 0
	for era in 2.6.11 4.0 6.18; do
		run test -e $era cow.lua
		is "cow in $era" "$rc" 0
	done
else
	skip 'a program of known writes' 'no C compiler'
fi

# Threads and posix_spawn: calls of several stand in the order in which the
# kernel did them, or the addresses would not fit.
cat >threads.c <<'END'
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
extern char **environ;
static int deep(int n)
{
	volatile char room[3000];

	room[0] = (char)n;
	return n ? deep(n - 1) + room[0] : 0;
}
static void *work(void *p)
{
	for (int i = 1; i < 20; i++)
		memset(p = malloc((size_t)i * 20000), i, (size_t)i * 20000);
	return p;
}
int main(void)
{
	char *const args[] = { "true", NULL };
	pthread_t t[4];
	char *p;
	int status;

	deep(100);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, work, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	if (posix_spawnp(&status, "true", NULL, NULL, args, environ))
		return 1;
	wait(&status);
	p = mmap(NULL, 40960, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	p[0] = p[8192] = 1;
	return msync(p, 4096, MS_SYNC);
}
END
if cc -pthread -o threads threads.c 2>/dev/null; then
	run record -q -o threads.lua -- ./threads
	is 'exit 0: threads' "$rc" 0 || note "$err"
	is 'four threads' "$(grep -c ':clone { vm = true' threads.lua)" 4
	for era in 2.4 2.6.0 2.6.11 4.0 6.18; do
		"$RMAPSCOPE" run -e $era threads.lua --json >json 2>err
		is "$era: no operation of theirs is refused" \
			"$(grep '"result":{"error"' json; cat err)" ''
	done
else
	skip 'threads' 'no C compiler'
fi

# A stranger's file name is text.
evil=$(printf 'x"]]\nerror(1) --')
cp "$(type -P true)" "$evil"
run record -q -o evil.lua -- "./$evil"
is 'exit 0: a name with quotes and line ends' "$rc" 0
run run -q evil.lua
is 'its recording is still a scenario' "$rc" 0 || note "$err"

# An ordinary user can do it, too.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp" && mkdir -m 777 "$tmp/user"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$RMAPSCOPE" record -q -o "$tmp/user/pipe.lua" -- \
		bash -c 'seq 9 | sort -r | head -1' >out 2>err
	is 'as an ordinary user' "$(cat out)" 9 || note "$(cat err)"
	run test -e 6.18 "$tmp/user/pipe.lua"
	is 'its recording passes' "$rc" 0
	like 'and has copies' "$(cat "$tmp/user/pipe.lua")" 'shared since a fork'
else
	skip 'as an ordinary user' 'not root, or no setpriv'
fi
done_testing
