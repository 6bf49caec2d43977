/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SCENARIO[:COUNT[:SIZE]] as it is read, the nearest names, the sizes that follow from SIZE, and
 * that both tables keep their own rules.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../workload_module/load.h"
#include "../../workload_module/module_scenarios.h"
#include "../../workload_module/scenarios.h"

static struct run_item parsed(const char *text)
{
	struct run_item item = {.scenario = NULL};
	const char *part;

	assert_int_equal(scenarios_parse(text, &item, &part), 0);
	return item;
}

static void test_parse_defaults(void **state)
{
	struct run_item item = parsed("writev");

	assert_string_equal(item.scenario->name, "writev");
	assert_int_equal(item.count, item.scenario->default_count);
	assert_int_equal(item.size, item.scenario->size);
}

static void test_parse_count_and_size(void **state)
{
	struct run_item item = parsed("writev:7:4K");

	assert_int_equal(item.count, 7);
	assert_int_equal(item.size, 4096);
	item = parsed("open:1000000000");
	assert_int_equal(item.count, SCENARIO_MAX_COUNT);
	assert_int_equal(parsed("message:1:0").size, 0);
}

/* It fails as it should, points at the wrong part, and leaves the item alone. */
static void refuse(const char *text, int wanted, size_t offset)
{
	struct run_item item = {.count = 99, .size = 98};
	const char *part = NULL;

	assert_int_equal(scenarios_parse(text, &item, &part), wanted);
	assert_null(item.scenario);
	assert_int_equal(item.count, 99);
	assert_int_equal(item.size, 98);
	assert_int_equal(part - text, offset);
}

static void test_parse_refuses(void **state)
{
	refuse("", -ENOENT, 0);
	refuse("write", -ENOENT, 0);
	refuse("writevv:3", -ENOENT, 0);
	refuse(":3", -ENOENT, 0);
	refuse("writev:", -EINVAL, 7);
	refuse("writev:0", -ERANGE, 7);
	refuse("writev:-1", -EINVAL, 7);
	refuse("writev:1000000001", -ERANGE, 7);
	refuse("writev:18446744073709551617", -ERANGE, 7);
	refuse("writev:1111111111111111111111111111111111111111111", -EINVAL, 7);
	refuse("writev:1x", -EINVAL, 7);
	refuse("writev::160", -EINVAL, 7);
	refuse("writev:1:", -EINVAL, 9);
	refuse("writev:1:128", -ERANGE, 9);
	refuse("writev:1:17K", -ERANGE, 9);
	refuse("writev:1:145", -EINVAL, 9);
	refuse("writev:1:144:2", -E2BIG, 9);
	refuse("open:1:64", -ENOTSUP, 7);
}

static void test_parse_module(void **state)
{
	struct run_item item = parsed("kmalloc-var:7:4K");

	assert_true(item.scenario->module);
	assert_int_equal(item.scenario->id, WORKLOAD_KMALLOC_VAR);
	assert_int_equal(item.count, 7);
	assert_int_equal(item.size, 4096);
	item = parsed("mmap-many");
	assert_true(item.count > 0);
	assert_int_equal(item.size, 65536);
	assert_int_equal(parsed("kmalloc-const:1000000000").count, SCENARIO_MAX_COUNT);
}

static void test_parse_refuses_module(void **state)
{
	refuse("kmalloc-const:0", -ERANGE, 14);
	refuse("kmalloc-const:18446744073709551617", -ERANGE, 14);
	refuse("kmalloc-const:1:1024", -ENOTSUP, 16);
	refuse("kmalloc-large-var:1:8192", -ERANGE, 20);
	refuse("kmalloc-var:1:8193", -ERANGE, 14);
	refuse("mmap-many:1:100", -ERANGE, 12);
	refuse("mmap-many:1:5000", -EINVAL, 12);
	refuse("mmap-many:1:68K", -ERANGE, 12);
	refuse("mmap-one:1:4096", -ENOTSUP, 11);
}

static void test_nearest(void **state)
{
	const struct scenario *near[2];

	assert_int_equal(scenarios_nearest("uring-bufers", 12, near, 2), 1);
	assert_string_equal(near[0]->name, "uring-buffers");
	assert_true(scenarios_nearest("packet", 6, near, 2) == 2);
	assert_string_equal(near[0]->name, "packet-ring");
	assert_int_equal(scenarios_nearest("zzzzzzzz", 8, near, 2), 0);
	assert_int_equal(scenarios_nearest("writev", 6, near, 0), 0);
}

/* The exact name of another one comes before what only contains it. */
static void test_nearest_best_first(void **state)
{
	const struct scenario *near[1];

	assert_int_equal(scenarios_nearest("eopll", 5, near, 1), 1);
	assert_string_equal(near[0]->name, "epoll");
	assert_int_equal(scenarios_nearest("pipes", 5, near, 1), 1);
	assert_string_equal(near[0]->name, "pipe");
}

static void test_nearest_of_both_kinds(void **state)
{
	const struct scenario *near[4];
	size_t i, count = scenarios_nearest("mmap-map", 8, near, 4);
	bool own = false, module = false;

	for (i = 0; i < count; i++) {
		own |= !near[i]->module;
		module |= near[i]->module;
	}
	assert_true(own && module);
}

static void test_nearest_of_long_text(void **state)
{
	const struct scenario *near[1];
	char text[4096];

	memset(text, 'w', sizeof(text));
	assert_int_equal(scenarios_nearest(text, sizeof(text), near, 1), 0);
}

static int64_t bytes(enum request request, unsigned int plus, uint64_t size)
{
	struct expected row = {.request = request, .bytes = plus};

	return scenarios_bytes(&row, size);
}

static void test_bytes(void **state)
{
	long page = sysconf(_SC_PAGESIZE);

	assert_int_equal(bytes(REQUEST_UNKNOWN, 5, 100), -1);
	assert_int_equal(bytes(REQUEST_FIXED, 32, 100), 32);
	assert_int_equal(bytes(REQUEST_SIZE, 1, 100), 101);
	assert_int_equal(bytes(REQUEST_ROUNDED, 0, 1), 8);
	assert_int_equal(bytes(REQUEST_ROUNDED, 0, 64), 64);
	assert_int_equal(bytes(REQUEST_POWER, 0, 12288), 16384);
	assert_int_equal(bytes(REQUEST_POWER, 0, 16384), 16384);
	assert_int_equal(bytes(REQUEST_POWER, 0, 16385), 32768);
	assert_int_equal(bytes(REQUEST_PAGES, 1, 0), page);
	assert_int_equal(bytes(REQUEST_PAGES, 0, 1), page);
}

static void check_scenario(const struct scenario *scenario)
{
	size_t i, rows = scenarios_expected(scenario);

	assert_ptr_equal(scenarios_find(scenario->name, strlen(scenario->name)), scenario);
	assert_non_null(scenario->summary);
	assert_non_null(scenario->needs);
	assert_non_null(scenario->ops);
	assert_non_null(scenario->ops->make);
	assert_true(scenario->batch > 0 && scenario->default_count > 0);
	assert_true((scenario->live == LIVE_NONE) == (scenario->ops->drop == NULL));
	assert_true(rows > 0);
	if (scenario->max_size) {
		assert_in_range(scenario->size, scenario->min_size, scenario->max_size);
		assert_int_equal(scenario->size % scenario->size_step, 0);
	}
	for (i = 0; i < rows; i++) {
		const struct expected *row = &scenario->expected[i];

		assert_null(strchr(row->site, ' '));
		assert_true((row->family == FAMILY_CACHE) == (row->cache != NULL));
		assert_true((row->freed == FREED_NEVER) == (row->allocs == 0));
	}
}

static void test_table(void **state)
{
	unsigned int families = 0;
	size_t i, count;
	const struct scenario *all = scenarios_all(&count);

	for (i = 0; i < count; i++) {
		check_scenario(&all[i]);
		families |= 1U << all[i].family;
	}
	assert_int_equal(families, 0x1f);
}

/* A name that is in both would run the program's and never the module's. */
static void test_names_are_unlike(void **state)
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; (scenario = scenarios_at(i)); i++)
		assert_ptr_equal(scenarios_find(scenario->name, strlen(scenario->name)), scenario);
}

static void check_module_scenario(const struct scenario *scenario)
{
	bool runs = scenarios_not_run(scenario) == NULL;

	assert_true(scenario->module);
	assert_int_equal(scenarios_expected(scenario), 0);
	assert_non_null(scenario->summary);
	assert_non_null(scenario->ops->make);
	assert_true(scenario->batch > 0);
	assert_int_equal(scenario->default_count > 0, runs);
	assert_true(scenario->size_step > 0);
	if (scenario->max_size) {
		assert_in_range(scenario->size, scenario->min_size, scenario->max_size);
		assert_true(scenario->min_size > 0);
	} else {
		assert_int_equal(scenario->size, 0);
	}
}

static void test_module_table(void **state)
{
	size_t i, count;
	const struct scenario *all = scenarios_module(&count);

	assert_int_equal(count, WORKLOAD_SCENARIO_COUNT);
	for (i = 0; i < count; i++) {
		assert_int_equal(all[i].id, i);
		check_module_scenario(&all[i]);
	}
}

static void test_not_run(void **state)
{
	assert_non_null(scenarios_not_run(parsed("own").scenario));
	assert_non_null(scenarios_not_run(parsed("init-leaks").scenario));
	assert_null(scenarios_not_run(parsed("kmalloc-const").scenario));
	assert_null(scenarios_not_run(parsed("mmap-one").scenario));
	assert_null(scenarios_not_run(parsed("writev").scenario));
}

/* What demo holds it may hold: a default that can't be live would be refused in each round. */
static void test_defaults_can_be_held(void **state)
{
	size_t i, count;
	const struct scenario *all = scenarios_all(&count);

	for (i = 0; i < count; i++) {
		if (all[i].live == LIVE_BATCH)
			assert_in_range(all[i].default_count, 1, all[i].batch);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_defaults),
		cmocka_unit_test(test_parse_count_and_size),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_parse_module),
		cmocka_unit_test(test_parse_refuses_module),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_nearest_best_first),
		cmocka_unit_test(test_nearest_of_both_kinds),
		cmocka_unit_test(test_nearest_of_long_text),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_names_are_unlike),
		cmocka_unit_test(test_module_table),
		cmocka_unit_test(test_not_run),
		cmocka_unit_test(test_defaults_can_be_held),
	};

	return cmocka_run_group_tests_name("scenarios", tests, NULL, NULL);
}
