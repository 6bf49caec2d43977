/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of hooks: which program serves which family, by what, and what is lost without it.
 * Adding a hook is one program and one line here. Nothing is chosen by kernel version: a hook is
 * there when it attaches.
 *
 * A hook may be served in several ways, which stand one after the other under the same name, the
 * best first: the first that attaches serves it, the others are not tried.
 */
#ifndef TRACER_PROBES_H
#define TRACER_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "snapshot.h"

/* include/linux/errno.h's ENOTSUPP, which was not meant for user space and gets there. */
#define KERNEL_ENOTSUPP 524

/* When a hook is needed. */
enum probe_need {
	PROBE_FAMILY,	/* its family is traced */
	PROBE_SLAB,	/* kmalloc or the caches are, which may free each other's objects */
	PROBE_RCU,	/* anything is that kfree_rcu() may free, and live objects are kept */
	PROBE_TREE,	/* CMD's descendants are followed */
	PROBE_PROCESS,	/* any process filter is set: interrupts must be told apart */
	PROBE_ALWAYS,
};

/* What a trace asks for. */
struct probe_wants {
	unsigned int families; /* bits */
	unsigned int process;  /* enum tracer_process_filter */
	bool live;	       /* the ledger is kept */
};

struct probe {
	const char *hook;    /* as reports call it: a tracepoint or a function */
	const char *kind;    /* "raw_tp", "fentry", "fexit", "kprobe" or "kretprobe" */
	const char *program; /* in the skeleton */
	const char *targets; /* functions, '|' between, the first that there is; raw_tp: NULL */
	int family;	     /* enum tracer_family, or -1 */
	enum probe_need need;
	const char *with;    /* the hook without which this one must not be attached, or NULL */
	const char *without; /* what a report lacks without the hook; of the first way */
	bool optional;	     /* a kernel that has no such place has nothing to see there either */
	bool unsure;	     /* may load and yet not attach: the next way is loaded as well */
};

extern const struct probe probes[];
extern const size_t probe_count;

bool probe_wanted(const struct probe *probe, const struct probe_wants *wants);

/* Is it a hook on a function, rather than on a tracepoint? */
bool probe_on_function(const struct probe *probe);

/* How many ways from `probe` on, which is the first, serve the same hook: at least 1. */
size_t probe_ways(const struct probe *probe);

/* Copies the nth name (from 0) of probe->targets. Returns false when there are no more. */
bool probe_target(const struct probe *probe, size_t n, char *name, size_t size);

/*
 * Why a hook of the kind can't be had: a sentence for `error` (-errno of load or attach) on this
 * kernel. Static or thread-local storage.
 */
const char *probe_reason(const struct probe *probe, int error);

#endif
