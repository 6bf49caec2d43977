// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* snapshot_file.h, the way out: JSON by a library, nothing rounded, foreign bytes kept as they are. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "snapshot_fields.h"
#include "snapshot_file.h"

static json_t *save_address(uint64_t address)
{
	char text[SNAPSHOT_HEX_TEXT];

	return json_string(snapshot_hex_format(text, address));
}

static json_t *save_count(uint64_t count)
{
	return count <= SNAPSHOT_EXACT_LIMIT ? json_integer(count) : save_address(count);
}

static bool text_is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static json_t *save_hex(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = strlen(text);
	char *hex = malloc(2 * length + 1);
	json_t *json;

	if (!hex)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		hex[2 * i] = digits[(unsigned char)text[i] >> 4];
		hex[2 * i + 1] = digits[(unsigned char)text[i] & 15];
	}
	json = json_pack("{s:s%}", "hex", hex, 2 * length);
	free(hex);
	return json;
}

static json_t *save_text(const char *text)
{
	if (!text)
		return json_null();
	return text_is_plain(text) ? json_string(text) : save_hex(text);
}

/* Adds `fields` of the struct at `from` to `object`. 0 or -1, as jansson has it. */
static int save_fields(json_t *object, const struct snapshot_field *fields, size_t count, const void *from)
{
	for (size_t i = 0; i < count; i++)
		if (json_object_set_new(object, fields[i].key,
					save_count(snapshot_field_read(&fields[i], from))))
			return -1;
	return 0;
}

static json_t *save_struct(const struct snapshot_field *fields, size_t count, const void *from)
{
	json_t *object = json_object();

	if (save_fields(object, fields, count, from)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *save_frames(const struct snapshot_row *row)
{
	json_t *frames = json_array();

	for (size_t i = 0; i < TRACER_FRAMES && row->frames[i]; i++) {
		if (json_array_append_new(frames, save_address(row->frames[i]))) {
			json_decref(frames);
			return NULL;
		}
	}
	return frames;
}

static json_t *save_row(const struct snapshot_row *row, size_t index)
{
	json_t *object = json_pack("{s:I, s:o, s:o, s:s, s:I, s:I, s:I, s:o, s:o}", "index",
				   (json_int_t)index, "site", save_address(row->site), "tag",
				   save_address(row->tag), "family", family_name(row->family),
				   "flags", (json_int_t)row->flags, "slot", (json_int_t)row->slot,
				   "gfp", (json_int_t)row->gfp, "frames", save_frames(row), "cache",
				   save_text(row->cache));

	if (object && save_fields(object, snapshot_row_fields.fields, snapshot_row_fields.count, row)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static bool row_counted(const struct snapshot_row *row)
{
	for (size_t i = 0; i < snapshot_row_fields.count; i++)
		if (!snapshot_row_fields.fields[i].size && snapshot_field_read(&snapshot_row_fields.fields[i], row))
			return true;
	return false;
}

static json_t *save_rows(const struct snapshot *snapshot)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < snapshot->row_count; i++) {
		if (!row_counted(&snapshot->rows[i]))
			continue;
		if (json_array_append_new(rows, save_row(&snapshot->rows[i], i))) {
			json_decref(rows);
			return NULL;
		}
	}
	return rows;
}

static json_t *save_hook(const struct hook_state *hook)
{
	return json_pack("{s:o, s:o, s:s?, s:s, s:o, s:o}", "name", save_text(hook->name), "kind",
			 save_text(hook->kind), "family",
			 hook->family < 0 ? NULL : family_name(hook->family), "status",
			 snapshot_status_names[hook->status], "reason", save_text(hook->reason), "misses",
			 save_count(hook->misses));
}

static json_t *save_hooks(const struct snapshot *snapshot)
{
	json_t *hooks = json_array();

	for (size_t i = 0; i < snapshot->hook_count; i++) {
		if (json_array_append_new(hooks, save_hook(&snapshot->hooks[i]))) {
			json_decref(hooks);
			return NULL;
		}
	}
	return hooks;
}

static json_t *save_families(unsigned int families)
{
	json_t *names = json_array();

	for (int family = 0; family < FAMILY_COUNT; family++) {
		if ((families >> family & 1) &&
		    json_array_append_new(names, json_string(family_name(family)))) {
			json_decref(names);
			return NULL;
		}
	}
	return names;
}

static json_t *save_totals(const struct snapshot *snapshot)
{
	json_t *totals = json_object();

	for (int family = 0; family < FAMILY_COUNT; family++) {
		if (json_object_set_new(totals, family_name(family),
					save_struct(snapshot_total_fields.fields, snapshot_total_fields.count,
						    &snapshot->totals[family]))) {
			json_decref(totals);
			return NULL;
		}
	}
	return totals;
}

struct symbol_saver {
	json_t *object;
	bool failed;
};

/* The "%pS" text that the symbol was made of. */
static void save_symbol(const struct symbol *symbol, void *context)
{
	struct symbol_saver *saver = context;
	char key[SNAPSHOT_HEX_TEXT], *text;
	int status;

	snapshot_hex_format(key, symbol->address);
	if (symbol->name)
		status = asprintf(&text, "%s+0x%" PRIx64 "/0x%" PRIx64 "%s%s%s", symbol->name,
				  symbol->offset, symbol->size, symbol->module ? " [" : "",
				  symbol->module ? symbol->module : "", symbol->module ? "]" : "");
	else
		status = asprintf(&text, "%s", key);
	if (status < 0) {
		saver->failed = true;
		return;
	}
	if (json_object_set_new(saver->object, key, save_text(text)))
		saver->failed = true;
	free(text);
}

static json_t *save_symbols(const struct symbols *symbols)
{
	struct symbol_saver saver = {.object = json_object()};

	if (symbols)
		symbols_each(symbols, save_symbol, &saver);
	if (saver.failed) {
		json_decref(saver.object);
		return NULL;
	}
	return saver.object;
}

static json_t *save_snapshot(const struct snapshot *snapshot)
{
	return json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:b, s:b, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:I, s:o, s:o}",
		"schema", SNAPSHOT_SCHEMA, "kernel", save_text(snapshot->kernel), "arch",
		save_text(snapshot->arch), "started_ns", save_count(snapshot->started_ns),
		"duration_ns", save_count(snapshot->duration_ns), "families",
		save_families(snapshot->families), "cpus", (json_int_t)snapshot->cpus, "live",
		snapshot->live, "filtered", snapshot->filtered, "frees_decidable",
		snapshot->frees_decidable, "filters", save_text(snapshot->filters), "module",
		save_text(snapshot->module), "max_objects", save_count(snapshot->max_objects), "hooks",
		save_hooks(snapshot), "totals", save_totals(snapshot), "loss",
		save_struct(snapshot_loss_fields.fields, snapshot_loss_fields.count, &snapshot->loss), "cost",
		save_struct(snapshot_cost_fields.fields, snapshot_cost_fields.count, &snapshot->cost), "row_count",
		(json_int_t)snapshot->row_count, "rows", save_rows(snapshot), "symbols",
		save_symbols(snapshot->symbols));
}

int snapshot_save(const struct snapshot *snapshot, FILE *out)
{
	json_t *root = save_snapshot(snapshot);
	int status = 0;

	if (!root)
		return -ENOMEM;
	if (json_dumpf(root, out, JSON_COMPACT))
		status = ferror(out) ? -EIO : -ENOMEM;
	else if (fputc('\n', out) == EOF)
		status = -EIO;
	json_decref(root);
	return status;
}

