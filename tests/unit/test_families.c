/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Families by name: every family has one, and those that are traced can be asked for.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/families.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(family)   (1u << (family))

static void test_names(void **state)
{
	const char *const *names = family_names();
	unsigned int family, bits;
	const char *bad;

	for (family = 0; family < FAMILY_COUNT; family++)
		assert_non_null(family_name(family));
	assert_null(family_name(FAMILY_COUNT));
	assert_string_equal(family_name(FAMILY_PERCPU), "percpu");
	assert_string_equal(family_name(FAMILY_MAPPING), "mapping");
	for (family = 0; names[family]; family++) {
		assert_string_equal(names[family], family_name(family));
		assert_int_equal(family_parse(names[family], &bits, &bad), 0);
		assert_int_equal(bits, BIT(family));
	}
	assert_int_equal(family, FAMILY_COUNT);
}

static void test_lists(void **state)
{
	unsigned int bits;
	const char *bad;

	assert_int_equal(family_parse("pages,kmalloc", &bits, &bad), 0);
	assert_int_equal(bits, BIT(FAMILY_PAGES) | BIT(FAMILY_KMALLOC));
	assert_int_equal(family_parse("cache,cache", &bits, &bad), 0);
	assert_int_equal(bits, BIT(FAMILY_CACHE));
	assert_int_equal(family_parse("kmalloc,cache,vmalloc,percpu,pages,mapping", &bits, &bad), 0);
	assert_int_equal(bits, BIT(FAMILY_COUNT) - 1);
}

static void test_errors(void **state)
{
	static const struct {
		const char *list, *bad;
		int err;
	} cases[] = {
		{"", "", -EINVAL},
		{"kmalloc,", "", -EINVAL},
		{",kmalloc", "", -EINVAL},
		{"kmalloc,slab", "slab", -EINVAL},
		{"kmallocs", "kmallocs", -EINVAL},
		{"kmallo", "kmallo", -EINVAL},
		{"KMALLOC", "KMALLOC", -EINVAL},
		{"kmalloc, cache", " cache", -EINVAL},
		{"0123456789012345678901234567890123456789", "0123456789012345678901234567890",
		 -EINVAL},
		{"mappings", "mappings", -EINVAL},
	};
	unsigned int bits = 42;
	const char *bad;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(family_parse(cases[i].list, &bits, &bad), cases[i].err);
		assert_string_equal(bad, cases[i].bad);
		assert_int_equal(bits, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests_name("families", tests, NULL, NULL);
}
