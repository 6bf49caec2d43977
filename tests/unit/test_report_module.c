/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The module's rows in JSON: what it counted, null where it does not know.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <jansson.h>
#include <cmocka.h>

#include "../../workload_module/report_module.h"

static struct module_counts counts;

static json_t *rows_of(unsigned int scenario, const struct workload_row *row)
{
	struct module_choice choice = {.chosen = {false}};
	json_t *rows = json_array();

	memset(&counts, 0, sizeof(counts));
	choice.chosen[scenario] = true;
	counts.of[scenario].rows = 1;
	counts.of[scenario].row[0] = *row;
	report_module_json(rows, &counts, &choice);
	return rows;
}

static json_int_t number(const json_t *rows, const char *name)
{
	return json_integer_value(json_object_get(json_array_get(rows, 0), name));
}

static const char *text(const json_t *rows, const char *name)
{
	return json_string_value(json_object_get(json_array_get(rows, 0), name));
}

static bool is_null(const json_t *rows, const char *name)
{
	return json_is_null(json_object_get(json_array_get(rows, 0), name));
}

static bool is_true(const json_t *rows, const char *name)
{
	return json_is_true(json_object_get(json_array_get(rows, 0), name));
}

static void test_row(void **state)
{
	const struct workload_row row = {.family = WORKLOAD_FAMILY_KMALLOC,
					 .allocs = 10,
					 .frees = 7,
					 .leaked = 3,
					 .bytes = 1000,
					 .bytes_freed = 700,
					 .site = "workload_kmalloc_var"};
	json_t *rows = rows_of(WORKLOAD_KMALLOC_VAR, &row);

	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(text(rows, "scenario"), "kmalloc-var");
	assert_string_equal(text(rows, "source"), "module");
	assert_string_equal(text(rows, "family"), "kmalloc");
	assert_string_equal(text(rows, "site"), "workload_kmalloc_var");
	assert_string_equal(text(rows, "freed"), "call");
	assert_int_equal(number(rows, "allocs"), 10);
	assert_int_equal(number(rows, "live"), 3);
	assert_int_equal(number(rows, "leaked"), 3);
	assert_int_equal(number(rows, "bytes_requested"), 1000);
	assert_true(is_null(rows, "size") && is_null(rows, "cache"));
	assert_true(is_true(rows, "exact") && !is_true(rows, "helper"));
	json_decref(rows);
}

static void test_unknown(void **state)
{
	const struct workload_row row = {.family = WORKLOAD_FAMILY_MAPPING,
					 .flags = WORKLOAD_ROW_BYTES_UNKNOWN |
						  WORKLOAD_ROW_INEXACT | WORKLOAD_ROW_HELPER |
						  WORKLOAD_ROW_FAILS_SILENTLY,
					 .failed = 2};
	json_t *rows = rows_of(WORKLOAD_SKB, &row);

	assert_string_equal(text(rows, "family"), "mapping");
	assert_string_equal(text(rows, "freed"), "never");
	assert_true(is_null(rows, "bytes_requested") && is_null(rows, "bytes_freed"));
	assert_true(is_true(rows, "helper") && is_true(rows, "fails_silently"));
	assert_false(is_true(rows, "exact"));
	assert_int_equal(number(rows, "failed"), 2);
	json_decref(rows);
}

/* kfree_rcu() has no event; of its own the module counts what is beside the run. */
static void test_by_scenario(void **state)
{
	const struct workload_row row = {.allocs = 1, .frees = 1};
	json_t *rows = rows_of(WORKLOAD_KFREE_RCU, &row);

	assert_string_equal(text(rows, "freed"), "unseen");
	assert_true(is_true(rows, "exact"));
	json_decref(rows);
	rows = rows_of(WORKLOAD_OWN, &row);
	assert_false(is_true(rows, "exact"));
	json_decref(rows);
}

/* A name is never taken for text that it is not. */
static void test_strange_name(void **state)
{
	struct workload_row row = {.allocs = 1};
	json_t *rows;

	memset(row.site, 0xff, sizeof(row.site));
	rows = rows_of(WORKLOAD_CACHE, &row);
	assert_int_equal(json_array_size(rows), 1);
	assert_non_null(strstr(text(rows, "site"), "\\xff"));
	json_decref(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_by_scenario),
		cmocka_unit_test(test_strange_name),
	};

	return cmocka_run_group_tests_name("report_module", tests, NULL, NULL);
}
