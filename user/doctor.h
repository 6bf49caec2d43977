/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `tracer doctor`: what can be traced on this kernel, what not, why, and what would change that.
 */
#ifndef TRACER_DOCTOR_H
#define TRACER_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

/* Looks and writes the report (text, or JSON "tracer/doctor/1"); returns an enum exit_status:
 * EXIT_DONE when at least the tracepoint hooks can be attached here by this user, else
 * EXIT_CANNOT_TRACE. Works unprivileged as far as it can. Write errors are the caller's. */
int doctor_run(bool json, bool colour, FILE *out);

#endif
