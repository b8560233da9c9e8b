/* The scenario's API by small scripts, in every era that is built. */
#include "testing.h"

static void test_fork_cow(void **state)
{
	(void)state;
	assert_holds("scenario { title = 'x', ram = '16M' }\n"
		     "local parent = spawn 'parent'\n"
		     "local heap = parent:mmap { pages = 3, name = 'heap' }\n"
		     "for i = 0, 2 do parent:write(heap[i], 'A') end\n"
		     "local child = parent:fork 'child'\n"
		     "expect_eq(page_at(child, heap[1]).mapcount, 2)\n"
		     "expect_eq(page_at(child, heap[1]), "
		     "page_at(parent, heap[1]))\n"
		     "child:write(heap[1], 'B')\n"
		     "expect_eq(parent:read(heap[1]), 'A')\n"
		     "expect_eq(child:read(heap[1]), 'B')\n"
		     "expect(page_at(child, heap[1]) ~= "
		     "page_at(parent, heap[1]))\n"
		     "expect_eq(#page_at(child, heap[0]):mappers(), 2)\n"
		     "expect_eq(#page_at(child, heap[0]):rmap(), 2)\n"
		     "expect(child:munmap(heap))\n"
		     "expect_eq(page_at(child, heap[0]), nil)\n"
		     "expect_eq(page_at(parent, heap[0]).mapcount, 1)\n");
}

static void test_values(void **state)
{
	(void)state;
	assert_holds("local t = spawn 't'\n"
		     "local r = t:mmap { len = '8K' }\n"
		     "expect_eq(#r, 2)\n"
		     "expect_eq(r.len, 8192)\n"
		     "expect_eq(r[1], r.addr + 4096)\n"
		     "expect_eq(t:read(r[0]), 0)\n"
		     "expect_eq(page_at(t, r[0]).kind, 'zero')\n"
		     "expect_eq(page_at(t, r[0]).mapcount, 0)\n"
		     "for _, v in ipairs { 1, -1, (1 << 47) - 1, -(1 << 47),\n"
		     "	'x', '页', ('y'):rep(31) } do\n"
		     "	t:write(r[1], v)\n"
		     "	expect_eq(t:read(r[1]), v)\n"
		     "	expect_eq(page_at(t, r[1]).value, v)\n"
		     "end\n");
}

static void test_refusals(void **state)
{
	(void)state;
	assert_prints_in("6.18",
		"local t = spawn 't'\n"
		"print(t:read(0x1000))\n"
		"print(t:mmap { len = 0 })\n"
		"local r = t:mmap { pages = 1, prot = 'r' }\n"
		"print(t:write(r[0], 1))\n"
		"print(t:mmap { pages = 1, addr = r.addr, "
		"fixed = 'noreplace' })\n"
		"print(t:exit())\n"
		"print(t:read(r[0]))\n"
		"print(t.name, t.exited, #t:vmas(), page_at(t, r[0]))\n"
		"print(machine().step)\n",
		"nil\tSIGSEGV\nnil\tEINVAL\nnil\tSIGSEGV\nnil\tEEXIST\n"
		"true\nnil\tESRCH\nt\ttrue\t0\tnil\n8\n");
}

static void test_expect_error(void **state)
{
	(void)state;
	assert_holds("local t = spawn 't'\n"
		     "expect_error('SIGSEGV', function() t:read(0) end)\n"
		     "expect_error('EINVAL', function()\n"
		     "	spawn 'other'\n"
		     "	t:mmap { pages = 1, addr = 4097, fixed = true }\n"
		     "end)\n");
}

/* A text of its own, in both languages, instead of the line. */
static void test_expect_error_text(void **state)
{
	struct ran r = run_text("t.lua",
		"local t = spawn 't'\n"
		"expect_error('SIGSEGV', function()\n\tt:read(0)\nend,\n"
		"{ en = 'nothing is there', zh = '那里没有东西' })\n"
		"expect_error('OOM', print, 'mine')\n",
		NULL);
	const struct note *note = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	for (size_t i = 0; i < history_note_count(r.h); i++) {
		note = history_note(r.h, i);
		if (note->kind != NOTE_EXPECT || n++)
			continue;
		assert_true(note->ok);
		assert_string_equal(note->text.en, "nothing is there");
		assert_string_equal(note->text.zh, "那里没有东西");
	}
	assert_int_equal(n, 2);
	assert_string_equal(
		note->text.en, "mine (no operation ran, wanted OOM)");
	ran_free(&r);
}

static void test_failed_checks_go_on(void **state)
{
	static const char *const want[] = {
		"expect_eq(1, 2) (got 1, wanted 2)",
		"mine (got \"a\", wanted nil)",
		"expect_error('OOM', function() spawn 't' end) "
		"(it succeeded, wanted OOM)",
		"expect_error('OOM', print) (no operation ran, wanted OOM)",
	};
	struct ran r = run_text("t.lua",
		"expect_eq(1, 2)\n  expect_eq('a', nil, 'mine')\n"
		"expect_error('OOM', function() spawn 't' end)\n"
		"expect_error('OOM', print)\n",
		NULL);
	size_t n = 0;

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	for (size_t i = 0; i < history_note_count(r.h); i++) {
		const struct note *note = history_note(r.h, i);

		if (note->kind != NOTE_EXPECT)
			continue;
		assert_false(note->ok);
		assert_string_equal(note->text.en, want[n++]);
	}
	assert_int_equal(n, 4);
	ran_free(&r);
}

/* Which operation each note belongs to. */
static void test_places_of_notes(void **state)
{
	static const struct {
		enum note_kind kind;
		uint32_t op, line;
	} want[] = { { NOTE_SCENE, 1, 1 }, { NOTE_SAY, 1, 2 },
		{ NOTE_PRINT, 1, 4 }, { NOTE_EXPECT, 1, 5 },
		{ NOTE_POINT, 2, 6 }, { NOTE_PRINT, 2, 9 },
		{ NOTE_NOTE, 2, 10 }, { NOTE_SHOW, 3, 12 },
		{ NOTE_PAUSE, 3, 13 } };
	struct ran r = run_text("t.lua",
		"scene 'a'\nsay { en = 'b', zh = '乙' }\nlocal t = spawn 't'\n"
		"print(t)\nexpect(t)\npoint(t)\nbatch('b', function()\n"
		"t:read(0)\nprint 'in'\nnote 'in'\nend)\n"
		"show { 'rmap', 'walk' }\npause()\n",
		NULL);

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	assert_int_equal(history_length(r.h), 2);
	assert_int_equal(history_note_count(r.h), 9);
	for (unsigned i = 0; i < 9; i++) {
		const struct note *note = history_note(r.h, i);

		assert_int_equal(note->kind, want[i].kind);
		assert_int_equal(note->op, want[i].op);
		assert_int_equal(note->line, want[i].line);
	}
	assert_string_equal(history_note(r.h, 1)->text.zh, "乙");
	assert_string_equal(history_note(r.h, 7)->panes, "rmap walk");
	assert_int_equal(history_note(r.h, 4)->point.kind, REF_TASK);
	ran_free(&r);
}

static void test_ask(void **state)
{
	struct ran r = run_text("t.lua",
		"ask { { en = 'q', zh = '问' }, choices = { 'a', { en = 'b',"
		"zh = '二' } }, answer = 2, why = 'because' }",
		NULL);
	const struct note *note = history_note(r.h, 0);

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	assert_int_equal(note->kind, NOTE_ASK);
	assert_string_equal(note->text.zh, "问");
	assert_int_equal(note->nr_choices, 2);
	assert_string_equal(note->choice[1].zh, "二");
	assert_int_equal(note->answer, 2);
	assert_string_equal(note->why.en, "because");
	ran_free(&r);
}

static void test_batch(void **state)
{
	struct ran r = run_text("t.lua",
		"local t = spawn 't'\n"
		"print(batch('ten', function()\n"
		"	for i = 1, 10 do t:read(0) end\n"
		"	return 1, nil, 3\nend))\n"
		"local ok, err = pcall(batch, 'bad', function()\n"
		"	t:read(0)\n	error 'x'\nend)\n"
		"print(ok, err)\nspawn 'u'\nprint(machine().step)\n",
		NULL);
	const struct step *step = history_step(r.h, 2);

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	assert_int_equal(history_length(r.h), 4);
	assert_int_equal(step->calls, 10);
	assert_string_equal(step->batch_text, "ten");
	assert_int_equal(step->line, 2);
	assert_int_equal(history_step(r.h, 3)->calls, 1);
	assert_string_equal(history_note(r.h, 0)->text.en, "1\tnil\t3");
	assert_string_equal(history_note(r.h, 1)->text.en, "false\tt.lua:8: x");
	assert_string_equal(history_note(r.h, 2)->text.en, "4");
	ran_free(&r);
}

/* Operations may stand in callbacks and in coroutines. */
static void test_callbacks(void **state)
{
	struct ran r = run_text("t.lua",
		"local t = spawn 't'\n"
		"local co = coroutine.wrap(function()\n"
		"	for i = 1, 3 do\n"
		"		t:read(0)\n"
		"		coroutine.yield()\n"
		"	end\nend)\n"
		"co() co() co()\n"
		"table.sort({ 2, 1 }, function(a, b)\n"
		"	t:read(0)\n"
		"	return a < b\nend)\n",
		NULL);

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	assert_int_equal(history_step(r.h, 3)->line, 4);
	assert_int_equal(history_step(r.h, 5)->line, 10);
	ran_free(&r);
}

static void test_objects(void **state)
{
	(void)state;
	assert_prints(
		"local t = spawn 't'\n"
		"local r = t:mmap { pages = 2, prot = 'rw' }\n"
		"t:write(r[0], 7)\n"
		"local v, p = t:vmas()[1], page_at(t, r[0])\n"
		"local seen = { [v] = true, [p] = 'page' }\n"
		"print(seen[t:vmas()[1]], seen[page_at(t, r[0])])\n"
		"print(v, v.start == r.addr, v.stop - v.start, v.prot, v.file,"
		"v.flags.wr, v.flags.ex, v.task == t)\n"
		"print(v.anon_vma == anon_vmas()[1], v.chain[1] == v.anon_vma,"
		"v.anon_vma.vmas[1] == v, v.anon_vma.parent)\n"
		"print(p.kind, p.mapcount, p.refcount, p.mapping == v.anon_vma,"
		"p.lru, p.value, p.flags.uptodate, p.flags.locked,"
		"p._mapcount, p.index == v.pgoff)\n"
		"print(v.vm_start == v.start, v.anon_vma.degree)\n",
		"true\tpage\nvma:1\ttrue\t8192\trw-\tnil\ttrue\tnil\ttrue\n"
		"true\ttrue\ttrue\tnil\n"
		"anon\t1\t1\ttrue\tactive_anon\t7\ttrue\tfalse\t0\ttrue\n"
		"true\t2\n");
}

static void test_walk(void **state)
{
	static const char text[] =
		"local t = spawn 't'\n"
		"local r = t:mmap { pages = 1 }\n"
		"local w = t:walk(r[0] + 5)\n"
		"print(#w.levels, w.pfn, w.fault, w.levels[1].name)\n"
		"t:write(r[0], 1)\n"
		"w = t:walk(r[0] + 5)\n"
		"local l = w.levels[#w.levels]\n"
		"print(#w.levels, w.pfn == page_at(t, r[0]).pfn, w.offset,"
		"w.fault, l.name, l.present)\n";

	(void)state;
	assert_prints_in(
		"4.0", text, "1\tnil\tpgd\tpgd\n4\ttrue\t5\tnil\tpte\ttrue\n");
	assert_prints_in("2.6.11", text,
		"1\tnil\tpgd\tpgd\n2\ttrue\t5\tnil\tpte\ttrue\n");
}

/* A region stands for its address, and for its length where none is said. */
static void test_regions(void **state)
{
	(void)state;
	assert_prints("local t = spawn 't'\n"
		      "local r = t:mmap { pages = 2 }\n"
		      "print(t:mprotect(r, 'r'), t:vmas()[1].prot)\n"
		      "print(t:mprotect(r, nil, 'rw'), t:vmas()[1].prot)\n"
		      "print(t:mprotect(r, 4096, 'r'), #t:vmas())\n"
		      "print(t:madvise(r, 'dontneed'))\n"
		      "print(pcall(t.mprotect, t, r[0], 'r'))\n"
		      "t:mprotect(r, 'rw')\n"
		      "local bigger = t:mremap(r, '16K', { maymove = true })\n"
		      "print(#bigger, #r, #t:mremap(bigger, nil, '8K'))\n"
		      "print(t:munmap(r.addr, r.len), t:munmap(bigger))\n"
		      "print(r == r, r ~= bigger, #t:vmas())\n",
		"true\tr--\ntrue\trw-\ntrue\t2\ntrue\n"
		"false\tt.lua:7: mprotect: len must be bytes or a size such as "
		"\"64K\", \"16M\", \"1G\", not 'r'\n"
		"4\t2\t2\ntrue\ttrue\ntrue\ttrue\t0\n");
}

static void test_costs(void **state)
{
	(void)state;
	assert_prints("local t = spawn 't'\n"
		      "local r = t:mmap { pages = 2 }\n"
		      "batch('b', function() t:write(r[0], 1) "
		      "t:write(r[1], 1) end)\n"
		      "local last = costs(true).ptes\n"
		      "print(last > 0, costs().ptes >= last)\n"
		      "print(page_at(t, r[0]):rmap().cost.visited)\n"
		      "print(costs(true).visited, costs().visited)\n",
		"true\ttrue\n1\n1\t1\n");
}

/* Nothing depends on where the host puts things, or on its clock. */
static void test_deterministic(void **state)
{
	static const char text[] =
		"local t = { b = 1, a = 2, [10] = 3, [2] = 4, [true] = 5 }\n"
		"for k, v in pairs(t) do print(k, v) end\n"
		"print({}, print, {})\n"
		"print(math.random(1000000))\n";
	struct ran a = run_text("t.lua", text, NULL);
	struct ran b = run_text("t.lua", text, NULL);

	(void)state;
	assert_string_equal(history_note(a.h, 0)->text.en, "2\t4");
	assert_string_equal(history_note(a.h, 2)->text.en, "a\t2");
	assert_string_equal(history_note(a.h, 4)->text.en, "true\t5");
	assert_string_equal(history_note(a.h, 5)->text.en,
		"table: 1\tfunction: 2\ttable: 3");
	assert_string_equal(
		history_note(a.h, 6)->text.en, history_note(b.h, 6)->text.en);
	ran_free(&a);
	ran_free(&b);
}

/* Objects lie at addresses of the host; pairs() must not show them. */
static void test_objects_in_order(void **state)
{
	(void)state;
	assert_prints("local t, s = {}, ''\n"
		      "for i = 1, 20 do t[spawn('t' .. i)] = i end\n"
		      "t[1], t.x = 21, 22\n"
		      "for _, v in pairs(t) do s = s .. v .. ' ' end\n"
		      "print(s)\n",
		"21 22 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \n");
}

static void test_zones(void **state)
{
	(void)state;
	assert_prints("scenario { zones = { DMA = 256, Normal = 512 } }\n"
		      "print(machine().ram // 4096)\n",
		"768\n");
}

/* The scenario's era and arch against those asked for. */
static void check_era(const char *text, const char *era, const char *arch,
	enum source_status status, const char *want)
{
	struct source_request request = { .era = era ? era_find(era) : NULL,
		.paging = arch ? paging_find(arch) : NULL };
	struct ran r = run_text("t.lua", text, &request);
	char got[256];

	assert_int_equal(r.status, status);
	if (status == SOURCE_OK)
		snprintf(got, sizeof(got), "%s %s%s%s",
			r.source->info.era->name, r.source->info.paging->name,
			r.source->info.notice ? ": " : "",
			r.source->info.notice ? r.source->info.notice : "");
	else
		snprintf(got, sizeof(got), "%s", r.source->message);
	assert_string_equal(got, want);
	ran_free(&r);
}

static void test_eras(void **state)
{
	static const char two[] = "scenario { eras = { '2.6.11', '4.0' } }";
	static const char pae[] = "scenario { arch = 'pae' }";

	(void)state;
	check_era("spawn 't'", NULL, NULL, SOURCE_OK, "4.0 x86_64");
	check_era(two, NULL, NULL, SOURCE_OK, "2.6.11 i386");
	check_era(two, "4.0", NULL, SOURCE_OK, "4.0 x86_64");
	check_era(two, "6.18", NULL, SOURCE_UNUSABLE,
		"t.lua: it means nothing in era 6.18 (allowed: 2.6.11 4.0)");
	check_era(pae, NULL, NULL, SOURCE_OK, "4.0 pae");
	check_era(pae, "6.18", NULL, SOURCE_OK,
		"6.18 x86_64: arch pae is not in 6.18: x86_64 is used");
	check_era("spawn 't'", "6.18", "pae", SOURCE_UNUSABLE,
		"t.lua: 6.18 has no arch pae (allowed: x86_64 x86_64-la57)");
	check_era("scenario { eras = { '2.4', '4.0' } }", NULL, NULL, SOURCE_OK,
		"2.4 i386");
	check_era("scenario { era = '2.6.0' }", NULL, NULL, SOURCE_OK,
		"2.6.0 i386");
	check_era("scenario { era = '6.x' }", NULL, NULL, SOURCE_OK,
		"6.18 x86_64");
}

static void test_info(void **state)
{
	struct ran r = run_text("dir/t.lua",
		"scenario { title = { en = 'T', zh = '题' }, summary = 'S',"
		"panes = { 'walk', 'rmap' } }",
		NULL);
	const struct source_info *info = &r.source->info;

	(void)state;
	assert_string_equal(info->path, "dir/t.lua");
	assert_string_equal(info->title.en, "T");
	assert_string_equal(info->title.zh, "题");
	assert_string_equal(info->summary.en, "S");
	assert_string_equal(info->panes, "walk rmap");
	assert_int_equal(info->nr_eras, 5);
	assert_string_equal(info->eras[0]->name, "4.0");
	assert_true(strncmp(info->text, "scenario {", 10) == 0);
	ran_free(&r);
	r = run_text("dir/t.lua", "", NULL);
	assert_string_equal(r.source->info.title.en, "t");
	ran_free(&r);
}

/* A source may be run again: each run is a history of its own. */
static void test_run_again(void **state)
{
	struct ran r = run_text("t.lua", "spawn 't'", NULL);
	struct source_request request = { .era = era_find("6.18") };
	struct history *h;

	(void)state;
	assert_int_equal(source_run(r.source, &request, &h), SOURCE_OK);
	assert_string_equal(r.source->info.era->name, "6.18");
	assert_int_equal(history_length(h), 1);
	assert_int_equal(history_length(r.h), 1);
	history_delete(h);
	ran_free(&r);
}

/* Frames are freed, pages go to swap and come back with what they held. */
static void test_reclaim(void **state)
{
	(void)state;
	assert_prints_in("4.0",
		"scenario { swap = '1M', zones = { Normal = 256 } }\n"
		"local t = spawn 't'\n"
		"local r = t:mmap { pages = 64 }\n"
		"for i = 0, 63 do t:write(r[i], i) end\n"
		"local n = 0\n"
		"for i = 1, 4 do\n"
		"	local before = machine().free\n"
		"	local freed = reclaim(8)\n"
		"	n = n + freed\n"
		"	expect_eq(machine().free - before, freed)\n"
		"end\n"
		"print(n >= 8, math.type(n))\n"
		"local gone = 0\n"
		"for i = 0, 63 do gone = gone + (page_at(t, r[i]) and 0 or 1) "
		"end\n"
		"print(gone >= n)\n"
		"local same = 0\n"
		"for i = 0, 63 do same = same + (t:read(r[i]) == i and 1 or 0) "
		"end\n"
		"print(same, reclaim(0))\n",
		"true\tinteger\ntrue\n64\t0\n");
}

/* Two tasks need one slot; swapoff brings it back. */
static void test_swap(void **state)
{
	(void)state;
	assert_prints_in("4.0",
		"scenario { swap = '1M', zones = { Normal = 256 } }\n"
		"local t = spawn 't'\n"
		"local r = t:mmap { pages = 2 }\n"
		"t:write(r[0], 'A')\n"
		"local u = t:fork 'u'\n"
		"print(#machine().slots, t:walk(r[0]).swap, machine().swap)\n"
		"while page_at(t, r[0]) do reclaim(1) end\n"
		"local s = machine().slots[1]\n"
		"print(#machine().slots, s.slot == t:walk(r[0]).swap, s.count, "
		"s.value)\n"
		"print(u:walk(r[0]).swap == s.slot, t:walk(r[1]).swap)\n"
		"print(u:read(r[0]))\n"
		"local p = page_at(u, r[0])\n"
		"print(p.slot == s.slot, p.mapcount, machine().slots[1].cached)\n"
		"print(swapoff())\n"
		"print(#machine().slots, p.slot, p.mapcount, t:read(r[0]))\n"
		"print(swapoff())\n",
		"0\tnil\t1048576\n1\ttrue\t2\tA\ntrue\tnil\nA\n"
		"true\t1\ttrue\ntrue\n0\tnil\t2\tA\nnil\tEINVAL\n");
}

static void test_files(void **state)
{
	(void)state;
	assert_holds("local f = file('data', 4)\n"
		     "local t = spawn 't'\n"
		     "local r = t:mmap { file = f, pages = 4, shared = true }\n"
		     "expect_eq(f.name, 'data')\n"
		     "expect_eq(f.pages, 4)\n"
		     "expect_eq(f.size, 16384)\n"
		     "expect_eq(f.cached, 0)\n"
		     "expect_eq(t:read(r[3]), 'data#3')\n"
		     "expect(f.cached > 0)\n"
		     "expect(t:write(r[1], 'X'))\n"
		     "expect_eq(f:read(1), 'X')\n"
		     "expect(f:write(0, 'W'))\n"
		     "expect_eq(t:read(r[0]), 'W')\n"
		     "expect_eq(page_at(t, r[0]).mapping, f)\n"
		     "expect_eq(page_at(t, r[0]).kind, 'file')\n"
		     "expect_eq(t:vmas()[1].file, f)\n"
		     "expect(f:sync())\n"
		     "expect(f:truncate(2))\n"
		     "expect_eq(f.pages, 2)\n"
		     "expect_error('SIGBUS', function() t:read(r[3]) end)\n");
}

/* Zones, lists and the page cache, read without an operation. */
static void test_memory(void **state)
{
	(void)state;
	assert_prints_in("2.6.11",
		"scenario { pages_min = 40, zones = { Normal = 256 } }\n"
		"local z = machine().zones[1]\n"
		"print(#machine().zones, z.name, z.min, z.low, z.high)\n"
		"print(z.free == machine().free)\n"
		"local f = file('f', 4)\n"
		"print(f:page(1))\n"
		"f:read(1)\n"
		"local p = f:page(1)\n"
		"print(p.kind, p.value, p.lru, f:page(0), f:page(99))\n"
		"print(machine().lru.active, machine().lru.inactive)\n"
		"print(machine().lru.unevictable, machine().step)\n",
		"1\tNormal\t40\t50\t60\ntrue\nnil\n"
		"file\tf#1\tinactive\tnil\tnil\n0\t1\nnil\t2\n");
	assert_prints_in("4.0",
		"local f = file('f', 4)\n"
		"f:read(1)\n"
		"print(machine().lru.inactive_file, machine().lru.unevictable)\n"
		"print(f:page(1).lru, (pcall(f.page, f, -1)))\n",
		"1\t0\ninactive_file\tfalse\n");
}

/* The numbers of scenario{} arrive in the machine, the others are defaults. */
static void test_tunables(void **state)
{
	struct ran r = run_text("t.lua",
		"scenario { era = '6.18', swap = '1M', oom_killer = false,"
		"lru_batches = true, swappiness = 200, page_cluster = 3,"
		"nrpte = 31, fault_around = 1, swap_cluster = 4,"
		"pages_min = 4, zones = { Normal = 256 }, io = 'end',"
		"kswapd = 'inline', pcp = false }",
		NULL);
	const struct tunables *t = &history_machine(r.h)->tune;
	struct tunables d = tunables_default(era_find("4.0"));

	(void)state;
	assert_int_equal(r.status, SOURCE_OK);
	assert_true(t->set && t->no_oom_killer && t->lru_batches && !t->pcp);
	assert_int_equal(t->swappiness, 200);
	assert_int_equal(t->page_cluster, 3);
	assert_int_equal(t->nrpte, 31);
	assert_int_equal(t->fault_around, 1);
	assert_int_equal(t->swap_cluster, 4);
	assert_int_equal(t->pages_min, 4);
	assert_int_equal(history_machine(r.h)->swap, 1 << 20);
	ran_free(&r);
	r = run_text("t.lua", "scenario { oom_killer = true }", NULL);
	assert_int_equal(r.status, SOURCE_OK);
	assert_memory_equal(&history_machine(r.h)->tune, &d, sizeof(d));
	ran_free(&r);
}

static void test_shell_line_and_mark(void **state)
{
	(void)state;
	assert_prints(
		"\xef\xbb\xbf#!/usr/bin/env rmapscope\nprint 'x'\n", "x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fork_cow),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_expect_error),
		cmocka_unit_test(test_expect_error_text),
		cmocka_unit_test(test_failed_checks_go_on),
		cmocka_unit_test(test_places_of_notes),
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_regions),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_deterministic),
		cmocka_unit_test(test_objects_in_order),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_eras),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_run_again),
		cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_tunables),
		cmocka_unit_test(test_shell_line_and_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
