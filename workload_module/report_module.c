/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The figures are the module's counters, not what the program thinks it asked for. The size of one
 * allocation is not among them: a call site may ask for several.
 */
#include <stdio.h>
#include <string.h>

#include "report_module.h"
#include "say.h"
#include "scenarios.h"

static const char *family_name(uint32_t family)
{
	static const enum family families[WORKLOAD_FAMILY_COUNT] = {
		[WORKLOAD_FAMILY_KMALLOC] = FAMILY_KMALLOC,
		[WORKLOAD_FAMILY_CACHE] = FAMILY_CACHE,
		[WORKLOAD_FAMILY_VMALLOC] = FAMILY_VMALLOC,
		[WORKLOAD_FAMILY_PERCPU] = FAMILY_PERCPU,
		[WORKLOAD_FAMILY_PAGES] = FAMILY_PAGES,
		[WORKLOAD_FAMILY_MAPPING] = FAMILY_MAPPING,
	};

	return scenarios_family_name(families[family]);
}

/* The module's own: the file that its counters are read by is opened before and closed after. */
static bool row_is_exact(const struct scenario *scenario, const struct workload_row *row)
{
	return !(row->flags & WORKLOAD_ROW_INEXACT) && !(scenario->flags & WORKLOAD_BY_ITSELF);
}

static const char *row_freed(const struct scenario *scenario, const struct workload_row *row)
{
	if (row->frees == 0)
		return scenarios_freed_name(FREED_NEVER);
	return scenarios_freed_name(scenario->flags & WORKLOAD_FREES_LATER ? FREED_UNSEEN
									   : FREED_CALL);
}

static json_t *row_bytes(const struct workload_row *row, uint64_t bytes)
{
	return row->flags & WORKLOAD_ROW_BYTES_UNKNOWN ? json_null()
						       : json_integer((json_int_t)bytes);
}

/* clang-format off */
static json_t *row_json(const struct scenario *scenario, const struct workload_row *row)
{
	char site[SAY_QUOTE];

	say_quote(site, row->site, strnlen(row->site, sizeof(row->site)));
	return json_pack("{s:s, s:s, s:s, s:s, s:n, s:I, s:I, s:I, s:I, s:I, s:I, s:n, s:o, s:o,"
			 " s:s, s:b, s:b, s:b, s:b, s:n}",
			 "scenario", scenario->name,
			 "source", "module",
			 "family", family_name(row->family),
			 "site", site,
			 "cache",
			 "allocs", (json_int_t)row->allocs,
			 "frees", (json_int_t)row->frees,
			 "live", (json_int_t)(row->allocs - row->frees),
			 "leaked", (json_int_t)row->leaked,
			 "failed", (json_int_t)row->failed,
			 "null_frees", (json_int_t)row->null_frees,
			 "size",
			 "bytes_requested", row_bytes(row, row->bytes),
			 "bytes_freed", row_bytes(row, row->bytes_freed),
			 "freed", row_freed(scenario, row),
			 "exact", row_is_exact(scenario, row),
			 "shared", 0,
			 "helper", (row->flags & WORKLOAD_ROW_HELPER) != 0,
			 "fails_silently", (row->flags & WORKLOAD_ROW_FAILS_SILENTLY) != 0,
			 "note");
}
/* clang-format on */

void report_module_json(json_t *rows, const struct module_counts *counts,
			const struct module_choice *choice)
{
	size_t i, j, count;
	const struct scenario *all = scenarios_module(&count);

	for (i = 0; i < count; i++) {
		const struct workload_counts *of = &counts->of[all[i].id];

		for (j = 0; choice->chosen[all[i].id] && j < of->rows; j++)
			json_array_append_new(rows, row_json(&all[i], &of->row[j]));
	}
}

static void row_print(const struct scenario *scenario, const struct workload_row *row)
{
	char site[SAY_QUOTE], bytes[24] = "?";

	if (!(row->flags & WORKLOAD_ROW_BYTES_UNKNOWN))
		snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)row->bytes);
	printf("%-20s %-7s %10llu %10llu %10lld %8llu %9llu %14s %-6s %s%s\n", scenario->name,
	       family_name(row->family), (unsigned long long)row->allocs,
	       (unsigned long long)row->frees, (long long)(row->allocs - row->frees),
	       (unsigned long long)row->failed, (unsigned long long)row->null_frees, bytes,
	       row_freed(scenario, row),
	       say_quote(site, row->site, strnlen(row->site, sizeof(row->site))),
	       row_is_exact(scenario, row) ? "" : " ~");
}

static void table_print(const struct module_counts *counts, const struct module_choice *choice)
{
	size_t i, j, count;
	const struct scenario *all = scenarios_module(&count);

	for (i = 0; i < count; i++) {
		const struct workload_counts *of = &counts->of[all[i].id];

		for (j = 0; choice->chosen[all[i].id] && j < of->rows; j++)
			row_print(&all[i], &of->row[j]);
	}
}

void report_module_text(const struct module_counts *counts, const struct module_choice *choice)
{
	if (!choice->chosen[WORKLOAD_OWN])
		return;
	printf("%-20s %-7s %10s %10s %10s %8s %9s %14s %-6s %s\n", "MODULE SCENARIO", "FAMILY",
	       "ALLOCS", "FREES", "LIVE", "FAILED", "KFREENULL", "BYTES", "FREED", "CALL SITE");
	table_print(counts, choice);
	printf("\ncounted by the module; ~ not exact\n");
}
