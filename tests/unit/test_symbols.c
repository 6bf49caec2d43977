// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The symbol cache: parsing of the kernel's texts, one question per address, order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "symbols.h"

static int asked;

static int resolver(void *context, uint64_t address, char *text, size_t size)
{
	(void)context;
	asked++;
	if (address == 0x404)
		return -ENOENT;
	snprintf(text, size, "function_%llx+0x10/0x80", (unsigned long long)address);
	return 0;
}

static void test_parse(void **state)
{
	struct symbols *symbols = symbols_new(NULL, NULL);
	const struct symbol *symbol;

	(void)state;
	assert_int_equal(symbols_add(symbols, 1, "kmalloc_it+0x1b/0x200"), 0);
	assert_int_equal(symbols_add(symbols, 2, "probe+0x0/0x9 [my_driver]"), 0);
	assert_int_equal(symbols_add(symbols, 3, "probe+0x4/0x9 [my_driver 0123abcd]"), 0);
	assert_int_equal(symbols_add(symbols, 4, "0xffffffff81000000"), 0);
	assert_int_equal(symbols_add(symbols, 5, ""), 0);
	assert_int_equal(symbols_add(symbols, 6, "f.isra.0+0xffffffffffff/0x1 ["), 0);

	symbol = symbols_find(symbols, 1);
	assert_string_equal(symbol->name, "kmalloc_it");
	assert_int_equal(symbol->offset, 0x1b);
	assert_int_equal(symbol->size, 0x200);
	assert_null(symbol->module);
	assert_string_equal(symbols_find(symbols, 2)->module, "my_driver");
	assert_string_equal(symbols_find(symbols, 3)->module, "my_driver");
	assert_null(symbols_find(symbols, 4)->name);
	assert_null(symbols_find(symbols, 5)->name);
	assert_null(symbols_find(symbols, 6)->module);
	assert_null(symbols_find(symbols, 7));
	symbols_free(symbols);
}

static void test_asks_once(void **state)
{
	struct symbols *symbols = symbols_new(resolver, NULL);

	(void)state;
	asked = 0;
	for (int i = 0; i < 3; i++)
		assert_string_equal(symbols_get(symbols, 0x10)->name, "function_10");
	assert_int_equal(asked, 1);
	assert_null(symbols_get(symbols, 0x404)->name);
	assert_null(symbols_get(symbols, 0x404)->name);
	assert_int_equal(asked, 2);
	symbols_free(symbols);
}

static void collect(const struct symbol *symbol, void *context)
{
	uint64_t *last = context;

	assert_true(symbol->address > *last);
	*last = symbol->address;
}

static void test_order(void **state)
{
	struct symbols *symbols = symbols_new(resolver, NULL);
	uint64_t last = 0;

	(void)state;
	for (uint64_t i = 1; i < 500; i++)
		symbols_get(symbols, 0x1000 + (i * 2654435761u) % 100000);
	symbols_each(symbols, collect, &last);
	assert_true(last > 0);
	symbols_free(symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_asks_once),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
