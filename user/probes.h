/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of hooks: which program serves which family, by what, and what is lost without it.
 * Adding a hook is one program and one line here. Nothing is chosen by kernel version: a hook is
 * there when it attaches.
 */
#ifndef TRACER_PROBES_H
#define TRACER_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

/* When a hook is needed. */
enum probe_need {
	PROBE_FAMILY,  /* its family is traced */
	PROBE_TREE,    /* CMD's descendants are followed */
	PROBE_PROCESS, /* any process filter is set: interrupts must be told apart */
};

struct probe {
	const char *program; /* in the skeleton; NULL: known to be needed, not hooked by tracer */
	const char *hook;    /* tracepoint or function */
	const char *kind;    /* "raw_tp", "fentry" */
	int family;	     /* enum tracer_family, or -1 */
	enum probe_need need;
	const char *without; /* what a report lacks without it */
};

extern const struct probe probes[];
extern const size_t probe_count;

/* Is the probe needed for these families (bits) and filters (enum tracer_process_filter)? */
bool probe_wanted(const struct probe *probe, unsigned int families, unsigned int process);

/*
 * Why a hook of the kind can't be had: a sentence for `error` (-errno of load or attach) on this
 * kernel. Static or thread-local storage.
 */
const char *probe_reason(const struct probe *probe, int error);

#endif
