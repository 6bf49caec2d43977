/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The look of `tracer inspect` as JSON, `tracer/inspect/1`: its keys are a contract, described by
 * docs/schema/inspect.schema.json. Keys are added, never renamed.
 *
 * A NULL from any helper makes json_pack() fail and so reaches the top as out of memory.
 */
#include "render_inspect.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"

#define NS_PER_US 1000

static const struct {
	enum procfs_meminfo_field field;
	const char *key;
} meminfo_keys[] = {
	{MEMINFO_MEM_TOTAL, "mem_total_bytes"},
	{MEMINFO_MEM_FREE, "mem_free_bytes"},
	{MEMINFO_MEM_AVAILABLE, "mem_available_bytes"},
	{MEMINFO_SLAB, "slab_bytes"},
	{MEMINFO_SRECLAIMABLE, "sreclaimable_bytes"},
	{MEMINFO_SUNRECLAIM, "sunreclaim_bytes"},
	{MEMINFO_KRECLAIMABLE, "kreclaimable_bytes"},
	{MEMINFO_VMALLOC_USED, "vmalloc_used_bytes"},
	{MEMINFO_PERCPU, "percpu_bytes"},
	{MEMINFO_PAGE_TABLES, "page_tables_bytes"},
	{MEMINFO_KERNEL_STACK, "kernel_stack_bytes"},
};

/* JSON numbers of this library are signed; no counter of a real kernel comes near. */
static json_t *json_count(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *json_name(struct procfs_slice name)
{
	char *safe = escape_dup(name.text ? name.text : "", name.length);
	json_t *string = safe ? json_string(safe) : NULL;

	free(safe);
	return string;
}

static json_t *json_name_or_null(struct procfs_slice name)
{
	return name.length ? json_name(name) : json_null();
}

static json_t *json_text_or_null(const char *text)
{
	return text && text[0] ? json_name((struct procfs_slice){text, strlen(text)}) : json_null();
}

/* NULL if the row could not be made or added; the array is given up then. */
static json_t *json_append(json_t *array, json_t *row)
{
	if (json_array_append_new(array, row) == 0)
		return array;
	json_decref(array);
	return NULL;
}

static size_t json_rows(unsigned int top, size_t count)
{
	return top && top < count ? top : count;
}

static json_t *json_sources(const struct inspect_look *look)
{
	json_t *array = json_array();
	int id;

	for (id = 0; array && id < INSPECT_SOURCES; id++) {
		const struct inspect_source *source = &look->sources[id];

		array = json_append(array, json_pack("{s:s, s:s, s:s, s:o, s:o}", "name",
						     source->name, "path", source->path, "status",
						     inspect_status_name(source->status), "reason",
						     json_text_or_null(source->reason), "enable",
						     json_text_or_null(source->enable)));
	}
	return array;
}

static json_t *json_meminfo(const struct inspect_look *look)
{
	const struct procfs_meminfo *meminfo = &look->meminfo;
	json_t *object = json_object(), *value;
	json_t *accounted = json_null(), *rest = json_null();
	uint64_t bytes;
	size_t i;

	for (i = 0; i < sizeof(meminfo_keys) / sizeof(meminfo_keys[0]); i++) {
		value = meminfo->present[meminfo_keys[i].field]
				? json_count(meminfo->bytes[meminfo_keys[i].field])
				: json_null();
		if (json_object_set_new(object, meminfo_keys[i].key, value) < 0)
			goto fail;
	}
	if (procfs_meminfo_accounted(meminfo, &bytes) == 0) {
		accounted = json_count(bytes);
		rest = json_integer((json_int_t)(meminfo->bytes[MEMINFO_MEM_TOTAL] - bytes));
	}
	if (json_object_set_new(object, "accounted_bytes", accounted) < 0 ||
	    json_object_set_new(object, "not_accounted_bytes", rest) < 0)
		goto fail;
	return object;
fail:
	json_decref(object);
	return NULL;
}

static json_t *json_growth(const struct inspect_look *look, int64_t growth)
{
	return look->since_ns ? json_integer(growth) : json_null();
}

static json_t *json_slab(const struct inspect_look *look, unsigned int top)
{
	const struct procfs_slabinfo *slab = &look->slabinfo;
	size_t rows = json_rows(top, slab->count), i;
	json_t *array = json_array();

	for (i = 0; array && i < rows; i++) {
		const struct procfs_cache *cache = &slab->caches[i];

		array = json_append(
			array,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
				  json_name(cache->name), "objects", json_count(cache->objects),
				  "active", json_count(cache->active), "object_size",
				  json_count(cache->object_size), "bytes", json_count(cache->bytes),
				  "waste_bytes", json_count(cache->waste_bytes), "growth_objects",
				  json_growth(look, cache->growth_objects), "growth_bytes",
				  json_growth(look, cache->growth_bytes)));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "cache_count", json_count(slab->count),
			 "bytes", json_count(slab->bytes), "waste_bytes",
			 json_count(slab->waste_bytes), "skipped_lines", json_count(slab->skipped),
			 "caches", array);
}

static json_t *json_vmalloc(const struct inspect_look *look, unsigned int top)
{
	const struct procfs_vmallocinfo *info = &look->vmallocinfo;
	size_t rows = json_rows(top, info->count), i;
	json_t *array = json_array();

	for (i = 0; array && i < rows; i++) {
		const struct procfs_caller *caller = &info->callers[i];

		array = json_append(array, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}",
						     "caller", json_name_or_null(caller->caller),
						     "kind", procfs_area_kind_name(caller->kind),
						     "areas", json_count(caller->areas), "bytes",
						     json_count(caller->bytes), "pages",
						     json_count(caller->pages), "growth_areas",
						     json_growth(look, caller->growth_areas),
						     "growth_bytes",
						     json_growth(look, caller->growth_bytes)));
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "caller_count", json_count(info->count),
			 "areas", json_count(info->areas), "bytes", json_count(info->bytes),
			 "pages", json_count(info->pages), "skipped_lines",
			 json_count(info->skipped), "callers", array);
}

static json_t *json_log_counts(const struct kernlog *log)
{
	json_t *object = json_object();
	int kind;

	for (kind = 0; kind < KERNLOG_KINDS; kind++) {
		if (json_object_set_new(object, kernlog_kind_name(kind),
					json_count(log->counts[kind])) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *json_log(const struct kernlog *log, unsigned int top)
{
	size_t rows = json_rows(top, log->count), i;
	json_t *array = json_array();

	for (i = log->count - rows; array && i < log->count; i++) {
		const struct kernlog_event *event = &log->events[i];

		array = json_append(
			array,
			json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "kind",
				  kernlog_kind_name(event->kind), "time_ns",
				  event->time_us > UINT64_MAX / NS_PER_US
					  ? json_null()
					  : json_count(event->time_us * NS_PER_US),
				  "order",
				  event->order < 0 ? json_null() : json_integer(event->order),
				  "cache", json_name_or_null(event->cache), "site",
				  json_name_or_null(event->site), "text", json_name(event->text)));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "records", json_count(log->records), "overwritten",
			 json_count(log->overwritten), "counts", json_log_counts(log), "events",
			 array);
}

static json_t *json_kmemleak(const struct kernlog_kmemleak *kmemleak, unsigned int top)
{
	size_t rows = json_rows(top, kmemleak->count), i;
	json_t *array = json_array();

	for (i = 0; array && i < rows; i++) {
		const struct kernlog_suspect *suspect = &kmemleak->suspects[i];

		array = json_append(array, json_pack("{s:o, s:o, s:o, s:o}", "site",
						     json_name_or_null(suspect->site), "comm",
						     json_name_or_null(suspect->comm), "objects",
						     json_count(suspect->objects), "bytes",
						     json_count(suspect->bytes)));
	}
	return json_pack("{s:o, s:o, s:o}", "objects", json_count(kmemleak->objects), "bytes",
			 json_count(kmemleak->bytes), "suspects", array);
}

static json_t *json_allocinfo(const struct procfs_allocinfo *info, unsigned int top)
{
	size_t rows = json_rows(top, info->count), i;
	json_t *array = json_array();

	for (i = 0; array && i < rows; i++) {
		const struct procfs_tag *tag = &info->tags[i];

		array = json_append(array,
				    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "file",
					      json_name(tag->file), "line", json_count(tag->line),
					      "module", json_name_or_null(tag->module), "function",
					      json_name(tag->function), "bytes",
					      json_count(tag->bytes), "calls",
					      json_count(tag->calls), "accurate", tag->accurate));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "line_count", json_count(info->count), "bytes",
			 json_count(info->bytes), "skipped_lines", json_count(info->skipped),
			 "lines", array);
}

static json_t *json_block(const struct inspect_look *look, enum inspect_source_id id,
			  unsigned int top)
{
	if (look->sources[id].status != SOURCE_READ)
		return json_null();
	switch (id) {
	case SOURCE_MEMINFO:
		return json_meminfo(look);
	case SOURCE_SLABINFO:
		return json_slab(look, top);
	case SOURCE_VMALLOCINFO:
		return json_vmalloc(look, top);
	case SOURCE_LOG:
		return json_log(&look->log, top);
	case SOURCE_KMEMLEAK:
		return json_kmemleak(&look->kmemleak, top);
	case SOURCE_ALLOCINFO:
		return json_allocinfo(&look->allocinfo, top);
	case INSPECT_SOURCES:
		break;
	}
	return NULL;
}

static json_t *json_report(const struct inspect_look *look, unsigned int top)
{
	json_t *report;
	int id;

	report = json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o}", "schema", "tracer/inspect/1",
			   "kernel", json_text_or_null(look->kernel), "arch",
			   json_text_or_null(look->arch), "started", look->started, "since_ns",
			   look->since_ns ? json_count(look->since_ns) : json_null(), "page_size",
			   json_count(look->page_size), "sources", json_sources(look));
	for (id = 0; report && id < INSPECT_SOURCES; id++) {
		if (json_object_set_new(report, look->sources[id].name, json_block(look, id, top)) <
		    0) {
			json_decref(report);
			return NULL;
		}
	}
	return report;
}

char *render_inspect_json(const struct inspect_look *look, unsigned int top, bool one_line,
			  size_t *length)
{
	json_t *report = json_report(look, top);
	char *text, *line;

	if (!report)
		return NULL;
	text = json_dumps(report, one_line ? JSON_COMPACT : JSON_INDENT(2));
	json_decref(report);
	if (!text)
		return NULL;
	*length = strlen(text);
	line = realloc(text, *length + 2);
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + *length, "\n", 2);
	*length += 1;
	return line;
}
