/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random calls of the device, out of a seed: plausible ones and wild ones. Never one that leaks,
 * and none that takes long if it is taken as it stands.
 */
#ifndef WORKLOAD_FUZZ_CALL_H
#define WORKLOAD_FUZZ_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "workload_ioctl.h"

#define FUZZ_FILES 6U
#define FUZZ_MAPS  12U

enum fuzz_kind {
	FUZZ_INFO,
	FUZZ_RUN,
	FUZZ_DROP,
	FUZZ_COUNTS,
	FUZZ_RESET,
	FUZZ_SYNC,
	FUZZ_BUFFER,
	FUZZ_UNKNOWN, /* an ioctl that there is not */
	FUZZ_READ,
	FUZZ_WRITE,
	FUZZ_SEEK,
	FUZZ_MAP,
	FUZZ_UNMAP,
	FUZZ_PEEK, /* reads a byte of a mapping */
	FUZZ_POKE, /* writes one */
	FUZZ_REOPEN,
	FUZZ_CLEAR, /* closes and unmaps all, and has the counts reset */
	FUZZ_KIND_COUNT
};

/* What the argument of a call points to. */
enum fuzz_pointer {
	FUZZ_NULL,
	FUZZ_GOOD,
	FUZZ_KERNEL, /* an address of the kernel */
	FUZZ_EDGE,   /* memory that ends in the middle of the structure */
};

struct fuzz_call {
	enum fuzz_kind kind;
	unsigned int file, map; /* below FUZZ_FILES, FUZZ_MAPS */
	unsigned long command;	/* of an ioctl */
	enum fuzz_pointer pointer;
	union {
		struct workload_info info;
		struct workload_run run; /* `data` is an enum fuzz_pointer, or as it stands */
		struct workload_drop drop;
		struct workload_counts counts;
		struct workload_buffer buffer;
		unsigned char bytes[1024];
	} argument;
	uint64_t offset, length;
	int protection, flags; /* of a mapping; `flags` is the whence of a seek */
};

/* splitmix64. */
struct fuzz_random {
	uint64_t state;
};

uint64_t fuzz_random_next(struct fuzz_random *random);

/* The next call. The same state gives the same call. Pure. */
void fuzz_call_next(struct fuzz_random *random, struct fuzz_call *call);

/* "run", "map" and so on. */
const char *fuzz_kind_name(enum fuzz_kind kind);

#endif
