/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * `tracer doctor`: what can be traced on this kernel, what not, why, and what would change that.
 */
#ifndef TRACER_DOCTOR_H
#define TRACER_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Looks and writes the report (text, or JSON "tracer/doctor/1"); returns an enum exit_status:
 * EXIT_DONE when what tracing needs is there and at least one family gets a hook, else
 * EXIT_CANNOT_TRACE. Under -v it tells on standard error which ways of which hooks failed. Works
 * unprivileged as far as it can. Write errors are the caller's.
 */
int doctor_run(bool json, bool colour, FILE *out);

#endif
