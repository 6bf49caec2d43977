/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* fork, two pairs of sockets, a deadline on every wait. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attached.h"
#include "clock.h"
#include "pin.h"
#include "tool.h"

#define POLL_MS	     5
#define REAP_POLL_US 500

/* ---- starting ----------------------------------------------------------------------------- */

/*
 * Above the fixed numbers, so that putting one there can't close another. Sockets and not pipes,
 * because a pipe's page would be one of those that the load makes in known numbers.
 */
static int tool_pair(int ends[2])
{
	int low[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, low))
		return -errno;
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, TOOL_HOLD_FD + 1);
		close(low[i]);
	}
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return -EMFILE;
}

static _Noreturn void tool_child(const char *const argv[], const char *log, enum tool_place place,
				 int say, int hold, int answer)
{
	int out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int err;

	/* With the benchmark's death the sockets end too, but not every tool has a command. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	if (place == TOOL_BESIDE_LOAD)
		pin_to_others();
	else
		pin_to_all();
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0 &&
	    dup2(say, TOOL_SAY_FD) >= 0 && dup2(hold, TOOL_HOLD_FD) >= 0)
		execv(argv[0], (char *const *)argv);
	err = -errno;
	if (write(answer, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

/* The error of its exec, or 0 when the socket was closed by a good one. */
static int tool_exec_error(int answer)
{
	int err;

	return read(answer, &err, sizeof(err)) == sizeof(err) ? err : 0;
}

int tool_start(struct tool *tool, const char *const argv[], const char *log, enum tool_place place)
{
	int say[2], hold[2], answer[2], err;

	if (tool_pair(say) || tool_pair(hold) || tool_pair(answer))
		return -EMFILE;
	*tool = (struct tool){.heard = say[0], .hold = hold[1], .log = log};
	tool->pid = fork();
	if (!tool->pid)
		tool_child(argv, log, place, say[1], hold[0], answer[1]);
	err = tool->pid < 0 ? -errno : 0;
	close(say[1]);
	close(hold[0]);
	close(answer[1]);
	err = err ?: tool_exec_error(answer[0]);
	close(answer[0]);
	if (!err)
		return 0;
	if (tool->pid > 0)
		waitpid(tool->pid, NULL, 0);
	close(tool->heard);
	close(tool->hold);
	tool->pid = 0;
	return err;
}

/* ---- waiting ------------------------------------------------------------------------------ */

/* A tool that ends closes the socket's last writers, and so ends the wait. */
int tool_wait_command(struct tool *tool, void *said, size_t size, int timeout_ms)
{
	struct pollfd wait = {.fd = tool->heard, .events = POLLIN};
	int ready = poll(&wait, 1, timeout_ms);

	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	return read(tool->heard, said, size) == (ssize_t)size ? 0 : -ESRCH;
}

static bool tool_ended(const struct tool *tool)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, tool->pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

int tool_wait_attached(struct tool *tool, int timeout_ms)
{
	uint64_t end = clock_ns() + (uint64_t)timeout_ms * 1000000;

	while (!attached_both(tool->pid)) {
		if (tool_ended(tool))
			return -ESRCH;
		if (clock_ns() > end)
			return -ETIMEDOUT;
		if (poll(NULL, 0, POLL_MS) < 0)
			return -errno;
	}
	return 0;
}

/* ---- ending ------------------------------------------------------------------------------- */

int tool_end(struct tool *tool, bool has_command, int timeout_ms, struct rusage *usage)
{
	uint64_t end = clock_ns() + (uint64_t)timeout_ms * 1000000;
	int status = 0;

	if (tool->pid <= 0)
		return 0;
	close(tool->hold);
	close(tool->heard);
	if (!has_command)
		kill(-tool->pid, SIGTERM);
	while (wait4(tool->pid, &status, WNOHANG, usage) == 0) {
		if (clock_ns() > end)
			kill(-tool->pid, SIGKILL);
		usleep(REAP_POLL_US);
	}
	/* What it may have started and left behind. */
	kill(-tool->pid, SIGKILL);
	tool->pid = 0;
	return status;
}

void tool_last_line(const struct tool *tool, char *line, size_t size)
{
	FILE *log = fopen(tool->log, "re");
	char text[512];

	snprintf(line, size, "it said nothing");
	while (log && fgets(text, sizeof(text), log))
		if (text[strspn(text, " \t\n")])
			snprintf(line, size, "%s", text);
	if (log)
		fclose(log);
	line[strcspn(line, "\n")] = '\0';
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			*at = '?';
}

/* ---- the command -------------------------------------------------------------------------- */

int tool_held_main(void)
{
	char byte;

	if (write(TOOL_SAY_FD, "", 1) != 1)
		return 1;
	close(TOOL_SAY_FD);
	while (read(TOOL_HOLD_FD, &byte, 1) < 0 && errno == EINTR)
		;
	return 0;
}
