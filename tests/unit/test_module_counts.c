/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the module's counters grew by.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../workload_module/module_counts.h"

static struct module_counts before, after;

static struct workload_row *row_of(struct module_counts *counts)
{
	counts->of[WORKLOAD_MEMPOOL].rows = 2;
	return &counts->of[WORKLOAD_MEMPOOL].row[1];
}

static void test_difference(void **state)
{
	struct workload_row *old = row_of(&before), *new = row_of(&after);

	*old = (struct workload_row){.allocs = 10, .frees = 4, .bytes = 100, .leaked = 1};
	*new = (struct workload_row){
		.allocs = 25, .frees = 24, .failed = 3, .bytes = 150, .leaked = 1, .site = "f"};
	module_counts_subtract(&after, &before);
	assert_int_equal(new->allocs, 15);
	assert_int_equal(new->frees, 20);
	assert_int_equal(new->failed, 3);
	assert_int_equal(new->bytes, 50);
	assert_int_equal(new->leaked, 0);
	assert_string_equal(new->site, "f");
}

/* Somebody had them reset in between: what is there now is what has been since. */
static void test_reset_between(void **state)
{
	struct workload_row *old = row_of(&before), *new = row_of(&after);

	*old = (struct workload_row){.allocs = 1000, .frees = 1000};
	*new = (struct workload_row){.allocs = 7, .frees = 7};
	module_counts_subtract(&after, &before);
	assert_int_equal(new->allocs, 7);
	assert_int_equal(new->frees, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_reset_between),
	};

	return cmocka_run_group_tests_name("module_counts", tests, NULL, NULL);
}
