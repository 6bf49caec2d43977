/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Golden tests: saved snapshot -> model -> report, compared byte by byte with what is checked in.
 * TRACER_SOURCE names the root of the sources, the current directory is the default;
 * TRACER_UPDATE_GOLDENS=1 writes the expected files anew instead.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/lines.h"
#include "../../user/render.h"
#include "../../user/snapshot_file.h"

#define PATH_SIZE 512

struct golden {
	const char *name;
	bool interval; /* NAME.previous.snapshot.json goes before it */
	enum sort sort;
	unsigned int top;
};

static struct golden goldens[] = {
	{"busy", false, SORT_BYTES, 20},
	{"empty", false, SORT_BYTES, 20},
	{"lockdown", false, SORT_COUNT, 20},
	{"interval", true, SORT_LIVE, 5},
	{"no-live", false, SORT_WASTE, 3},
	{"filtered", false, SORT_LIVE, 20},
	{"no-live-filtered", false, SORT_BYTES, 20},
	{"module", false, SORT_COUNT, 20},
};

/* A snapshot, its names, and the model of it. */
struct scene {
	struct symbols *symbols;
	struct snapshot previous, current;
	struct model model;
	struct render_options options;
};

static void golden_path(char path[PATH_SIZE], const char *name, const char *suffix)
{
	const char *root = getenv("TRACER_SOURCE");

	snprintf(path, PATH_SIZE, "%s/tests/golden/stat/%s%s", root ? root : ".", name, suffix);
}

static void load(struct snapshot *snapshot, struct symbols *symbols, const char *name,
		 const char *suffix)
{
	char path[PATH_SIZE], why[256] = "";
	FILE *in;

	golden_path(path, name, suffix);
	in = fopen(path, "re");
	if (!in)
		fail_msg("%s: %s (is TRACER_SOURCE the root of the sources?)", path,
			 strerror(errno));
	if (snapshot_load(snapshot, symbols, in, why, sizeof(why)))
		fail_msg("%s: %s", path, why);
	fclose(in);
}

static void scene_open(struct scene *scene, const struct golden *golden)
{
	memset(scene, 0, sizeof(*scene));
	scene->symbols = symbols_new(NULL, NULL);
	assert_non_null(scene->symbols);
	if (golden->interval)
		load(&scene->previous, scene->symbols, golden->name, ".previous.snapshot.json");
	load(&scene->current, scene->symbols, golden->name, ".snapshot.json");
	assert_int_equal(model_build(&scene->model, golden->interval ? &scene->previous : NULL,
				     &scene->current, golden->sort),
			 0);
	scene->options = (struct render_options){
		.top = golden->top,
		.sort = golden->sort,
		.interval_number = golden->interval ? 10 : 0,
	};
}

static void scene_close(struct scene *scene)
{
	model_fini(&scene->model);
	snapshot_fini(&scene->previous);
	snapshot_fini(&scene->current);
	symbols_free(scene->symbols);
}

static char *render(const struct scene *scene, bool json)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (json)
		assert_int_equal(render_stat_json(&scene->model, &scene->options, out), 0);
	else
		render_stat_text(&scene->model, &scene->options, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *read_file(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!in)
		fail_msg("%s: %s", path, strerror(errno));
	if (getdelim(&text, &size, '\0', in) < 0)
		fail_msg("%s: empty", path);
	fclose(in);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	if (!out || fputs(text, out) == EOF || fclose(out))
		fail_msg("%s: %s", path, strerror(errno));
}

static void compare(const char *name, const char *suffix, const char *text)
{
	char path[PATH_SIZE], *expected;

	golden_path(path, name, suffix);
	if (getenv("TRACER_UPDATE_GOLDENS")) {
		write_file(path, text);
		return;
	}
	expected = read_file(path);
	if (strcmp(text, expected))
		fail_msg("not as in %s:\n%s", path, text);
	free(expected);
}

static void test_golden(void **state)
{
	const struct golden *golden = *state;
	struct scene scene;
	char *text;

	scene_open(&scene, golden);
	text = render(&scene, false);
	compare(golden->name, ".txt", text);
	free(text);
	text = render(&scene, true);
	compare(golden->name, ".json", text);
	free(text);
	scene.options.columns = 80;
	scene.options.lines = 24;
	text = render(&scene, false);
	compare(golden->name, ".80x24.txt", text);
	free(text);
	scene_close(&scene);
}

/* Saving what was loaded gives the same file: nothing is lost on the way. */
static void test_saved_again(void **state)
{
	const struct golden *golden = *state;
	char path[PATH_SIZE], *expected, *text = NULL;
	struct scene scene;
	size_t size;
	FILE *out;

	scene_open(&scene, golden);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	/* The pair shares its names. */
	assert_int_equal(snapshot_save(&scene.current, out), 0);
	assert_int_equal(fclose(out), 0);
	golden_path(path, golden->name, ".snapshot.json");
	expected = read_file(path);
	assert_string_equal(text, expected);
	free(expected);
	free(text);
	scene_close(&scene);
}

/* No line is wider or lower than the terminal, and nothing reaches it that could control it. */
static void check_page(char *text, unsigned int columns, unsigned int lines)
{
	unsigned int count = 0;
	char *line;

	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		count++;
		assert_true(lines_width(line) <= columns);
		for (; *line; line++)
			assert_true((unsigned char)*line >= 0x20 && *line != 0x7f);
	}
	assert_true(count < lines || lines == 0);
}

static void test_terminals(void **state)
{
	static const unsigned int sizes[][2] = {
		{20, 5}, {1, 1}, {1, 2}, {2, 3}, {40, 7}, {79, 9}, {132, 60}, {300, 1000}, {33, 0},
	};
	const struct golden *golden = *state;
	struct scene scene;
	char *text;

	scene_open(&scene, golden);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		scene.options.columns = sizes[i][0];
		scene.options.lines = sizes[i][1];
		text = render(&scene, false);
		check_page(text, sizes[i][0], sizes[i][1]);
		free(text);
	}
	scene_close(&scene);
}

/* Colour adds escape sequences around whole lines and changes nothing else. */
static void test_colour(void **state)
{
	const struct golden *golden = *state;
	char *plain, *coloured, *from, *to;
	struct scene scene;

	scene_open(&scene, golden);
	plain = render(&scene, false);
	scene.options.colour = true;
	coloured = render(&scene, false);
	assert_non_null(strstr(coloured, "\033[1m"));
	for (from = to = coloured; *from; from++) {
		if (*from == '\033')
			from = strchr(from, 'm');
		else
			*to++ = *from;
	}
	*to = '\0';
	assert_string_equal(coloured, plain);
	free(coloured);
	free(plain);
	scene_close(&scene);
}

static void test_widths(void **state)
{
	assert_int_equal(lines_width("abc"), 3);
	assert_int_equal(lines_width("caf\xc3\xa9"), 4);
	assert_int_equal(lines_width("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* two wide characters */
	assert_int_equal(lines_width("e\xcc\x81"), 1);		      /* a combining accent */
	assert_int_equal(lines_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
	assert_int_equal(lines_fit("e\xcc\x81x", 1), 3);
	assert_int_equal(lines_fit("abc", 0), 0);
	assert_int_equal(lines_fit("", 5), 0);
}

#define GOLDEN_TEST(function, number)                                                              \
	{                                                                                          \
#function "_" #number, function, NULL, NULL, &goldens[number]                      \
	}
#define GOLDEN_TESTS(number)                                                                       \
	GOLDEN_TEST(test_golden, number), GOLDEN_TEST(test_saved_again, number),                   \
		GOLDEN_TEST(test_terminals, number), GOLDEN_TEST(test_colour, number)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GOLDEN_TESTS(0),
		GOLDEN_TESTS(1),
		GOLDEN_TESTS(2),
		GOLDEN_TESTS(3),
		GOLDEN_TESTS(4),
		GOLDEN_TESTS(5),
		GOLDEN_TESTS(6),
		GOLDEN_TESTS(7),
		cmocka_unit_test(test_widths),
	};

	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
