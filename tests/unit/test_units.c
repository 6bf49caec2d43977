/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Quantities: what is accepted, what is refused and why, and that what is written reads back.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../user/units.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define UNTOUCHED     UINT64_C(0x5aa5)

struct parse_case {
	const char *text;
	int status;
	uint64_t value;
};

struct format_case {
	uint64_t value;
	const char *text;
};

static void check_parse(int (*parse)(const char *, uint64_t *), const struct parse_case *cases,
			size_t count)
{
	uint64_t value, expected;
	int status;
	size_t i;

	for (i = 0; i < count; i++) {
		value = UNTOUCHED;
		expected = cases[i].status ? UNTOUCHED : cases[i].value;
		status = parse(cases[i].text, &value);
		if (status != cases[i].status || value != expected)
			fail_msg("\"%s\": status %d, value %llu", cases[i].text, status,
				 (unsigned long long)value);
	}
}

static void check_format(const char *(*format)(char *, uint64_t), const struct format_case *cases,
			 size_t count)
{
	char text[UNITS_TEXT];
	size_t i;

	for (i = 0; i < count; i++) {
		assert_ptr_equal(format(text, cases[i].value), text);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_duration(void **state)
{
	static const struct parse_case cases[] = {
		{"10s", 0, UINT64_C(10000000000)},
		{"250ms", 0, 250000000},
		{"1.5m", 0, UINT64_C(90000000000)},
		{"2h", 0, UINT64_C(7200000000000)},
		{"100us", 0, 100000},
		{"7ns", 0, 7},
		{"0s", 0, 0},
		{"007s", 0, UINT64_C(7000000000)},
		{"0.000000001s", 0, 1},
		{"0.9999999999s", 0, 999999999},
		{"0.0000000000000000000000000000001h", 0, 0},
		{"9223372036854775808ns", 0, UINT64_C(1) << 63},
		{"9223372036854775809ns", -ERANGE, 0},
		{"9223372036.854775808s", 0, UINT64_C(1) << 63},
		{"9223372036.854775809s", -ERANGE, 0},
		{"2562048h", -ERANGE, 0},
		{"99999999999999999999999s", -ERANGE, 0},
		{"99999999999999999999999", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"s", -EINVAL, 0},
		{"10", -EINVAL, 0},
		{"-1s", -EINVAL, 0},
		{"+1s", -EINVAL, 0},
		{" 1s", -EINVAL, 0},
		{"1 s", -EINVAL, 0},
		{"1s ", -EINVAL, 0},
		{"1S", -EINVAL, 0},
		{"1.s", -EINVAL, 0},
		{".5s", -EINVAL, 0},
		{"1.2.3s", -EINVAL, 0},
		{"1.5ns", -EINVAL, 0},
		{"0x10s", -EINVAL, 0},
		{"1e3s", -EINVAL, 0},
		{"10sec", -EINVAL, 0},
		{"1h30m", -EINVAL, 0},
		{"infs", -EINVAL, 0},
	};

	(void)state;
	check_parse(units_parse_duration, cases, ARRAY_SIZE(cases));
}

static void test_size(void **state)
{
	static const struct parse_case cases[] = {
		{"64", 0, 64},
		{"64B", 0, 64},
		{"0", 0, 0},
		{"4K", 0, 4096},
		{"4k", 0, 4096},
		{"4KiB", 0, 4096},
		{"10M", 0, 10485760},
		{"10MiB", 0, 10485760},
		{"1G", 0, 1073741824},
		{"1GiB", 0, 1073741824},
		{"2T", 0, UINT64_C(2) << 40},
		{"1.5K", 0, 1536},
		{"0.999K", 0, 1022},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"17179869183G", 0, UINT64_MAX - (UINT64_C(1) << 30) + 1},
		{"17179869183.9999999999999999999999G", 0, UINT64_MAX},
		{"17179869184G", -ERANGE, 0},
		{"1.5", -EINVAL, 0},
		{"1.5B", -EINVAL, 0},
		{"4KB", -EINVAL, 0},
		{"4 K", -EINVAL, 0},
		{"-4K", -EINVAL, 0},
		{"K", -EINVAL, 0},
		{"", -EINVAL, 0},
		{"4kib", -EINVAL, 0},
		{"4X", -EINVAL, 0},
	};

	(void)state;
	check_parse(units_parse_size, cases, ARRAY_SIZE(cases));
}

static int parse_small_count(const char *text, uint64_t *count)
{
	return units_parse_count(text, 1, 100, count);
}

static int parse_any_count(const char *text, uint64_t *count)
{
	return units_parse_count(text, 0, UINT64_MAX, count);
}

static void test_count(void **state)
{
	static const struct parse_case small[] = {
		{"1", 0, 1},	     {"100", 0, 100},	 {"0", -ERANGE, 0},   {"101", -ERANGE, 0},
		{"", -EINVAL, 0},    {"-1", -EINVAL, 0}, {"+1", -EINVAL, 0},  {"1K", -EINVAL, 0},
		{"1.0", -EINVAL, 0}, {" 1", -EINVAL, 0}, {"1\n", -EINVAL, 0}, {"0x1", -EINVAL, 0},
	};
	static const struct parse_case any[] = {
		{"0", 0, 0},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"99999999999999999999", -ERANGE, 0},
		{"184467440737095516150", -ERANGE, 0},
	};

	(void)state;
	check_parse(parse_small_count, small, ARRAY_SIZE(small));
	check_parse(parse_any_count, any, ARRAY_SIZE(any));
}

static void test_format_bytes(void **state)
{
	static const struct format_case cases[] = {
		{0, "0"},
		{1, "1"},
		{999, "999"},
		{1000, "0.977K"},
		{1023, "0.999K"},
		{1024, "1K"},
		{1536, "1.5K"},
		{1029, "1K"},
		{1030, "1.01K"},
		{10240, "10K"},
		{10485760, "10M"},
		{102348, "99.9K"},
		{102399, "100K"},
		{1023487, "999K"},
		{1023488, "0.976M"},
		{1048575, "1M"},
		{UINT64_C(1) << 60, "1E"},
		{UINT64_MAX, "16E"},
	};

	(void)state;
	check_format(units_format_bytes, cases, ARRAY_SIZE(cases));
}

static void test_format_change(void **state)
{
	char text[UNITS_TEXT];

	(void)state;
	assert_string_equal(units_format_change(text, 0), "0");
	assert_string_equal(units_format_change(text, 1536), "+1.5K");
	assert_string_equal(units_format_change(text, -12), "-12");
	assert_string_equal(units_format_change(text, INT64_MAX), "+8E");
	assert_string_equal(units_format_change(text, INT64_MIN), "-8E");
}

static void test_format_count(void **state)
{
	static const struct format_case cases[] = {
		{0, "0"},	  {9999, "9999"}, {10000, "10k"},     {12345, "12.3k"},
		{999499, "999k"}, {999500, "1M"}, {1234567, "1.23M"}, {UINT64_MAX, "18.4E"},
	};

	(void)state;
	check_format(units_format_count, cases, ARRAY_SIZE(cases));
}

static void test_format_ns(void **state)
{
	static const struct format_case cases[] = {
		{0, "0ns"},
		{999, "999ns"},
		{1000, "1us"},
		{1500, "1.5us"},
		{2000000000, "2s"},
		{UINT64_C(90000000000), "90s"},
		{UINT64_C(1200000000000), "20m"},
		{UINT64_C(86400000000000), "24h"},
		{UINT64_MAX, "5124096h"},
	};

	(void)state;
	check_format(units_format_ns, cases, ARRAY_SIZE(cases));
}

/* Three digits are what is written: reading them back is off by at most half of the last. */
static void test_round_trip(void **state)
{
	char text[UNITS_TEXT];
	uint64_t value, back;

	(void)state;
	for (value = 1; value < UINT64_C(999) << 40; value = value * 3 + 1) {
		assert_int_equal(units_parse_size(units_format_bytes(text, value), &back), 0);
		assert_true(back >= value - value / 180 - 1 && back <= value + value / 180 + 1);
		assert_int_equal(units_parse_duration(units_format_ns(text, value), &back), 0);
		assert_true(back >= value - value / 180 - 1 && back <= value + value / 180 + 1);
	}
	for (value = 1; value < 999; value++) {
		assert_int_equal(units_parse_size(units_format_bytes(text, value), &back), 0);
		assert_int_equal(back, value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),      cmocka_unit_test(test_size),
		cmocka_unit_test(test_count),	      cmocka_unit_test(test_format_bytes),
		cmocka_unit_test(test_format_change), cmocka_unit_test(test_format_count),
		cmocka_unit_test(test_format_ns),     cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
