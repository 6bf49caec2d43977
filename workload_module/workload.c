/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * workload: makes the kernel allocate, by system calls alone, and knows how much.
 *
 * The JSON of `run` and `demo` is one object: `schema` "workload/1", `kernel`, `arch`, `threads`,
 * `duration_ns`; `scenarios`, what was run: `scenario, family, count, size, status
 * (done|stopped|refused|unavailable), reason, calls, objects, freed`; and `expected`, what an exact
 * tracer has to find at the call sites of the scenario: `scenario, family, site` (functions, '|'
 * between, because kernels differ), `cache`, `allocs, frees, failed, null_frees` (kfree(NULL)),
 * `size` of one allocation as requested (for pages in bytes; for per-CPU memory on each CPU),
 * `bytes_requested`, `freed` (call|later|unseen|never: enum freed of scenarios.h), `exact`,
 * `shared` (the process makes a few more at this site to start and to write), `note`. null is what
 * is not known: a size that depends on a structure of the kernel, a count that depends on its
 * caches.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../user/units.h"
#include "report.h"
#include "runner.h"
#include "say.h"
#include "scenarios.h"

enum status { STATUS_DONE = 0, STATUS_USAGE = 2, STATUS_UNAVAILABLE = 3 };

#define MAX_DEMO_SECONDS 86400U
#define MAX_RATE	 1000000000U
#define DEMO_SECONDS	 3
/* Long enough for an observer to see the objects live. */
#define DEMO_HOLD_NS 20000000U

static volatile sig_atomic_t signal_taken;

static const char usage_text[] =
	"usage: workload list [--json]\n"
	"       workload run SCENARIO[:COUNT[:SIZE]]... [OPTIONS]\n"
	"       workload demo [--seconds S] [--json]\n"
	"\n"
	"Makes the kernel allocate memory by system calls and tells how much it was.\n"
	"\n"
	"  --threads N      run everything in each of N threads (1 to 1024)\n"
	"  --rate N/s       at most N objects per second, all threads together\n"
	"  --hold DURATION  keep the objects this long, such as 500ms or 10s, before freeing\n"
	"                   (where `list --json` says that the scenario holds them)\n"
	"  --json           the report as JSON\n"
	"  --seconds S      how long the demo takes (3)\n";

struct options {
	struct run_item *items;
	size_t count;
	uint64_t threads, rate, hold_ns, seconds;
	bool json;
};

static void on_signal(int signal)
{
	signal_taken = signal;
	runner_stop();
}

/*
 * Queues and files would outlive the process, so it never ends before it has given them back. Under
 * nohup it goes on.
 */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal}, hangup;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

/* After the report: the caller shall see that a signal ended us. */
static void pass_signal_on(void)
{
	if (!signal_taken)
		return;
	signal(signal_taken, SIG_DFL);
	raise(signal_taken);
}

/* What is held by descriptors needs many; the soft limit is only a default. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static void say_unknown(const char *text)
{
	const struct scenario *near[3];
	size_t i, length = strcspn(text, ":"), count = scenarios_nearest(text, length, near, 3);
	char quoted[SAY_QUOTE];

	say("no scenario is called \"%s\"", say_quote(quoted, text, length));
	for (i = 0; i < count; i++)
		say_hint("did you mean %s?", near[i]->name);
	if (count == 0)
		say_hint("`workload list` shows all");
}

static void say_bad_size(const struct scenario *scenario, const char *quoted)
{
	char low[UNITS_TEXT], high[UNITS_TEXT];

	say("%s: SIZE must be %s to %s%s, not \"%s\"", scenario->name,
	    units_format_bytes(low, scenario->min_size),
	    units_format_bytes(high, scenario->max_size),
	    scenario->size_step == 1 ? "" : " in whole steps", quoted);
	if (scenario->size_step > 1)
		say_hint("a step is %llu bytes", (unsigned long long)scenario->size_step);
}

/* Names the part that is wrong: which one it is follows from how many colons come before it. */
static void say_bad_item(const char *text, const char *part, int err)
{
	const struct scenario *scenario = scenarios_find(text, strcspn(text, ":"));
	char quoted[SAY_QUOTE];
	uint64_t max;

	if (err == -ENOENT) {
		say_unknown(text);
		return;
	}
	say_quote(quoted, part, strcspn(part, ":"));
	max = scenario->max_count ? scenario->max_count : SCENARIO_MAX_COUNT;
	if (err == -E2BIG)
		say("%s: SCENARIO[:COUNT[:SIZE]] has at most two colons", scenario->name);
	else if (err == -ENOTSUP)
		say("%s takes no SIZE", scenario->name);
	else if (memchr(text + strlen(scenario->name) + 1, ':',
			(size_t)(part - text) - strlen(scenario->name) - 1))
		say_bad_size(scenario, quoted);
	else
		say("%s: COUNT must be a number from 1 to %llu, not \"%s\"", scenario->name,
		    (unsigned long long)max, quoted);
}

static int parse_items(int count, char **texts, struct options *options)
{
	int i;

	if (count == 0) {
		say("run: no scenario is named");
		say_hint("`workload list` shows all");
		return STATUS_USAGE;
	}
	options->items = calloc((size_t)count, sizeof(*options->items));
	if (!options->items) {
		say("out of memory");
		return STATUS_UNAVAILABLE;
	}
	for (i = 0; i < count; i++) {
		const char *part;
		int err = scenarios_parse(texts[i], &options->items[i], &part);

		if (err) {
			say_bad_item(texts[i], part, err);
			return STATUS_USAGE;
		}
	}
	options->count = (size_t)count;
	return STATUS_DONE;
}

/* "1000/s" or "1000". */
static int parse_rate(const char *text, uint64_t *rate)
{
	size_t length = strlen(text);
	char digits[UNITS_TEXT];

	if (length > 2 && !strcmp(text + length - 2, "/s"))
		length -= 2;
	if (length >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return units_parse_count(digits, 1, MAX_RATE, rate);
}

enum { OPTION_JSON = 1, OPTION_THREADS, OPTION_RATE, OPTION_HOLD, OPTION_SECONDS, OPTION_HELP };

static int refuse_value(const char *option, const char *value, const char *wanted)
{
	char quoted[SAY_QUOTE];

	say("%s must be %s, not \"%s\"", option, wanted, say_quote(quoted, value, strlen(value)));
	return STATUS_USAGE;
}

static int parse_option(int option, const char *value, struct options *options)
{
	switch (option) {
	case OPTION_JSON:
		options->json = true;
		return STATUS_DONE;
	case OPTION_THREADS:
		if (units_parse_count(value, 1, RUNNER_MAX_THREADS, &options->threads))
			return refuse_value("--threads", value, "a number from 1 to 1024");
		return STATUS_DONE;
	case OPTION_RATE:
		if (parse_rate(value, &options->rate))
			return refuse_value("--rate", value, "objects per second, such as 1000/s");
		return STATUS_DONE;
	case OPTION_HOLD:
		if (units_parse_duration(value, &options->hold_ns))
			return refuse_value("--hold", value, "a duration, such as 500ms or 10s");
		return STATUS_DONE;
	case OPTION_SECONDS:
		if (units_parse_count(value, 1, MAX_DEMO_SECONDS, &options->seconds))
			return refuse_value("--seconds", value, "a number from 1 to 86400");
		return STATUS_DONE;
	case OPTION_HELP:
		fputs(usage_text, stdout);
		exit(STATUS_DONE);
	default:
		say_hint("`workload --help` shows the options");
		return STATUS_USAGE;
	}
}

static const struct option list_options[] = {
	{"json", no_argument, NULL, OPTION_JSON},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};
static const struct option run_options[] = {
	{"json", no_argument, NULL, OPTION_JSON},
	{"threads", required_argument, NULL, OPTION_THREADS},
	{"rate", required_argument, NULL, OPTION_RATE},
	{"hold", required_argument, NULL, OPTION_HOLD},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};
static const struct option demo_options[] = {
	{"json", no_argument, NULL, OPTION_JSON},
	{"seconds", required_argument, NULL, OPTION_SECONDS},
	{"help", no_argument, NULL, OPTION_HELP},
	{NULL, 0, NULL, 0},
};

/* Options of one command; what is left over begins at optind. */
static int parse_options(int argc, char **argv, const struct option *known, struct options *options)
{
	int option, status = STATUS_DONE;

	while (status == STATUS_DONE && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
		status = parse_option(option, optarg, options);
	return status;
}

static int refuse_rest(int argc, char **argv)
{
	char quoted[SAY_QUOTE];

	if (optind == argc)
		return STATUS_DONE;
	say("%s takes no argument \"%s\"", argv[0],
	    say_quote(quoted, argv[optind], strlen(argv[optind])));
	return STATUS_USAGE;
}

static int say_output_error(int err)
{
	if (!err)
		return STATUS_DONE;
	say("the report could not be written: %s", strerror(-err));
	return STATUS_UNAVAILABLE;
}

static int command_list(int argc, char **argv)
{
	struct options options = {.json = false};
	int status = parse_options(argc, argv, list_options, &options);

	if (status == STATUS_DONE)
		status = refuse_rest(argc, argv);
	if (status != STATUS_DONE)
		return status;
	return say_output_error(report_list(options.json));
}

static int say_outcome(const struct run_item *item, const struct run_result *result)
{
	switch (result->outcome) {
	case OUTCOME_REFUSED:
		say("%s: %s", item->scenario->name, result->problem);
		say_hint("give a smaller COUNT, or no --hold");
		return STATUS_USAGE;
	case OUTCOME_UNAVAILABLE:
		say("%s is not available here: %s", item->scenario->name, result->problem);
		if (item->scenario->needs[0])
			say_hint("it needs: %s", item->scenario->needs);
		return STATUS_UNAVAILABLE;
	default:
		return STATUS_DONE;
	}
}

static int run_plan(const struct run_plan *plan, bool json)
{
	struct run_result *results = calloc(plan->count, sizeof(*results));
	uint64_t start = runner_now();
	int err, status = STATUS_DONE;
	size_t i;

	err = results ? runner_run(plan, results) : -ENOMEM;
	if (err) {
		say("can't start %u threads: %s", plan->threads, strerror(-err));
		free(results);
		return STATUS_UNAVAILABLE;
	}
	err = report_run(plan, results, runner_now() - start, json);
	for (i = 0; i < plan->count; i++) {
		int one = say_outcome(&plan->items[i], &results[i]);

		if (one > status)
			status = one;
	}
	free(results);
	if (err)
		status = say_output_error(err);
	return status;
}

static int command_run(int argc, char **argv)
{
	struct options options = {.threads = 1};
	int status = parse_options(argc, argv, run_options, &options);

	if (status == STATUS_DONE)
		status = parse_items(argc - optind, argv + optind, &options);
	if (status == STATUS_DONE) {
		struct run_plan plan = {
			.items = options.items,
			.count = options.count,
			.threads = (unsigned int)options.threads,
			.rate = options.rate,
			.hold_ns = options.hold_ns,
		};

		status = run_plan(&plan, options.json);
	}
	free(options.items);
	return status;
}

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

/* Round after round, so that every scenario appears however short the time is. */
static void demo_run(const struct run_plan *plan, struct run_result *sums, uint64_t end)
{
	size_t i;

	do {
		for (i = 0; i < plan->count && !runner_stopped(); i++) {
			struct run_plan one = {
				.items = &plan->items[i],
				.count = 1,
				.threads = 1,
				.hold_ns = DEMO_HOLD_NS,
			};
			struct run_result round;

			if (sums[i].outcome == OUTCOME_UNAVAILABLE)
				continue;
			runner_run(&one, &round);
			demo_add(&sums[i], &round);
		}
	} while (runner_now() < end && !runner_stopped());
}

static int demo(struct run_item *items, struct run_result *sums, const struct options *options)
{
	uint64_t start = runner_now();
	struct run_plan plan = {.items = items, .threads = 1};
	const struct scenario *all = scenarios_all(&plan.count);
	size_t i;

	for (i = 0; i < plan.count; i++) {
		items[i].scenario = &all[i];
		items[i].count = all[i].default_count;
		items[i].size = all[i].size;
	}
	demo_run(&plan, sums, start + options->seconds * 1000000000ULL);
	return say_output_error(report_run(&plan, sums, runner_now() - start, options->json));
}

static int command_demo(int argc, char **argv)
{
	struct options options = {.seconds = DEMO_SECONDS};
	int status = parse_options(argc, argv, demo_options, &options);
	struct run_result *sums;
	struct run_item *items;
	size_t count;

	if (status == STATUS_DONE)
		status = refuse_rest(argc, argv);
	if (status != STATUS_DONE)
		return status;
	scenarios_all(&count);
	items = calloc(count, sizeof(*items));
	sums = calloc(count, sizeof(*sums));
	if (items && sums) {
		status = demo(items, sums, &options);
	} else {
		say("out of memory");
		status = STATUS_UNAVAILABLE;
	}
	free(items);
	free(sums);
	return status;
}

static int command_by_name(int argc, char **argv)
{
	char quoted[SAY_QUOTE];

	if (!strcmp(argv[0], "list"))
		return command_list(argc, argv);
	if (!strcmp(argv[0], "run"))
		return command_run(argc, argv);
	if (!strcmp(argv[0], "demo"))
		return command_demo(argc, argv);
	say("no command is called \"%s\": list, run or demo",
	    say_quote(quoted, argv[0], strlen(argv[0])));
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		fputs(usage_text, stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		fputs(usage_text, stdout);
		return STATUS_DONE;
	}
	catch_signals();
	raise_file_limit();
	status = command_by_name(argc - 1, argv + 1);
	pass_signal_on();
	return status;
}
