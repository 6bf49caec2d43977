// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The stat report as JSON, by the contract of docs/JSON.md. A value that can't be told is null,
 * and a key beside it says why. Objects are made by json_pack(), which frees its parts and
 * returns NULL when any of them is NULL, so that running out of memory is noticed once, at the end.
 */
#include "render.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "escape.h"
#include "failures.h"
#include "families.h"
#include "gfp.h"
#include "told.h"

#define GFP_TEXT  512
#define TIME_TEXT 48

static const char *const beside_keys[] = {
	[BESIDE_SLAB] = "slab",
	[BESIDE_KMALLOC] = "kmalloc",
	[BESIDE_VMALLOC] = "vmalloc",
	[BESIDE_PERCPU] = "percpu",
};

static const char *const status_keys[] = {
	[HOOK_ATTACHED] = "attached",
	[HOOK_MISSING] = "missing",
	[HOOK_UNWANTED] = "unwanted",
};

static const char *const sort_keys[] = {
	[SORT_BYTES] = "bytes",
	[SORT_COUNT] = "count",
	[SORT_LIVE] = "live",
	[SORT_WASTE] = "waste",
};

/* JSON integers end at 2^63 - 1 here. */
static json_int_t json_count(uint64_t count)
{
	return count > INT64_MAX ? INT64_MAX : (json_int_t)count;
}

/* The count, or null where `reason` says that it can't be told. */
static json_t *count_or_null(uint64_t count, const char *reason)
{
	return reason ? json_null() : json_integer(json_count(count));
}

static json_t *change_or_null(int64_t change, const char *reason)
{
	return reason ? json_null() : json_integer(change);
}

/* "[{…}, …]" of `count` elements made one by one; NULL when out of memory. */
static json_t *make_array(json_t *(*make)(const void *context, size_t index), const void *context,
			  size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, make(context, i))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

json_t *render_json_text(const char *text)
{
	char *escaped;
	json_t *json;

	if (!text)
		return json_null();
	escaped = escape_dup(text, strlen(text));
	json = escaped ? json_string(escaped) : NULL;
	free(escaped);
	return json;
}

/* ---- the head ----------------------------------------------------------------------------- */

/* RFC 3339 in UTC. */
static json_t *make_time(uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	char date[TIME_TEXT], text[2 * TIME_TEXT];
	struct tm parts;

	if (!gmtime_r(&seconds, &parts) ||
	    !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts))
		return json_null();
	snprintf(text, sizeof(text), "%s.%03uZ", date, (unsigned int)(ns / 1000000 % 1000));
	return json_string(text);
}

static json_t *make_hook(const void *context, size_t index)
{
	const struct hook_state *hook = (const struct hook_state *)context + index;

	return json_pack("{s:o, s:o, s:s?, s:s, s:o, s:I}", "name", render_json_text(hook->name),
			 "kind", render_json_text(hook->kind), "family",
			 hook->family < 0 ? NULL : family_name(hook->family), "status",
			 status_keys[hook->status], "reason", render_json_text(hook->reason),
			 "misses", json_count(hook->misses));
}

static json_t *make_loss(const struct snapshot *snapshot)
{
	const struct tracer_loss *loss = &snapshot->loss;
	uint64_t misses = 0;

	for (size_t i = 0; i < snapshot->hook_count; i++)
		misses += snapshot->hooks[i].misses;
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "row_full",
			 json_count(loss->row_full), "ledger_full",
			 json_count(loss->ledger_full), "stack_error",
			 json_count(loss->stack_error), "size_clipped",
			 json_count(loss->size_clipped), "call_lost", json_count(loss->call_lost),
			 "symbol_lost", json_count(loss->symbol_lost), "recursion_misses",
			 json_count(misses));
}

static json_t *make_cost(const struct snapshot_cost *cost)
{
	bool measured = cost->ns_per_event && cost->ns_per_event_empty;
	const char *reason = measured ? NULL : "the cost of an event was not measured";
	uint64_t bpf_ns;

	if (__builtin_mul_overflow(cost->events, cost->ns_per_event, &bpf_ns))
		bpf_ns = UINT64_MAX;
	return json_pack("{s:I, s:o, s:o, s:o, s:s?, s:I, s:I, s:b}", "events",
			 json_count(cost->events), "bpf_ns", count_or_null(bpf_ns, reason),
			 "bpf_ns_per_event", count_or_null(cost->ns_per_event, reason),
			 "bpf_ns_per_event_empty", count_or_null(cost->ns_per_event_empty, reason),
			 "bpf_reason", reason, "user_cpu_ns", json_count(cost->user_cpu_ns),
			 "kernel_bytes", json_count(cost->kernel_bytes), "estimate", 1);
}

json_t *render_json_head(const char *schema, const struct snapshot *snapshot)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o}", "schema", schema, "kernel",
			 render_json_text(snapshot->kernel), "arch",
			 render_json_text(snapshot->arch), "started",
			 make_time(snapshot->started_ns), "duration_ns",
			 json_count(snapshot->duration_ns), "hooks",
			 make_array(make_hook, snapshot->hooks, snapshot->hook_count), "loss",
			 make_loss(snapshot), "cost", make_cost(&snapshot->cost));
}

/* ---- families ----------------------------------------------------------------------------- */

static json_t *make_buckets(const struct histogram *size)
{
	json_t *buckets = json_array();

	for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
		if (!size->slots[slot])
			continue;
		if (json_array_append_new(buckets,
					  json_pack("[I, I, I]", json_count(slot_low(slot)),
						    json_count(slot_high(slot)),
						    json_count(size->slots[slot])))) {
			json_decref(buckets);
			return NULL;
		}
	}
	return buckets;
}

static json_t *make_size(const struct histogram *size)
{
	return json_pack(
		"{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "unit", "bytes", "count",
		json_count(size->count), "sum", json_count(size->sum), "min", json_count(size->min),
		"max", json_count(size->max), "p50", json_count(histogram_percentile(size, 0.5)),
		"p90", json_count(histogram_percentile(size, 0.9)), "p99",
		json_count(histogram_percentile(size, 0.99)), "buckets", make_buckets(size));
}

static json_t *make_beside(const struct model_beside *beside, const struct told *told)
{
	return json_pack("{s:I, s:o, s:I, s:o, s:o}", "allocs", json_count(beside->allocs), "frees",
			 count_or_null(beside->frees, told->live), "bytes_allocated",
			 json_count(beside->bytes_allocated), "live_objects",
			 change_or_null(beside->live_objects, told->live), "live_bytes",
			 change_or_null(beside->live_bytes, told->live));
}

static json_t *make_backing(const struct model_family *pages, const struct told *told)
{
	json_t *backing = json_object();

	for (size_t i = 0; i < sizeof(beside_keys) / sizeof(beside_keys[0]); i++) {
		if (json_object_set_new(backing, beside_keys[i],
					make_beside(&pages->beside[i], told))) {
			json_decref(backing);
			return NULL;
		}
	}
	return backing;
}

static json_t *make_internal(const struct model_beside *beside, const struct told *told)
{
	json_t *object = make_beside(beside, told);

	if (object && !json_object_set_new(object, "failed", json_integer(json_count(beside->failed))))
		return object;
	json_decref(object);
	return NULL;
}

/* Adds what the module's code did not ask for. 0 or -1, as jansson has it. */
static int add_not_asked(json_t *object, const struct model_family *family, const struct told *told)
{
	const struct model_beside *interrupted = &family->beside[BESIDE_INTERRUPTED];
	uint64_t events = interrupted->allocs + interrupted->failed;

	if (json_object_set_new(object, "internal",
				make_internal(&family->beside[BESIDE_INTERNAL], told)))
		return -1;
	return json_object_set_new(object, "interrupted", json_integer(json_count(events)));
}

/* Adds what lies beside the family's totals. 0 or -1, as jansson has it. */
static int add_besides(json_t *object, const struct model_family *family, int number,
		       const struct told *told)
{
	if (number == FAMILY_KMALLOC)
		return json_object_set_new(object, "fallbacks",
					   json_integer(json_count(family->fallbacks)));
	if (number == FAMILY_VMALLOC)
		return json_object_set_new(object, "mapped",
					   make_beside(&family->beside[BESIDE_MAPPED], told));
	if (number != FAMILY_PAGES)
		return 0;
	return json_object_set_new(object, "backing", make_backing(family, told)) ||
			       json_object_set_new(
				       object, "movable",
				       make_beside(&family->beside[BESIDE_MOVABLE], told))
		       ? -1
		       : 0;
}

/* Reasons stand only beside figures that can't be told. */
static int add_reasons(json_t *object, const struct told *told)
{
	if (told->live && json_object_set_new(object, "live_reason", json_string(told->live)))
		return -1;
	if (told->frees && json_object_set_new(object, "frees_reason", json_string(told->frees)))
		return -1;
	if (told->frees_unknown &&
	    json_object_set_new(object, "frees_unknown_reason", json_string(told->frees_unknown)))
		return -1;
	return 0;
}

static json_t *make_family(const struct model *model, int number, const struct told *told)
{
	const struct model_family *family = &model->families[number];
	json_t *object = json_pack(
		"{s:I, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:n, s:n}", "allocs",
		json_count(family->allocs), "frees", count_or_null(family->frees, told->frees),
		"failed", json_count(family->failed), "bytes_requested",
		json_count(family->bytes_requested), "bytes_allocated",
		json_count(family->bytes_allocated), "live_objects",
		change_or_null(family->live_objects, told->live), "live_bytes",
		change_or_null(family->live_bytes, told->live), "frees_unknown",
		count_or_null(family->frees_unknown, told->frees_unknown), "frees_unseen",
		count_or_null(family->frees_unseen, told->live), "frees_null",
		json_count(family->frees_null), "duplicates", json_count(family->duplicates),
		"size", make_size(&family->size), "alloc_latency", "free_latency");

	if (object && (add_besides(object, family, number, told) || add_reasons(object, told) ||
		       (model->snapshot->module && add_not_asked(object, family, told)))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *make_families(const struct model *model)
{
	json_t *families = json_object();

	for (int number = 0; number < FAMILY_COUNT; number++) {
		struct told told = told_of_family(model->snapshot, number);

		if (!model->families[number].traced)
			continue;
		if (json_object_set_new(families, family_name(number),
					make_family(model, number, &told))) {
			json_decref(families);
			return NULL;
		}
	}
	return families;
}

/* ---- sites and failures ------------------------------------------------------------------- */

/* "A|B" as ["A", "B"]. */
static json_t *make_gfp(uint32_t gfp)
{
	char text[GFP_TEXT], *rest = text, *name;
	json_t *names = json_array();

	gfp_format(text, sizeof(text), gfp);
	while ((name = strsep(&rest, "|"))) {
		if (json_array_append_new(names, json_string(name))) {
			json_decref(names);
			return NULL;
		}
	}
	return names;
}

/* The keys that say where: for `symbol` NULL, `label` is what stands in its place. */
static json_t *make_place(int family, const struct symbol *symbol, const char *label)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:n, s:n, s:o}", "family", family_name(family),
			 "symbol", render_json_text(symbol ? symbol->name : NULL), "offset",
			 symbol ? json_integer(json_count(symbol->offset)) : json_null(), "module",
			 render_json_text(symbol ? symbol->module : NULL), "file", "line", "label",
			 symbol ? json_null() : render_json_text(label));
}

static json_t *make_site(const void *context, size_t index)
{
	const struct model *model = context;
	const struct model_site *site = &model->sites[index];
	const char *reason = told_of_family(model->snapshot, site->family).live;
	json_t *object = make_place(site->family, site->symbol, site->label);
	json_t *figures = json_pack(
		"{s:o, s:I, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "cache",
		render_json_text(site->cache[0] ? site->cache : NULL), "allocs",
		json_count(site->allocs), "frees", count_or_null(site->frees, reason), "failed",
		json_count(site->failed), "bytes_requested", json_count(site->bytes_requested),
		"bytes_allocated", json_count(site->bytes_allocated), "live_objects",
		change_or_null(site->live_objects, reason), "live_bytes",
		change_or_null(site->live_bytes, reason), "frees_unseen",
		count_or_null(site->frees_unseen, reason));
	int failed = !object || !figures || json_object_update(object, figures) ||
		     (site->failed &&
		      json_object_set_new(object, "failed_gfp", make_gfp(site->failed_gfp)));

	json_decref(figures);
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *make_failure(const void *context, size_t index)
{
	const struct failure *failure = (const struct failure *)context + index;
	json_t *object = make_place(failure->family, failure->symbol, failure->label);
	json_t *figures = json_pack("{s:I, s:I, s:I, s:o}", "count", json_count(failure->count),
				    "size_min", json_count(failure->size_min), "size_max",
				    json_count(failure->size_max), "gfp", make_gfp(failure->gfp));
	int failed = !object || !figures || json_object_update(object, figures);

	json_decref(figures);
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static size_t at_most(size_t count, unsigned int top)
{
	return count < top ? count : top;
}

static json_t *make_failures(const struct snapshot *snapshot, unsigned int top)
{
	struct failures failures;
	json_t *array;

	if (failures_build(&failures, snapshot))
		return NULL;
	array = make_array(make_failure, failures.list, at_most(failures.count, top));
	failures_fini(&failures);
	return array;
}

/* ---- the report --------------------------------------------------------------------------- */

static json_t *make_interval(const struct model *model, unsigned int number)
{
	if (!model->interval)
		return json_null();
	return json_pack("{s:I, s:I}", "number", (json_int_t)number, "duration_ns",
			 json_count(model->duration_ns));
}

static json_t *make_body(const struct model *model, const struct render_options *options)
{
	const struct snapshot *snapshot = model->snapshot;
	size_t shown = at_most(model->site_count, options->top);

	return json_pack("{s:I, s:b, s:o, s:o, s:s, s:s, s:o, s:s, s:o, s:I, s:o}", "cpus",
			 (json_int_t)snapshot->cpus, "live", snapshot->live, "filters",
			 render_json_text(snapshot->filters), "module",
			 render_json_text(snapshot->module), "latency_reason",
			 "not measured: latency hooks are not part of this report", "line_reason",
			 "not looked up: source lines are not part of this report", "interval",
			 make_interval(model, options->interval_number), "sort",
			 sort_keys[options->sort], "families", make_families(model),
			 "sites_total", json_count(model->site_count), "sites",
			 make_array(make_site, model, shown));
}

static json_t *make_report(const struct model *model, const struct render_options *options)
{
	json_t *report = render_json_head("tracer/stat/1", model->snapshot);
	json_t *body = make_body(model, options);
	int failed = !report || !body || json_object_update(report, body);

	json_decref(body);
	if (!failed && !model->interval)
		failed = json_object_set_new(report, "failures",
					     make_failures(model->snapshot, options->top));
	if (!failed)
		return report;
	json_decref(report);
	return NULL;
}

int render_stat_json(const struct model *model, const struct render_options *options, FILE *out)
{
	json_t *report = make_report(model, options);
	char *text = report ? json_dumps(report, JSON_COMPACT) : NULL;

	json_decref(report);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
