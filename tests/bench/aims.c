/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What tracer is meant to reach. A figure that was not measured reaches nothing. */
#include <string.h>

#include "report.h"

static const struct rounds_result *aims_variant(const struct report *report, const char *name)
{
	for (size_t i = 0; i < variant_count; i++)
		if (strcmp(variants[i].name, name) == 0)
			return &report->rounds.of[i];
	return NULL;
}

static void aims_ratio(const struct report *report, const char *name, struct report_aim *aim)
{
	const struct rounds_result *result = aims_variant(report, name);

	aim->known = result && result->hot_ratio.count;
	aim->value = aim->known ? figures_summarise(&result->hot_ratio).median : 0;
}

static uint64_t aims_difference(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Everything that was not told: counted as lost, or not counted at all. */
static uint64_t aims_untold(const struct checks_site *site)
{
	return aims_difference(site->expected, site->allocs) +
	       aims_difference(site->expected, site->frees);
}

void report_aims(const struct report *report, struct report_aim aims[AIM_COUNT])
{
	const struct checks_loss *loss = &report->loss;
	const struct checks_memory *memory = &report->memory;

	aims[AIM_RATIO] =
		(struct report_aim){.name = "tracer stat, hot pair, times the empty program",
				    .unit = "x",
				    .most = 1.25};
	aims[AIM_RATIO_NO_LIVE] = (struct report_aim){
		.name = "tracer stat --no-live, the same", .unit = "x", .most = 1.25};
	aims_ratio(report, "stat", &aims[AIM_RATIO]);
	aims_ratio(report, "stat-no-live", &aims[AIM_RATIO_NO_LIVE]);
	aims[AIM_LOSS] = (struct report_aim){
		.name = "events of the load lost at full speed",
		.unit = "events",
		.value =
			(double)(loss->lost + aims_untold(&loss->slab) + aims_untold(&loss->pages)),
		.known = report->checked && !loss->why[0],
	};
	aims[AIM_START] = (struct report_aim){
		.name = "exec to first event counted",
		.unit = "ms",
		.most = 50,
		.value = figures_summarise(&report->start.ms).median,
		.known = report->checked && !report->start.why[0],
	};
	aims[AIM_MEMORY] = (struct report_aim){
		.name = "resident memory, whole run",
		.unit = "MB",
		.most = 30,
		.value = (double)memory->whole_peak / 1e6,
		.known = report->checked && !memory->why[0],
	};
}
