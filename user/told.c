// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The reasons behind told.h. */
#include "told.h"

struct told told_of_family(const struct snapshot *snapshot, int family)
{
	static const char no_end[] = "the ends of mappings are not followed";

	if (family == FAMILY_MAPPING)
		return (struct told){ .live = no_end, .frees = no_end, .frees_unknown = no_end };
	return told_of(snapshot);
}

struct told told_of(const struct snapshot *snapshot)
{
	static const char no_ledger[] = "no ledger of live objects was kept (--no-live)";
	static const char no_filter[] = "the filters can't be decided at a free whose allocation "
					"was not counted";
	bool decidable = !snapshot->filtered || snapshot->frees_decidable;
	struct told told = {0};

	if (!snapshot->live) {
		told.live = no_ledger;
		told.frees_unknown = no_ledger;
	}
	if (!decidable) {
		told.frees_unknown = no_filter;
		told.frees = snapshot->live ? NULL : no_filter;
	}
	return told;
}
