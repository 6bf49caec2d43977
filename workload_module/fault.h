/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Touching memory that may not be there: SIGBUS and SIGSEGV become an answer.
 */
#ifndef WORKLOAD_FAULT_H
#define WORKLOAD_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault {
	int signal;	   /* SIGBUS or SIGSEGV */
	uintptr_t address; /* where, as the kernel says */
};

/*
 * From now on both signals are caught where they come of fault_copy(). Elsewhere they end the
 * program as ever.
 */
void fault_install(void);

/*
 * Copies `length` bytes. true, or false with `fault` when that could not be done to the end; how
 * far it came is not known then. Any number of threads at a time.
 */
bool fault_copy(void *to, const void *from, size_t length, struct fault *fault);

#endif
