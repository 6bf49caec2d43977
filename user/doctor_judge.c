/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From hooks to a verdict: families and calls by their hooks, then the whole.
 */
#include "doctor_judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many of the hooks that matter are there. */
struct tally {
	size_t wanted, attached, unknown;
};

static void tally_hook(struct tally *tally, const struct doctor_hook *hook)
{
	if (hook->status != FEATURE_OK && !hook->lost)
		return;
	tally->wanted++;
	tally->attached += hook->status == FEATURE_OK;
	tally->unknown += hook->status == FEATURE_UNKNOWN;
}

static enum doctor_coverage coverage_of(const struct tally *tally, bool can_trace)
{
	if (!can_trace || !tally->attached)
		return tally->unknown && tally->unknown + tally->attached == tally->wanted
			       ? COVERAGE_UNKNOWN
			       : COVERAGE_NONE;
	return tally->attached == tally->wanted ? COVERAGE_FULL : COVERAGE_PARTLY;
}

/* ---- families ------------------------------------------------------------------------------- */

/* A way that a better report would have come from: its own failure is the reason. */
static bool way_failed(const struct doctor_hook *hook, const struct doctor_way *way)
{
	return (hook->lost || hook->status == FEATURE_OK) && way->status != FEATURE_OK &&
	       (way->tried || way->status == FEATURE_MISSING);
}

/* Names every way of the family that failed for this reason, unless `from` is not the first. */
static void explain_reason(struct doctor_family *family, const struct doctor_report *report,
			   const struct doctor_way *from)
{
	const char *before = family->why[0] ? "; " : "";

	for (size_t i = 0; i < report->hook_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		for (size_t j = 0; j < hook->way_count; j++) {
			const struct doctor_way *way = &hook->ways[j];

			if (way->probe->family != from->probe->family || !way_failed(hook, way) ||
			    strcmp(way->reason, from->reason))
				continue;
			if (way < from)
				return;
			doctor_append(family->why, sizeof(family->why), "%s%s %s", before,
				      way->probe->kind, way->target);
			before = ", ";
		}
	}
	doctor_append(family->why, sizeof(family->why), ": %s", from->reason);
}

static void explain_family(struct doctor_report *report, int number)
{
	struct doctor_family *family = &report->families[number];

	for (size_t i = 0; i < report->hook_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		for (size_t j = 0; j < hook->way_count && hook->probe->family == number; j++)
			if (way_failed(hook, &hook->ways[j]))
				explain_reason(family, report, &hook->ways[j]);
	}
	if (family->why[0] && family->coverage == COVERAGE_FULL)
		doctor_append(family->why, sizeof(family->why),
			      "; other ways serve these hooks as well");
}

/* Has every call of the family a hook, be it attached or not? */
static bool all_calls_hooked(int family)
{
	for (size_t i = 0; i < doctor_call_count; i++)
		if ((int)doctor_calls[i].family == family && !doctor_calls[i].hooks[0])
			return false;
	return true;
}

static void judge_family(struct doctor_report *report, int number)
{
	struct doctor_family *family = &report->families[number];
	struct tally tally = {0};

	for (size_t i = 0; i < report->hook_count; i++)
		if (report->hooks[i].probe->family == number)
			tally_hook(&tally, &report->hooks[i]);
	family->coverage = coverage_of(&tally, report->can_trace);
	explain_family(report, number);
	if (family->coverage == COVERAGE_FULL && !all_calls_hooked(number)) {
		family->coverage = COVERAGE_PARTLY;
		snprintf(family->why, sizeof(family->why), "some calls have no hook: see the calls");
	}
}

/* ---- calls ---------------------------------------------------------------------------------- */

static enum doctor_coverage judge_call(const struct doctor_report *report,
				       const struct doctor_call *call)
{
	struct tally tally = {0};

	for (int i = 0; i < DOCTOR_CALL_HOOKS && call->hooks[i]; i++)
		tally_hook(&tally,
			   doctor_hooks_find(report->hooks, report->hook_count, call->hooks[i]));
	if (call->hooks[0] && !tally.wanted)
		return COVERAGE_ABSENT;
	return coverage_of(&tally, report->can_trace);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void judge_counts(struct doctor_report *report)
{
	struct tally all = {0};

	for (size_t i = 0; i < report->hook_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		tally_hook(&all, hook);
		report->can_trace |= hook->status == FEATURE_OK && hook->probe->family >= 0;
	}
	report->hooks_wanted = all.wanted;
	report->hooks_attached = all.attached;
}

/* The first of what is required and is not there decides the words; all are named. */
static void judge_whole(struct doctor_report *report)
{
	static const enum feature_id required[] = {FEATURE_BPF, FEATURE_RAW_TP, FEATURE_KERNEL_READ,
						   FEATURE_BTF};
	const struct feature *feature, *first = NULL;
	char names[80] = "";

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		feature = &report->features[required[i]];
		if (feature->status == FEATURE_OK || feature->status == FEATURE_LIMITS)
			continue;
		doctor_append(names, sizeof(names), "%s%s", first ? ", " : "", feature->name);
		first = first ? first : feature;
	}
	if (first) {
		report->can_trace = false;
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing does not work here (%s): %.400s", names, first->reason);
		snprintf(report->cure, sizeof(report->cure), "%s", first->cure);
	} else if (!report->can_trace) {
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing does not work here: no family gets any of its hooks");
		snprintf(report->cure, sizeof(report->cure), "see the hooks of each family");
	} else {
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing works here%s: %zu of %zu hooks were attached and detached again",
			 report->hooks_attached < report->hooks_wanted ? ", and does not see all"
								       : "",
			 report->hooks_attached, report->hooks_wanted);
	}
}

int doctor_judge(struct doctor_report *report, const struct kernel_trials *trials)
{
	report->ways = calloc(probe_count, sizeof(*report->ways));
	report->hooks = calloc(probe_count, sizeof(*report->hooks));
	report->calls = calloc(doctor_call_count, sizeof(*report->calls));
	if (!report->ways || !report->hooks || !report->calls) {
		doctor_report_fini(report);
		return -ENOMEM;
	}
	report->hook_count = doctor_hooks_judge(report->ways, report->hooks, trials);
	judge_counts(report);
	judge_whole(report);
	for (int family = 0; family < FAMILY_COUNT; family++)
		judge_family(report, family);
	for (size_t i = 0; i < doctor_call_count; i++)
		report->calls[i] = judge_call(report, &doctor_calls[i]);
	return 0;
}

void doctor_report_fini(struct doctor_report *report)
{
	free(report->ways);
	free(report->hooks);
	free(report->calls);
	report->ways = NULL;
	report->hooks = NULL;
	report->calls = NULL;
}
