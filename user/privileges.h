/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The rights that tracing takes, and giving them up: after everything is attached only CAP_BPF
 * and CAP_PERFMON are kept (to read what is already open), and none can be gained again.
 */
#ifndef TRACER_PRIVILEGES_H
#define TRACER_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the names of the capabilities that are missing for tracing, "CAP_BPF and CAP_PERFMON",
 * into `names`. Returns whether any is missing. CAP_SYS_ADMIN alone is enough.
 */
bool privileges_missing(char *names, size_t size);

/* Is this a user namespace of its own, whose capabilities the kernel's own objects ignore? */
bool privileges_in_user_namespace(void);

/* Drops every capability but those that reading needs, and CAP_KILL where a command of possibly
 * another user has to be signalled. 0 or -errno. */
int privileges_drop(bool keep_kill);

#endif
