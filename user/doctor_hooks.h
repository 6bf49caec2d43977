/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What this kernel makes of each hook: the way that serves it, and why no better one or none
 * does. Pure: trials in, texts out.
 */
#ifndef TRACER_DOCTOR_HOOKS_H
#define TRACER_DOCTOR_HOOKS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_features.h"
#include "probes.h"

#define DOCTOR_WAY_TEXT 224

/* One line of the probes table: one way to serve a hook. */
struct doctor_way {
	const struct probe *probe;
	const char *target;	      /* what this kernel calls it */
	bool tried;		      /* not where a better way does it, or there is none such */
	enum feature_status status;   /* OK: was attached, and detached again */
	enum trial_presence allowed;  /* does the kernel let this process have it? */
	char reason[DOCTOR_WAY_TEXT]; /* why it does not serve the hook; "" when it does */
	char cure[DOCTOR_WAY_TEXT];
};

/* One hook, whose ways stand one after the other. */
struct doctor_hook {
	const struct probe *probe; /* of its first way */
	const struct doctor_way *ways;
	size_t way_count;
	const struct doctor_way *way;	/* that serves it; else its first */
	const struct doctor_hook *with; /* which is not served, and this one for that; or NULL */
	enum feature_status status;	/* OK: a way was attached, and detached again */
	enum trial_presence allowed;
	const char *lost;	     /* what is not seen for lack of it; NULL: nothing */
	char reason[FEATURE_REASON]; /* why it is not served; "" with FEATURE_OK */
	char cure[FEATURE_CURE];
};

/*
 * Judges every line of the probes table. `ways` and `hooks` have room for probe_count each, and
 * `trials` must outlive them. Returns how many hooks there are.
 */
size_t doctor_hooks_judge(struct doctor_way *ways, struct doctor_hook *hooks,
			  const struct kernel_trials *trials);

/* The hook of this name, or NULL. */
const struct doctor_hook *doctor_hooks_find(const struct doctor_hook *hooks, size_t count,
					    const char *name);

/* printf-like, behind what `text` holds; cut at its size. */
void doctor_append(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
