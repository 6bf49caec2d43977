/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a scenario: checks what was asked for, then does one operation after the other and has what
 * was made dropped, held or leaked.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "workload.h"

#define RUN_FLAGS (WORKLOAD_RUN_HOLD | WORKLOAD_RUN_LEAK)

static int check_flags(const struct workload_scenario *scenario, u32 flags)
{
	if (flags & ~RUN_FLAGS || flags == RUN_FLAGS)
		return -EINVAL;
	if (flags & WORKLOAD_RUN_HOLD && !(scenario->flags & WORKLOAD_CAN_HOLD))
		return -EINVAL;
	if (flags & WORKLOAD_RUN_LEAK && !(scenario->flags & WORKLOAD_CAN_LEAK))
		return -EINVAL;
	return 0;
}

static int check_run(const struct workload_run *run)
{
	const struct workload_scenario *scenario;

	if (run->scenario >= WORKLOAD_SCENARIO_COUNT || run->reserved)
		return -EINVAL;
	scenario = &workload_scenarios[run->scenario];
	if (scenario->flags & WORKLOAD_NOT_RUN || !run->count || run->count > WORKLOAD_COUNT_MAX)
		return -EINVAL;
	if (run->size && (run->size < scenario->min_size || run->size > scenario->max_size))
		return -EINVAL;
	if (run->data && !(scenario->flags & WORKLOAD_TAKES_DATA))
		return -EINVAL;
	if (check_flags(scenario, run->flags))
		return -EINVAL;
	return workload_supported(run->scenario) ? 0 : -EOPNOTSUPP;
}

/* What one object takes of the machine's memory, roughly, and not too little. */
static size_t footprint_of(u32 id, size_t size)
{
	const struct workload_operation *operation = workload_operations[id];
	size_t bytes = operation->size ?: size;

	if (operation->scale)
		bytes *= operation->scale;
	switch (workload_scenarios[id].family) {
	case WORKLOAD_FAMILY_PAGES:
		return PAGE_SIZE << get_order(bytes);
	case WORKLOAD_FAMILY_VMALLOC:
		return PAGE_ALIGN(bytes);
	case WORKLOAD_FAMILY_PERCPU:
		return ALIGN(bytes, 8) * num_possible_cpus();
	default:
		if (workload_scenarios[id].flags & WORKLOAD_INEXACT)
			bytes += 1024;
		return roundup_pow_of_two(max_t(size_t, bytes, 64));
	}
}

/* A run on its way. */
struct progress {
	struct workload_file *file;
	struct workload_job *job;
	struct list_head held;
	u32 scenario;
	size_t footprint; /* of an object */
};

/* Each step makes up to `count` objects and returns how many, or -errno. */

static int step_hold(struct progress *run, unsigned int count)
{
	struct workload_job *job = run->job;
	int made;

	made = workload_hold_prepare(run->file, &run->held, run->scenario, run->footprint, count);
	if (made < 0)
		return made;
	made = workload_charge(run->file, count * run->footprint);
	if (made < 0)
		return made;
	made = job->operation->make(job, job->objects, count);
	workload_uncharge(run->file, (count - max(made, 0)) * run->footprint);
	if (made > 0)
		workload_hold(run->file, &run->held, job->objects, made);
	return made;
}

static int step_leak(struct progress *run, unsigned int count)
{
	struct workload_job *job = run->job;
	int made;

	made = workload_charge_leak(count * run->footprint);
	if (made < 0)
		return made;
	made = job->operation->make(job, job->objects, count);
	workload_uncharge_leak((count - max(made, 0)) * run->footprint);
	if (made > 0)
		workload_count_leaks(job->operation, run->scenario, job->objects, made);
	return made;
}

static int step_drop(struct progress *run, unsigned int count)
{
	struct workload_job *job = run->job;
	int made;

	made = workload_charge_briefly(run->footprint);
	if (made < 0)
		return made;
	made = job->operation->make(job, job->objects, count);
	if (made > 0)
		job->operation->drop(job, job->objects, made);
	workload_uncharge_briefly(run->footprint);
	return made;
}

static int step_once(struct progress *run, unsigned int count)
{
	return run->job->operation->once(run->job) ?: 1;
}

static int (*step_of(const struct workload_operation *operation, u32 flags))(struct progress *,
									     unsigned int)
{
	if (operation->once)
		return step_once;
	if (flags & WORKLOAD_RUN_HOLD)
		return step_hold;
	return flags & WORKLOAD_RUN_LEAK ? step_leak : step_drop;
}

static int do_steps(struct progress *progress, struct workload_run *run)
{
	const struct workload_operation *operation = progress->job->operation;
	int (*step)(struct progress *, unsigned int) = step_of(operation, run->flags);
	unsigned int batch = operation->batch ?: 1;
	int ret;

	for (;;) {
		ret = step(progress, min_t(u64, batch, run->count - run->done));
		/* What is left of the limit may do for one. */
		if (ret == -EDQUOT && batch > 1) {
			batch = 1;
			continue;
		}
		if (ret < 0)
			return ret;
		run->done += ret;
		if (run->done >= run->count)
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
}

static int do_run(struct progress *progress, struct workload_run *run)
{
	struct workload_job *job = progress->job;
	int ret = 0;

	if (job->operation->begin)
		ret = job->operation->begin(job);
	if (ret)
		return ret;
	ret = do_steps(progress, run);
	if (job->operation->end)
		job->operation->end(job);
	workload_hold_done(progress->file, &progress->held);
	return ret;
}

int workload_run(struct workload_file *file, struct workload_run *run)
{
	struct progress progress = {.file = file, .scenario = run->scenario};
	int ret = check_run(run);

	run->done = 0;
	if (ret)
		return ret;
	workload_counting_begin();
	progress.job = workload_own_alloc(sizeof(*progress.job));
	if (progress.job) {
		INIT_LIST_HEAD(&progress.held);
		workload_contexts_init(progress.job);
		progress.job->operation = workload_operations[run->scenario];
		progress.job->size = run->size ?: workload_scenarios[run->scenario].size;
		progress.job->data = u64_to_user_ptr(run->data);
		progress.job->leaks = run->flags & WORKLOAD_RUN_LEAK;
		progress.footprint = footprint_of(run->scenario, progress.job->size);
		ret = do_run(&progress, run);
		workload_own_free(progress.job, sizeof(*progress.job));
	} else {
		ret = -ENOMEM;
	}
	workload_counting_end();
	return ret;
}
