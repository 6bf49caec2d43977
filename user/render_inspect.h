/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A look of `tracer inspect` as a page of text or as JSON (`tracer/inspect/1`). Pure: the result
 * is a string. Names from the kernel are escaped here.
 */
#ifndef TRACER_RENDER_INSPECT_H
#define TRACER_RENDER_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "inspect_look.h"

/*
 * `top` rows per table (0: all); `colour` for a terminal. With `look->since_ns` columns of change
 * are added. The caller frees the result; NULL when out of memory. `length` excludes the
 * terminator.
 */
char *render_inspect_text(const struct inspect_look *look, unsigned int top, bool colour,
			  size_t *length);

/* `one_line`: no newline inside the object, for reports that follow each other. */
char *render_inspect_json(const struct inspect_look *look, unsigned int top, bool one_line,
			  size_t *length);

#endif
