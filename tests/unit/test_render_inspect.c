/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Saved trees of /proc, /sys and /dev in tests/golden/inspect against the pages that tracer
 * inspect must make of them. Figures are of pages of 4096 bytes.
 * TRACER_UPDATE_GOLDENS=1 writes the expected files anew instead.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/inspect_growth.h"
#include "../../user/render_inspect.h"

#define GOLDEN_PAGE  4096
#define LARGEST_FILE 65536

static void golden_path(char *path, const char *name, const char *file)
{
	const char *root = getenv("TRACER_SOURCE");

	snprintf(path, PATH_MAX, "%s/tests/golden/inspect/%s/%s", root ? root : ".", name, file);
}

static void take(struct inspect_look *look, const char *name)
{
	char path[PATH_MAX];

	golden_path(path, name, "tree");
	assert_int_equal(inspect_look_take(path, look), 0);
	snprintf(look->started, sizeof(look->started), "2000-01-01T00:00:00.000Z");
}

static void compare(const char *name, const char *file, const char *text, size_t length)
{
	char path[PATH_MAX], *expected;
	FILE *golden;
	size_t n;

	golden_path(path, name, file);
	if (getenv("TRACER_UPDATE_GOLDENS")) {
		golden = fopen(path, "we");
		assert_non_null(golden);
		assert_int_equal(fwrite(text, 1, length, golden), length);
		assert_int_equal(fclose(golden), 0);
		return;
	}
	golden = fopen(path, "re");
	assert_non_null(golden);
	expected = calloc(1, LARGEST_FILE);
	assert_non_null(expected);
	n = fread(expected, 1, LARGEST_FILE - 1, golden);
	fclose(golden);
	if (n != length || memcmp(expected, text, n) != 0)
		fail_msg("%s differs; this came out:\n%s", path, text);
	free(expected);
}

static void check_pages(void **state)
{
	const char *name = *state;
	struct inspect_look look;
	size_t length;
	char *text;

	take(&look, name);
	if (look.page_size != GOLDEN_PAGE) {
		print_message("# not compared: pages of %lu bytes here\n",
			      (unsigned long)look.page_size);
		inspect_look_free(&look);
		return;
	}
	text = render_inspect_text(&look, 20, false, &length);
	assert_non_null(text);
	compare(name, "expected.txt", text, length);
	free(text);
	text = render_inspect_json(&look, 20, false, &length);
	assert_non_null(text);
	compare(name, "expected.json", text, length);
	free(text);
	inspect_look_free(&look);
}

/* Growth: the full tree against a look that had less of everything. */
static void check_changes(void **state)
{
	struct inspect_look before, look;
	const char *name = *state;
	size_t length;
	char *text;

	take(&before, name);
	take(&look, name);
	if (look.page_size == GOLDEN_PAGE) {
		before.slabinfo.caches[2].active -= 1000;
		before.slabinfo.caches[2].bytes -= 64 * GOLDEN_PAGE;
		before.slabinfo.caches[1].bytes += GOLDEN_PAGE;
		before.vmallocinfo.count = 1;
		before.meminfo.bytes[MEMINFO_SUNRECLAIM] -= 1 << 20;
		before.meminfo.bytes[MEMINFO_MEM_FREE] += 5 << 20;
		inspect_growth_compare(&look, &before);
		look.since_ns = 5000000000;
		text = render_inspect_text(&look, 3, false, &length);
		assert_non_null(text);
		compare(name, "expected-changes.txt", text, length);
		free(text);
		text = render_inspect_json(&look, 3, true, &length);
		assert_non_null(text);
		assert_ptr_equal(strchr(text, '\n'), text + length - 1);
		compare(name, "expected-changes.json", text, length);
		free(text);
	}
	inspect_look_free(&before);
	inspect_look_free(&look);
}

/* Nothing of a hostile tree is a control byte, and colour is there only if it was asked for. */
static void check_bytes(void **state)
{
	struct inspect_look look;
	size_t length, i;
	char *text;

	take(&look, *state);
	text = render_inspect_text(&look, 0, false, &length);
	assert_non_null(text);
	for (i = 0; i < length; i++)
		assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
	text = render_inspect_text(&look, 0, true, &length);
	assert_non_null(text);
	assert_non_null(strstr(text, "\033[1m"));
	free(text);
	text = render_inspect_json(&look, 0, true, &length);
	assert_non_null(text);
	for (i = 0; i < length - 1; i++)
		assert_true(text[i] >= ' ' && text[i] <= '~');
	free(text);
	inspect_look_free(&look);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"full", check_pages, NULL, NULL, (void *)"full"},
		{"old", check_pages, NULL, NULL, (void *)"old"},
		{"off", check_pages, NULL, NULL, (void *)"off"},
		{"hostile", check_pages, NULL, NULL, (void *)"hostile"},
		{"changes", check_changes, NULL, NULL, (void *)"full"},
		{"bytes", check_bytes, NULL, NULL, (void *)"hostile"},
	};

	return cmocka_run_group_tests_name("render_inspect", tests, NULL, NULL);
}
