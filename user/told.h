/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which figures a report of this snapshot can tell, and why not the others: one decision for all
 * formats. Pure.
 */
#ifndef TRACER_TOLD_H
#define TRACER_TOLD_H

#include "snapshot.h"

/* Each is NULL when the figure can be told, else the reason: a static clause. */
struct told {
	const char *live;	   /* live objects and bytes, frees not seen, frees by site */
	const char *frees;	   /* frees by family */
	const char *frees_unknown; /* frees of objects older than the trace */
};

/* Of every family but those that told_of_family() knows more of. */
struct told told_of(const struct snapshot *snapshot);

struct told told_of_family(const struct snapshot *snapshot, int family);

#endif
