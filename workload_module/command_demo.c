/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `workload demo`: everything that can be run here, a little of each, again and again.
 */
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "device.h"
#include "module_counts.h"
#include "report.h"
#include "runner.h"
#include "scenarios.h"

#define DEMO_SECONDS 3
/* Long enough for an observer to see the objects live. */
#define DEMO_HOLD_NS 20000000U

struct demo {
	struct run_item *items;
	struct run_result *sums;
	size_t count;
	struct device device;
	struct module_counts *counts; /* NULL: without the module */
	struct module_counts *before;
};

/* Adds a round to the sum of all; what failed once stays failed. */
static void demo_add(struct run_result *sum, const struct run_result *round)
{
	sum->made += round->made;
	sum->dropped += round->dropped;
	sum->calls += round->calls;
	sum->begun += round->begun;
	sum->outcome = round->outcome;
	memcpy(sum->problem, round->problem, sizeof(sum->problem));
}

/*
 * Round after round, so that every scenario appears however short the time is. The module's are not
 * held: it allows less than its larger ones would take.
 */
static void demo_rounds(const struct demo *demo, uint64_t end)
{
	size_t i;

	do {
		for (i = 0; i < demo->count && !runner_stopped(); i++) {
			struct run_plan one = {
				.items = &demo->items[i],
				.count = 1,
				.threads = 1,
				.hold_ns = demo->items[i].scenario->module ? 0 : DEMO_HOLD_NS,
			};
			struct run_result round;

			if (demo->sums[i].outcome == OUTCOME_UNAVAILABLE)
				continue;
			runner_run(&one, &round);
			demo_add(&demo->sums[i], &round);
		}
	} while (runner_now() < end && !runner_stopped());
}

static int demo_run(struct demo *demo, uint64_t start, uint64_t seconds)
{
	int err = demo->counts ? module_counts_read(&demo->device, demo->before) : 0;

	if (err)
		return err;
	demo_rounds(demo, start + seconds * 1000000000ULL);
	if (!demo->counts)
		return 0;
	err = device_sync(&demo->device);
	if (!err)
		err = module_counts_read(&demo->device, demo->counts);
	if (!err)
		module_counts_subtract(demo->counts, demo->before);
	return err;
}

/* What can be run; the module's only if it is there. */
static void demo_choose(struct demo *demo)
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; (scenario = scenarios_at(i)); i++) {
		if (scenarios_not_run(scenario) || (scenario->module && !demo->counts))
			continue;
		demo->items[demo->count].scenario = scenario;
		demo->items[demo->count].count = scenario->default_count;
		demo->items[demo->count].size = scenario->size;
		demo->count++;
	}
}

static int demo_report(struct demo *demo, int refused, const struct arguments *arguments)
{
	uint64_t start = runner_now();
	struct run_plan plan = {.items = demo->items, .threads = 1};
	struct run_report report = {
		.plan = &plan,
		.results = demo->sums,
		.counts = demo->counts,
		.left_out = refused ? device_why_not(refused) : NULL,
	};
	int err;

	demo_choose(demo);
	plan.count = demo->count;
	err = demo_run(demo, start, arguments->seconds);
	if (err) {
		device_say(WORKLOAD_DEVICE, err, &demo->device);
		return STATUS_UNAVAILABLE;
	}
	report.duration_ns = runner_now() - start;
	return command_output(report_run(&report, arguments->json));
}

static size_t demo_room(void)
{
	size_t own, module;

	scenarios_all(&own);
	scenarios_module(&module);
	return own + module;
}

static int demo(const struct arguments *arguments)
{
	struct demo demo = {
		.items = calloc(demo_room(), sizeof(*demo.items)),
		.sums = calloc(demo_room(), sizeof(*demo.sums)),
		.before = malloc(sizeof(*demo.before)),
	};
	struct module_counts *counts = malloc(sizeof(*counts));
	int status, refused = device_open(WORKLOAD_DEVICE, &demo.device);

	demo.counts = refused ? NULL : counts;
	if (demo.items && demo.sums && demo.before && counts)
		status = demo_report(&demo, refused, arguments);
	else
		status = command_no_memory();
	if (!refused)
		device_close(&demo.device);
	free(counts);
	free(demo.before);
	free(demo.sums);
	free(demo.items);
	return status;
}

int command_demo(int argc, char **argv)
{
	struct arguments arguments = {.seconds = DEMO_SECONDS};
	int status = arguments_parse(argc, argv, ARGUMENT_JSON | ARGUMENT_SECONDS, &arguments);

	if (status == STATUS_DONE)
		status = arguments_refuse_rest(argc, argv);
	return status == STATUS_DONE ? demo(&arguments) : status;
}
