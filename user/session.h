/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One trace from start to end: `tracer stat` and the live view. One epoll loop; signals, time and
 * the traced command are file descriptors.
 */
#ifndef TRACER_SESSION_H
#define TRACER_SESSION_H

#include "options.h"

/* Runs COMMAND_STAT or COMMAND_LIVE; returns an enum exit_status. */
int session_run(const struct options *options);

/* Renders a saved snapshot again (COMMAND_REPORT); returns an enum exit_status. */
int session_report(const struct options *options);

#endif
