/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Everything that was measured, as a table for people or as JSON for machines. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "checks.h"
#include "rounds.h"

struct report {
	struct rounds_plan plan;
	struct rounds_results rounds;
	struct checks_loss loss;
	struct checks_start start;
	struct checks_memory memory;
	bool checked;	/* the last three were made */
	double seconds; /* that all of it took */
};

enum report_aim_id {
	AIM_RATIO,
	AIM_RATIO_NO_LIVE,
	AIM_LOSS,
	AIM_START,
	AIM_MEMORY,
	AIM_COUNT,
};

/* A figure beside what is aimed at. */
struct report_aim {
	const char *name, *unit;
	double most, value; /* it is reached when value <= most */
	bool known;	    /* value was measured */
};

/* Fills in the aims from what was measured. */
void report_aims(const struct report *report, struct report_aim aims[AIM_COUNT]);

/* Writes the table. */
void report_text(const struct report *report, FILE *out);

/* Writes one JSON object, "tracer/bench/1". 0 or -errno. */
int report_json(const struct report *report, FILE *out);

#endif
