/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Text in lines for a terminal: cut at its width, never wrapped, never more than it has room for,
 * emphasised as a whole line. Widths are those on the screen: a CJK character takes two columns,
 * a combining one none.
 */
#ifndef TRACER_LINES_H
#define TRACER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct lines {
	FILE *out;
	unsigned int columns; /* lines are cut there; 0: not cut */
	unsigned int left;    /* how many may still be printed; UINT_MAX: any number */
	bool colour;	      /* emphasis by escape sequences, else none */
};

enum lines_emphasis {
	LINES_PLAIN,
	LINES_HEADING, /* bold */
	LINES_ALARM,   /* red: memory or truth was lost */
};

/*
 * Prints one line, without its newline in `format`; nothing when no line is left. What is foreign
 * in it must have been escaped (escape.h).
 */
void lines_print(struct lines *lines, enum lines_emphasis emphasis, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* How many bytes from the start of `text` (UTF-8) fit into `columns`. */
size_t lines_fit(const char *text, size_t columns);

/* The columns that `text` takes. */
size_t lines_width(const char *text);

#endif
