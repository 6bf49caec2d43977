/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A report as bytes. Renderers see models and never BPF, and write to a stream whose errors the
 * caller checks.
 */
#ifndef TRACER_RENDER_H
#define TRACER_RENDER_H

#include <jansson.h>
#include <stdio.h>

#include "model.h"

struct render_options {
	unsigned int top;     /* sites at most */
	enum sort sort;	      /* which column leads; named in the heading */
	bool colour;
	unsigned int columns; /* of the terminal; 0: do not cut lines */
	unsigned int lines;   /* of the terminal; 0: no limit (the live view passes them) */
	unsigned int interval_number; /* of a model that is an interval, from 1 */
};

/* The stat report for people. */
void render_stat_text(const struct model *model, const struct render_options *options, FILE *out);

/* The stat report as JSON, schema "tracer/stat/1": one object and a newline. 0 or -ENOMEM. */
int render_stat_json(const struct model *model, const struct render_options *options, FILE *out);

/* The head that every JSON report shares: schema, kernel, arch, started, duration_ns, hooks,
 * loss, cost. A new object; NULL when out of memory. */
json_t *render_json_head(const char *schema, const struct snapshot *snapshot);

/* A string of any bytes as JSON, escaped; JSON null for NULL. */
json_t *render_json_text(const char *text);

#endif
