/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's calls that allocate and free, as those who write kernel code know them, and the
 * hooks that see each: what a table of hooks means to somebody who asks "is kfree_rcu() seen?".
 */
#ifndef TRACER_DOCTOR_CALLS_H
#define TRACER_DOCTOR_CALLS_H

#include <stddef.h>

#include "tracer.h"

#define DOCTOR_CALL_HOOKS 4

struct doctor_call {
	const char *names; /* one call, or several that go the same way, ", " between */
	enum tracer_family family;
	const char *hooks[DOCTOR_CALL_HOOKS]; /* all of them are needed to see it whole; of the
					       * probes table; NULL after the last; none: not
					       * traced by this version */
};

extern const struct doctor_call doctor_calls[];
extern const size_t doctor_call_count;

#endif
