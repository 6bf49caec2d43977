/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Snapshots as files, schema "tracer/snapshot/1": what a bug report carries, from which every
 * report can be made again. One JSON object and a newline. Only rows that counted something are
 * written, with their index, and the names of all addresses known.
 *
 * Addresses are "0x…" strings; a count is a JSON integer up to 2^53 and a "0x…" string above, so
 * that no JSON library rounds it. A text is a JSON string when it is printable ASCII, and
 * {"hex": "…"}, two digits per byte, when it is not: names of caches and processes hold any byte.
 * The file holds kernel addresses: the caller creates it with mode 0600.
 */
#ifndef TRACER_SNAPSHOT_FILE_H
#define TRACER_SNAPSHOT_FILE_H

#include <stdio.h>

#include "snapshot.h"

/* Most rows and hooks that a file may have. */
#define SNAPSHOT_FILE_ROWS  (1u << 20)
#define SNAPSHOT_FILE_HOOKS 4096u

/* Writes `snapshot`. 0, -ENOMEM, or -EIO when the stream fails (errno says why). */
int snapshot_save(const struct snapshot *snapshot, FILE *out);

/*
 * Reads a snapshot from `in` to its end. On success the old contents of *snapshot are overwritten,
 * not freed, the names of addresses are in `into`, which snapshot->symbols then points to, and
 * the caller ends it with snapshot_fini(). Otherwise *snapshot is untouched and `why` holds one
 * sentence without a full stop (with bytes of the file in it: escape them): -EINVAL for what is
 * no snapshot or an impossible one, -EIO, -ENOMEM.
 */
int snapshot_load(struct snapshot *snapshot, struct symbols *into, FILE *in, char *why,
		  size_t why_size);

#endif
