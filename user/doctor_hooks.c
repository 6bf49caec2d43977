/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From trials to hooks: each way by itself, then the hook by its ways.
 */
#include "doctor_hooks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TRAMPOLINE_ARGUMENTS 6 /* that every kernel with fentry takes */

void doctor_append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + length, size - length, format, args);
	va_end(args);
}

static void __attribute__((format(printf, 3, 4)))
say(struct doctor_way *way, enum feature_status status, const char *format, ...)
{
	va_list args;

	way->status = status;
	va_start(args, format);
	vsnprintf(way->reason, sizeof(way->reason), format, args);
	va_end(args);
}

static void cure(struct doctor_way *way, const char *text)
{
	snprintf(way->cure, sizeof(way->cure), "%s", text);
}

static bool is_kprobe(const struct probe *probe)
{
	return !strcmp(probe->kind, "kprobe") || !strcmp(probe->kind, "kretprobe");
}

/* ---- one way -------------------------------------------------------------------------------- */

static bool way_absent(const struct doctor_way *way, const struct trial_way *seen)
{
	if (seen->presence == PRESENCE_NO)
		return true;
	return (!probe_on_function(way->probe) || is_kprobe(way->probe)) &&
	       seen->trial.step == TRIAL_ATTACH && seen->trial.error == -ENOENT;
}

static void judge_absent(struct doctor_way *way)
{
	way->allowed = PRESENCE_NO;
	if (probe_on_function(way->probe)) {
		say(way, FEATURE_MISSING, "this kernel has no such function");
		cure(way, "");
	} else {
		say(way, FEATURE_MISSING, "this kernel has no such tracepoint");
		cure(way, "a kernel that has the tracepoint");
	}
}

static void judge_tracepoint(struct doctor_way *way, const struct trial_way *seen)
{
	char why[DOCTOR_WAY_TEXT];

	/* Without a program that loads, nothing was learnt about the tracepoint. */
	if (seen->trial.step == TRIAL_LOAD && way->status == FEATURE_MISSING)
		way->status = FEATURE_UNKNOWN;
	if (seen->presence != PRESENCE_YES)
		return;
	memcpy(why, way->reason, sizeof(why));
	say(way, way->status, "the tracepoint is there; %.180s", why);
}

/* It loads and does not attach: what the function itself has to do with it. */
static void judge_attach(struct doctor_way *way, const struct trial_way *seen)
{
	if (seen->trial.error != -KERNEL_ENOTSUPP || seen->arguments <= TRAMPOLINE_ARGUMENTS)
		return;
	say(way, way->status,
	    "the function has %u arguments, more than this kernel's trampolines take (error %d)",
	    seen->arguments, KERNEL_ENOTSUPP);
}

static void judge_function(struct doctor_way *way, const struct kernel_trials *trials,
			   const struct trial_way *seen)
{
	const char *see = is_kprobe(way->probe) ? "see kprobes" : "see fentry";

	if (seen->trial.step == TRIAL_NOT_MADE) {
		say(way, FEATURE_UNKNOWN, "functions are found by BTF, which is missing");
		cure(way, "see btf");
	} else if (is_kprobe(way->probe) && seen->trial.step == TRIAL_LOAD &&
		   seen->trial.error == -ENOENT) {
		say(way, FEATURE_MISSING, "this kernel has no kprobes (%s)", see);
		cure(way, "a kernel with kprobes (see kprobes)");
	} else if (way->status == FEATURE_UNKNOWN) {
		return;
	} else if (trials->raw_tp.step != TRIAL_DONE) {
		say(way, FEATURE_UNKNOWN, "no program at all can be loaded (see raw_tp)");
		cure(way, "see raw_tp");
	} else if (way->status == FEATURE_REFUSED) {
		doctor_append(way->reason, sizeof(way->reason), " (%s)", see);
		cure(way, "a kernel whose policy allows hooks on functions");
	} else {
		judge_attach(way, seen);
		cure(way, see);
	}
}

static void judge_way(struct doctor_way *way, const struct kernel_trials *trials,
		      const struct trial_way *seen)
{
	static const enum feature_status statuses[] = {
		[VERDICT_OK] = FEATURE_OK,
		[VERDICT_MISSING] = FEATURE_MISSING,
		[VERDICT_REFUSED] = FEATURE_REFUSED,
		[VERDICT_UNKNOWN] = FEATURE_UNKNOWN,
	};

	way->tried = seen->trial.step != TRIAL_NOT_MADE;
	way->status = statuses[trial_judge(trials, &seen->trial, way->reason, sizeof(way->reason),
					   way->cure, sizeof(way->cure))];
	if (way->status == FEATURE_OK) {
		way->allowed = PRESENCE_YES;
		return;
	}
	if (way_absent(way, seen)) {
		judge_absent(way);
		return;
	}
	if (probe_on_function(way->probe))
		judge_function(way, trials, seen);
	else
		judge_tracepoint(way, seen);
	way->allowed = way->status == FEATURE_UNKNOWN ? PRESENCE_UNKNOWN : PRESENCE_NO;
}

/* ---- a hook by its ways --------------------------------------------------------------------- */

static void put_off(struct doctor_way *way, const char *reason)
{
	way->tried = false;
	way->allowed = PRESENCE_UNKNOWN;
	say(way, FEATURE_UNKNOWN, "not tried: %s", reason);
	cure(way, "");
}

/* "fentry: refused; kprobe: this kernel has no kprobes"; what is alike is said once. */
static void join_reasons(struct doctor_hook *hook)
{
	const struct doctor_way *way = hook->ways, *end = way + hook->way_count;

	if (hook->way_count == 1 && !probe_on_function(way->probe)) {
		snprintf(hook->reason, sizeof(hook->reason), "%s", way->reason);
		return;
	}
	while (way < end) {
		const struct doctor_way *first = way;

		doctor_append(hook->reason, sizeof(hook->reason), "%s%s",
			      way == hook->ways ? "" : "; ", way->probe->kind);
		for (way++; way < end && !strcmp(way->reason, first->reason); way++)
			doctor_append(hook->reason, sizeof(hook->reason), ", %s", way->probe->kind);
		doctor_append(hook->reason, sizeof(hook->reason), ": %s", first->reason);
	}
}

static void join_cures(struct doctor_hook *hook)
{
	for (size_t i = 0; i < hook->way_count; i++) {
		const char *text = hook->ways[i].cure;

		if (text[0] && !strstr(hook->cure, text))
			doctor_append(hook->cure, sizeof(hook->cure), "%s%s",
				      hook->cure[0] ? ", or " : "", text);
	}
}

/* Any way that might be had by somebody else decides, then any that is refused to all. */
static void join_statuses(struct doctor_hook *hook)
{
	hook->status = FEATURE_MISSING;
	hook->allowed = PRESENCE_NO;
	for (size_t i = 0; i < hook->way_count; i++) {
		if (hook->ways[i].status == FEATURE_UNKNOWN) {
			hook->status = FEATURE_UNKNOWN;
			hook->allowed = PRESENCE_UNKNOWN;
			return;
		}
		if (hook->ways[i].status == FEATURE_REFUSED)
			hook->status = FEATURE_REFUSED;
	}
}

/* Not every kernel has what an optional hook is for: without its place there is nothing to miss. */
static bool hook_needless(const struct doctor_hook *hook, const struct trial_way *seen)
{
	for (size_t i = 0; i < hook->way_count; i++)
		if (seen[i].presence != PRESENCE_NO)
			return false;
	return hook->probe->optional;
}

/* It goes with a hook that is not served, and what became of that one became of it. */
static void judge_alone(struct doctor_hook *hook, struct doctor_way *ways,
			const struct doctor_hook *with)
{
	for (size_t i = 0; i < hook->way_count; i++)
		put_off(&ways[i], "the hook that it goes with is not served");
	hook->status = with->status;
	hook->with = with;
	hook->lost = with->lost;
	snprintf(hook->reason, sizeof(hook->reason), "of no use without the hook %s",
		 with->probe->hook);
	snprintf(hook->cure, sizeof(hook->cure), "%s", with->cure);
}

/* Until one does it. Returns whether one does. */
static bool judge_ways(struct doctor_hook *hook, struct doctor_way *ways,
		       const struct kernel_trials *trials, const struct trial_way *seen)
{
	bool served = false;

	for (size_t i = 0; i < hook->way_count; i++) {
		ways[i].probe = &hook->probe[i];
		ways[i].target = seen[i].target;
		if (served) {
			put_off(&ways[i], "a better way serves the hook");
			continue;
		}
		judge_way(&ways[i], trials, &seen[i]);
		served = ways[i].status == FEATURE_OK;
		hook->way = served ? &ways[i] : ways;
	}
	return served;
}

static void judge_hook(struct doctor_hook *hook, struct doctor_way *ways,
		       const struct kernel_trials *trials, const struct doctor_hook *with)
{
	const struct trial_way *seen = &trials->ways[hook->probe - probes];
	bool served;

	hook->ways = ways;
	hook->way_count = probe_ways(hook->probe);
	served = judge_ways(hook, ways, trials, seen);
	if (hook_needless(hook, seen)) {
		hook->status = FEATURE_MISSING;
		hook->allowed = PRESENCE_NO;
		snprintf(hook->reason, sizeof(hook->reason), "%s, and nothing is missed for it",
			 ways->reason);
		return;
	}
	hook->lost = hook->probe->without;
	if (with && with->status != FEATURE_OK) {
		hook->way = ways;
		judge_alone(hook, ways, with);
	} else if (served) {
		hook->status = FEATURE_OK;
		hook->allowed = PRESENCE_YES;
		hook->lost = NULL;
	} else {
		join_statuses(hook);
		join_reasons(hook);
		join_cures(hook);
	}
}

const struct doctor_hook *doctor_hooks_find(const struct doctor_hook *hooks, size_t count,
					    const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(hooks[i].probe->hook, name))
			return &hooks[i];
	return NULL;
}

size_t doctor_hooks_judge(struct doctor_way *ways, struct doctor_hook *hooks,
			  const struct kernel_trials *trials)
{
	size_t count = 0;

	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i])) {
		const char *with = probes[i].with;

		hooks[count] = (struct doctor_hook){.probe = &probes[i]};
		judge_hook(&hooks[count], &ways[i], trials,
			   with ? doctor_hooks_find(hooks, count, with) : NULL);
		count++;
	}
	return count;
}
