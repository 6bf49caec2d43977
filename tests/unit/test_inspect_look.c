/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looks at small made-up trees: what is said about a source that is not there, and growth from
 * one look to the next.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/inspect_growth.h"
#include "../../user/inspect_look.h"

#define SLAB_HEAD "slabinfo - version: 2.1\n# name\n"
#define NOBODY	  65534
#define SLAB_TAIL " : tunables 0 0 0 : slabdata "

static char root[] = "/tmp/test_inspect_look.XXXXXX";

static const char *below(const char *path)
{
	static char full[256];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return full;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(below(path), "w");

	assert_non_null(file);
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	if (!mkdtemp(root))
		return -1;
	if (mkdir(below("/proc"), 0700) < 0 || mkdir(below("/dev"), 0700) < 0 ||
	    mkdir(below("/sys"), 0700) < 0 || mkdir(below("/sys/kernel"), 0700) < 0)
		return -1;
	return mkdir(below("/sys/kernel/debug"), 0700);
}

static int tear_down(void **state)
{
	static const char *const paths[] = {
		"/proc/meminfo",
		"/proc/slabinfo",
		"/proc/vmallocinfo",
		"/proc/allocinfo",
		"/sys/kernel/debug/kmemleak",
		"/sys/kernel/debug",
		"/sys/kernel",
		"/sys",
		"/proc",
		"/dev",
		"",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (remove(below(paths[i])) < 0 && errno != ENOENT)
			return -1;
	}
	return 0;
}

static void test_nothing(void **state)
{
	struct inspect_look look;
	int id;

	(void)state;
	assert_int_equal(inspect_look_take(root, &look), 0);
	assert_false(inspect_look_has_any(&look));
	for (id = 0; id < INSPECT_SOURCES; id++) {
		assert_int_equal(look.sources[id].status, SOURCE_ABSENT);
		assert_int_not_equal(look.sources[id].reason[0], '\0');
		assert_non_null(look.sources[id].enable);
	}
	assert_string_equal(look.sources[SOURCE_SLABINFO].reason, "proc is not mounted");
	assert_string_equal(look.sources[SOURCE_KMEMLEAK].reason, "debugfs is not mounted");
	assert_string_equal(look.kernel, "");
	inspect_look_free(&look);
}

static void test_partly(void **state)
{
	struct inspect_look look;

	(void)state;
	put("/proc/meminfo", "MemTotal: 4 kB\n");
	put("/proc/slabinfo", SLAB_HEAD "whatever\n");
	put("/proc/allocinfo", "a later format\n");
	put("/sys/kernel/debug/kmemleak", "");
	assert_int_equal(mkdir(below("/proc/vmallocinfo"), 0700), 0);
	assert_int_equal(inspect_look_take(root, &look), 0);
	assert_true(inspect_look_has_any(&look));
	assert_int_equal(look.sources[SOURCE_MEMINFO].status, SOURCE_READ);
	assert_string_equal(look.sources[SOURCE_MEMINFO].reason, "");
	assert_int_equal(look.sources[SOURCE_SLABINFO].status, SOURCE_READ);
	assert_int_not_equal(look.sources[SOURCE_SLABINFO].reason[0], '\0');
	assert_int_equal(look.sources[SOURCE_ALLOCINFO].status, SOURCE_UNREADABLE);
	assert_int_equal(look.sources[SOURCE_VMALLOCINFO].status, SOURCE_UNREADABLE);
	assert_string_equal(look.sources[SOURCE_VMALLOCINFO].reason, strerror(EISDIR));
	assert_int_equal(look.sources[SOURCE_KMEMLEAK].status, SOURCE_READ);
	inspect_look_free(&look);
}

/* Root is refused nothing, so it is somebody else for this one look. */
static void test_refused(void **state)
{
	struct inspect_look look;
	uid_t user = geteuid();
	int id;

	(void)state;
	assert_int_equal(chmod(root, 0), 0);
	if (user == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	assert_int_equal(inspect_look_take(root, &look), 0);
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(chmod(root, 0700), 0);
	for (id = 0; id < INSPECT_SOURCES; id++) {
		assert_int_equal(look.sources[id].status, SOURCE_REFUSED);
		assert_int_not_equal(look.sources[id].reason[0], '\0');
		assert_non_null(look.sources[id].enable);
	}
	inspect_look_free(&look);
}

static void assert_cache(const struct procfs_cache *cache, const char *name, int64_t objects,
			 int64_t bytes)
{
	assert_int_equal(cache->name.length, strlen(name));
	assert_memory_equal(cache->name.text, name, strlen(name));
	assert_true(cache->growth_objects == objects);
	assert_true(cache->growth_bytes == bytes);
}

/* Ordered by growth; what is new grew from nothing; caches of one name are compared in turn. */
static void test_growth(void **state)
{
	struct inspect_look before, now;
	int64_t page;

	(void)state;
	put("/proc/slabinfo", SLAB_HEAD "shrinks 50 64 64 64 1" SLAB_TAIL "5 5 0\n"
					"same 64 64 64 64 1" SLAB_TAIL "9 9 0\n"
					"twin 1 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"twin 1 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"gone 1 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"grows 1 64 64 64 1" SLAB_TAIL "1 1 0\n");
	put("/proc/vmallocinfo", "0x1-0x2 8192 f+0x1/0x2 pages=1 vmalloc\n");
	assert_int_equal(inspect_look_take(root, &before), 0);
	put("/proc/slabinfo", SLAB_HEAD "new 1 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"same 64 64 64 64 1" SLAB_TAIL "9 9 0\n"
					"twin 1 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"twin 2 64 64 64 1" SLAB_TAIL "1 1 0\n"
					"grows 65 128 64 64 1" SLAB_TAIL "3 3 0\n"
					"shrinks 10 64 64 64 1" SLAB_TAIL "1 1 0\n");
	put("/proc/vmallocinfo", "0x1-0x2 8192 f+0x1/0x2 pages=1 vmalloc user\n"
				 "0x1-0x2 8192 f+0x1/0x2 pages=1 vmalloc\n"
				 "0x1-0x2 4096 f+0x1/0x2 pages=1 vmalloc\n");
	assert_int_equal(inspect_look_take(root, &now), 0);
	inspect_growth_compare(&now, &before);
	inspect_look_free(&before);
	page = (int64_t)now.page_size;
	assert_int_equal(now.slabinfo.count, 6);
	assert_cache(&now.slabinfo.caches[0], "grows", 64, 2 * page);
	assert_cache(&now.slabinfo.caches[1], "new", 1, page);
	assert_cache(&now.slabinfo.caches[2], "twin", 1, 0);
	assert_cache(&now.slabinfo.caches[3], "same", 0, 0);
	assert_cache(&now.slabinfo.caches[4], "twin", 0, 0);
	assert_cache(&now.slabinfo.caches[5], "shrinks", -40, -4 * page);
	assert_int_equal(now.vmallocinfo.count, 2);
	assert_int_equal(now.vmallocinfo.callers[0].kind, AREA_USER);
	assert_int_equal(now.vmallocinfo.callers[0].growth_bytes, 8192);
	assert_int_equal(now.vmallocinfo.callers[1].growth_areas, 1);
	assert_int_equal(now.vmallocinfo.callers[1].growth_bytes, 4096);
	assert_true(now.since_ns > 0);
	inspect_look_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_partly, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_growth, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("inspect_look", tests, NULL, NULL);
}
