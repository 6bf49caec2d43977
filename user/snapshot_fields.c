// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The tables of snapshot_fields.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "snapshot.h"
#include "snapshot_fields.h"

#define FIELD(of, name)	      { #name, offsetof(struct of, name), false, false }
#define SIZE_FIELD(of, name)  { #name, offsetof(struct of, name), true, false }
#define LATER_FIELD(of, name) { #name, offsetof(struct of, name), false, true }
#define FIELDS(list)	      { list, sizeof(list) / sizeof((list)[0]) }

static const struct snapshot_field rows[] = {
	FIELD(snapshot_row, allocs),
	FIELD(snapshot_row, bytes_requested),
	FIELD(snapshot_row, bytes_allocated),
	FIELD(snapshot_row, frees),
	FIELD(snapshot_row, freed_allocated),
	FIELD(snapshot_row, unseen),
	FIELD(snapshot_row, unseen_requested),
	FIELD(snapshot_row, unseen_allocated),
	FIELD(snapshot_row, unkept),
	FIELD(snapshot_row, unkept_allocated),
	SIZE_FIELD(snapshot_row, size_min),
	SIZE_FIELD(snapshot_row, size_max),
};

static const struct snapshot_field totals[] = {
	FIELD(snapshot_totals, frees_unknown),
	FIELD(snapshot_totals, frees_null),
	FIELD(snapshot_totals, ignored),
	FIELD(snapshot_totals, frees_ignored),
};

static const struct snapshot_field losses[] = {
	FIELD(tracer_loss, row_full),	  FIELD(tracer_loss, ledger_full),
	FIELD(tracer_loss, stack_error),  FIELD(tracer_loss, size_clipped),
	LATER_FIELD(tracer_loss, call_lost), LATER_FIELD(tracer_loss, symbol_lost),
};

static const struct snapshot_field costs[] = {
	FIELD(snapshot_cost, events),	   FIELD(snapshot_cost, ns_per_event),
	FIELD(snapshot_cost, ns_per_event_empty),
	FIELD(snapshot_cost, user_cpu_ns), FIELD(snapshot_cost, kernel_bytes),
};

const struct snapshot_fields snapshot_row_fields = FIELDS(rows);
const struct snapshot_fields snapshot_total_fields = FIELDS(totals);
const struct snapshot_fields snapshot_loss_fields = FIELDS(losses);
const struct snapshot_fields snapshot_cost_fields = FIELDS(costs);

const char *const snapshot_status_names[3] = {
	[HOOK_ATTACHED] = "attached",
	[HOOK_MISSING] = "missing",
	[HOOK_UNWANTED] = "unwanted",
};

const char *snapshot_hex_format(char text[SNAPSHOT_HEX_TEXT], uint64_t value)
{
	snprintf(text, SNAPSHOT_HEX_TEXT, "0x%" PRIx64, value);
	return text;
}

uint64_t snapshot_field_read(const struct snapshot_field *field, const void *from)
{
	uint64_t value;

	memcpy(&value, (const char *)from + field->offset, sizeof(value));
	return value;
}

void snapshot_field_write(const struct snapshot_field *field, void *into, uint64_t value)
{
	memcpy((char *)into + field->offset, &value, sizeof(value));
}
