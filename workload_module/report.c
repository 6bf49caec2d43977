/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A figure that is not known beforehand is null in JSON and "?" in text, never a guess.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <jansson.h>

#include "report.h"
#include "scenarios.h"
#include "shape.h"

/* One row of a report: -1 for what is not known. */
struct row {
	const struct scenario *scenario;
	const struct expected *expected;
	int64_t allocs, frees, failed, null_frees, size, bytes;
	bool exact;
};

/* A kernel that can't tell its shape is taken for one that may be different. */
static bool row_counted(const struct expected *expected)
{
	return expected->counted &&
	       (!expected->not_with || shape_has_word(expected->not_with) == 0);
}

static struct row row_of(const struct run_item *item, const struct run_result *result, size_t index)
{
	const struct expected *expected = &item->scenario->expected[index];
	uint64_t made = expected->once ? result->begun : result->made;
	uint64_t dropped = expected->once ? result->begun : result->dropped;
	bool counted = row_counted(expected);
	struct row row = {
		.scenario = item->scenario,
		.expected = expected,
		.allocs = (int64_t)(expected->allocs * made),
		.frees = (int64_t)(expected->allocs * dropped),
		.failed = (int64_t)(expected->failed * made),
		.null_frees = (int64_t)(expected->null_frees * made),
		.size = scenarios_bytes(expected, item->size),
		.exact = counted && result->outcome != OUTCOME_UNAVAILABLE,
	};

	row.bytes = row.size < 0 ? -1 : row.size * row.allocs;
	if (!counted)
		row.allocs = row.frees = row.failed = row.null_frees = row.bytes = -1;
	return row;
}

static json_t *json_known(int64_t figure)
{
	return figure < 0 ? json_null() : json_integer(figure);
}

static json_t *json_text(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* clang-format off */
static json_t *row_json(const struct row *row)
{
	const struct expected *expected = row->expected;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:o}",
			 "scenario", row->scenario->name,
			 "family", scenarios_family_name(expected->family),
			 "site", expected->site,
			 "cache", json_text(expected->cache),
			 "allocs", json_known(row->allocs),
			 "frees", json_known(row->frees),
			 "failed", json_known(row->failed),
			 "null_frees", json_known(row->null_frees),
			 "size", json_known(row->size),
			 "bytes_requested", json_known(row->bytes),
			 "freed", scenarios_freed_name(expected->freed),
			 "exact", row->exact,
			 "shared", expected->shared,
			 "note", json_text(expected->note));
}
/* clang-format on */

static const char *outcome_name(enum outcome outcome)
{
	static const char *const names[] = {"done", "stopped", "refused", "unavailable"};

	return names[outcome];
}

/* clang-format off */
static json_t *result_json(const struct run_item *item, const struct run_result *result)
{
	const struct scenario *scenario = item->scenario;

	return json_pack("{s:s, s:s, s:I, s:o, s:s, s:o, s:I, s:I, s:I}",
			 "scenario", scenario->name,
			 "family", scenarios_family_name(scenario->family),
			 "count", (json_int_t)item->count,
			 "size", json_known(scenario->max_size ? (int64_t)item->size : -1),
			 "status", outcome_name(result->outcome),
			 "reason", json_text(result->problem[0] ? result->problem : NULL),
			 "calls", (json_int_t)result->calls,
			 "objects", (json_int_t)result->made,
			 "freed", (json_int_t)result->dropped);
}
/* clang-format on */

/* Takes the report over. */
static int report_write_json(json_t *report)
{
	int err = 0;

	if (!report)
		return -ENOMEM;
	errno = 0;
	if (json_dumpf(report, stdout, JSON_INDENT(2)) || putchar('\n') == EOF || fflush(stdout))
		err = errno ? -errno : -EIO;
	json_decref(report);
	return err;
}

static int report_flush(void)
{
	return fflush(stdout) || ferror(stdout) ? -(errno ? errno : EIO) : 0;
}

static int report_run_json(const struct run_plan *plan, const struct run_result *results,
			   uint64_t duration_ns)
{
	json_t *scenarios = json_array(), *expected = json_array();
	struct utsname kernel;
	size_t i, j;

	uname(&kernel);
	for (i = 0; i < plan->count; i++) {
		size_t rows = scenarios_expected(plan->items[i].scenario);

		json_array_append_new(scenarios, result_json(&plan->items[i], &results[i]));
		for (j = 0; j < rows; j++) {
			struct row row = row_of(&plan->items[i], &results[i], j);

			json_array_append_new(expected, row_json(&row));
		}
	}
	return report_write_json(json_pack("{s:s, s:s, s:s, s:i, s:I, s:o, s:o}", "schema",
					   "workload/1", "kernel", kernel.release, "arch",
					   kernel.machine, "threads", (int)plan->threads,
					   "duration_ns", (json_int_t)duration_ns, "scenarios",
					   scenarios, "expected", expected));
}

static const char *known_text(char out[24], int64_t figure)
{
	if (figure < 0)
		return "?";
	snprintf(out, 24, "%" PRId64, figure);
	return out;
}

static void row_print(const struct row *row)
{
	char allocs[24], frees[24], failed[24], nulls[24], size[24];

	printf("%-14s %-7s %10s %10s %8s %9s %9s %-6s %s%s\n", row->scenario->name,
	       scenarios_family_name(row->expected->family), known_text(allocs, row->allocs),
	       known_text(frees, row->frees), known_text(failed, row->failed),
	       known_text(nulls, row->null_frees), known_text(size, row->size),
	       scenarios_freed_name(row->expected->freed), row->expected->site,
	       row->expected->shared ? " +" : "");
}

static int report_run_text(const struct run_plan *plan, const struct run_result *results,
			   uint64_t duration_ns)
{
	size_t i, j;

	printf("%-14s %-7s %10s %10s %8s %9s %9s %-6s %s\n", "SCENARIO", "FAMILY", "ALLOCS",
	       "FREES", "FAILED", "KFREENULL", "SIZE", "FREED", "CALL SITE");
	for (i = 0; i < plan->count; i++) {
		const struct run_result *result = &results[i];
		size_t rows = scenarios_expected(plan->items[i].scenario);

		for (j = 0; j < rows && (result->made || result->outcome == OUTCOME_DONE); j++) {
			struct row row = row_of(&plan->items[i], result, j);

			row_print(&row);
		}
		if (result->outcome != OUTCOME_DONE)
			printf("%-14s %s%s%s\n", plan->items[i].scenario->name,
			       outcome_name(result->outcome), result->problem[0] ? ": " : "",
			       result->problem);
	}
	printf("\n+ the process itself allocates a few more here, to start and to write\n"
	       "%u thread%s, %.3f s\n",
	       plan->threads, plan->threads == 1 ? "" : "s", (double)duration_ns / 1e9);
	return report_flush();
}

int report_run(const struct run_plan *plan, const struct run_result *results, uint64_t duration_ns,
	       bool json)
{
	return json ? report_run_json(plan, results, duration_ns)
		    : report_run_text(plan, results, duration_ns);
}

/* clang-format off */
static json_t *scenario_json(const struct scenario *scenario)
{
	bool sized = scenario->max_size != 0;

	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:o, s:o, s:o}",
			 "name", scenario->name,
			 "family", scenarios_family_name(scenario->family),
			 "does", scenario->summary,
			 "needs", scenario->needs,
			 "exact", scenarios_exact(scenario),
			 "holds", scenario->live != LIVE_NONE,
			 "count", (json_int_t)scenario->default_count,
			 "size", json_known(sized ? (int64_t)scenario->size : -1),
			 "min_size", json_known(sized ? (int64_t)scenario->min_size : -1),
			 "max_size", json_known(sized ? (int64_t)scenario->max_size : -1));
}
/* clang-format on */

static int report_list_json(void)
{
	size_t i, count;
	const struct scenario *all = scenarios_all(&count);
	json_t *list = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(list, scenario_json(&all[i]));
	return report_write_json(
		json_pack("{s:s, s:o}", "schema", "workload-list/1", "scenarios", list));
}

static int report_list_text(void)
{
	size_t i, count;
	const struct scenario *all = scenarios_all(&count);

	printf("%-14s %-7s %-6s %-72s %s\n", "NAME", "FAMILY", "EXACT", "DOES", "NEEDS");
	for (i = 0; i < count; i++)
		printf("%-14s %-7s %-6s %-72s %s\n", all[i].name,
		       scenarios_family_name(all[i].family),
		       scenarios_exact(&all[i]) ? "yes" : "no", all[i].summary,
		       all[i].needs[0] ? all[i].needs : "-");
	return report_flush();
}

int report_list(bool json)
{
	return json ? report_list_json() : report_list_text();
}
