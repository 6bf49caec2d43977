/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's tables: figures of known texts, and that text which is cut short, hostile or too
 * large is left out and counted instead of guessed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/procfs.h"

#define PAGE	   4096
#define SLAB_HEAD  "slabinfo - version: 2.1\n# name <active_objs> …\n"
#define SLAB_TAIL  " : tunables    0    0    0 : slabdata "
#define ALLOC_HEAD "allocinfo - version: 1.0\n#     <size>  <calls> <tag info>\n"
#define MEMINFO_ALL                                                                                \
	"MemTotal: 1000 kB\nMemFree: 100 kB\nActive: 10 kB\nInactive: 20 kB\nUnevictable: 30 kB\n" \
	"Slab: 40 kB\nVmallocUsed: 50 kB\nPageTables: 60 kB\nPercpu: 70 kB\nKernelStack: 5 kB\n"

static struct procfs_slice slice(const char *text)
{
	return (struct procfs_slice){text, strlen(text)};
}

static void assert_slice(struct procfs_slice got, const char *expected)
{
	assert_int_equal(got.length, strlen(expected));
	assert_memory_equal(got.text ? got.text : "", expected, got.length);
}

static void test_lines_and_words(void **state)
{
	struct procfs_slice rest = slice("one  two\n\nthree"), line, word;

	(void)state;
	assert_true(procfs_next_line(&rest, &line));
	assert_true(procfs_next_word(&line, &word));
	assert_slice(word, "one");
	assert_true(procfs_next_word(&line, &word));
	assert_slice(word, "two");
	assert_false(procfs_next_word(&line, &word));
	assert_true(procfs_next_line(&rest, &line));
	assert_slice(line, "");
	assert_true(procfs_next_line(&rest, &line));
	assert_slice(line, "three");
	assert_false(procfs_next_line(&rest, &line));
}

static void test_numbers(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_true(procfs_is_number(slice("18446744073709551615"), &value));
	assert_true(value == UINT64_MAX);
	value = 7;
	assert_false(procfs_is_number(slice("18446744073709551616"), &value));
	assert_false(procfs_is_number(slice("99999999999999999999"), &value));
	assert_false(procfs_is_number(slice(""), &value));
	assert_false(procfs_is_number(slice("-1"), &value));
	assert_false(procfs_is_number(slice("0x1"), &value));
	assert_int_equal(value, 7);
	assert_true(procfs_add(UINT64_MAX, 1) == UINT64_MAX);
	assert_int_equal(procfs_add(1, 2), 3);
}

static void test_meminfo(void **state)
{
	struct procfs_meminfo meminfo;
	uint64_t accounted;

	(void)state;
	assert_int_equal(procfs_parse_meminfo(slice(MEMINFO_ALL), &meminfo), 0);
	assert_int_equal(meminfo.bytes[MEMINFO_MEM_TOTAL], 1000 * 1024);
	assert_int_equal(meminfo.bytes[MEMINFO_SLAB], 40 * 1024);
	assert_int_equal(meminfo.bytes[MEMINFO_KERNEL_STACK], 5 * 1024);
	assert_true(meminfo.present[MEMINFO_PERCPU]);
	assert_false(meminfo.present[MEMINFO_SUNRECLAIM]);
	assert_int_equal(procfs_meminfo_accounted(&meminfo, &accounted), 0);
	assert_int_equal(accounted, (100 + 10 + 20 + 30 + 40 + 50 + 60 + 70) * 1024);
	meminfo.present[MEMINFO_SLAB] = false;
	assert_int_equal(procfs_meminfo_accounted(&meminfo, &accounted), -ENODATA);
}

/* "Active(anon)" is not "Active", a count without unit is no size, and a cut line is no line. */
static void test_meminfo_hostile(void **state)
{
	static const char text[] = "MemTotal: 5 kB\nActive(anon): 9 kB\nSlab: 5\nPercpu: -7 kB\n"
				   "SUnreclaim 7 kB\nInactive: 18446744073709551615 kB\n"
				   "MemFree: 18014398509481983 kB\nPageTables: 1 MB\n"
				   "Zswap: 0x10 kB\n:\nVmallocUsed: 9 k";
	struct procfs_meminfo meminfo;
	int field;

	(void)state;
	assert_int_equal(procfs_parse_meminfo(slice(text), &meminfo), 0);
	for (field = 0; field < MEMINFO_FIELDS; field++) {
		assert_int_equal(meminfo.present[field],
				 field == MEMINFO_MEM_TOTAL || field == MEMINFO_MEM_FREE);
	}
	assert_true(meminfo.bytes[MEMINFO_MEM_FREE] == UINT64_MAX - 1023);
	memset(&meminfo, 0x5a, sizeof(meminfo));
	assert_int_equal(procfs_parse_meminfo(slice("Slab: 5 kB\n"), &meminfo), -EINVAL);
	assert_int_equal(procfs_parse_meminfo(slice(""), &meminfo), -EINVAL);
	assert_int_equal(meminfo.bytes[0], UINT64_C(0x5a5a5a5a5a5a5a5a));
}

static void test_slabinfo(void **state)
{
	static const char text[] = SLAB_HEAD "dentry  100 126 192 21 1" SLAB_TAIL "6 6 0\n"
					     "two words 0 8 1024 8 2" SLAB_TAIL
					     "1 1 0 : globalstat 1 2 3 : cpustat 4\n"
					     "empty 0 0 312 13 1" SLAB_TAIL "0 0 0\n";
	struct procfs_slabinfo slabinfo;

	(void)state;
	assert_int_equal(procfs_parse_slabinfo(slice(text), PAGE, &slabinfo), 0);
	assert_int_equal(slabinfo.count, 3);
	assert_int_equal(slabinfo.skipped, 0);
	assert_slice(slabinfo.caches[0].name, "dentry");
	assert_int_equal(slabinfo.caches[0].active, 100);
	assert_int_equal(slabinfo.caches[0].objects, 126);
	assert_int_equal(slabinfo.caches[0].object_size, 192);
	assert_int_equal(slabinfo.caches[0].bytes, 6 * PAGE);
	assert_int_equal(slabinfo.caches[0].waste_bytes, 6 * PAGE - 100 * 192);
	assert_slice(slabinfo.caches[1].name, "two words");
	assert_int_equal(slabinfo.caches[1].bytes, 2 * PAGE);
	assert_int_equal(slabinfo.caches[1].waste_bytes, 2 * PAGE);
	assert_int_equal(slabinfo.bytes, 8 * PAGE);
	assert_int_equal(slabinfo.waste_bytes, 8 * PAGE - 100 * 192);
	procfs_free_slabinfo(&slabinfo);
	assert_null(slabinfo.caches);
}

static void test_slabinfo_hostile(void **state)
{
	static const char *const bad[] = {
		"short 1 2 3",
		"nocount" SLAB_TAIL "1 1 0",
		"1 2 3 4 5" SLAB_TAIL "1 1 0",
		"nodata 1 2 64 64 1 : tunables 0 0 0",
		"notunables 1 2 64 64 1 : slabdata 1 1 0",
		"negative -1 2 64 64 1" SLAB_TAIL "1 1 0",
		"huge 99999999999999999999 2 64 64 1" SLAB_TAIL "1 1 0",
		"pages 1 2 64 64 4294967296" SLAB_TAIL "1 4294967296 0",
		"bytes 1 2 64 64 1" SLAB_TAIL "1 18446744073709551615 0",
		"active 18446744073709551615 2 64 64 1" SLAB_TAIL "1 1 0",
		"cut 1 2 64 64 1 : tunables 0 0 0 : slab",
		"cut 1 2 64 64 1 : tunables 0 0 0 : slabdata 1",
	};
	struct procfs_slabinfo slabinfo;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s%s\nlast 1 1 64 64 1%s1 1 0", SLAB_HEAD, bad[i],
			 SLAB_TAIL);
		assert_int_equal(procfs_parse_slabinfo(slice(text), PAGE, &slabinfo), 0);
		if (slabinfo.count != 1 || slabinfo.skipped != 1)
			fail_msg("taken for a cache: %s", bad[i]);
		assert_slice(slabinfo.caches[0].name, "last");
		procfs_free_slabinfo(&slabinfo);
	}
	assert_int_equal(procfs_parse_slabinfo(slice(""), PAGE, &slabinfo), -EINVAL);
	assert_int_equal(procfs_parse_slabinfo(slice("slabinfo - version: 1.1\n"), PAGE, &slabinfo),
			 -EINVAL);
}

/* More objects in use than there is room: no waste, not a huge one. And totals do not wrap. */
static void test_slabinfo_limits(void **state)
{
	static const char text[] = SLAB_HEAD "active 1000 2 64 64 1" SLAB_TAIL "1 1 0\n"
					     "a 0 0 1 1 1" SLAB_TAIL "1 4503599627370495 0\n"
					     "b 0 0 1 1 1" SLAB_TAIL "1 4503599627370495 0\n";
	struct procfs_slabinfo slabinfo;

	(void)state;
	assert_int_equal(procfs_parse_slabinfo(slice(text), PAGE, &slabinfo), 0);
	assert_int_equal(slabinfo.count, 3);
	assert_int_equal(slabinfo.caches[0].waste_bytes, 0);
	assert_true(slabinfo.bytes == UINT64_MAX);
	assert_true(slabinfo.waste_bytes == UINT64_MAX);
	procfs_free_slabinfo(&slabinfo);
}

static void test_many_rows(void **state)
{
	enum { ROWS = 1000 };
	struct procfs_slabinfo slabinfo;
	struct procfs_slice text;
	char *file = NULL;
	size_t size, i;
	FILE *out = open_memstream(&file, &size);

	(void)state;
	assert_non_null(out);
	fputs(SLAB_HEAD, out);
	for (i = 0; i < ROWS; i++)
		fprintf(out, "cache-%zu %zu 0 1 1 1%s0 1 0\n", i, i, SLAB_TAIL);
	fclose(out);
	text = (struct procfs_slice){file, size};
	assert_int_equal(procfs_parse_slabinfo(text, PAGE, &slabinfo), 0);
	assert_int_equal(slabinfo.count, ROWS);
	for (i = 0; i < ROWS; i++)
		assert_int_equal(slabinfo.caches[i].active, i);
	assert_int_equal(slabinfo.bytes, ROWS * PAGE);
	procfs_free_slabinfo(&slabinfo);
	free(file);
}

static const struct procfs_caller *find_caller(const struct procfs_vmallocinfo *info,
					       const char *caller, enum procfs_area_kind kind)
{
	size_t i;

	for (i = 0; i < info->count; i++) {
		if (info->callers[i].kind == kind &&
		    procfs_same(info->callers[i].caller, slice(caller)))
			return &info->callers[i];
	}
	fail_msg("no %s by \"%s\"", procfs_area_kind_name(kind), caller);
	return NULL;
}

static void test_vmallocinfo(void **state)
{
	static const char text[] =
		"0x0000000000000001-0x0000000000000002   20480 kernel_clone+0x94/0x3e0 pages=4 "
		"vmalloc N0=4\n"
		"0x0000000000000001-0x0000000000000002   20480 map+0x1/0x2 phys=0xa0000 ioremap\n"
		"0x0000000000000001-0x0000000000000002   12288 kernel_clone+0x94/0x3e0 pages=2 "
		"vmalloc N0=1 N1=1\n"
		"0x1-0x2 8192 open+0x1/0x2 [mydrv] pages=1 vmalloc user N0=1\n"
		"0x1-0x2 8192 open+0x1/0x2 [mydrv] pages=1 vmalloc N0=1\n"
		"0x1-0x2 8192 dma+0x1/0x2 dma-coherent\n"
		"0x1-0x2 8192 irq+0x1/0x2 vmap\n"
		"0x1-0x2 8192 arena+0x1/0x2 sparse\n"
		"0x1-0x2 8192 0xffffffffc0a01234 pages=1 vmalloc vpages\n"
		"0x1-0x2 8192 vm_map_ram\n"
		"0x1-0x2 8192 unpurged vm_area\n"
		"0x1-0x2 8192 unknown+0x1/0x2\n";
	const struct procfs_caller *caller;
	struct procfs_vmallocinfo info;

	(void)state;
	assert_int_equal(procfs_parse_vmallocinfo(slice(text), &info), 0);
	assert_int_equal(info.areas, 12);
	assert_int_equal(info.count, 11);
	assert_int_equal(info.pages, 9);
	assert_int_equal(info.bytes, 2 * 20480 + 12288 + 9 * 8192);
	caller = find_caller(&info, "kernel_clone+0x94/0x3e0", AREA_VMALLOC);
	assert_int_equal(caller->areas, 2);
	assert_int_equal(caller->bytes, 32768);
	assert_int_equal(caller->pages, 6);
	caller = find_caller(&info, "map+0x1/0x2", AREA_IOREMAP);
	assert_int_equal(caller->pages, 0);
	find_caller(&info, "open+0x1/0x2 [mydrv]", AREA_USER);
	find_caller(&info, "open+0x1/0x2 [mydrv]", AREA_VMALLOC);
	find_caller(&info, "dma+0x1/0x2", AREA_DMA);
	find_caller(&info, "irq+0x1/0x2", AREA_VMAP);
	find_caller(&info, "arena+0x1/0x2", AREA_SPARSE);
	find_caller(&info, "0xffffffffc0a01234", AREA_VMALLOC);
	find_caller(&info, "", AREA_MAP_RAM);
	find_caller(&info, "", AREA_UNPURGED);
	find_caller(&info, "unknown+0x1/0x2", AREA_OTHER);
	procfs_free_vmallocinfo(&info);
}

static void test_vmallocinfo_hostile(void **state)
{
	static const char text[] =
		"0x1-0x2\n"
		"0x1-0x2 x a+0x1/0x2 vmalloc\n"
		"0x1 4096 a+0x1/0x2 vmalloc\n"
		"nonsense 4096 a vmalloc\n"
		"0x1-0x2 99999999999999999999 a vmalloc\n"
		"0x1-0x2 4096 a pages=x vmalloc\n"
		"0x1-0x2 4096 a pages= vmalloc\n"
		"\n"
		"0x1-0x2 18446744073709551615 a pages=18446744073709551615 vmalloc\n"
		"0x1-0x2 18446744073709551615 a pages=1 vmalloc\n"
		"0x1-0x2 4096";
	struct procfs_vmallocinfo info;

	(void)state;
	assert_int_equal(procfs_parse_vmallocinfo(slice(text), &info), 0);
	assert_int_equal(info.skipped, 7);
	assert_int_equal(info.areas, 3);
	assert_int_equal(info.count, 2);
	assert_true(info.bytes == UINT64_MAX && info.pages == UINT64_MAX);
	assert_true(find_caller(&info, "a", AREA_VMALLOC)->bytes == UINT64_MAX);
	assert_int_equal(find_caller(&info, "", AREA_OTHER)->bytes, 4096);
	procfs_free_vmallocinfo(&info);
	assert_int_equal(procfs_parse_vmallocinfo(slice(""), &info), 0);
	assert_int_equal(info.count, 0);
	procfs_free_vmallocinfo(&info);
}

static void test_allocinfo(void **state)
{
	static const char text[] = ALLOC_HEAD
		"           0        0 init/main.c:1314 func:do_initcalls\n"
		"       12288        3 fs/ext4/super.c:1392 func:ext4_alloc_inode\n"
		"        4096        1 drivers/my.c:77 [my_drv] func:submit accurate:no\n"
		"           0        2 mm/zero.c:1 func:zero_sized\n";
	struct procfs_allocinfo info;

	(void)state;
	assert_int_equal(procfs_parse_allocinfo(slice(text), &info), 0);
	assert_int_equal(info.count, 3);
	assert_int_equal(info.skipped, 0);
	assert_int_equal(info.bytes, 12288 + 4096);
	assert_slice(info.tags[0].file, "fs/ext4/super.c");
	assert_int_equal(info.tags[0].line, 1392);
	assert_int_equal(info.tags[0].calls, 3);
	assert_slice(info.tags[0].module, "");
	assert_slice(info.tags[0].function, "ext4_alloc_inode");
	assert_true(info.tags[0].accurate);
	assert_slice(info.tags[1].module, "my_drv");
	assert_slice(info.tags[1].function, "submit");
	assert_false(info.tags[1].accurate);
	procfs_free_allocinfo(&info);
}

static void test_allocinfo_hostile(void **state)
{
	static const char text[] =
		ALLOC_HEAD "1 1 nocolon func:f\n1 1 a:x func:f\n1 1 a:1\n"
			   "x 1 a:1 func:f\n1 x a:1 func:f\n"
			   "1 1 a:1 [] func:f\n1 1 a:99999999999999999999 func:f\n"
			   "18446744073709551615 1 a:1 func:f\n1";
	struct procfs_allocinfo info;

	(void)state;
	assert_int_equal(procfs_parse_allocinfo(slice(text), &info), 0);
	assert_int_equal(info.count, 2);
	assert_int_equal(info.skipped, 7);
	assert_slice(info.tags[0].module, "");
	assert_true(info.bytes == UINT64_MAX);
	procfs_free_allocinfo(&info);
	assert_int_equal(procfs_parse_allocinfo(slice("hello\n"), &info), -EINVAL);
}

/* Whatever the place at which a text ends: no byte behind it is read, and nothing is invented. */
static void test_truncated(void **state)
{
	static const char slab[] = SLAB_HEAD "dentry 100 126 192 21 1" SLAB_TAIL "6 6 0\n";
	static const char vmalloc[] = "0x1-0x2 8192 f+0x1/0x2 [m] pages=1 vmalloc user N0=1\n";
	static const char alloc[] = ALLOC_HEAD "12288 3 a/b.c:12 [m] func:f accurate:no\n";
	struct procfs_vmallocinfo areas;
	struct procfs_slabinfo slabs;
	struct procfs_allocinfo tags;
	struct procfs_meminfo meminfo;
	size_t length;
	char *copy;

	(void)state;
	for (length = 1; length < 200; length++) {
		copy = malloc(length); /* exactly, so that ASan sees a byte too many */
		assert_non_null(copy);
		memcpy(copy, MEMINFO_ALL, length < sizeof(MEMINFO_ALL) ? length : 0);
		if (length < sizeof(MEMINFO_ALL))
			procfs_parse_meminfo((struct procfs_slice){copy, length}, &meminfo);
		if (length < sizeof(slab)) {
			memcpy(copy, slab, length);
			if (procfs_parse_slabinfo((struct procfs_slice){copy, length}, PAGE,
						  &slabs) == 0) {
				assert_true(slabs.count <= 1);
				procfs_free_slabinfo(&slabs);
			}
		}
		if (length < sizeof(vmalloc)) {
			memcpy(copy, vmalloc, length);
			assert_int_equal(procfs_parse_vmallocinfo(
						 (struct procfs_slice){copy, length}, &areas),
					 0);
			assert_int_equal(areas.count + areas.skipped, 1);
			procfs_free_vmallocinfo(&areas);
		}
		if (length < sizeof(alloc)) {
			memcpy(copy, alloc, length);
			if (procfs_parse_allocinfo((struct procfs_slice){copy, length}, &tags) ==
			    0) {
				assert_true(tags.count <= 1);
				procfs_free_allocinfo(&tags);
			}
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_and_words), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_meminfo),		cmocka_unit_test(test_meminfo_hostile),
		cmocka_unit_test(test_slabinfo),	cmocka_unit_test(test_slabinfo_hostile),
		cmocka_unit_test(test_slabinfo_limits), cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_vmallocinfo),	cmocka_unit_test(test_vmallocinfo_hostile),
		cmocka_unit_test(test_allocinfo),	cmocka_unit_test(test_allocinfo_hostile),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests_name("procfs", tests, NULL, NULL);
}
