// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two pipes hold the child: one to wait for, one to say why exec failed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

static void restore_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child_main(int gate, int answer, char *const argv[],
				 int (*before)(void *context), void *context)
{
	char go;
	int error;

	if (read(gate, &go, 1) != 1)
		_exit(127);
	error = before ? before(context) : 0;
	if (!error) {
		restore_signals();
		execvp(argv[0], argv);
		error = -errno;
	}
	if (write(answer, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

int child_spawn(struct child *child, char *const argv[], int (*before)(void *context),
		void *context)
{
	int gate[2], answer[2], error;
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	if (pipe2(answer, O_CLOEXEC)) {
		error = -errno;
		goto close_gate;
	}
	pid = fork();
	if (pid < 0) {
		error = -errno;
		goto close_answer;
	}
	if (!pid) {
		close(gate[1]);
		child_main(gate[0], answer[1], argv, before, context);
	}
	close(gate[0]);
	close(answer[1]);
	*child = (struct child){ .pid = pid, .gate = gate[1], .answer = answer[0] };
	return 0;
close_answer:
	close(answer[0]);
	close(answer[1]);
close_gate:
	close(gate[0]);
	close(gate[1]);
	return error;
}

int child_release(struct child *child)
{
	int error = 0;
	ssize_t got;

	if (write(child->gate, "", 1) != 1)
		error = -EPIPE;
	close(child->gate);
	child->gate = -1;
	do
		got = read(child->answer, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	close(child->answer);
	child->answer = -1;
	if (got != sizeof(error))
		return 0; /* closed by exec */
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
	return error;
}

void child_cancel(struct child *child)
{
	if (child->pid <= 0 || child->gate < 0)
		return;
	close(child->gate);
	close(child->answer);
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
}

int child_failure(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status)) {
		snprintf(text, size, "was killed by SIG%s (signal %d)",
			 sigabbrev_np(WTERMSIG(status)) ?: "?", WTERMSIG(status));
		return 1;
	}
	snprintf(text, size, "exited with status %d", WEXITSTATUS(status));
	return WEXITSTATUS(status) != 0;
}
