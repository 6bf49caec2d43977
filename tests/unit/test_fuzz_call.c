/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random calls: the same from the same seed, all kinds of them, and none that leaks or takes long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "../../workload_module/fuzz_call.h"
#include "../../workload_module/module_scenarios.h"

#define CALLS 200000

static void test_same_seed(void **state)
{
	struct fuzz_random left = {.state = 42}, right = {.state = 42}, other = {.state = 43};
	struct fuzz_call a, b, c;
	unsigned int i, unlike = 0;

	for (i = 0; i < 1000; i++) {
		fuzz_call_next(&left, &a);
		fuzz_call_next(&right, &b);
		fuzz_call_next(&other, &c);
		assert_memory_equal(&a, &b, sizeof(a));
		unlike += memcmp(&a, &c, sizeof(a)) != 0;
	}
	assert_true(unlike > 900);
}

/* Whatever is in the bytes: an ioctl that is unknown today may be a RUN tomorrow. */
static void check_tame(const struct fuzz_call *call)
{
	const struct workload_run *run = &call->argument.run;

	assert_true(call->file < FUZZ_FILES && call->map < FUZZ_MAPS);
	if (call->kind != FUZZ_RUN && call->kind != FUZZ_UNKNOWN)
		return;
	assert_false(run->flags & WORKLOAD_RUN_LEAK);
	assert_true(run->count <= 64 || run->count > WORKLOAD_COUNT_MAX);
}

static void test_tame(void **state)
{
	struct fuzz_random random = {.state = 1};
	struct fuzz_call call;
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		fuzz_call_next(&random, &call);
		check_tame(&call);
	}
}

static void test_everything_occurs(void **state)
{
	unsigned int i, kinds[FUZZ_KIND_COUNT] = {0}, scenarios[WORKLOAD_SCENARIO_COUNT] = {0};
	unsigned int held = 0, pointers[FUZZ_EDGE + 1] = {0};
	struct fuzz_random random = {.state = 2};
	struct fuzz_call call;

	for (i = 0; i < CALLS; i++) {
		fuzz_call_next(&random, &call);
		kinds[call.kind]++;
		pointers[call.pointer]++;
		if (call.kind != FUZZ_RUN)
			continue;
		held += call.argument.run.flags == WORKLOAD_RUN_HOLD;
		if (call.argument.run.scenario < WORKLOAD_SCENARIO_COUNT)
			scenarios[call.argument.run.scenario]++;
	}
	for (i = 0; i < FUZZ_KIND_COUNT; i++)
		assert_true(kinds[i] > 0);
	for (i = 0; i <= FUZZ_EDGE; i++)
		assert_true(pointers[i] > 0);
	for (i = 0; i < WORKLOAD_SCENARIO_COUNT; i++)
		assert_true(scenarios[i] > 0);
	assert_true(held > 0);
}

static void test_names(void **state)
{
	int i;

	for (i = 0; i < FUZZ_KIND_COUNT; i++)
		assert_non_null(fuzz_kind_name((enum fuzz_kind)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_seed),
		cmocka_unit_test(test_tame),
		cmocka_unit_test(test_everything_occurs),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("fuzz_call", tests, NULL, NULL);
}
