/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The doctor's judgement: which hook every family and every call gets on this kernel and in
 * which way, what it misses, and whether tracing works at all. Pure: trials and features in,
 * texts out.
 */
#ifndef TRACER_DOCTOR_JUDGE_H
#define TRACER_DOCTOR_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "doctor_calls.h"
#include "doctor_hooks.h"
#include "kernel_features.h"

enum doctor_coverage {
	COVERAGE_FULL,
	COVERAGE_PARTLY, /* traced, and something is not seen */
	COVERAGE_NONE,
	COVERAGE_UNKNOWN, /* this process may not try */
	COVERAGE_ABSENT,  /* of a call: this kernel does not have it */
};

struct doctor_family {
	enum doctor_coverage coverage;
	char why[FEATURE_REASON]; /* why it is not seen better */
};

/* `kernel`, `arch`, `uid` and the features are filled in by who asks for the judgement. */
struct doctor_report {
	const char *kernel, *arch;
	unsigned int uid;
	struct feature features[FEATURE_COUNT];
	struct doctor_way *ways;   /* probe_count of them */
	struct doctor_hook *hooks; /* in the order of the table */
	size_t hook_count;
	struct doctor_family families[FAMILY_COUNT];
	enum doctor_coverage *calls; /* of doctor_calls */
	size_t hooks_wanted;	     /* those without which something is not seen */
	size_t hooks_attached;
	bool can_trace;
	char verdict[FEATURE_REASON];
	char cure[FEATURE_CURE];
};

/* Fills in everything else. `trials` must outlive the report. 0 or -ENOMEM. */
int doctor_judge(struct doctor_report *report, const struct kernel_trials *trials);

/* Frees what the judgement made, not the struct. Safe on a zeroed one. */
void doctor_report_fini(struct doctor_report *report);

#endif
