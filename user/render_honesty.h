/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The end of every report for people: what was hooked and what could not be, what was lost, what
 * the tracer itself cost. The whole trace's, also under an interval.
 */
#ifndef TRACER_RENDER_HONESTY_H
#define TRACER_RENDER_HONESTY_H

#include "lines.h"
#include "model.h"

/* Everything: every missing hook with its reason, every loss by name, what was left out. */
void render_honesty(struct lines *lines, const struct model *model);

/* How many lines render_honesty_brief() prints. */
#define HONESTY_BRIEF_LINES 2

/* The same in two lines, for views that come every second. */
void render_honesty_brief(struct lines *lines, const struct snapshot *snapshot);

#endif
