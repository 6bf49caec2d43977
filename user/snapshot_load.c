// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * snapshot_file.h, the way in. It trusts nothing: whatever a loaded snapshot says is safe to
 * index, to shift and to add up.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "families.h"
#include "snapshot_fields.h"
#include "snapshot_file.h"

#define TIME_LIMIT    (UINT64_C(1) << 62)
#define SUM_LIMIT     (UINT64_C(1) << 62) /* of all counts of all rows: sums of them never wrap */
#define TEXT_LIMIT    4096
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Where in the file we are, for the sentence that says what is wrong. */
struct loader {
	char *why;
	size_t why_size;
	const char *part; /* "rows"; NULL at the top */
	size_t index;
	uint64_t sum; /* of all counts of all rows so far */
};

static int refuse(const struct loader *loader, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int refuse(const struct loader *loader, const char *key, const char *format, ...)
{
	char what[160], where[64] = "";
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (loader->part)
		snprintf(where, sizeof(where), "%s[%zu].", loader->part, loader->index);
	snprintf(loader->why, loader->why_size, "%s%s %s", where, key, what);
	return -EINVAL;
}

static int no_memory(const struct loader *loader)
{
	snprintf(loader->why, loader->why_size, "there is not enough memory to load it");
	return -ENOMEM;
}

static bool is_hex(char digit)
{
	return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
}

/* Only the one form that snapshot_hex_format() writes, so that equal numbers are equal texts. */
static bool hex_parse(const char *text, uint64_t *value)
{
	char again[SNAPSHOT_HEX_TEXT];

	if (strncmp(text, "0x", 2) || !is_hex(text[2]) || strlen(text) >= SNAPSHOT_HEX_TEXT)
		return false;
	*value = strtoull(text, NULL, 16);
	return !strcmp(snapshot_hex_format(again, *value), text);
}

static int load_count(const struct loader *loader, const json_t *object, const char *key,
		      uint64_t max, uint64_t *out)
{
	const json_t *json = json_object_get(object, key);
	uint64_t value;

	if (!json)
		return refuse(loader, key, "is missing");
	if (json_is_integer(json) && json_integer_value(json) >= 0)
		value = json_integer_value(json);
	else if (!json_is_string(json) || !hex_parse(json_string_value(json), &value))
		return refuse(loader, key, "is neither a count nor a \"0x…\" string");
	if (value > max)
		return refuse(loader, key, "is more than %" PRIu64, max);
	*out = value;
	return 0;
}

static int load_u32(const struct loader *loader, const json_t *object, const char *key,
		    uint32_t max, uint32_t *out)
{
	uint64_t value;
	int status = load_count(loader, object, key, max, &value);

	if (!status)
		*out = value;
	return status;
}

static int load_flag(const struct loader *loader, const json_t *object, const char *key, bool *out)
{
	const json_t *json = json_object_get(object, key);

	if (!json_is_boolean(json))
		return refuse(loader, key, "is not true or false");
	*out = json_is_true(json);
	return 0;
}

static int load_fields(const struct loader *loader, const json_t *object,
		       const struct snapshot_field *fields, size_t count, void *into)
{
	uint64_t value;
	int status = 0;

	for (size_t i = 0; i < count && !status; i++) {
		if (fields[i].later && !json_object_get(object, fields[i].key))
			continue;
		status = load_count(loader, object, fields[i].key, UINT64_MAX, &value);
		if (!status)
			snapshot_field_write(&fields[i], into, value);
	}
	return status;
}

static int load_struct(const struct loader *loader, const json_t *object, const char *key,
		       const struct snapshot_field *fields, size_t count, void *into)
{
	const json_t *json = json_object_get(object, key);

	if (!json_is_object(json))
		return refuse(loader, key, "is not an object");
	return load_fields(loader, json, fields, count, into);
}

static int nibble(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* A new string from its hexadecimal form; NULL when that is malformed, or out of memory. */
static char *unhex(const char *hex)
{
	size_t length = strlen(hex);
	char *text;

	if (length % 2 || strspn(hex, "0123456789abcdef") != length)
		return NULL;
	text = malloc(length / 2 + 1);
	if (!text)
		return NULL;
	for (size_t i = 0; i < length / 2; i++)
		text[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	text[length / 2] = '\0';
	if (strlen(text) == length / 2)
		return text;
	free(text);
	return NULL;
}

/* A text of at most `max` bytes into a new string. */
static int text_load(const struct loader *loader, const json_t *json, const char *key, size_t max,
		     char **out)
{
	const char *hex = json_string_value(json_object_get(json, "hex"));
	char *text;

	if (json_is_string(json))
		text = strdup(json_string_value(json));
	else if (hex)
		text = unhex(hex);
	else
		return refuse(loader, key, "is not a text");
	if (!text)
		return refuse(loader, key, "is not a text in hexadecimal digits");
	if (strlen(text) > max) {
		free(text);
		return refuse(loader, key, "is longer than %zu bytes", max);
	}
	*out = text;
	return 0;
}

static int load_text(const struct loader *loader, const json_t *object, const char *key, char **out)
{
	return text_load(loader, json_object_get(object, key), key, TEXT_LIMIT, out);
}

static int load_optional(const struct loader *loader, const json_t *object, const char *key,
			 char **out)
{
	return json_is_null(json_object_get(object, key)) ? 0 : load_text(loader, object, key, out);
}

static int load_family(const struct loader *loader, const json_t *json, const char *key, int *out)
{
	const char *name = json_string_value(json);

	for (int family = 0; name && family < FAMILY_COUNT; family++) {
		if (!strcmp(name, family_name(family))) {
			*out = family;
			return 0;
		}
	}
	return refuse(loader, key, "is not a family");
}

static int load_families(const struct loader *loader, const json_t *root, unsigned int *out)
{
	const json_t *names = json_object_get(root, "families"), *name;
	unsigned int families = 0;
	int family = 0;
	size_t i;

	if (!json_is_array(names))
		return refuse(loader, "families", "is not an array");
	json_array_foreach(names, i, name)
	{
		if (load_family(loader, name, "families", &family))
			return refuse(loader, "families", "has a name that is not a family");
		if (families >> family & 1)
			return refuse(loader, "families", "names %s twice", family_name(family));
		families |= 1u << family;
	}
	*out = families;
	return 0;
}

static int load_status(const struct loader *loader, const json_t *object, enum hook_status *out)
{
	const char *name = json_string_value(json_object_get(object, "status"));

	for (size_t i = 0; name && i < ARRAY_SIZE(snapshot_status_names); i++) {
		if (!strcmp(name, snapshot_status_names[i])) {
			*out = i;
			return 0;
		}
	}
	return refuse(loader, "status", "is not attached, missing or unwanted");
}

static int load_hook(const struct loader *loader, const json_t *object, struct hook_state *hook)
{
	const json_t *family = json_object_get(object, "family");
	int status;

	hook->family = -1;
	status = load_text(loader, object, "name", &hook->name);
	if (!status)
		status = load_text(loader, object, "kind", &hook->kind);
	if (!status && !json_is_null(family))
		status = load_family(loader, family, "family", &hook->family);
	if (!status)
		status = load_status(loader, object, &hook->status);
	if (!status)
		status = load_optional(loader, object, "reason", &hook->reason);
	if (!status)
		status = load_count(loader, object, "misses", UINT64_MAX, &hook->misses);
	return status;
}

static int load_hooks(struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	const json_t *hooks = json_object_get(root, "hooks");
	size_t count = json_array_size(hooks);
	int status = 0;

	if (!json_is_array(hooks))
		return refuse(loader, "hooks", "is not an array");
	if (count > SNAPSHOT_FILE_HOOKS)
		return refuse(loader, "hooks", "has more than %u elements", SNAPSHOT_FILE_HOOKS);
	snapshot->hooks = calloc(count + 1, sizeof(*snapshot->hooks));
	if (!snapshot->hooks)
		return no_memory(loader);
	snapshot->hook_count = count;
	loader->part = "hooks";
	for (size_t i = 0; i < count && !status; i++) {
		loader->index = i;
		status = load_hook(loader, json_array_get(hooks, i), &snapshot->hooks[i]);
	}
	loader->part = NULL;
	return status;
}

static int load_frames(const struct loader *loader, const json_t *object, struct snapshot_row *row)
{
	const json_t *frames = json_object_get(object, "frames");
	const char *text;

	if (!json_is_array(frames))
		return refuse(loader, "frames", "is not an array");
	if (json_array_size(frames) > TRACER_FRAMES)
		return refuse(loader, "frames", "has more than %d elements", TRACER_FRAMES);
	for (size_t i = 0; i < json_array_size(frames); i++) {
		text = json_string_value(json_array_get(frames, i));
		if (!text || !hex_parse(text, &row->frames[i]) || !row->frames[i])
			return refuse(loader, "frames", "has an element that is no address");
	}
	return 0;
}

static int load_cache(const struct loader *loader, const json_t *object, struct snapshot_row *row)
{
	char *text = NULL;
	int status =
		text_load(loader, json_object_get(object, "cache"), "cache", TRACER_NAME, &text);

	if (!status)
		memcpy(row->cache, text, strlen(text) + 1);
	free(text);
	return status;
}

static bool index_is_movable(size_t index)
{
	return index >= ROW_MOVABLE(0) && index < ROW_MOVABLE(ROW_ORDERS);
}

/* A row of pages has an order where others have a size slot, except that of many sizes. */
static uint32_t slot_limit(int family, size_t index)
{
	return family == FAMILY_PAGES && index != ROW_OTHER(FAMILY_PAGES) ? ROW_ORDERS - 1
									  : SLOT_COUNT - 1;
}

/* What a row is: nothing that the model could index or shift too far by. */
static int load_identity(const struct loader *loader, const json_t *object, size_t index,
			 struct snapshot_row *row)
{
	int family = 0, status;

	status = load_family(loader, json_object_get(object, "family"), "family", &family);
	if (!status && index_is_movable(index) && family != FAMILY_PAGES)
		return refuse(loader, "family", "of a row of movable pages is not pages");
	row->family = family;
	if (!status)
		status = load_count(loader, object, "site", UINT64_MAX, &row->site);
	if (!status)
		status = load_count(loader, object, "tag", UINT64_MAX, &row->tag);
	if (!status)
		status = load_u32(loader, object, "flags",
				  ROW_FAILED | ROW_STACK | ROW_NOSTACK | ROW_CALLED, &row->flags);
	if (!status)
		status = load_u32(loader, object, "slot", slot_limit(family, index), &row->slot);
	if (!status)
		status = load_u32(loader, object, "gfp", UINT32_MAX, &row->gfp);
	return status;
}

/* All counts of all rows must add up: the model does that with signed figures. */
static int check_sum(struct loader *loader, const struct snapshot_row *row)
{
	uint64_t value;

	for (size_t i = 0; i < snapshot_row_fields.count; i++) {
		if (snapshot_row_fields.fields[i].size)
			continue;
		value = snapshot_field_read(&snapshot_row_fields.fields[i], row);
		if (value > SUM_LIMIT - loader->sum)
			return refuse(loader, snapshot_row_fields.fields[i].key,
				      "is impossible: the rows count to more than 2^62");
		loader->sum += value;
	}
	return 0;
}

static int load_row(struct loader *loader, const json_t *object, size_t index,
		    struct snapshot_row *row)
{
	int status = load_identity(loader, object, index, row);

	if (!status)
		status = load_frames(loader, object, row);
	if (!status)
		status = load_cache(loader, object, row);
	if (!status)
		status = load_fields(loader, object, snapshot_row_fields.fields, snapshot_row_fields.count, row);
	if (!status)
		status = check_sum(loader, row);
	return status;
}

static int load_each_row(struct loader *loader, const json_t *rows, struct snapshot *snapshot,
			 bool *seen)
{
	uint64_t index = 0;
	int status = 0;

	for (size_t i = 0; i < json_array_size(rows) && !status; i++) {
		const json_t *object = json_array_get(rows, i);

		loader->index = i;
		status = load_count(loader, object, "index", UINT64_MAX, &index);
		if (status)
			return status;
		if (index >= snapshot->row_count)
			return refuse(loader, "index", "is not below row_count");
		if (seen[index])
			return refuse(loader, "index", "is that of another row");
		seen[index] = true;
		status = load_row(loader, object, index, &snapshot->rows[index]);
	}
	return status;
}

static int load_rows(struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	const json_t *rows = json_object_get(root, "rows");
	uint32_t count = 0;
	bool *seen;
	int status = load_u32(loader, root, "row_count", SNAPSHOT_FILE_ROWS, &count);

	if (status)
		return status;
	if (!json_is_array(rows))
		return refuse(loader, "rows", "is not an array");
	seen = calloc(count + 1, sizeof(*seen));
	snapshot->rows = calloc(count + 1, sizeof(*snapshot->rows));
	snapshot->row_count = count;
	if (!seen || !snapshot->rows) {
		free(seen);
		return no_memory(loader);
	}
	loader->part = "rows";
	status = load_each_row(loader, rows, snapshot, seen);
	loader->part = NULL;
	free(seen);
	return status;
}

static int load_totals(const struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	const json_t *totals = json_object_get(root, "totals");
	int status = 0;

	if (!json_is_object(totals))
		return refuse(loader, "totals", "is not an object");
	for (int family = 0; family < FAMILY_COUNT && !status; family++)
		status = load_struct(loader, totals, family_name(family), snapshot_total_fields.fields, snapshot_total_fields.count, &snapshot->totals[family]);
	return status;
}

static int load_head(const struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	int status = load_optional(loader, root, "kernel", &snapshot->kernel);

	if (!status)
		status = load_optional(loader, root, "arch", &snapshot->arch);
	if (!status)
		status = load_count(loader, root, "started_ns", TIME_LIMIT, &snapshot->started_ns);
	if (!status)
		status =
			load_count(loader, root, "duration_ns", TIME_LIMIT, &snapshot->duration_ns);
	if (!status)
		status = load_families(loader, root, &snapshot->families);
	if (!status)
		status = load_u32(loader, root, "cpus", TRACER_MAX_CPUS, &snapshot->cpus);
	if (!status)
		status = load_optional(loader, root, "filters", &snapshot->filters);
	/* Files from before it was there lack it. */
	if (!status && json_object_get(root, "module"))
		status = load_optional(loader, root, "module", &snapshot->module);
	if (!status)
		status =
			load_count(loader, root, "max_objects", UINT64_MAX, &snapshot->max_objects);
	return status;
}

static int load_flags(const struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	int status = load_flag(loader, root, "live", &snapshot->live);

	if (!status)
		status = load_flag(loader, root, "filtered", &snapshot->filtered);
	if (!status)
		status = load_flag(loader, root, "frees_decidable", &snapshot->frees_decidable);
	return status;
}

static int load_parts(struct loader *loader, const json_t *root, struct snapshot *snapshot)
{
	int status = load_head(loader, root, snapshot);

	if (!status)
		status = load_flags(loader, root, snapshot);
	if (!status)
		status = load_hooks(loader, root, snapshot);
	if (!status)
		status = load_totals(loader, root, snapshot);
	if (!status)
		status = load_struct(loader, root, "loss", snapshot_loss_fields.fields, snapshot_loss_fields.count,
				     &snapshot->loss);
	if (!status)
		status = load_struct(loader, root, "cost", snapshot_cost_fields.fields, snapshot_cost_fields.count,
				     &snapshot->cost);
	if (!status)
		status = load_rows(loader, root, snapshot);
	return status;
}

/* Adds the names to `into`, or with NULL only checks that this can be done. */
static int load_symbols(const struct loader *loader, json_t *root, struct symbols *into)
{
	json_t *names = json_object_get(root, "symbols"), *json;
	const char *key;
	uint64_t address;
	char *text;
	int status;

	if (!json_is_object(names))
		return refuse(loader, "symbols", "is not an object");
	json_object_foreach(names, key, json)
	{
		if (!hex_parse(key, &address))
			return refuse(loader, "symbols", "has a key that is no address");
		status = text_load(loader, json, "symbols", TEXT_LIMIT, &text);
		if (status)
			return status;
		status = into ? symbols_add(into, address, text) : 0;
		free(text);
		if (status)
			return no_memory(loader);
	}
	return 0;
}

static int load_schema(const struct loader *loader, const json_t *root)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (!json_is_object(root) || !schema)
		return refuse(loader, "this", "is not a snapshot: it has no schema");
	if (strcmp(schema, SNAPSHOT_SCHEMA))
		return refuse(loader, "schema", "is \"%.64s\", not \"" SNAPSHOT_SCHEMA "\"", schema);
	return 0;
}

static int load_snapshot(struct loader *loader, json_t *root, struct symbols *into,
			 struct snapshot *snapshot)
{
	int status = load_schema(loader, root);

	if (!status)
		status = load_parts(loader, root, snapshot);
	if (!status)
		status = load_symbols(loader, root, NULL);
	if (!status)
		status = load_symbols(loader, root, into);
	snapshot->symbols = into;
	return status;
}

static int refuse_json(const struct loader *loader, const json_error_t *error, FILE *in)
{
	if (ferror(in)) {
		snprintf(loader->why, loader->why_size, "it can't be read: %s", strerror(errno));
		return -EIO;
	}
	if (json_error_code(error) == json_error_out_of_memory)
		return no_memory(loader);
	snprintf(loader->why, loader->why_size, "it is not JSON: line %d, column %d: %s",
		 error->line, error->column, error->text);
	return -EINVAL;
}

int snapshot_load(struct snapshot *snapshot, struct symbols *into, FILE *in, char *why,
		  size_t why_size)
{
	struct loader loader = {.why = why, .why_size = why_size};
	struct snapshot loaded = {0};
	json_error_t error;
	json_t *root = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
	int status;

	if (!root)
		return refuse_json(&loader, &error, in);
	status = load_snapshot(&loader, root, into, &loaded);
	json_decref(root);
	if (status)
		snapshot_fini(&loaded);
	else
		*snapshot = loaded;
	return status;
}
