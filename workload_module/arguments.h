/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The options of the commands: argv -> plain values. What is wrong is said on standard error.
 */
#ifndef WORKLOAD_ARGUMENTS_H
#define WORKLOAD_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

enum argument {
	ARGUMENT_JSON = 1 << 0,
	ARGUMENT_THREADS = 1 << 1,
	ARGUMENT_RATE = 1 << 2,
	ARGUMENT_HOLD = 1 << 3,
	ARGUMENT_LEAK = 1 << 4,
	ARGUMENT_SECONDS = 1 << 5,
	ARGUMENT_CALLS = 1 << 6,
	ARGUMENT_SEED = 1 << 7,
};

struct arguments {
	uint64_t threads, rate, hold_ns, seconds, calls, seed; /* as given, else as they were */
	bool json, leak, seeded;
};

extern const char arguments_usage[];

/*
 * Reads the options that `known` (of enum argument) allows; what is left over begins at optind.
 * STATUS_DONE or STATUS_USAGE; --help prints the usage and ends the program.
 */
int arguments_parse(int argc, char **argv, unsigned int known, struct arguments *arguments);

/* STATUS_USAGE, said, if anything is left over. */
int arguments_refuse_rest(int argc, char **argv);

#endif
