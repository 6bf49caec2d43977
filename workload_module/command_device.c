/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `workload mmap`, `bench` and `fuzz`: the commands that are about the module's device.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "commands.h"
#include "device.h"
#include "fault.h"
#include "mmap_bench.h"
#include "mmap_kinds.h"
#include "mmap_try.h"
#include "module_counts.h"
#include "report_device.h"
#include "report_module.h"
#include "runner.h"
#include "say.h"

#define BENCH_SECONDS 3
#define FUZZ_CALLS    100000

static int refuse_kind(const char *name)
{
	const struct scenario *kind;
	char quoted[SAY_QUOTE];

	say("no kind of mapping is called \"%s\"", say_quote(quoted, name, strlen(name)));
	for (kind = mmap_kind_next(NULL); kind; kind = mmap_kind_next(kind))
		say_hint("%-17s %s", kind->name, kind->summary);
	return STATUS_USAGE;
}

/* Nothing named is all. */
static int choose_kinds(int count, char **names, struct module_choice *choice)
{
	const struct scenario *kind;
	int i;

	memset(choice, 0, sizeof(*choice));
	choice->chosen[WORKLOAD_OWN] = true;
	for (i = 0; i < count; i++) {
		kind = mmap_kind_find(names[i]);
		if (!kind)
			return refuse_kind(names[i]);
		choice->chosen[kind->id] = true;
	}
	for (kind = mmap_kind_next(NULL); kind && count == 0; kind = mmap_kind_next(kind))
		choice->chosen[kind->id] = true;
	return STATUS_DONE;
}

static int try_kinds(struct mmap_tries *tries, const struct module_choice *choice)
{
	const struct scenario *kind;
	int err = mmap_try_nothing(tries);

	for (kind = mmap_kind_next(NULL); kind && !err; kind = mmap_kind_next(kind)) {
		if (choice->chosen[kind->id] && !runner_stopped())
			err = mmap_try_kind(tries, kind);
	}
	return err;
}

static int try_counted(const struct device *device, struct mmap_tries *tries,
		       const struct module_choice *choice, struct module_counts *counts)
{
	struct module_counts *before = malloc(sizeof(*before));
	int err = before ? module_counts_read(device, before) : -ENOMEM;

	if (!err)
		err = try_kinds(tries, choice);
	if (!err)
		err = module_counts_read(device, counts);
	if (!err)
		module_counts_subtract(counts, before);
	free(before);
	return err;
}

/* The device is there, or it is said why not. */
static int device_or_say(struct device *device)
{
	int err = device_open(WORKLOAD_DEVICE, device);

	if (!err)
		return STATUS_DONE;
	device_say(WORKLOAD_DEVICE, err, device);
	return STATUS_UNAVAILABLE;
}

static int mmap_and_report(const struct module_choice *choice, bool json)
{
	struct mmap_tries tries = {.list = NULL};
	struct module_counts *counts;
	struct device device;
	int err, status = device_or_say(&device);

	if (status != STATUS_DONE)
		return status;
	counts = malloc(sizeof(*counts));
	fault_install();
	err = counts ? try_counted(&device, &tries, choice, counts) : -ENOMEM;
	device_close(&device);
	if (err) {
		say("the device could not be tried: %s", strerror(-err));
		status = STATUS_UNAVAILABLE;
	} else {
		status = command_output(report_mmap(&tries, counts, choice, json));
		if (status == STATUS_DONE && mmap_try_wrong(&tries) > 0)
			status = STATUS_WRONG;
	}
	mmap_try_free(&tries);
	free(counts);
	return status;
}

int command_mmap(int argc, char **argv)
{
	struct arguments arguments = {.json = false};
	struct module_choice choice;
	int status = arguments_parse(argc, argv, ARGUMENT_JSON, &arguments);

	if (status == STATUS_DONE)
		status = choose_kinds(argc - optind, argv + optind, &choice);
	return status == STATUS_DONE ? mmap_and_report(&choice, arguments.json) : status;
}

static int bench(const struct arguments *arguments)
{
	struct mmap_bench result;
	struct device device;
	const char *call;
	int err, status = device_or_say(&device);

	if (status != STATUS_DONE)
		return status;
	device_close(&device);
	err = mmap_bench_run(&result, arguments->seconds * 1000000000ULL, &call);
	if (!err)
		return command_output(report_bench(&result, arguments->json));
	if (!runner_stopped())
		say("the benchmark can't be done: %s: %s", call, strerror(-err));
	return STATUS_UNAVAILABLE;
}

int command_bench(int argc, char **argv)
{
	struct arguments arguments = {.seconds = BENCH_SECONDS};
	int status = arguments_parse(argc, argv, ARGUMENT_JSON | ARGUMENT_SECONDS, &arguments);

	if (status == STATUS_DONE)
		status = arguments_refuse_rest(argc, argv);
	return status == STATUS_DONE ? bench(&arguments) : status;
}

/* Said before the first call: should the machine not outlive it, this is all that is known. */
static void say_seed(const struct fuzz_plan *plan)
{
	say("%llu calls in each of %u threads, --seed %llu", (unsigned long long)plan->calls,
	    plan->threads, (unsigned long long)plan->seed);
}

static int fuzz(const struct arguments *arguments)
{
	struct fuzz_plan plan = {
		.calls = arguments->calls,
		.seed = arguments->seeded ? arguments->seed
					  : runner_now() ^ (uint64_t)getpid() << 40,
		.threads = (unsigned int)arguments->threads,
	};
	struct fuzz_result result;
	struct device device;
	uint64_t start;
	int err, status = device_or_say(&device);

	if (status != STATUS_DONE)
		return status;
	device_close(&device);
	fault_install();
	say_seed(&plan);
	start = runner_now();
	err = device_fuzz_run(&plan, &result);
	if (err) {
		say("the device can't be used any more: %s", strerror(-err));
		return STATUS_UNAVAILABLE;
	}
	status = command_output(report_fuzz(&result, &plan, runner_now() - start, arguments->json));
	return status == STATUS_DONE && result.wrong > 0 ? STATUS_WRONG : status;
}

int command_fuzz(int argc, char **argv)
{
	struct arguments arguments = {.threads = 1, .calls = FUZZ_CALLS};
	int status = arguments_parse(
		argc, argv, ARGUMENT_JSON | ARGUMENT_CALLS | ARGUMENT_SEED | ARGUMENT_THREADS,
		&arguments);

	if (status == STATUS_DONE)
		status = arguments_refuse_rest(argc, argv);
	return status == STATUS_DONE ? fuzz(&arguments) : status;
}
