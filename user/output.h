/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where a report goes: standard output or a file (created 0600, it may hold kernel addresses),
 * with every write error noticed and said once.
 */
#ifndef TRACER_OUTPUT_H
#define TRACER_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct output {
	FILE *file;
	const char *name; /* NULL: standard output */
	bool begun;	  /* output_begin() was called */
	bool closed;	  /* the reader went away (EPIPE): no error, but nothing more to write */
};

/* Opens `name`, or standard output for NULL. What the file held stays until output_begin(). Reports
 * what went wrong; 0 or -errno. */
int output_open(struct output *output, const char *name);

/* There is something to write: a file loses what it held. Once; later calls do nothing. 0. */
int output_begin(struct output *output);

/*
 * Writes a whole report at once, past the stream's buffer, so that the error is the write's own.
 * 0; -EPIPE when the reader is gone (silent); -errno, reported.
 */
int output_write(struct output *output, const char *text, size_t size);

/* Flushes what was printed to the stream, and checks. As output_write(). */
int output_flush(struct output *output);

/* Flushes, checks and closes. As output_flush(). */
int output_close(struct output *output);

/* May this output be coloured: a terminal, TERM not "dumb", no NO_COLOR. */
bool output_colour(const struct output *output);

/* The terminal's size; 0 and 0 when it is none. */
void output_size(const struct output *output, unsigned int *columns, unsigned int *lines);

#endif
