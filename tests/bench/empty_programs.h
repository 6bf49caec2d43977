/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The floor: tracer's own BPF programs that do nothing, on the raw tracepoints of kmalloc and
 * kfree. What any tracer that runs a program per event pays at least.
 */
#ifndef BENCH_EMPTY_PROGRAMS_H
#define BENCH_EMPTY_PROGRAMS_H

struct empty_programs;

/* Loads both without attaching them. 0 or -errno; *out is untouched on failure. */
int empty_programs_load(struct empty_programs **out);

/* Attaches both, or detaches them. 0 or -errno. */
int empty_programs_attach(struct empty_programs *programs);
void empty_programs_detach(struct empty_programs *programs);

/* Detaches and unloads; NULL is fine. */
void empty_programs_close(struct empty_programs *programs);

#endif
