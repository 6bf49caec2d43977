/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Quantities with units. Everything is integer arithmetic, in both directions: a double would
 * lose bytes above 2^53. Fractions are truncated when read and rounded half up when written.
 */
#include "units.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))
#define MAX_DURATION	  (UINT64_C(1) << 63)
#define EXACT_COUNT	  10000
#define SIGNIFICANT_LIMIT 1000 /* three significant digits */

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit duration_units[] = {
	{"ns", 1},
	{"us", 1000},
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", UINT64_C(60) * 1000000000},
	{"h", UINT64_C(3600) * 1000000000},
};

static const struct unit byte_units[] = {
	{"", 1},
	{"K", UINT64_C(1) << 10},
	{"M", UINT64_C(1) << 20},
	{"G", UINT64_C(1) << 30},
	{"T", UINT64_C(1) << 40},
	{"P", UINT64_C(1) << 50},
	{"E", UINT64_C(1) << 60},
};

static const struct unit count_units[] = {
	{"", 1},
	{"k", 1000},
	{"M", 1000000},
	{"G", UINT64_C(1000000000)},
	{"T", UINT64_C(1000000000000)},
	{"P", UINT64_C(1000000000000000)},
	{"E", UINT64_C(1000000000000000000)},
};

static const struct unit size_units[] = {
	{"", 1},
	{"B", 1},
	{"K", UINT64_C(1) << 10},
	{"KiB", UINT64_C(1) << 10},
	{"k", UINT64_C(1) << 10},
	{"M", UINT64_C(1) << 20},
	{"MiB", UINT64_C(1) << 20},
	{"m", UINT64_C(1) << 20},
	{"G", UINT64_C(1) << 30},
	{"GiB", UINT64_C(1) << 30},
	{"g", UINT64_C(1) << 30},
	{"T", UINT64_C(1) << 40},
	{"TiB", UINT64_C(1) << 40},
	{"t", UINT64_C(1) << 40},
};

static bool units_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits; returns where they end, NULL when there are none. Overflow is only noted. */
static const char *units_read_digits(const char *text, uint64_t *value, bool *overflow)
{
	const char *start = text;
	uint64_t digit;

	*value = 0;
	*overflow = false;
	for (; units_is_digit(*text); text++) {
		digit = *text - '0';
		if (*value > (UINT64_MAX - digit) / 10)
			*overflow = true;
		*value = *value * 10 + digit;
	}
	return text == start ? NULL : text;
}

static const struct unit *units_find(const struct unit *units, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	}
	return NULL;
}

/* The digits [first, last) behind the point, times `factor`; from the right, so nothing is lost. */
static uint64_t units_fraction(const char *first, const char *last, uint64_t factor)
{
	uint64_t value = 0;

	while (last > first)
		value = ((uint64_t)(*--last - '0') * factor + value) / 10;
	return value;
}

static int units_parse(const char *text, const struct unit *units, size_t count, uint64_t max,
		       uint64_t *out)
{
	const char *point = NULL, *end;
	uint64_t whole, ignored, part = 0;
	const struct unit *unit;
	bool overflow, unused;

	end = units_read_digits(text, &whole, &overflow);
	if (end && *end == '.') {
		point = end + 1;
		end = units_read_digits(point, &ignored, &unused);
	}
	if (!end)
		return -EINVAL;
	unit = units_find(units, count, end);
	if (!unit || (point && unit->factor == 1))
		return -EINVAL;
	if (overflow || whole > max / unit->factor)
		return -ERANGE;
	whole *= unit->factor;
	if (point)
		part = units_fraction(point, end, unit->factor);
	if (part > max - whole)
		return -ERANGE;
	*out = whole + part;
	return 0;
}

int units_parse_duration(const char *text, uint64_t *ns)
{
	return units_parse(text, duration_units, ARRAY_SIZE(duration_units), MAX_DURATION, ns);
}

int units_parse_size(const char *text, uint64_t *bytes)
{
	return units_parse(text, size_units, ARRAY_SIZE(size_units), UINT64_MAX, bytes);
}

int units_parse_count(const char *text, uint64_t min, uint64_t max, uint64_t *count)
{
	const char *end;
	uint64_t value;
	bool overflow;

	end = units_read_digits(text, &value, &overflow);
	if (!end || *end)
		return -EINVAL;
	if (overflow || value < min || value > max)
		return -ERANGE;
	*count = value;
	return 0;
}

/*
 * `value` / `factor` as a whole number of 10^-decimals, rounded half up. One digit at a time,
 * because factor * 10 still fits 64 bits and value * 1000 would not.
 */
static uint64_t units_divide(uint64_t value, uint64_t factor, int decimals)
{
	uint64_t quotient = value / factor, rest = value % factor;

	while (decimals-- > 0) {
		rest *= 10;
		quotient = quotient * 10 + rest / factor;
		rest %= factor;
	}
	return rest >= factor - rest ? quotient + 1 : quotient;
}

static int units_decimals(uint64_t value, const struct unit *unit)
{
	uint64_t whole = value / unit->factor;

	if (unit->factor == 1 || whole >= 100)
		return 0;
	return whole >= 10 ? 1 : whole >= 1 ? 2 : 3;
}

static const char *units_format(char *out, uint64_t value, const struct unit *units, size_t count)
{
	char fraction[] = ".000";
	uint64_t scaled;
	int decimals;
	size_t i;

	for (i = 0; i < count - 1; i++) {
		if (units_divide(value, units[i].factor, 0) < SIGNIFICANT_LIMIT)
			break;
	}
	decimals = units_decimals(value, &units[i]);
	scaled = units_divide(value, units[i].factor, decimals);
	while (decimals > 0 && scaled % 10 == 0) {
		scaled /= 10;
		decimals--;
	}
	fraction[decimals > 0 ? decimals + 1 : 0] = '\0';
	for (; decimals > 0; decimals--) {
		fraction[decimals] = '0' + scaled % 10;
		scaled /= 10;
	}
	snprintf(out, UNITS_TEXT, "%llu%s%s", (unsigned long long)scaled, fraction, units[i].name);
	return out;
}

const char *units_format_bytes(char out[UNITS_TEXT], uint64_t bytes)
{
	return units_format(out, bytes, byte_units, ARRAY_SIZE(byte_units));
}

const char *units_format_change(char out[UNITS_TEXT], int64_t bytes)
{
	char magnitude[UNITS_TEXT];

	if (bytes == 0)
		return units_format_bytes(out, 0);
	units_format_bytes(magnitude, bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes);
	out[0] = bytes < 0 ? '-' : '+';
	memcpy(out + 1, magnitude, strlen(magnitude) + 1);
	return out;
}

const char *units_format_count(char out[UNITS_TEXT], uint64_t count)
{
	if (count < EXACT_COUNT)
		snprintf(out, UNITS_TEXT, "%llu", (unsigned long long)count);
	else
		units_format(out, count, count_units, ARRAY_SIZE(count_units));
	return out;
}

const char *units_format_ns(char out[UNITS_TEXT], uint64_t ns)
{
	return units_format(out, ns, duration_units, ARRAY_SIZE(duration_units));
}
