/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kinds of mappings: found by name, in turn, and with the shape that the interface gives them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../workload_module/mmap_kinds.h"
#include "../../workload_module/module_scenarios.h"

static struct mmap_kind kind(const char *name)
{
	const struct scenario *scenario = mmap_kind_find(name);

	assert_non_null(scenario);
	return mmap_kind_of(scenario);
}

static void test_find(void **state)
{
	assert_int_equal(mmap_kind_find("mmap-one")->id, WORKLOAD_MMAP_ONE);
	assert_int_equal(mmap_kind_find("one")->id, WORKLOAD_MMAP_ONE);
	assert_int_equal(mmap_kind_find("insert-pages")->id, WORKLOAD_MMAP_INSERT_PAGES);
	assert_null(mmap_kind_find("mmap-"));
	assert_null(mmap_kind_find(""));
	assert_null(mmap_kind_find("map"));
	assert_null(mmap_kind_find("kmalloc-const"));
	assert_null(mmap_kind_find("mmap-map"));
}

static void test_each_in_turn(void **state)
{
	const struct scenario *scenario = NULL;
	unsigned int count = 0;

	while ((scenario = mmap_kind_next(scenario))) {
		assert_true(scenario->flags & WORKLOAD_BY_MMAP);
		assert_ptr_equal(mmap_kind_find(scenario->name), scenario);
		count++;
	}
	assert_int_equal(count, WORKLOAD_MMAP_BUFFER - WORKLOAD_MMAP_ONE + 1);
}

static void test_shapes(void **state)
{
	struct mmap_kind partial = kind("partial"), fault = kind("fault"), one = kind("one");

	assert_int_equal(one.there, one.page);
	assert_int_equal(one.most, one.page);
	assert_true(one.writable && !one.buffer);
	assert_int_equal(partial.there * 2, partial.most);
	assert_int_equal(fault.there * 2, fault.most);
	assert_false(kind("read-only").writable);
	assert_true(kind("buffer").buffer);
	assert_int_equal(kind("many").there, kind("many").most);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_each_in_turn),
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests_name("mmap_kinds", tests, NULL, NULL);
}
