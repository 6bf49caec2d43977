/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One table for all commands: an option means the same wherever it is allowed.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../user/units.h"
#include "arguments.h"
#include "commands.h"
#include "runner.h"
#include "say.h"

#define MAX_SECONDS 86400U
#define MAX_RATE    1000000000U
#define MAX_CALLS   1000000000000U
#define HELP	    (1 << 8)

const char arguments_usage[] =
	"usage: workload list [--json]\n"
	"       workload run SCENARIO[:COUNT[:SIZE]]... [OPTIONS]\n"
	"       workload demo [--seconds S] [--json]\n"
	"       workload mmap [KIND]... [--json]\n"
	"       workload bench [--seconds S] [--json]\n"
	"       workload fuzz [--calls N] [--seed S] [--threads N] [--json]\n"
	"\n"
	"Makes the kernel allocate memory and tells how much it was: by system calls alone, and\n"
	"where workload.ko is loaded by the module, which counts for itself.\n"
	"\n"
	"  list   the scenarios; those that need the module say so\n"
	"  run    runs scenarios of either kind, one after the other\n"
	"  demo   runs all that can be run here, round after round\n"
	"  mmap   maps /dev/workload in each way that the module has (KIND: mmap-one or just "
	"one),\n"
	"         checks what is in it, and tries what must fail\n"
	"  bench  the same buffer by mmap and by read and write, at several sizes\n"
	"  fuzz   random calls of /dev/workload; its counters have to be right afterwards\n"
	"\n"
	"  --threads N      run everything in each of N threads (1 to 1024), one to a CPU\n"
	"  --rate N/s       at most N objects per second, all threads together\n"
	"  --hold DURATION  keep the objects this long, such as 500ms or 10s, before freeing\n"
	"                   (where `list --json` says that the scenario holds them)\n"
	"  --leak           never free the objects: their memory is lost until the next boot\n"
	"                   (where `list --json` says that the scenario leaks them)\n"
	"  --json           the report as JSON\n"
	"  --seconds S      how long the demo or the benchmark takes (3)\n"
	"  --calls N        how many random calls, in each thread (100000)\n"
	"  --seed S         which random calls: the same seed makes the same again\n"
	"\n"
	"Exit status: 0 done, 1 something is not as it has to be (mmap, fuzz), 2 wrong usage,\n"
	"3 not possible here.\n";

static const struct option all_options[] = {
	{"json", no_argument, NULL, ARGUMENT_JSON},
	{"threads", required_argument, NULL, ARGUMENT_THREADS},
	{"rate", required_argument, NULL, ARGUMENT_RATE},
	{"hold", required_argument, NULL, ARGUMENT_HOLD},
	{"leak", no_argument, NULL, ARGUMENT_LEAK},
	{"seconds", required_argument, NULL, ARGUMENT_SECONDS},
	{"calls", required_argument, NULL, ARGUMENT_CALLS},
	{"seed", required_argument, NULL, ARGUMENT_SEED},
	{"help", no_argument, NULL, HELP},
};

#define OPTION_COUNT (sizeof(all_options) / sizeof(all_options[0]))

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

static int refuse_value(const char *option, const char *value, const char *wanted)
{
	char quoted[SAY_QUOTE];

	say("%s must be %s, not \"%s\"", option, wanted, say_quote(quoted, value, strlen(value)));
	return STATUS_USAGE;
}

/* An option with a value; what it must be, if it is not that, else NULL. */
static const char *parse_value(int option, const char *value, struct arguments *arguments)
{
	switch (option) {
	case ARGUMENT_THREADS:
		return units_parse_count(value, 1, RUNNER_MAX_THREADS, &arguments->threads)
			       ? "a number from 1 to 1024"
			       : NULL;
	case ARGUMENT_RATE:
		return parse_rate(value, &arguments->rate) ? "objects per second, such as 1000/s"
							   : NULL;
	case ARGUMENT_HOLD:
		return units_parse_duration(value, &arguments->hold_ns)
			       ? "a duration, such as 500ms or 10s"
			       : NULL;
	case ARGUMENT_SECONDS:
		return units_parse_count(value, 1, MAX_SECONDS, &arguments->seconds)
			       ? "a number from 1 to 86400"
			       : NULL;
	case ARGUMENT_CALLS:
		return units_parse_count(value, 1, MAX_CALLS, &arguments->calls)
			       ? "a number from 1 to 1000000000000"
			       : NULL;
	default:
		return units_parse_count(value, 0, UINT64_MAX, &arguments->seed)
			       ? "a number below 2^64"
			       : NULL;
	}
}

static int parse_option(const struct option *option, struct arguments *arguments)
{
	const char *wanted;
	char name[16];

	switch (option->val) {
	case HELP:
		fputs(arguments_usage, stdout);
		exit(STATUS_DONE);
	case ARGUMENT_JSON:
		arguments->json = true;
		return STATUS_DONE;
	case ARGUMENT_LEAK:
		arguments->leak = true;
		return STATUS_DONE;
	default:
		wanted = parse_value(option->val, optarg, arguments);
		arguments->seeded |= option->val == ARGUMENT_SEED;
		snprintf(name, sizeof(name), "--%s", option->name);
		return wanted ? refuse_value(name, optarg, wanted) : STATUS_DONE;
	}
}

int arguments_parse(int argc, char **argv, unsigned int known, struct arguments *arguments)
{
	struct option options[OPTION_COUNT + 1];
	int index = 0, status = STATUS_DONE;
	size_t i, count = 0;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (all_options[i].val & (int)(known | HELP))
			options[count++] = all_options[i];
	}
	memset(&options[count], 0, sizeof(options[count]));
	while (status == STATUS_DONE) {
		int found = getopt_long(argc, argv, "", options, &index);

		if (found == -1)
			return STATUS_DONE;
		if (found == '?') {
			say_hint("`workload --help` shows the options");
			return STATUS_USAGE;
		}
		status = parse_option(&options[index], arguments);
	}
	return status;
}

int arguments_refuse_rest(int argc, char **argv)
{
	char quoted[SAY_QUOTE];

	if (optind == argc)
		return STATUS_DONE;
	say("%s takes no argument \"%s\"", argv[0],
	    say_quote(quoted, argv[optind], strlen(argv[optind])));
	return STATUS_USAGE;
}
