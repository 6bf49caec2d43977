/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `tracer inspect`: what the kernel itself says about its memory, one page per look. Needs no
 * hooks and no rights beyond those of the files that it reads.
 */
#ifndef TRACER_INSPECT_H
#define TRACER_INSPECT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct inspect_options {
	const char *root;     /* prefix of every path: "" for this machine, or a saved tree */
	unsigned int top;     /* rows per table; 0: all */
	uint64_t interval_ns; /* between two looks; 0: look once */
	uint64_t duration_ns; /* until the last look; 0: until a signal. Only with an interval */
	bool json;	      /* one object per look; on one line each with an interval */
	bool colour;
};

/*
 * Looks, and writes what it saw to `out`; with an interval again and again, with what changed
 * since the look before, until the duration is over or SIGINT or SIGTERM arrives.
 *
 * Sources that are absent or refused are part of the report, not errors. Returns an enum
 * exit_status: EXIT_DONE, also when the reader of `out` has gone away; EXIT_CANNOT_TRACE, with
 * the reason on standard error, when no source at all could be read, when `out` cannot be
 * written or when memory runs out. SIGPIPE is ignored from then on.
 */
int inspect_run(const struct inspect_options *options, FILE *out);

#endif
