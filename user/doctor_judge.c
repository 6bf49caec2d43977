/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From trials to a verdict: hooks first, then families by their hooks, then the whole.
 */
#include "doctor_judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"

/* Why a family whose hooks all attach could still be told more about. */
static const char *const limits[FAMILY_COUNT] = {
	[FAMILY_VMALLOC] =
		"the tracepoints carry no caller, which is found by walking the stack, and "
		"cover vmap() and ioremap() as well",
	[FAMILY_PERCPU] =
		"the tracepoints carry call site, sizes and flags: nothing better is needed",
	[FAMILY_MAPPING] =
		"not traced by this version: remap_pfn_range(), vm_insert_page() and the "
		"like have no tracepoint, only functions to hook",
};

static void __attribute__((format(printf, 3, 4)))
append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, size - length, format, args);
	va_end(args);
}

/* What the kernel says to a hook on a function, for which tracer has no program yet. */
static void judge_function(struct doctor_hook *hook, const struct kernel_trials *trials,
			   const struct trial_hook *seen)
{
	char reason[FEATURE_REASON], cure[FEATURE_CURE];
	enum trial_verdict verdict =
		trial_judge(trials, &seen->trial, reason, sizeof(reason), cure, sizeof(cure));

	hook->status = FEATURE_MISSING;
	snprintf(hook->reason, sizeof(hook->reason), "%s", probe_reason(hook->probe, 0));
	if (seen->trial.step == TRIAL_LOAD && trials->raw_tp.step != TRIAL_DONE)
		return;
	if (seen->presence == PRESENCE_NO) {
		hook->allowed = PRESENCE_NO;
		append(hook->reason, sizeof(hook->reason),
		       "; this kernel has no function of that name");
	} else if (verdict == VERDICT_OK) {
		hook->allowed = PRESENCE_YES;
		append(hook->reason, sizeof(hook->reason), "; this kernel would allow it");
		snprintf(hook->cure, sizeof(hook->cure),
			 "a version of tracer that hooks functions");
	} else if (verdict == VERDICT_UNKNOWN) {
		append(hook->reason, sizeof(hook->reason),
		       "; whether this kernel would allow it: %.200s", reason);
	} else {
		hook->allowed = PRESENCE_NO;
		append(hook->reason, sizeof(hook->reason),
		       "; this kernel would not allow it: %.200s", reason);
		snprintf(hook->cure, sizeof(hook->cure),
			 "a version of tracer that hooks functions, on a kernel that lets it "
			 "(fentry)");
	}
}

static void judge_tracepoint(struct doctor_hook *hook, const struct kernel_trials *trials,
			     const struct trial_hook *seen)
{
	static const enum feature_status statuses[] = {
		[VERDICT_OK] = FEATURE_OK,
		[VERDICT_MISSING] = FEATURE_MISSING,
		[VERDICT_REFUSED] = FEATURE_REFUSED,
		[VERDICT_UNKNOWN] = FEATURE_UNKNOWN,
	};
	char reason[FEATURE_REASON];
	enum trial_verdict verdict = trial_judge(trials, &seen->trial, reason, sizeof(reason),
						 hook->cure, sizeof(hook->cure));

	hook->status = statuses[verdict];
	if (verdict == VERDICT_OK) {
		hook->allowed = PRESENCE_YES;
	} else if (seen->presence == PRESENCE_NO ||
		   (seen->trial.step == TRIAL_ATTACH && seen->trial.error == -ENOENT)) {
		hook->allowed = PRESENCE_NO;
		hook->status = FEATURE_MISSING;
		snprintf(hook->reason, sizeof(hook->reason), "%s",
			 probe_reason(hook->probe, -ENOENT));
		snprintf(hook->cure, sizeof(hook->cure), "a kernel that has the tracepoint");
	} else {
		hook->allowed = verdict == VERDICT_UNKNOWN ? PRESENCE_UNKNOWN : PRESENCE_NO;
		/* Without a program that loads, nothing was learnt about the tracepoint. */
		if (seen->trial.step == TRIAL_LOAD && verdict == VERDICT_MISSING)
			hook->status = FEATURE_UNKNOWN;
		snprintf(hook->reason, sizeof(hook->reason), "%s%.300s; without it %s",
			 seen->presence == PRESENCE_YES ? "the tracepoint is there; " : "", reason,
			 hook->probe->without);
	}
}

static void judge_hooks(struct doctor_report *report, const struct kernel_trials *trials)
{
	for (size_t i = 0; i < probe_count; i++) {
		struct doctor_hook *hook = &report->hooks[i];

		hook->probe = &probes[i];
		hook->target = trials->hooks[i].target;
		if (!probes[i].program) {
			judge_function(hook, trials, &trials->hooks[i]);
			continue;
		}
		judge_tracepoint(hook, trials, &trials->hooks[i]);
		report->hooks_wanted++;
		report->hooks_attached += hook->status == FEATURE_OK;
	}
}

/* What would be better than the hooks a family has: those on functions. */
static void explain_family(struct doctor_family *family, const struct doctor_report *report,
			   const char *names)
{
	static const char *const words[] = {
		[FEATURE_OK] = "would allow it",
		[FEATURE_LIMITS] = "would allow it",
		[FEATURE_MISSING] = "could not either",
		[FEATURE_REFUSED] = "would refuse it as well",
		[FEATURE_UNKNOWN] = "could not be asked",
	};

	append(family->why, sizeof(family->why),
	       "%s no tracepoint; only a hook on a function would see it: this version has none, "
	       "and this kernel %s (see fentry)",
	       names, words[report->features[FEATURE_FENTRY].status]);
}

static void judge_family(struct doctor_report *report, int family)
{
	size_t wanted = 0, attached = 0, unknown = 0, functions = 0;
	struct doctor_family *judged = &report->families[family];
	char names[160] = "";

	for (size_t i = 0; i < probe_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family != family)
			continue;
		if (!hook->probe->program) {
			append(names, sizeof(names), "%s%s()", functions++ ? ", " : "",
			       hook->target);
			continue;
		}
		wanted++;
		attached += hook->status == FEATURE_OK;
		unknown += hook->status == FEATURE_UNKNOWN;
	}
	if (!report->can_trace)
		judged->coverage =
			unknown && unknown + attached == wanted ? COVERAGE_UNKNOWN : COVERAGE_NONE;
	else if (!attached)
		judged->coverage = COVERAGE_NONE;
	else
		judged->coverage =
			attached == wanted && !functions ? COVERAGE_FULL : COVERAGE_PARTLY;
	if (limits[family])
		snprintf(judged->why, sizeof(judged->why), "%s", limits[family]);
	if (functions) {
		append(names, sizeof(names), functions > 1 ? " have" : " has");
		explain_family(judged, report, names);
	}
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
		append(names, sizeof(names), "%s%s", first ? ", " : "", feature->name);
		first = first ? first : feature;
	}
	report->can_trace = !first && report->hooks_attached > 0;
	if (first) {
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing does not work here (%s): %.400s", names, first->reason);
		snprintf(report->cure, sizeof(report->cure), "%s", first->cure);
	} else if (!report->hooks_attached) {
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing does not work here: none of its tracepoints can be attached");
		snprintf(report->cure, sizeof(report->cure), "see the hooks of each family");
	} else {
		snprintf(report->verdict, sizeof(report->verdict),
			 "Tracing works here: %zu of %zu tracepoint hooks were attached and "
			 "detached "
			 "again",
			 report->hooks_attached, report->hooks_wanted);
	}
}

int doctor_judge(struct doctor_report *report, const struct kernel_trials *trials)
{
	report->hooks = calloc(probe_count, sizeof(*report->hooks));
	if (!report->hooks)
		return -ENOMEM;
	judge_hooks(report, trials);
	judge_whole(report);
	for (int family = 0; family < FAMILY_COUNT; family++)
		judge_family(report, family);
	return 0;
}

void doctor_report_fini(struct doctor_report *report)
{
	free(report->hooks);
	report->hooks = NULL;
}
