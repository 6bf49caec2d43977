/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Foreign bytes: everything that could fool a terminal or a JSON library comes out as \xNN, and
 * nothing else changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../user/escape.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct escape_case {
	const char *text;
	const char *expected;
};

static void check_escape(const struct escape_case *cases, size_t count)
{
	char *text;
	size_t i;

	for (i = 0; i < count; i++) {
		text = escape_dup(cases[i].text, strlen(cases[i].text));
		assert_non_null(text);
		assert_string_equal(text, cases[i].expected);
		free(text);
	}
}

static void test_passes(void **state)
{
	static const struct escape_case cases[] = {
		{"", ""},
		{"kmalloc-96 ~!@#$%^&*()\"'", "kmalloc-96 ~!@#$%^&*()\"'"},
		{"caf\xc3\xa9", "caf\xc3\xa9"},
		{"\xc2\xa0", "\xc2\xa0"},
		{"\xe2\x82\xac", "\xe2\x82\xac"},
		{"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
		{"\xf4\x8f\xbf\xbd", "\xf4\x8f\xbf\xbd"},
	};

	(void)state;
	check_escape(cases, ARRAY_SIZE(cases));
}

static void test_controls(void **state)
{
	static const struct escape_case cases[] = {
		{"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
		{"\033[31mred", "\\x1b[31mred"},
		{"\x7f", "\\x7f"},
		{"\xc2\x9b", "\\xc2\\x9b"},
		{"\\", "\\\\"},
		{"\\x1b", "\\\\x1b"},
	};

	(void)state;
	check_escape(cases, ARRAY_SIZE(cases));
}

static void test_direction(void **state)
{
	static const struct escape_case cases[] = {
		{"\xe2\x80\xae"
		 "gpj",
		 "\\xe2\\x80\\xaegpj"},			      /* right-to-left override */
		{"\xe2\x80\xaa", "\\xe2\\x80\\xaa"},	      /* embedding */
		{"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},	      /* isolate */
		{"\xe2\x80\x8f", "\\xe2\\x80\\x8f"},	      /* right-to-left mark */
		{"\xd8\x9c", "\\xd8\\x9c"},		      /* Arabic letter mark */
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},	      /* line separator */
		{"\xe2\x80\x8b", "\\xe2\\x80\\x8b"},	      /* zero width space */
		{"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},	      /* byte order mark */
		{"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"}, /* tag */
		{"\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf"}, /* the neighbours */
	};

	(void)state;
	check_escape(cases, ARRAY_SIZE(cases));
}

static void test_not_utf8(void **state)
{
	static const struct escape_case cases[] = {
		{"\x80", "\\x80"},
		{"\xff\xfe", "\\xff\\xfe"},
		{"\xc3", "\\xc3"},
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xf0\x9f\x98", "\\xf0\\x9f\\x98"},
		{"\xe2\x82z", "\\xe2\\x82z"},
		{"\xc3\xc3\xa9", "\\xc3\xc3\xa9"},
		{"\xc0\x80", "\\xc0\\x80"},
		{"\xc1\xbf", "\\xc1\\xbf"},
		{"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
		{"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
		{"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
	};

	(void)state;
	check_escape(cases, ARRAY_SIZE(cases));
}

/* A length ends the text even in the middle of a character, and a NUL ends it before that. */
static void test_length(void **state)
{
	char out[ESCAPE_BOUND(8)];

	(void)state;
	assert_int_equal(escape_text(out, sizeof(out), "\xe2\x82\xac", 2), 8);
	assert_string_equal(out, "\\xe2\\x82");
	assert_int_equal(escape_text(out, sizeof(out), "ab\0cd", 5), 2);
	assert_string_equal(out, "ab");
	assert_int_equal(escape_text(out, sizeof(out), "abc", 0), 0);
	assert_string_equal(out, "");
}

static void test_cut(void **state)
{
	static const char text[] = "a\033\xe2\x82\xac\\\xe2\x80\xae";
	static const size_t ends[] = {0, 1, 5, 8, 10, 22};
	char out[64];
	size_t size, n, i;

	(void)state;
	memset(out, 'x', sizeof(out));
	assert_int_equal(escape_text(out, 0, text, sizeof(text)), 0);
	assert_int_equal(out[0], 'x');
	for (size = 1; size <= 23; size++) {
		memset(out, 'x', sizeof(out));
		n = escape_text(out, size, text, sizeof(text));
		assert_true(n < size);
		assert_int_equal(out[n], '\0');
		assert_int_equal(out[size], 'x');
		for (i = ARRAY_SIZE(ends) - 1; ends[i] >= size; i--)
			;
		assert_int_equal(n, ends[i]);
	}
}

/* Undoing the escapes gives back the bytes: for each byte alone and for each pair of bytes. */
static void test_unambiguous(void **state)
{
	char in[3] = {0}, out[ESCAPE_BOUND(2)], back[3];
	unsigned int first, second, value;
	size_t n, i;
	char *at;

	(void)state;
	for (first = 1; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			in[0] = (char)first;
			in[1] = (char)second;
			escape_text(out, sizeof(out), in, 2);
			memset(back, 0, sizeof(back));
			for (at = out, n = 0; *at; n++) {
				assert_true(n < 2);
				if (sscanf(at, "\\x%2x", &value) == 1) {
					back[n] = (char)value;
					at += 4;
				} else {
					back[n] = *at;
					at += *at == '\\' ? 2 : 1;
				}
			}
			for (i = 0; i < 2; i++)
				assert_int_equal(back[i], in[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes),	    cmocka_unit_test(test_controls),
		cmocka_unit_test(test_direction),   cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_length),	    cmocka_unit_test(test_cut),
		cmocka_unit_test(test_unambiguous),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
