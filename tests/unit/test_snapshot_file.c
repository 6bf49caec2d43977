/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Snapshots as files: what is saved loads again without a bit lost, and every way in which a file
 * can be wrong is refused with a sentence, leaving the caller's snapshot alone.
 */
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/snapshot_file.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define HOSTILE	      "\x01\x1b[31m\"\\\xff\xe2\x80\xae%s\n"
#define KERNEL_SITE   UINT64_C(0xffffffff81234567)
#define MODULE_SITE   UINT64_C(0xffffffffc0000010)
#define NAMELESS_SITE UINT64_C(0xffffffffc0000999)

static struct hook_state sample_hooks[] = {
	{"kmalloc", "raw_tp", FAMILY_KMALLOC, HOOK_ATTACHED, NULL, 3},
	{HOSTILE, "fentry", -1, HOOK_MISSING, HOSTILE, 0},
	{"kfree", "raw_tp", FAMILY_KMALLOC, HOOK_UNWANTED, "\x7f", UINT64_MAX},
};

static struct snapshot_row sample_rows[40] = {
	[0] = {.family = FAMILY_KMALLOC, .allocs = 1, .slot = 383},
	[17] = {.family = FAMILY_PAGES, .slot = 1, .allocs = 9, .frees = 8},
	[35] = {.site = KERNEL_SITE,
		.tag = UINT64_C(0xffff888100000042),
		.family = FAMILY_CACHE,
		.slot = 40,
		.gfp = UINT32_MAX,
		.cache = HOSTILE,
		.allocs = (UINT64_C(1) << 53) + 1,
		.bytes_requested = UINT64_C(1) << 60,
		.size_min = 1,
		.size_max = UINT64_MAX},
	[39] = {.site = UINT64_MAX,
		.tag = 4,
		.family = FAMILY_VMALLOC,
		.flags = ROW_FAILED | ROW_STACK | ROW_CALLED,
		.frames = {KERNEL_SITE, MODULE_SITE, NAMELESS_SITE, 4,	5,  6,	7,  8,
			   9,		10,	     11,	    12, 13, 14, 15, 16,
			   17,		18,	     19,	    20, 21, 22, 23, 24,
			   25,		26,	     27,	    28, 29, 30, 31, UINT64_MAX},
		.cache = "exactly thirty-two bytes of name",
		.unseen_allocated = 1},
};

static struct snapshot sample(struct symbols *symbols)
{
	struct snapshot snapshot = {
		.kernel = "6.18.5",
		.arch = NULL,
		.started_ns = (UINT64_C(1) << 62),
		.duration_ns = 12345678901,
		.families = 1u << FAMILY_KMALLOC | 1u << FAMILY_MAPPING,
		.cpus = 1024,
		.live = true,
		.filtered = true,
		.filters = HOSTILE,
		.module = HOSTILE,
		.max_objects = UINT64_MAX,
		.hooks = sample_hooks,
		.hook_count = ARRAY_SIZE(sample_hooks),
		.rows = sample_rows,
		.row_count = ARRAY_SIZE(sample_rows),
		.totals = {{1, 2, 3, 4}, {5, 6, 7, UINT64_MAX}},
		.loss = {1, 2, 3, UINT64_MAX, 4, 5},
		.cost = {5, 4, 3, 2, 1},
		.symbols = symbols,
	};

	return snapshot;
}

static struct symbols *sample_symbols(void)
{
	struct symbols *symbols = symbols_new(NULL, NULL);

	assert_non_null(symbols);
	assert_int_equal(symbols_add(symbols, KERNEL_SITE, "do_it+0x1b/0x200"), 0);
	assert_int_equal(symbols_add(symbols, MODULE_SITE, "a\xff\x1b+0x10/0x80 [my_module]"), 0);
	assert_int_equal(symbols_add(symbols, NAMELESS_SITE, "0xffffffffc0000999"), 0);
	return symbols;
}

static char *save(const struct snapshot *snapshot)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(snapshot_save(snapshot, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *save_sample(void)
{
	struct symbols *symbols = sample_symbols();
	struct snapshot snapshot = sample(symbols);
	char *text = save(&snapshot);

	symbols_free(symbols);
	return text;
}

static int load(struct snapshot *snapshot, struct symbols *symbols, const char *text, char *why,
		size_t why_size)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int status;

	assert_non_null(in);
	status = snapshot_load(snapshot, symbols, in, why, why_size);
	fclose(in);
	return status;
}

static void check_rows(const struct snapshot *loaded)
{
	assert_int_equal(loaded->row_count, ARRAY_SIZE(sample_rows));
	for (size_t i = 0; i < ARRAY_SIZE(sample_rows); i++)
		assert_memory_equal(&loaded->rows[i], &sample_rows[i], sizeof(sample_rows[i]));
}

static void check_hooks(const struct snapshot *loaded)
{
	assert_int_equal(loaded->hook_count, ARRAY_SIZE(sample_hooks));
	for (size_t i = 0; i < ARRAY_SIZE(sample_hooks); i++) {
		const struct hook_state *hook = &loaded->hooks[i], *expected = &sample_hooks[i];

		assert_string_equal(hook->name, expected->name);
		assert_string_equal(hook->kind, expected->kind);
		assert_int_equal(hook->family, expected->family);
		assert_int_equal(hook->status, expected->status);
		assert_int_equal(hook->misses, expected->misses);
		if (expected->reason)
			assert_string_equal(hook->reason, expected->reason);
		else
			assert_null(hook->reason);
	}
}

static void check_symbols(const struct symbols *symbols)
{
	const struct symbol *symbol = symbols_find(symbols, KERNEL_SITE);

	assert_non_null(symbol);
	assert_string_equal(symbol->name, "do_it");
	assert_null(symbol->module);
	assert_int_equal(symbol->offset, 0x1b);
	assert_int_equal(symbol->size, 0x200);
	symbol = symbols_find(symbols, MODULE_SITE);
	assert_non_null(symbol);
	assert_string_equal(symbol->name, "a\xff\x1b");
	assert_string_equal(symbol->module, "my_module");
	symbol = symbols_find(symbols, NAMELESS_SITE);
	assert_non_null(symbol);
	assert_null(symbol->name);
}

static void test_round_trip(void **state)
{
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot loaded = {0}, expected = sample(NULL);
	char *text = save_sample(), *again, why[200] = "";

	assert_non_null(symbols);
	if (load(&loaded, symbols, text, why, sizeof(why)))
		fail_msg("%s", why);
	assert_string_equal(loaded.kernel, expected.kernel);
	assert_null(loaded.arch);
	assert_string_equal(loaded.filters, expected.filters);
	assert_string_equal(loaded.module, expected.module);
	assert_int_equal(loaded.started_ns, expected.started_ns);
	assert_int_equal(loaded.duration_ns, expected.duration_ns);
	assert_int_equal(loaded.families, expected.families);
	assert_int_equal(loaded.cpus, expected.cpus);
	assert_int_equal(loaded.max_objects, expected.max_objects);
	assert_true(loaded.live && loaded.filtered && !loaded.frees_decidable);
	assert_memory_equal(loaded.totals, expected.totals, sizeof(loaded.totals));
	assert_memory_equal(&loaded.loss, &expected.loss, sizeof(loaded.loss));
	assert_memory_equal(&loaded.cost, &expected.cost, sizeof(loaded.cost));
	assert_ptr_equal(loaded.symbols, symbols);
	check_rows(&loaded);
	check_hooks(&loaded);
	check_symbols(symbols);
	again = save(&loaded);
	assert_string_equal(again, text);
	free(again);
	free(text);
	snapshot_fini(&loaded);
	symbols_free(symbols);
}

/* The file is JSON that any library reads: plain ASCII, and no integer above 2^53. */
static void check_integers(const json_t *json)
{
	const char *key;
	json_t *part;
	size_t i;

	if (json_is_integer(json))
		assert_true(json_integer_value(json) <= (json_int_t)1 << 53);
	json_array_foreach(json, i, part) check_integers(part);
	json_object_foreach((json_t *)json, key, part) check_integers(part);
}

static void test_portable(void **state)
{
	char *text = save_sample();
	json_t *root = json_loads(text, 0, NULL);

	assert_non_null(root);
	check_integers(root);
	json_decref(root);
	for (const char *at = text; *at; at++)
		assert_true((*at >= 0x20 && *at <= 0x7e) || (*at == '\n' && !at[1]));
	free(text);
}

/* Sets what `path` ("rows/0/slot") leads to; value NULL removes it. */
static void json_change(json_t *root, const char *path, const char *value)
{
	json_t *at = root, *new = NULL;
	char parts[128], *part, *rest = parts;

	snprintf(parts, sizeof(parts), "%s", path);
	if (value) {
		new = json_loads(value, JSON_DECODE_ANY, NULL);
		if (!new)
			fail_msg("the test's own JSON is wrong: %s", value);
	}
	for (part = strsep(&rest, "/"); rest; part = strsep(&rest, "/"))
		at = json_is_array(at) ? json_array_get(at, atoi(part)) : json_object_get(at, part);
	if (!at)
		fail_msg("no such path in the sample: %s", path);
	if (json_is_array(at))
		assert_int_equal(json_array_append_new(at, new), 0);
	else if (new)
		assert_int_equal(json_object_set_new(at, part, new), 0);
	else
		assert_int_equal(json_object_del(at, part), 0);
}

static char *changed_sample(const char *path, const char *value)
{
	char *text = save_sample(), *changed;
	json_t *root = json_loads(text, 0, NULL);

	assert_non_null(root);
	json_change(root, path, value);
	changed = json_dumps(root, JSON_COMPACT);
	assert_non_null(changed);
	json_decref(root);
	free(text);
	return changed;
}

static void check_refused(const char *text, const char *expected)
{
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot snapshot, untouched;
	char why[200] = "";
	int status;

	assert_non_null(symbols);
	memset(&snapshot, 0x5a, sizeof(snapshot));
	untouched = snapshot;
	status = load(&snapshot, symbols, text, why, sizeof(why));
	if (status != -EINVAL || !strstr(why, expected))
		fail_msg("expected \"%s\": status %d, \"%s\"", expected, status, why);
	assert_memory_equal(&snapshot, &untouched, sizeof(snapshot));
	assert_null(symbols_find(symbols, KERNEL_SITE));
	assert_null(strchr(why, '\n'));
	symbols_free(symbols);
}

struct refusal {
	const char *path, *value, *why;
};

static void check_refusals(const struct refusal *refusals, size_t count)
{
	char *text;

	for (size_t i = 0; i < count; i++) {
		text = changed_sample(refusals[i].path, refusals[i].value);
		check_refused(text, refusals[i].why);
		free(text);
	}
}

static void test_refused_head(void **state)
{
	static const struct refusal refusals[] = {
		{"schema", NULL, "it has no schema"},
		{"schema", "1", "it has no schema"},
		{"schema", "\"tracer/stat/1\"", "schema is \"tracer/stat/1\""},
		{"kernel", NULL, "kernel is not a text"},
		{"kernel", "6", "kernel is not a text"},
		{"kernel", "{\"hex\":\"6\"}", "hexadecimal"},
		{"kernel", "{\"hex\":\"6x\"}", "hexadecimal"},
		{"kernel", "{\"hex\":\"6A\"}", "hexadecimal"},
		{"kernel", "{\"hex\":\"6100\"}", "hexadecimal"},
		{"kernel", "{\"hex\":6}", "kernel is not a text"},
		{"arch", "[]", "arch is not a text"},
		{"filters", "false", "filters is not a text"},
		{"started_ns", "\"2025\"", "started_ns is neither"},
		{"started_ns", "\"0x4000000000000001\"", "started_ns is more than"},
		{"started_ns", "-1", "started_ns is neither"},
		{"started_ns", "1.5", "started_ns is neither"},
		{"duration_ns", NULL, "duration_ns is missing"},
		{"duration_ns", "\"0x\"", "duration_ns is neither"},
		{"duration_ns", "\"0x01\"", "duration_ns is neither"},
		{"duration_ns", "\"0xA\"", "duration_ns is neither"},
		{"duration_ns", "\"0x-1\"", "duration_ns is neither"},
		{"duration_ns", "\"0x11111111111111111\"", "duration_ns is neither"},
		{"duration_ns", "\"0xffffffffffffffff\"", "duration_ns is more than"},
		{"families", "{}", "families is not an array"},
		{"families", "[\"kmalloc\",\"kmalloc\"]", "names kmalloc twice"},
		{"families", "[\"slab\"]", "not a family"},
		{"families", "[1]", "not a family"},
		{"cpus", "1025", "cpus is more than 1024"},
		{"live", "1", "live is not true or false"},
		{"filtered", NULL, "filtered is not true or false"},
		{"frees_decidable", "null", "frees_decidable is not true or false"},
		{"max_objects", "null", "max_objects is neither"},
		{"totals", "[]", "totals is not an object"},
		{"totals/cache", NULL, "cache is not an object"},
		{"totals/cache/frees_null", NULL, "frees_null is missing"},
		{"loss", NULL, "loss is not an object"},
		{"loss/row_full", "true", "row_full is neither"},
		{"loss/call_lost", "null", "call_lost is neither"},
		{"module", "7", "module is not a text"},
		{"cost", "0", "cost is not an object"},
		{"cost/events", "\"7\"", "events is neither"},
		{"symbols", "[]", "symbols is not an object"},
		{"symbols/do_it", "\"do_it+0x1/0x2\"", "symbols has a key that is no address"},
		{"symbols/0x0001", "\"do_it+0x1/0x2\"", "symbols has a key that is no address"},
		{"symbols/0x1", "1", "symbols is not a text"},
	};

	check_refusals(refusals, ARRAY_SIZE(refusals));
}

static void test_refused_hooks(void **state)
{
	static const struct refusal refusals[] = {
		{"hooks", "{}", "hooks is not an array"},
		{"hooks/", "7", "hooks[3].name is not a text"},
		{"hooks/1/name", "null", "hooks[1].name is not a text"},
		{"hooks/1/kind", "7", "hooks[1].kind is not a text"},
		{"hooks/1/family", "\"slab\"", "hooks[1].family is not a family"},
		{"hooks/1/family", "0", "hooks[1].family is not a family"},
		{"hooks/1/family", NULL, "hooks[1].family is not a family"},
		{"hooks/1/status", "\"gone\"", "hooks[1].status is not"},
		{"hooks/1/status", "1", "hooks[1].status is not"},
		{"hooks/1/reason", NULL, "hooks[1].reason is not a text"},
		{"hooks/2/misses", "-1", "hooks[2].misses is neither"},
	};

	check_refusals(refusals, ARRAY_SIZE(refusals));
}

static void test_refused_rows(void **state)
{
	static const struct refusal refusals[] = {
		{"row_count", "1048577", "row_count is more than 1048576"},
		{"row_count", "39", "rows[3].index is not below row_count"},
		{"row_count", "0", "rows[0].index is not below row_count"},
		{"row_count", "\"many\"", "row_count is neither"},
		{"rows", "null", "rows is not an array"},
		{"rows/", "[]", "rows[4].index is missing"},
		{"rows/1/index", "0", "rows[1].index is that of another row"},
		{"rows/1/index", "-1", "rows[1].index is neither"},
		{"rows/1/index", "\"0xffffffffffffffff\"", "rows[1].index is not below"},
		{"rows/1/family", "\"kmalloc\"", "rows[1].family of a row of movable pages"},
		{"rows/1/slot", "12", "rows[1].slot is more than 11"},
		{"rows/2/family", "6", "rows[2].family is not a family"},
		{"rows/2/slot", "384", "rows[2].slot is more than 383"},
		{"rows/2/flags", "16", "rows[2].flags is more than 15"},
		{"rows/2/gfp", "4294967296", "rows[2].gfp is more than 4294967295"},
		{"rows/2/site", "null", "rows[2].site is neither"},
		{"rows/2/tag", "true", "rows[2].tag is neither"},
		{"rows/2/cache", NULL, "rows[2].cache is not a text"},
		{"rows/2/cache", "\"name of thirty-three bytes, just 1\"", "longer than 32 bytes"},
		{"rows/2/frames", "null", "rows[2].frames is not an array"},
		{"rows/2/frames", "[1]", "rows[2].frames has an element"},
		{"rows/2/frames", "[\"0x0\"]", "rows[2].frames has an element"},
		{"rows/3/frames/", "\"0x1\"", "rows[3].frames has more than 32"},
		{"rows/2/allocs", "null", "rows[2].allocs is neither"},
		{"rows/2/size_min", NULL, "rows[2].size_min is missing"},
		{"rows/2/freed_allocated", "\"0xffffffffffffffff\"",
		 "freed_allocated is impossible"},
		{"rows/3/unseen", "\"0x3000000000000000\"", "rows[3].unseen is impossible"},
	};

	check_refusals(refusals, ARRAY_SIZE(refusals));
}

static void test_refused_text(void **state)
{
	char *text = save_sample(), *hooks;

	check_refused("x", "it is not JSON: line 1, column 1");
	check_refused("[]", "it has no schema");
	check_refused("{\"schema\":\"tracer/snapshot/1\",\"schema\":\"tracer/snapshot/1\"}",
		      "it is not JSON");
	check_refused("{\"schema\":\"\xff\"}", "it is not JSON");
	hooks = strstr(text, "\"hooks\"");
	assert_non_null(hooks);
	*hooks = '\0';
	check_refused(text, "it is not JSON");
	free(text);
}

static void test_many_hooks(void **state)
{
	json_t *hooks = json_array();
	char *value, *text;

	for (unsigned int i = 0; i < SNAPSHOT_FILE_HOOKS + 1; i++)
		assert_int_equal(json_array_append_new(hooks, json_integer(1)), 0);
	value = json_dumps(hooks, JSON_COMPACT);
	text = changed_sample("hooks", value);
	check_refused(text, "hooks has more than 4096 elements");
	free(text);
	free(value);
	json_decref(hooks);
}

/* What later versions add is no error. */
static void test_unknown_keys(void **state)
{
	char *text = changed_sample("colour", "\"red\""), why[200];
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot loaded = {0};

	assert_int_equal(load(&loaded, symbols, text, why, sizeof(why)), 0);
	snapshot_fini(&loaded);
	symbols_free(symbols);
	free(text);
}

/* … nor is what earlier versions did not have. */
static void test_keys_of_later(void **state)
{
	static const char *const later[] = {"module", "loss/call_lost", "loss/symbol_lost"};
	char *text = save_sample(), why[200] = "";
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot loaded = {0};
	json_t *root = json_loads(text, 0, NULL);

	free(text);
	for (size_t i = 0; i < ARRAY_SIZE(later); i++)
		json_change(root, later[i], NULL);
	text = json_dumps(root, JSON_COMPACT);
	if (load(&loaded, symbols, text, why, sizeof(why)))
		fail_msg("%s", why);
	assert_null(loaded.module);
	assert_int_equal(loaded.loss.call_lost, 0);
	assert_int_equal(loaded.loss.symbol_lost, 0);
	assert_int_equal(loaded.loss.stack_error, 3);
	snapshot_fini(&loaded);
	symbols_free(symbols);
	json_decref(root);
	free(text);
}

static void test_stream_errors(void **state)
{
	struct snapshot snapshot = sample(NULL);
	char why[200] = "";
	FILE *full = fopen("/dev/full", "we"), *directory = fopen("/", "re");

	assert_non_null(full);
	assert_non_null(directory);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(snapshot_save(&snapshot, full), -EIO);
	fclose(full);
	assert_int_equal(snapshot_load(&snapshot, NULL, directory, why, sizeof(why)), -EIO);
	assert_non_null(strstr(why, "can't be read"));
	fclose(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_portable),
		cmocka_unit_test(test_refused_head),  cmocka_unit_test(test_refused_hooks),
		cmocka_unit_test(test_refused_rows),  cmocka_unit_test(test_refused_text),
		cmocka_unit_test(test_many_hooks),    cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_keys_of_later), cmocka_unit_test(test_stream_errors),
	};

	return cmocka_run_group_tests_name("snapshot_file", tests, NULL, NULL);
}
