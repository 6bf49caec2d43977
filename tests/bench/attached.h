/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who has BPF programs on the tracepoints that are measured, asked of the kernel (BPF_TASK_FD_QUERY
 * on the files of a process): the evidence that a tool is ready, and that nobody else disturbs.
 */
#ifndef BENCH_ATTACHED_H
#define BENCH_ATTACHED_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether the process has a program on kmalloc and one on kfree. */
bool attached_both(pid_t pid);

/* Processes other than this one that have a program on either. */
unsigned int attached_others(void);

#endif
