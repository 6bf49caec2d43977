/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Of the mmap_*.c files alone: one kind of mapping on one open file, and the table of what was
 * tried.
 */
#ifndef WORKLOAD_MMAP_ATTEMPT_H
#define WORKLOAD_MMAP_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "device.h"
#include "mmap_kinds.h"
#include "mmap_try.h"

/* What the tries of one kind share. */
struct attempt {
	struct mmap_tries *tries;
	const struct scenario *scenario; /* NULL: of no kind */
	struct mmap_kind kind;
	struct device device;
	unsigned char *page; /* scratch, two pages */
	int *err;	     /* -ENOMEM: a row is missing */
};

/* Opens the device for one; `err` is left to the caller. 0, -ENOMEM or -errno of device_open(). */
int attempt_open(struct attempt *attempt, struct mmap_tries *tries);

void attempt_close(struct attempt *attempt);

/* A new row, not ok yet; NULL, noted in `err`, if there is no memory. */
struct mmap_try *attempt_row(struct attempt *attempt, const char *tried, const char *expected);

/* A whole row; what was got is a format. */
void attempt_note(struct attempt *attempt, const char *tried, const char *expected, bool ok,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "EINVAL"; "no error" for 0. */
const char *attempt_error(int err);

/* The offset for mmap(2), so many bytes into a scenario's memory. */
off_t attempt_offset(unsigned int scenario, size_t bytes);

/* All that the kind allows. */
int attempt_protection(const struct attempt *attempt);

/* Maps a part of the kind's memory. NULL with errno set if that can't be. */
unsigned char *attempt_map(const struct attempt *attempt, size_t from, size_t length,
			   int protection);

/* Maps as much as can be mapped. NULL, with a row that says so, if it can't; attempt_unmap(). */
unsigned char *attempt_map_all(struct attempt *attempt, const char *tried);

void attempt_unmap(const struct attempt *attempt, unsigned char *map);

/*
 * A row: reads a byte that must not be there, `beyond` bytes behind the last one that is, which
 * ends at `end`, and expects this signal at this address.
 */
void attempt_fault(struct attempt *attempt, const char *tried, const unsigned char *end,
		   size_t beyond, int wanted);

/* The tries, each with rows of its own. On a file whose buffer, if it is that, may be written to:
 */
void mmap_contents_write(struct attempt *attempt);
void mmap_refusals_protection(struct attempt *attempt);

/* On a file whose buffer nobody has written to: */
void mmap_contents_read(struct attempt *attempt);
void mmap_refusals_ranges(struct attempt *attempt);

/* Of no kind. */
void mmap_refusals_nothing(struct attempt *attempt);

#endif
