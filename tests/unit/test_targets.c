// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Looking names up in files of kallsyms' and /proc/modules' form. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "targets.h"

static const char kallsyms[] = "0000000000000000 A fixed_percpu_data\n"
			       "ffffffff81000000 T _stext\n"
			       "ffffffff81000100 t helper\n"
			       "ffffffff81000180 T kfree\n"
			       "ffffffff81000200 t helper.isra.0\n"
			       "ffffffff81000240 T helper_two\n"
			       "ffffffff82000000 D kfree_data\n"
			       "ffffffffc0000000 t helper\t[driver]\n"
			       "ffffffffc0000400 t far\t[driver]\n"
			       "ffffffffc0000040 t after\t[driver]\n";

static int find(const char *text, const char *site, uint64_t (*ranges)[2], int most)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int found = targets_find_symbol(file, site, ranges, most);

	fclose(file);
	return found;
}

static void test_symbol(void **state)
{
	uint64_t ranges[4][2];

	(void)state;
	assert_int_equal(find(kallsyms, "kfree", ranges, 4), 1);
	assert_true(ranges[0][0] == 0xffffffff81000180 && ranges[0][1] == 0xffffffff81000200);
	assert_int_equal(find(kallsyms, "helper", ranges, 4), 3);
	assert_true(ranges[1][0] == 0xffffffff81000200 && ranges[1][1] == 0xffffffff81000240);
	assert_true(ranges[2][0] == 0xffffffffc0000000 && ranges[2][1] == 0xffffffffc0000040);
	assert_int_equal(find(kallsyms, "helper", ranges, 2), 2);
	assert_int_equal(find(kallsyms, "kfree_data", ranges, 4), -ENOENT);
	assert_int_equal(find(kallsyms, "nothing", ranges, 4), -ENOENT);
}

static void test_symbol_with_offset(void **state)
{
	uint64_t ranges[4][2];

	(void)state;
	assert_int_equal(find(kallsyms, "kfree+0x1b", ranges, 4), 1);
	assert_true(ranges[0][0] == 0xffffffff8100019b && ranges[0][1] == 0xffffffff8100019c);
	assert_int_equal(find(kallsyms, "kfree+", ranges, 4), -EINVAL);
	assert_int_equal(find(kallsyms, "kfree+0x1z", ranges, 4), -EINVAL);
	assert_int_equal(find(kallsyms, "+4", ranges, 4), -EINVAL);
	assert_int_equal(find(kallsyms, "", ranges, 4), -EINVAL);
}

static void test_hidden_addresses(void **state)
{
	uint64_t ranges[4][2];

	(void)state;
	assert_int_equal(find("0000000000000000 T kfree\n0000000000000000 t other\n", "kfree",
			      ranges, 4),
			 -EACCES);
}

static int find_module(const char *text, const char *module, uint64_t range[2])
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int error = targets_find_module(file, module, range);

	fclose(file);
	return error;
}

static void test_module(void **state)
{
	static const char modules[] = "ext4 983040 1 - Live 0xffffffffc0400000\n"
				      "jbd2 167936 1 ext4, Live 0xffffffffc0380000\n"
				      "hidden 4096 0 - Live 0x0000000000000000 (OE)\n";
	uint64_t range[2];

	(void)state;
	assert_int_equal(find_module(modules, "jbd2", range), 0);
	assert_true(range[0] == 0xffffffffc0380000 && range[1] == 0xffffffffc0380000 + 167936);
	assert_int_equal(find_module(modules, "ext", range), -ENOENT);
	assert_int_equal(find_module(modules, "hidden", range), -EACCES);
	assert_int_equal(find_module("garbage\n\n", "x", range), -ENOENT);
}

static void test_describe(void **state)
{
	struct options options = { .filters.size_max = UINT64_MAX };
	char *text = targets_describe(&options);
	char *argv[] = { (char *)"true", NULL };

	(void)state;
	assert_null(text);
	options.child_argv = argv;
	options.filters.pid = 17;
	options.filters.families = 1 << FAMILY_KMALLOC | 1 << FAMILY_PAGES;
	options.filters.module = "driver";
	text = targets_describe(&options);
	assert_string_equal(text, "CMD and its descendants, family kmalloc/pages, module driver, pid 17");
	free(text);
}

static void test_resolve_plain(void **state)
{
	struct filters filters = { .comm = "sixteen-bytes-xx", .size_max = UINT64_MAX };
	struct collector_options out = { 0 };

	(void)state;
	assert_int_equal(targets_resolve(&out, &filters, false), 0);
	assert_int_equal(out.process, PROCESS_COMM);
	assert_int_equal(strlen(out.comm), 15);
	assert_int_equal(out.cgroup_fd, -1);
	filters = (struct filters){ .cgroup = "/nowhere/at/all" };
	out = (struct collector_options){ 0 };
	assert_int_equal(targets_resolve(&out, &filters, false), -ENOENT);
	filters = (struct filters){ .cgroup = "/" };
	assert_int_equal(targets_resolve(&out, &filters, false), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symbol),
		cmocka_unit_test(test_symbol_with_offset),
		cmocka_unit_test(test_hidden_addresses),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_describe),
		cmocka_unit_test(test_resolve_plain),
	};

	return cmocka_run_group_tests_name("targets", tests, NULL, NULL);
}
