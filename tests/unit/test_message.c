/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages: what each level lets through, seen on a standard error that goes to a file.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/message.h"

static char captured[4096];

/* Says one line of each kind at `level`; `captured` then holds what reached standard error. */
static void capture(enum message_level level, void (*say)(void))
{
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	size_t n;

	assert_true(saved >= 0);
	assert_non_null(file);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	message_set_level(level);
	say();
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	rewind(file);
	n = fread(captured, 1, sizeof(captured) - 1, file);
	captured[n] = '\0';
	fclose(file);
	close(saved);
}

static void say_all(void)
{
	message_error("no %s for %d", "rights", 7);
	message_hint("run it with sudo");
	message_warn("lost %d", 3);
	message_note("tracing");
	message_detail("hook %s", "kfree");
}

static void test_quiet(void **state)
{
	(void)state;
	capture(MESSAGE_QUIET, say_all);
	assert_string_equal(captured, "tracer: no rights for 7\n        run it with sudo\n");
}

static void test_normal(void **state)
{
	(void)state;
	capture(MESSAGE_NORMAL, say_all);
	assert_string_equal(captured, "tracer: no rights for 7\n        run it with sudo\n"
				      "tracer: warning: lost 3\ntracer: tracing\n");
}

static void test_verbose(void **state)
{
	(void)state;
	capture(MESSAGE_VERBOSE, say_all);
	assert_string_equal(captured, "tracer: no rights for 7\n        run it with sudo\n"
				      "tracer: warning: lost 3\ntracer: tracing\n"
				      "tracer: hook kfree\n");
}

static void test_level(void **state)
{
	(void)state;
	message_set_level(MESSAGE_VERBOSE);
	assert_int_equal(message_get_level(), MESSAGE_VERBOSE);
	message_set_level(MESSAGE_QUIET);
	assert_int_equal(message_get_level(), MESSAGE_QUIET);
}

static void say_hostile(void)
{
	message_error("cannot open %s", "\033]0;title\a\nfake: line\\");
}

static void test_escaped(void **state)
{
	(void)state;
	capture(MESSAGE_QUIET, say_hostile);
	assert_string_equal(captured,
			    "tracer: cannot open \\x1b]0;title\\x07\\x0afake: line\\\\\n");
}

static void say_long(void)
{
	char text[3001];

	memset(text, 'a', 3000);
	text[3000] = '\0';
	message_error("%s!", text);
}

static void test_long(void **state)
{
	(void)state;
	capture(MESSAGE_QUIET, say_long);
	assert_int_equal(strlen(captured), strlen("tracer: ") + 3000 + strlen("!\n"));
}

static void say_keeping_errno(void)
{
	errno = ENOSPC;
	message_error("a message");
}

/* The caller may still want to look at errno after it was reported. */
static void test_errno(void **state)
{
	int saved = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	say_keeping_errno();
	assert_int_equal(errno, ENOSPC);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),	cmocka_unit_test(test_normal),
		cmocka_unit_test(test_verbose), cmocka_unit_test(test_level),
		cmocka_unit_test(test_escaped), cmocka_unit_test(test_long),
		cmocka_unit_test(test_errno),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
