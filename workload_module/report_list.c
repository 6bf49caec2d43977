/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The list of scenarios: the program's, then the module's.
 */
#include <stdio.h>
#include <jansson.h>

#include "module_scenarios.h"
#include "report.h"
#include "report_write.h"
#include "scenarios.h"

static json_t *json_size(const struct scenario *scenario, uint64_t size)
{
	return scenario->max_size ? json_integer((json_int_t)size) : json_null();
}

static int flag(const struct scenario *scenario, unsigned int wanted)
{
	return (scenario->flags & wanted) != 0;
}

/* clang-format off */
static json_t *scenario_json(const struct scenario *scenario)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b,"
			 " s:I, s:o, s:o, s:o}",
			 "name", scenario->name,
			 "family", scenarios_family_name(scenario->family),
			 "does", scenario->summary,
			 "needs", scenario->needs,
			 "module", scenario->module,
			 "runs", scenarios_not_run(scenario) == NULL,
			 "exact", scenarios_exact(scenario),
			 "holds", scenario->live != LIVE_NONE,
			 "leaks", flag(scenario, WORKLOAD_CAN_LEAK),
			 "frees_later", flag(scenario, WORKLOAD_FREES_LATER),
			 "elsewhere", flag(scenario, WORKLOAD_ELSEWHERE),
			 "must_fail", flag(scenario, WORKLOAD_MUST_FAIL),
			 "mmap", flag(scenario, WORKLOAD_BY_MMAP),
			 "count", (json_int_t)scenario->default_count,
			 "size", json_size(scenario, scenario->size),
			 "min_size", json_size(scenario, scenario->min_size),
			 "max_size", json_size(scenario, scenario->max_size));
}
/* clang-format on */

static int report_list_json(void)
{
	const struct scenario *scenario;
	json_t *list = json_array();
	size_t i;

	for (i = 0; (scenario = scenarios_at(i)); i++)
		json_array_append_new(list, scenario_json(scenario));
	return report_write_json(
		json_pack("{s:s, s:o}", "schema", "workload-list/1", "scenarios", list));
}

static int report_list_text(void)
{
	const struct scenario *scenario;
	size_t i;

	printf("%-20s %-7s %-6s %-80s %s\n", "NAME", "FAMILY", "EXACT", "DOES", "NEEDS");
	for (i = 0; (scenario = scenarios_at(i)); i++)
		printf("%-20s %-7s %-6s %-80s %s\n", scenario->name,
		       scenarios_family_name(scenario->family),
		       scenarios_exact(scenario) ? "yes" : "no", scenario->summary,
		       scenario->needs[0] ? scenario->needs : "-");
	return report_flush();
}

int report_list(bool json)
{
	return json ? report_list_json() : report_list_text();
}
