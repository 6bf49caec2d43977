/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A figure that is not known beforehand is null in JSON and "?" in text, never a guess.
 */
#include <inttypes.h>
#include <stdio.h>
#include <jansson.h>

#include "report.h"
#include "report_module.h"
#include "report_write.h"
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

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:s,"
			 " s:b, s:b, s:b, s:b, s:o}",
			 "scenario", row->scenario->name,
			 "source", "program",
			 "family", scenarios_family_name(expected->family),
			 "site", expected->site,
			 "cache", json_text(expected->cache),
			 "allocs", json_known(row->allocs),
			 "frees", json_known(row->frees),
			 "live", json_known(row->allocs < 0 ? -1 : row->allocs - row->frees),
			 "leaked", 0,
			 "failed", json_known(row->failed),
			 "null_frees", json_known(row->null_frees),
			 "size", json_known(row->size),
			 "bytes_requested", json_known(row->bytes),
			 "freed", scenarios_freed_name(expected->freed),
			 "exact", row->exact,
			 "shared", expected->shared,
			 "helper", 0,
			 "fails_silently", 0,
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

/* What of the module's counters belongs to the plan. */
static struct module_choice choice_of(const struct run_plan *plan)
{
	struct module_choice choice = {.chosen = {false}};
	size_t i;

	for (i = 0; i < plan->count; i++) {
		if (plan->items[i].scenario->module)
			choice.chosen[plan->items[i].scenario->id] = choice.chosen[WORKLOAD_OWN] =
				true;
	}
	return choice;
}

/* Of the program's scenarios what they must have made, of the module's what it counted. */
static json_t *expected_json(const struct run_report *report)
{
	json_t *expected = json_array();
	size_t i, j;

	for (i = 0; i < report->plan->count; i++) {
		const struct run_item *item = &report->plan->items[i];
		size_t rows = scenarios_expected(item->scenario);

		for (j = 0; j < rows; j++) {
			struct row row = row_of(item, &report->results[i], j);

			json_array_append_new(expected, row_json(&row));
		}
	}
	if (report->counts) {
		struct module_choice choice = choice_of(report->plan);

		report_module_json(expected, report->counts, &choice);
	}
	return expected;
}

static int report_run_json(const struct run_report *report)
{
	json_t *scenarios = json_array();
	size_t i;

	for (i = 0; i < report->plan->count; i++)
		json_array_append_new(scenarios,
				      result_json(&report->plan->items[i], &report->results[i]));
	return report_write_json(report_join(
		report_head("workload/1"),
		json_pack("{s:i, s:I, s:b, s:o, s:o, s:o}", "threads", (int)report->plan->threads,
			  "duration_ns", (json_int_t)report->duration_ns, "module",
			  report->counts != NULL, "left_out", json_text(report->left_out),
			  "scenarios", scenarios, "expected", expected_json(report))));
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

static void outcome_print(const struct run_item *item, const struct run_result *result)
{
	if (result->outcome != OUTCOME_DONE)
		printf("%-14s %s%s%s\n", item->scenario->name, outcome_name(result->outcome),
		       result->problem[0] ? ": " : "", result->problem);
}

/* The rows of one item, and what became of it if that was not all. */
static void item_print(const struct run_item *item, const struct run_result *result)
{
	size_t i, rows = scenarios_expected(item->scenario);

	for (i = 0; i < rows && (result->made || result->outcome == OUTCOME_DONE); i++) {
		struct row row = row_of(item, result, i);

		row_print(&row);
	}
	outcome_print(item, result);
}

/* The program's scenarios; nothing if the plan has none. */
static void program_print(const struct run_report *report)
{
	const struct run_plan *plan = report->plan;
	size_t i, own = 0;

	for (i = 0; i < plan->count; i++)
		own += !plan->items[i].scenario->module;
	if (own == 0)
		return;
	printf("%-14s %-7s %10s %10s %8s %9s %9s %-6s %s\n", "SCENARIO", "FAMILY", "ALLOCS",
	       "FREES", "FAILED", "KFREENULL", "SIZE", "FREED", "CALL SITE");
	for (i = 0; i < plan->count; i++) {
		if (!plan->items[i].scenario->module)
			item_print(&plan->items[i], &report->results[i]);
	}
	printf("\n+ the process itself allocates a few more here, to start and to write\n");
}

static void module_print(const struct run_report *report)
{
	struct module_choice choice = choice_of(report->plan);
	size_t i;

	if (!report->counts)
		return;
	report_module_text(report->counts, &choice);
	for (i = 0; i < report->plan->count; i++) {
		if (report->plan->items[i].scenario->module)
			outcome_print(&report->plan->items[i], &report->results[i]);
	}
}

static int report_run_text(const struct run_report *report)
{
	const struct run_plan *plan = report->plan;

	program_print(report);
	module_print(report);
	if (report->left_out)
		printf("the module's scenarios were left out: %s\n", report->left_out);
	printf("%u thread%s, %.3f s\n", plan->threads, plan->threads == 1 ? "" : "s",
	       (double)report->duration_ns / 1e9);
	return report_flush();
}

int report_run(const struct run_report *report, bool json)
{
	return json ? report_run_json(report) : report_run_text(report);
}
