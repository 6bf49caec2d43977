/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The loop of tracer inspect: how often it looks, and its exit status.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/inspect.h"
#include "../../user/message.h"

static int run(const struct inspect_options *options, char **report)
{
	size_t length;
	FILE *out = open_memstream(report, &length);
	int status;

	assert_non_null(out);
	status = inspect_run(options, out);
	assert_int_equal(fclose(out), 0);
	return status;
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void test_once(void **state)
{
	struct inspect_options options = {.root = "", .top = 3, .duration_ns = 1000000000};
	char *report;

	(void)state;
	assert_int_equal(run(&options, &report), EXIT_DONE);
	assert_memory_equal(report, "tracer inspect: ", 16);
	assert_non_null(strstr(report, "MemTotal"));
	assert_null(strstr(report, "changes in"));
	free(report);
}

static void test_interval(void **state)
{
	struct inspect_options options = {
		.root = "",
		.top = 3,
		.interval_ns = 1000000,
		.duration_ns = 1000000,
		.json = true,
	};
	char *report;

	(void)state;
	assert_int_equal(run(&options, &report), EXIT_DONE);
	assert_int_equal(count_lines(report), 2);
	assert_non_null(strstr(report, "\"since_ns\":null"));
	assert_null(strstr(strchr(report, '\n'), "\"since_ns\":null"));
	free(report);
}

/* A signal that is already there ends it after the first look, and is not left for later. */
static void test_signal(void **state)
{
	struct inspect_options options = {
		.root = "",
		.top = 3,
		.interval_ns = UINT64_C(3600000000000),
		.json = true,
	};
	sigset_t signals, pending;
	char *report;

	(void)state;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &signals, NULL), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_int_equal(run(&options, &report), EXIT_DONE);
	assert_int_equal(sigpending(&pending), 0);
	assert_false(sigismember(&pending, SIGTERM));
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &signals, NULL), 0);
	assert_int_equal(count_lines(report), 1);
	free(report);
}

static void test_nothing(void **state)
{
	char root[] = "/tmp/test_inspect.XXXXXX";
	struct inspect_options options = {.root = root, .top = 3, .json = true};
	int saved = dup(STDERR_FILENO), status;
	char *report, said[256] = "";
	FILE *errors = tmpfile();

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_non_null(errors);
	dup2(fileno(errors), STDERR_FILENO);
	status = run(&options, &report);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(rmdir(root), 0);
	rewind(errors);
	assert_true(fread(said, 1, sizeof(said) - 1, errors) > 0);
	fclose(errors);
	assert_int_equal(status, EXIT_CANNOT_TRACE);
	assert_non_null(strstr(said, "could be read"));
	assert_non_null(strstr(report, "\"meminfo\": null"));
	assert_non_null(strstr(report, "proc is not mounted"));
	free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
