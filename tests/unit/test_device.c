/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /dev/workload when it is not there or not what it should be, and how that is said.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../workload_module/device.h"
#include "../../workload_module/module_scenarios.h"

static void test_open_fails(void **state)
{
	struct device device;

	assert_int_equal(device_open("/nowhere/workload", &device), -ENOENT);
	assert_int_equal(device_open("/dev/null", &device), -ENOTTY);
	assert_int_equal(device_open("/", &device), -EISDIR);
}

/* Standard error of device_say(). */
static const char *said(int err, unsigned int abi)
{
	static char text[1024];
	const struct device device = {.info = {.abi = abi}};
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	device_say("/dev/workload", err, &device);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

static void check_said(int err, const char *what, const char *to_do)
{
	const char *text = said(err, 77);

	assert_non_null(strstr(text, what));
	assert_non_null(strstr(text, to_do));
}

static void test_words(void **state)
{
	check_said(-ENOENT, "is not there", "");
	check_said(-ENXIO, "the module behind it is not", "insmod build/module/workload.ko");
	check_said(-EACCES, "may not be opened: Permission denied", "root");
	check_said(-EBUSY, "is busy", "try again");
	check_said(-EPROTO, "speaks version 77", "rmmod workload; make all && make module");
	check_said(-ENOTTY, "does not answer as the module", "from the same source");
	check_said(-EMFILE, "Too many open files", "");
}

static void test_few_words(void **state)
{
	assert_string_equal(device_why_not(-ENOENT), "the module is not loaded");
	assert_string_equal(device_why_not(-ENOTTY), device_why_not(-EPROTO));
	assert_string_equal(device_why_not(-EACCES), "Permission denied");
}

static void test_reasons(void **state)
{
	assert_non_null(strstr(device_reason(-EDQUOT), "limit"));
	assert_non_null(strstr(device_reason(-EOPNOTSUPP), "this kernel"));
	assert_null(device_reason(-EFAULT));
}

static void test_supports(void **state)
{
	struct device device = {.info = {.scenarios = WORKLOAD_SCENARIO_COUNT,
					 .supported = {1ULL << 3, 1ULL << 1}}};

	assert_true(device_supports(&device, 3));
	assert_false(device_supports(&device, 2));
	assert_false(device_supports(&device, 65));
	device.info.scenarios = 1000;
	assert_true(device_supports(&device, 65));
	assert_false(device_supports(&device, 128 + 3));
	assert_false(device_supports(&device, UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_fails), cmocka_unit_test(test_words),
		cmocka_unit_test(test_few_words),  cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_supports),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}
