// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What every owner of a snapshot needs: its end, and the names of its addresses. */
#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

void snapshot_fini(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->hook_count; i++) {
		free(snapshot->hooks[i].name);
		free(snapshot->hooks[i].kind);
		free(snapshot->hooks[i].reason);
	}
	free(snapshot->hooks);
	free(snapshot->rows);
	free(snapshot->filters);
	free(snapshot->module);
	free(snapshot->kernel);
	free(snapshot->arch);
	memset(snapshot, 0, sizeof(*snapshot));
}

static void resolve_row(const struct snapshot_row *row, struct symbols *symbols)
{
	if (!(row->flags & ROW_STACK)) {
		if (row->site)
			symbols_get(symbols, row->site);
		return;
	}
	for (size_t i = 0; i < TRACER_FRAMES && row->frames[i]; i++)
		symbols_get(symbols, row->frames[i]);
}

void snapshot_resolve(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->row_count; i++)
		if (snapshot->rows[i].allocs)
			resolve_row(&snapshot->rows[i], snapshot->symbols);
}
