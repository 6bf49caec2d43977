// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The traced command: held until released, exec errors told, outcome in words. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "child.h"

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_runs_after_release(void **state)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"exit 3", NULL };
	struct child child;
	char text[64];

	(void)state;
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	assert_int_equal(waitpid(child.pid, NULL, WNOHANG), 0);
	assert_int_equal(child_release(&child), 0);
	assert_int_equal(child_failure(wait_for(child.pid), text, sizeof(text)), 1);
	assert_string_equal(text, "exited with status 3");
}

static void test_not_found(void **state)
{
	char *argv[] = { (char *)"no-such-command-anywhere", NULL };
	struct child child;

	(void)state;
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	assert_int_equal(child_release(&child), -ENOENT);
	assert_int_equal(child.pid, 0);
}

static void test_not_executable(void **state)
{
	char *argv[] = { (char *)"/dev/null", NULL };
	struct child child;

	(void)state;
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	assert_int_equal(child_release(&child), -EACCES);
}

static int refuse(void *context)
{
	return *(int *)context;
}

static void test_before_fails(void **state)
{
	char *argv[] = { (char *)"true", NULL };
	int error = -EPERM;
	struct child child;

	(void)state;
	assert_int_equal(child_spawn(&child, argv, refuse, &error), 0);
	assert_int_equal(child_release(&child), -EPERM);
}

static void test_killed(void **state)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"kill -SEGV $$", NULL };
	struct child child;
	char text[64];

	(void)state;
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	assert_int_equal(child_release(&child), 0);
	assert_int_equal(child_failure(wait_for(child.pid), text, sizeof(text)), 1);
	assert_string_equal(text, "was killed by SIGSEGV (signal 11)");
}

static void test_signals_restored(void **state)
{
	/* A blocked SIGTERM would leave the sleep alive. */
	char *argv[] = { (char *)"sleep", (char *)"1000", NULL };
	struct child child;
	sigset_t set, old;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	assert_int_equal(child_release(&child), 0);
	kill(child.pid, SIGTERM);
	assert_true(WIFSIGNALED(wait_for(child.pid)));
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void test_cancel(void **state)
{
	char *argv[] = { (char *)"true", NULL };
	struct child child = { 0 };

	(void)state;
	child_cancel(&child);
	assert_int_equal(child_spawn(&child, argv, NULL, NULL), 0);
	child_cancel(&child);
	assert_int_equal(child.pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs_after_release),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_not_executable),
		cmocka_unit_test(test_before_fails),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_signals_restored),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
