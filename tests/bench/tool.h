/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A tracer that runs beside the load as a process of its own.
 *
 * Most tools can run a command and trace as long as it lasts; they start it when their hooks are
 * in place. That command is this program again (`bench --held`): it says through a socket that it
 * runs, which is the evidence that the tool is ready, and ends when told, and the tool with it. No
 * sleep is involved, and nothing outlives the benchmark: the socket's end ends the command.
 */
#ifndef BENCH_TOOL_H
#define BENCH_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* The descriptors that `bench --held` and `bench --stamp` find open. */
#define TOOL_SAY_FD  8
#define TOOL_HOLD_FD 9

struct tool {
	pid_t pid;	 /* 0: not running */
	int heard, hold; /* this side's ends of the two sockets */
	const char *log; /* what it writes to both its outputs */
};

enum tool_place {
	TOOL_EVERYWHERE,  /* all CPUs of this process, as users run it */
	TOOL_BESIDE_LOAD, /* not on the load's CPU */
};

/*
 * Starts argv (argv[0] is a path) in a process group of its own, both outputs into the file `log`.
 * 0 or -errno, also that of a failed exec.
 */
int tool_start(struct tool *tool, const char *const argv[], const char *log, enum tool_place place);

/*
 * Waits until its command runs and reads the `size` bytes that it says. 0, -ETIMEDOUT, or -ESRCH
 * when it ended before that.
 */
int tool_wait_command(struct tool *tool, void *said, size_t size, int timeout_ms);

/* For tools without a command: waits until it has programs on kmalloc and on kfree. As above. */
int tool_wait_attached(struct tool *tool, int timeout_ms);

/*
 * Ends it: its command first; the tool after it, by SIGTERM when it has no command and by SIGKILL
 * when it takes longer than `timeout_ms`. Reaps it. Returns its wait status; `usage` may be NULL.
 */
int tool_end(struct tool *tool, bool has_command, int timeout_ms, struct rusage *usage);

/* The last line that it wrote to its log, without control characters. */
void tool_last_line(const struct tool *tool, char *line, size_t size);

/* What `bench --held` does; an exit status. */
int tool_held_main(void);

#endif
