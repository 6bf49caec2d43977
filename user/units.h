/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Quantities as people write them, in both directions. Pure.
 */
#ifndef TRACER_UNITS_H
#define TRACER_UNITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * "10s", "250ms", "1.5m", "2h", "100us", "7ns" -> nanoseconds. A unit is required.
 * 0, -EINVAL (not a duration; also negative or without a unit) or -ERANGE (more than 2^63 ns).
 */
int units_parse_duration(const char *text, uint64_t *ns);

/* "64", "64B", "4K", "10M", "1G" (also KiB, MiB, GiB; powers of 1024) -> bytes. 0, -EINVAL, -ERANGE. */
int units_parse_size(const char *text, uint64_t *bytes);

/* A plain decimal count, no sign, no unit. 0, -EINVAL, -ERANGE (outside [min, max]). */
int units_parse_count(const char *text, uint64_t min, uint64_t max, uint64_t *count);

/* Room enough for every units_format_*. */
#define UNITS_TEXT 32

/* 1536 -> "1.5K", 10485760 -> "10M": at most three significant digits, and "0". Returns `out`. */
const char *units_format_bytes(char out[UNITS_TEXT], uint64_t bytes);
/* The same with a sign, for changes: "+1.5K", "-12". */
const char *units_format_change(char out[UNITS_TEXT], int64_t bytes);
/* 1234567 -> "1.23M" (powers of 1000), exact below 10000. */
const char *units_format_count(char out[UNITS_TEXT], uint64_t count);
/* 1500 -> "1.5us", 2000000000 -> "2s". */
const char *units_format_ns(char out[UNITS_TEXT], uint64_t ns);

#endif
