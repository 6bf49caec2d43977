/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `workload run`: what the command line names, in the order that it has there.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "device.h"
#include "items.h"
#include "module_counts.h"
#include "report.h"
#include "runner.h"
#include "say.h"

static int say_outcome(const struct run_item *item, const struct run_result *result)
{
	switch (result->outcome) {
	case OUTCOME_REFUSED:
		say("%s: %s", item->scenario->name, result->problem);
		say_hint("give a smaller COUNT, or no --hold");
		return STATUS_USAGE;
	case OUTCOME_UNAVAILABLE:
		say("%s is not available here: %s", item->scenario->name, result->problem);
		if (item->scenario->needs[0] && !item->scenario->module)
			say_hint("it needs: %s", item->scenario->needs);
		return STATUS_UNAVAILABLE;
	default:
		return STATUS_DONE;
	}
}

static int say_outcomes(const struct run_plan *plan, const struct run_result *results)
{
	int status = STATUS_DONE;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		int one = say_outcome(&plan->items[i], &results[i]);

		if (one > status)
			status = one;
	}
	return status;
}

/* The counters around a run are to hold all of it, what RCU frees later as well. */
static int run_counted(const struct device *device, const struct run_plan *plan,
		       struct run_result *results, struct module_counts *counts)
{
	struct module_counts *before = malloc(sizeof(*before));
	int err = before ? module_counts_read(device, before) : -ENOMEM;

	if (!err)
		err = runner_run(plan, results);
	if (!err)
		err = device_sync(device);
	if (!err)
		err = module_counts_read(device, counts);
	if (!err)
		module_counts_subtract(counts, before);
	free(before);
	return err;
}

/* `device` and `counts` are NULL for a run without the module. */
static int run_and_report(const struct device *device, struct module_counts *counts,
			  const struct run_plan *plan, bool json)
{
	struct run_result *results = calloc(plan->count, sizeof(*results));
	struct run_report report = {.plan = plan, .results = results, .counts = counts};
	uint64_t start = runner_now();
	int err = -ENOMEM, status;

	if (results)
		err = device ? run_counted(device, plan, results, counts)
			     : runner_run(plan, results);
	if (err) {
		say("can't run %u threads: %s", plan->threads, strerror(-err));
		free(results);
		return STATUS_UNAVAILABLE;
	}
	report.duration_ns = runner_now() - start;
	err = report_run(&report, json);
	status = say_outcomes(plan, results);
	free(results);
	return err ? command_output(err) : status;
}

static int run_with_module(const struct run_plan *plan, bool json)
{
	struct module_counts *counts = malloc(sizeof(*counts));
	struct device device;
	int err, status;

	if (!counts)
		return command_no_memory();
	err = device_open(WORKLOAD_DEVICE, &device);
	if (err) {
		device_say(WORKLOAD_DEVICE, err, &device);
		free(counts);
		return STATUS_UNAVAILABLE;
	}
	if (plan->leak) {
		say("--leak: what this run allocates is never freed, whatever becomes of the "
		    "module");
		say_hint("only the next boot of this machine gives the memory back");
	}
	status = run_and_report(&device, counts, plan, json);
	device_close(&device);
	free(counts);
	return status;
}

static int check_leak(const struct run_plan *plan)
{
	if (!plan->leak)
		return STATUS_DONE;
	if (plan->hold_ns) {
		say("--hold and --leak can't be together: what is leaked is held for ever");
		return STATUS_USAGE;
	}
	return items_check_leak(plan->items, plan->count);
}

int command_run(int argc, char **argv)
{
	struct arguments arguments = {.threads = 1};
	struct run_item *items = NULL;
	int status = arguments_parse(argc, argv,
				     ARGUMENT_JSON | ARGUMENT_THREADS | ARGUMENT_RATE |
					     ARGUMENT_HOLD | ARGUMENT_LEAK,
				     &arguments);

	if (status == STATUS_DONE)
		status = items_parse(argc - optind, argv + optind, &items);
	if (status == STATUS_DONE) {
		struct run_plan plan = {
			.items = items,
			.count = (size_t)(argc - optind),
			.threads = (unsigned int)arguments.threads,
			.rate = arguments.rate,
			.hold_ns = arguments.hold_ns,
			.leak = arguments.leak,
		};

		status = check_leak(&plan);
		if (status == STATUS_DONE)
			status = items_need_module(items, plan.count)
					 ? run_with_module(&plan, arguments.json)
					 : run_and_report(NULL, NULL, &plan, arguments.json);
	}
	free(items);
	return status;
}
