/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The doctor's report as bytes, for people and as JSON "tracer/doctor/1"
 * (docs/schema/doctor.schema.json). Errors of the stream are the caller's.
 */
#ifndef TRACER_RENDER_DOCTOR_H
#define TRACER_RENDER_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "doctor_judge.h"

void render_doctor_text(const struct doctor_report *report, bool colour, FILE *out);

/* One object and a newline. 0 or -ENOMEM, and then nothing was written. */
int render_doctor_json(const struct doctor_report *report, FILE *out);

#endif
