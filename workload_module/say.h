/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What workload says about the run itself, on standard error.
 */
#ifndef WORKLOAD_SAY_H
#define WORKLOAD_SAY_H

#include <stddef.h>

/* One line "workload: …"; the text ends without a newline. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line below it, indented: what to do about it. */
void say_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define SAY_QUOTE 128

/*
 * The first `length` bytes of a text from outside, fit for a terminal: what is not printable ASCII
 * becomes \xNN, what does not fit becomes "...". Returns `out`.
 */
const char *say_quote(char out[SAY_QUOTE], const char *text, size_t length);

#endif
