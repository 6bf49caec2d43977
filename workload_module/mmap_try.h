/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What mapping /dev/workload must do and must refuse, tried: one row for each try.
 */
#ifndef WORKLOAD_MMAP_TRY_H
#define WORKLOAD_MMAP_TRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "fault.h"
#include "scenarios.h"

struct mmap_try {
	const struct scenario *kind; /* NULL: of no kind in particular */
	const char *tried;
	char expected[80], got[160];
	bool ok;
	struct fault fault; /* signal 0: none was taken */
	int64_t distance;   /* of the fault from the first byte that is not there */
};

struct mmap_tries {
	struct mmap_try *list;
	size_t count, room;
};

/* Everything about one kind. 0, -ENOMEM, or -errno when the device can't be used at all. */
int mmap_try_kind(struct mmap_tries *tries, const struct scenario *kind);

/* Offsets and lengths that are of no kind. The same errors. */
int mmap_try_nothing(struct mmap_tries *tries);

/* How many are not as expected. */
size_t mmap_try_wrong(const struct mmap_tries *tries);

void mmap_try_free(struct mmap_tries *tries);

#endif
