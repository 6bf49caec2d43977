/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fields of a snapshot's file, as tables that saving and loading both go by: a counter is
 * added to the file by one line here. Private to snapshot_save.c and snapshot_load.c.
 */
#ifndef TRACER_SNAPSHOT_FIELDS_H
#define TRACER_SNAPSHOT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_SCHEMA	     "tracer/snapshot/1"
#define SNAPSHOT_EXACT_LIMIT (UINT64_C(1) << 53) /* integers up to here survive a double */

/* A uint64_t inside a struct. */
struct snapshot_field {
	const char *key;
	size_t offset;
	bool size;  /* a bound of sizes, which nobody adds up */
	bool later; /* files from before it was there lack it: then 0 */
};

struct snapshot_fields {
	const struct snapshot_field *fields;
	size_t count;
};

extern const struct snapshot_fields snapshot_row_fields;   /* of struct snapshot_row */
extern const struct snapshot_fields snapshot_total_fields; /* of struct snapshot_totals */
extern const struct snapshot_fields snapshot_loss_fields;  /* of struct tracer_loss */
extern const struct snapshot_fields snapshot_cost_fields;  /* of struct snapshot_cost */

/* By enum hook_status, three of them. */
extern const char *const snapshot_status_names[3];

#define SNAPSHOT_HEX_TEXT 19

/* The one form of an address in a file: "0x" and lower case, no leading zeros. Returns `text`. */
const char *snapshot_hex_format(char text[SNAPSHOT_HEX_TEXT], uint64_t value);

/* The field of the struct at `from`, or into the one at `into`. */
uint64_t snapshot_field_read(const struct snapshot_field *field, const void *from);
void snapshot_field_write(const struct snapshot_field *field, void *into, uint64_t value);

#endif
