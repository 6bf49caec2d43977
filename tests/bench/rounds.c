/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* baseline, variant, baseline, variant, …: begun with another variant in every round. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attached.h"
#include "clock.h"
#include "empty_programs.h"
#include "rounds.h"

#define END_MS 15000

/* One comparison. */
struct relative {
	bool measured;
	double part[LOAD_METRICS];
};

struct rounds {
	const struct rounds_plan *plan;
	const struct variant_paths *paths;
	struct rounds_results *results;
	struct empty_programs *empty;
	struct load load;
	bool pages; /* some variant traces them */
	struct load_times before;
	struct relative (*relative)[ROUNDS_VARIANTS]; /* per round */
};

static int rounds_measure(struct rounds *rounds, bool pages, struct load_times *times)
{
	int err = load_run_slab(&rounds->load, times);

	return err || !pages ? err : load_run_pages(times);
}

static int rounds_measure_empty(struct rounds *rounds, struct load_times *times)
{
	int err = empty_programs_attach(rounds->empty);

	if (err)
		return err;
	err = rounds_measure(rounds, false, times);
	empty_programs_detach(rounds->empty);
	return err;
}

static int rounds_measure_tool(struct rounds *rounds, size_t index, struct load_times *times)
{
	const struct variant *variant = &variants[index];
	struct rounds_result *result = &rounds->results->of[index];
	struct tool tool;
	int err = variant_start(variant, rounds->paths, &tool, result->why, sizeof(result->why));

	if (err)
		return err;
	err = rounds_measure(rounds, variant->pages, times);
	tool_end(&tool, variant->command, END_MS, NULL);
	return err;
}

static bool rounds_has(const struct rounds *rounds, size_t index, unsigned int round)
{
	const struct rounds_plan *plan = rounds->plan;
	struct rounds_result *result = &rounds->results->of[index];

	if (!plan->wanted[index] || result->why[0])
		return false;
	if (variants[index].kind == VARIANT_PEER && round >= plan->peer_rounds)
		return false;
	if (clock_ns() + result->longest_ns < plan->end_ns)
		return true;
	rounds->results->out_of_time = true;
	return false;
}

/* What it added, as a part of the load alone. */
static void rounds_relate(struct rounds *rounds, size_t index, const struct load_times *during,
			  const struct load_times *after)
{
	struct relative *to = &rounds->relative[rounds->results->rounds][index];

	for (int metric = 0; metric < LOAD_METRICS; metric++) {
		double alone = (rounds->before.ns[metric] + after->ns[metric]) / 2;

		to->part[metric] = alone > 0 ? during->ns[metric] / alone - 1 : 0;
	}
	to->measured = true;
}

static int rounds_measure_base(struct rounds *rounds, struct load_times *times)
{
	int err = rounds_measure(rounds, rounds->pages, times);

	for (int metric = 0; !err && metric < LOAD_METRICS; metric++)
		if (metric < LOAD_PIPE_ALLOC || rounds->pages)
			figures_add(&rounds->results->base[metric], times->ns[metric]);
	return err;
}

/*
 * One variant with the load alone on both sides; what goes wrong in it is its own reason. Where
 * others trace now that did not at the start, or the other way round, it says nothing and is
 * dropped: a second program makes the first one dearer.
 */
static int rounds_compare(struct rounds *rounds, size_t index)
{
	struct rounds_result *result = &rounds->results->of[index];
	struct load_times during = {0}, after = {0};
	unsigned int others = attached_others();
	uint64_t start = clock_ns(), taken;
	int err, failed;

	if (variants[index].kind == VARIANT_EMPTY)
		failed = rounds_measure_empty(rounds, &during);
	else
		failed = rounds_measure_tool(rounds, index, &during);
	if (failed && !result->why[0])
		snprintf(result->why, sizeof(result->why), "%s", strerror(-failed));
	err = rounds_measure_base(rounds, &after);
	if (others != rounds->results->others || others != attached_others())
		rounds->results->dropped++;
	else if (!err && !failed)
		rounds_relate(rounds, index, &during, &after);
	rounds->before = after;
	taken = clock_ns() - start;
	if (taken > result->longest_ns)
		result->longest_ns = taken;
	return err;
}

static int rounds_one(struct rounds *rounds, unsigned int round)
{
	int err;

	err = rounds_measure(rounds, rounds->pages, &rounds->before);
	for (size_t i = 0; !err && i < variant_count && !*rounds->plan->stopped; i++) {
		size_t index = (round + i) % variant_count;

		if (rounds_has(rounds, index, round))
			err = rounds_compare(rounds, index);
	}
	rounds->results->rounds++;
	return err;
}

/* Which of the wanted ones can't be had is known before the first round. */
static void rounds_prepare(struct rounds *rounds)
{
	for (size_t i = 0; i < variant_count; i++) {
		const struct variant *variant = &variants[i];
		struct rounds_result *result = &rounds->results->of[i];
		char path[256];

		if (!rounds->plan->wanted[i])
			continue;
		rounds->pages = rounds->pages || variant->pages;
		if (variant->kind == VARIANT_EMPTY)
			continue;
		if (!variant_find(variant, rounds->paths, path, sizeof(path)))
			snprintf(result->why, sizeof(result->why), "%s is not installed%s%s",
				 variant->program, variant->package ? "; Debian's package: " : "",
				 variant->package ?: "");
		else if (variant->tracefs && !rounds->paths->tracefs)
			snprintf(result->why, sizeof(result->why),
				 "tracefs is not mounted and can't be");
	}
}

/* ---- from parts to nanoseconds ------------------------------------------------------------ */

struct speed {
	double ns[LOAD_METRICS]; /* of the load alone */
};

static double rounds_pair(const struct relative *relative, const struct speed *speed,
			  enum load_metric alloc)
{
	return relative->part[alloc] * speed->ns[alloc] +
	       relative->part[alloc + 1] * speed->ns[alloc + 1];
}

static void rounds_add_ratio(const struct relative *variant, const struct relative *empty,
			     const struct speed *speed, enum load_metric alloc,
			     struct figures *ratio)
{
	double floor = rounds_pair(empty, speed, alloc);

	if (empty->measured && floor > 0)
		figures_add(ratio, rounds_pair(variant, speed, alloc) / floor);
}

/* The empty programs are the first of the table. */
static void rounds_finish_one(const struct rounds *rounds, unsigned int round, size_t index,
			      const struct speed *speed)
{
	const struct relative *variant = &rounds->relative[round][index];
	const struct relative *empty = &rounds->relative[round][0];
	struct rounds_result *result = &rounds->results->of[index];

	for (int metric = 0; metric < LOAD_METRICS; metric++)
		if (metric < LOAD_PIPE_ALLOC || variants[index].pages)
			figures_add(&result->added[metric],
				    variant->part[metric] * speed->ns[metric]);
	if (!variants[index].frees)
		return;
	rounds_add_ratio(variant, empty, speed, LOAD_HOT_ALLOC, &result->hot_ratio);
	rounds_add_ratio(variant, empty, speed, LOAD_COLD_ALLOC, &result->cold_ratio);
}

static void rounds_finish(const struct rounds *rounds)
{
	struct speed speed;

	for (int metric = 0; metric < LOAD_METRICS; metric++)
		speed.ns[metric] = figures_summarise(&rounds->results->base[metric]).low;
	for (unsigned int round = 0; round < rounds->results->rounds; round++)
		for (size_t i = 0; i < variant_count; i++)
			if (rounds->relative[round][i].measured)
				rounds_finish_one(rounds, round, i, &speed);
}

static int rounds_make(struct rounds *rounds)
{
	const struct rounds_plan *plan = rounds->plan;
	int err = 0;

	for (unsigned int round = 0; !err && round < plan->rounds && !*plan->stopped; round++) {
		if (clock_ns() > plan->end_ns)
			break;
		err = rounds_one(rounds, round);
	}
	return err;
}

int rounds_run(const struct rounds_plan *plan, const struct variant_paths *paths,
	       struct rounds_results *results)
{
	struct rounds rounds = {.plan = plan, .paths = paths, .results = results};
	int err = load_open(&rounds.load);

	if (err)
		return err;
	rounds_prepare(&rounds);
	results->others = attached_others();
	rounds.relative = calloc(plan->rounds, sizeof(*rounds.relative));
	err = rounds.relative ? empty_programs_load(&rounds.empty) : -ENOMEM;
	if (!err)
		err = rounds_make(&rounds);
	if (!err)
		rounds_finish(&rounds);
	empty_programs_close(rounds.empty);
	free(rounds.relative);
	load_close(&rounds.load);
	return err;
}

_Static_assert(LOAD_HOT_FREE == LOAD_HOT_ALLOC + 1 && LOAD_COLD_FREE == LOAD_COLD_ALLOC + 1,
	       "rounds_pair() adds neighbours");
