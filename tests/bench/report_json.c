/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The same for machines: one object, nanoseconds and bytes as plain numbers. */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include <jansson.h>

#include "pin.h"
#include "report.h"

static const char *const metric_keys[LOAD_METRICS] = {
	[LOAD_HOT_ALLOC] = "hot_kmalloc_ns",	    [LOAD_HOT_FREE] = "hot_kfree_ns",
	[LOAD_COLD_ALLOC] = "cold_kmalloc_ns",	    [LOAD_COLD_FREE] = "cold_kfree_ns",
	[LOAD_PIPE_ALLOC] = "kernel_page_alloc_ns", [LOAD_PIPE_FREE] = "kernel_page_free_ns",
	[LOAD_ANON_ALLOC] = "user_page_alloc_ns",   [LOAD_ANON_FREE] = "user_page_free_ns",
};

/* {"median", "p25", "p75", "n"}, or null of nothing. */
static json_t *report_figures(const struct figures *figures)
{
	struct summary summary = figures_summarise(figures);

	if (!summary.count)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:i}", "median", summary.median, "p25", summary.low,
			 "p75", summary.high, "n", (int)summary.count);
}

static json_t *report_metrics(const struct figures metrics[])
{
	json_t *object = json_object();

	for (int i = 0; i < LOAD_METRICS; i++)
		json_object_set_new(object, metric_keys[i], report_figures(&metrics[i]));
	return object;
}

/* "" is null: there is no reason, it was measured. */
static json_t *report_reason(const char *why)
{
	json_t *text = why[0] ? json_string(why) : json_null();

	return text ?: json_string("a reason that is not UTF-8");
}

static json_t *report_variants(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; i < variant_count; i++) {
		const struct rounds_result *result = &report->rounds.of[i];

		if (!report->plan.wanted[i])
			continue;
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:b, s:o, s:o, s:o, s:o}", "name",
						variants[i].name, "label", variants[i].label,
						"traces_frees", variants[i].frees, "reason",
						report_reason(result->why), "added",
						report_metrics(result->added), "hot_ratio",
						report_figures(&result->hot_ratio), "cold_ratio",
						report_figures(&result->cold_ratio)));
	}
	return array;
}

static json_t *report_site(const struct checks_site *site)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:b}", "site", site->name, "expected",
			 (json_int_t)site->expected, "allocs", (json_int_t)site->allocs, "frees",
			 (json_int_t)site->frees, "exact", site->found);
}

static json_t *report_loss(const struct checks_loss *loss)
{
	return json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:f, s:o}", "kmalloc",
			 report_site(&loss->slab), "pages", report_site(&loss->pages),
			 "bytes_expected", (json_int_t)loss->bytes_expected, "bytes_requested",
			 (json_int_t)loss->bytes_requested, "lost", (json_int_t)loss->lost,
			 "skipped", (json_int_t)loss->skipped, "events_per_s", loss->events_per_s,
			 "reason", report_reason(loss->why));
}

static json_t *report_memory(const struct checks_memory *memory)
{
	return json_pack("{s:I, s:I, s:I, s:o}", "resident_bytes", (json_int_t)memory->resident,
			 "resident_peak_bytes", (json_int_t)memory->resident_peak,
			 "whole_peak_bytes", (json_int_t)memory->whole_peak, "reason",
			 report_reason(memory->why));
}

static json_t *report_aim_array(const struct report *report)
{
	struct report_aim aims[AIM_COUNT];
	json_t *array = json_array();

	report_aims(report, aims);
	for (int i = 0; i < AIM_COUNT; i++)
		json_array_append_new(
			array,
			json_pack("{s:s, s:s, s:f, s:o, s:o}", "name", aims[i].name, "unit",
				  aims[i].unit, "most", aims[i].most, "value",
				  aims[i].known ? json_real(aims[i].value) : json_null(), "reached",
				  aims[i].known ? json_boolean(aims[i].value <= aims[i].most)
						: json_null()));
	return array;
}

static json_t *report_head(const struct report *report)
{
	struct utsname host;

	uname(&host);
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:b, s:f, s:{s:i, s:i, s:I}}",
			 "schema", "tracer/bench/1", "kernel", host.release, "arch", host.machine,
			 "cpus", pin_cpus(), "rounds", (int)report->rounds.rounds,
			 "comparisons_dropped", (int)report->rounds.dropped, "other_tracers",
			 (int)report->rounds.others, "out_of_time", report->rounds.out_of_time,
			 "seconds", report->seconds, "load", "hot_objects", (int)LOAD_HOT,
			 "cold_objects", (int)LOAD_COLD, "events_per_round",
			 (json_int_t)load_slab_events());
}

int report_json(const struct report *report, FILE *out)
{
	json_t *root = report_head(report);
	int err;

	if (!root)
		return -ENOMEM;
	json_object_set_new(root, "alone", report_metrics(report->rounds.base));
	json_object_set_new(root, "variants", report_variants(report));
	if (report->checked) {
		json_object_set_new(root, "loss", report_loss(&report->loss));
		json_object_set_new(root, "start_ms", report_figures(&report->start.ms));
		json_object_set_new(root, "start_incomplete",
				    json_integer(report->start.incomplete));
		json_object_set_new(root, "start_reason", report_reason(report->start.why));
		json_object_set_new(root, "memory", report_memory(&report->memory));
	}
	json_object_set_new(root, "aims", report_aim_array(report));
	err = json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) ? -EIO : 0;
	fputc('\n', out);
	json_decref(root);
	return err;
}
