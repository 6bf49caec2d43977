/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The command that is traced: forked early with all the rights of the caller, held until the
 * hooks are in place, then let go.
 */
#ifndef TRACER_CHILD_H
#define TRACER_CHILD_H

#include <sys/types.h>

struct child {
	pid_t pid;
	int gate;   /* write end: a byte lets it go, closing it ends it */
	int answer; /* read end: errno of a failed exec; end of file after a good one */
};

/*
 * Forks; the child waits. Before it execs argv it calls `before(context)` in its own process and
 * restores the signal mask and dispositions that were in force at the program's start.
 * 0 or -errno.
 */
int child_spawn(struct child *child, char *const argv[], int (*before)(void *context),
		void *context);

/* Lets it exec. 0, or -errno of the exec (the child is reaped then). */
int child_release(struct child *child);

/* Ends a child that was never released, and reaps it; leaves a released one alone. Safe after a
 * failed spawn. */
void child_cancel(struct child *child);

/* "killed by SIGSEGV" or "exited with 3" of a wait status, into `text`; returns whether it
 * failed at all. */
int child_failure(int status, char *text, size_t size);

#endif
