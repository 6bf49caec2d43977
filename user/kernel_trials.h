/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel lets this process do, found by doing it: two-instruction programs are loaded
 * and attached, and taken away again at once. Nothing is concluded from a kernel version.
 *
 * The trials are kept apart from their judgement, so that a judgement can be tested with trials
 * of another machine.
 */
#ifndef TRACER_KERNEL_TRIALS_H
#define TRACER_KERNEL_TRIALS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes.h"

/* How far a trial came; `error` belongs to the step that failed. */
enum trial_step {
	TRIAL_NOT_MADE, /* nothing to try it on */
	TRIAL_LOAD,	/* did not load */
	TRIAL_ATTACH,	/* loaded, did not attach */
	TRIAL_DONE,
};

struct trial {
	enum trial_step step;
	int error; /* -errno; 0 with TRIAL_DONE */
};

enum trial_presence {
	PRESENCE_UNKNOWN, /* no BTF to look it up */
	PRESENCE_NO,
	PRESENCE_YES,
};

/*
 * Of one line of the probes table, which is one way to serve a hook. Not made where a better way
 * has done it, where the hook that it goes with could not be had, or where there is no such
 * function.
 */
struct trial_way {
	struct trial trial;
	enum trial_presence presence; /* of the target, by BTF, which needs no rights */
	unsigned int arguments;	      /* of the function; 0 where that is not known */
	char target[64]; /* the tracepoint, or which of the functions this kernel has */
};

/* What stands for all programs of a kind. */
struct trial_kind {
	struct trial trial;
	char function[64]; /* that it was tried on; "": on none */
};

struct kernel_trials {
	char missing_rights[64];  /* "CAP_BPF and CAP_PERFMON"; "" when none is missing */
	bool foreign_user;	  /* in a user namespace: its capabilities don't reach tracing */
	struct trial bpf;	  /* the system call itself */
	struct trial btf;	  /* the kernel's BTF could be read and parsed */
	struct trial raw_tp;	  /* a program for raw tracepoints; attached, see ways */
	struct trial kernel_read; /* one that calls bpf_probe_read_kernel() */
	struct trial tp_btf;	  /* a tracing program on a tracepoint: the control for fentry, made
				   * where that fails */
	struct trial_kind fentry, fexit; /* of the way of that kind that came farthest */
	struct trial_kind kprobe;	 /* by perf_event_open(2) */
	struct trial_way *ways;		 /* one per line of the probes table; NULL: none made */
};

/* Makes every trial. 0, and the caller frees with kernel_trials_fini(); or -ENOMEM. */
int kernel_trials_run(struct kernel_trials *trials);

/* Frees what the trials hold, not the struct. Safe on a zeroed one. */
void kernel_trials_fini(struct kernel_trials *trials);

enum trial_verdict {
	VERDICT_OK,
	VERDICT_MISSING, /* this kernel does not have it */
	VERDICT_REFUSED, /* it has, and says no to everybody */
	VERDICT_UNKNOWN, /* it says no to this process, or was not asked */
};

/*
 * What a trial means. Writes a clause that says why, and one that says what would change it, both
 * empty with VERDICT_OK; either may be empty. Pure.
 */
enum trial_verdict trial_judge(const struct kernel_trials *trials, const struct trial *trial,
			       char *reason, size_t reason_size, char *cure, size_t cure_size);

#endif
