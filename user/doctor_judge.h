/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The doctor's judgement: which hook every family gets on this kernel, what it misses, and
 * whether tracing works at all. Pure: trials and features in, texts out.
 */
#ifndef TRACER_DOCTOR_JUDGE_H
#define TRACER_DOCTOR_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_features.h"
#include "probes.h"

/* One line of the probes table. */
struct doctor_hook {
	const struct probe *probe;
	const char *target;	     /* what this kernel calls it */
	enum feature_status status;  /* OK: was attached, and detached again */
	enum trial_presence allowed; /* does the kernel let this process have it? */
	char reason[FEATURE_REASON]; /* "" with FEATURE_OK */
	char cure[FEATURE_CURE];
};

enum doctor_coverage {
	COVERAGE_FULL,
	COVERAGE_PARTLY, /* traced, and something is not seen */
	COVERAGE_NONE,
	COVERAGE_UNKNOWN, /* this process may not try */
};

struct doctor_family {
	enum doctor_coverage coverage;
	char why[FEATURE_REASON]; /* why it has no better hook */
};

/* `kernel`, `arch`, `uid` and the features are filled in by who asks for the judgement. */
struct doctor_report {
	const char *kernel, *arch;
	unsigned int uid;
	struct feature features[FEATURE_COUNT];
	struct doctor_hook *hooks; /* probe_count of them */
	struct doctor_family families[FAMILY_COUNT];
	size_t hooks_wanted;   /* that have a program */
	size_t hooks_attached; /* of those */
	bool can_trace;
	char verdict[FEATURE_REASON];
	char cure[FEATURE_CURE];
};

/* Fills in everything else. `trials` must outlive the report. 0 or -ENOMEM. */
int doctor_judge(struct doctor_report *report, const struct kernel_trials *trials);

/* Frees what the judgement made, not the struct. Safe on a zeroed one. */
void doctor_report_fini(struct doctor_report *report);

#endif
