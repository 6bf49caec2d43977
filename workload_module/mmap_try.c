/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every try stands for itself: it maps anew and unmaps. In the end the module's counts tell whether
 * it saw it so as well.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mmap_attempt.h"

/* With everything unmapped and closed, all that was ever mapped has to be free again. */
static void try_counts(struct attempt *attempt, const struct workload_counts *before)
{
	struct workload_counts after;
	uint64_t made = 0, live = 0;
	unsigned int i;

	if (device_counts(&attempt->device, attempt->scenario->id, &after))
		return;
	for (i = 0; i < after.rows; i++) {
		made += after.row[i].allocs - before->row[i].allocs;
		live += (after.row[i].allocs - after.row[i].frees) -
			(before->row[i].allocs - before->row[i].frees);
	}
	attempt_note(attempt, "the module's counts at the end", "some made, none live",
		     made > 0 && live == 0, "%" PRIu64 " made, %" PRId64 " live", made,
		     (int64_t)live);
}

static void try_written(struct attempt *attempt)
{
	mmap_contents_write(attempt);
	mmap_refusals_protection(attempt);
}

static void try_clean(struct attempt *attempt)
{
	mmap_contents_read(attempt);
	mmap_refusals_ranges(attempt);
}

static void try_with(const struct attempt *attempt, void (*try)(struct attempt *))
{
	struct attempt with = *attempt;
	int err = device_open(WORKLOAD_DEVICE, &with.device);

	if (err) {
		attempt_note(&with, "open", "no error", false, "%s", attempt_error(-err));
		return;
	}
	try(&with);
	device_close(&with.device);
}

static void try_all(struct attempt *attempt)
{
	struct workload_counts before;
	int err = device_counts(&attempt->device, attempt->scenario->id, &before);

	if (err) {
		attempt_note(attempt, "count", "no error", false, "%s", attempt_error(-err));
		return;
	}
	try_with(attempt, try_clean);
	try_with(attempt, try_written);
	try_counts(attempt, &before);
}

int mmap_try_kind(struct mmap_tries *tries, const struct scenario *kind)
{
	struct attempt attempt;
	int err = attempt_open(&attempt, tries);

	if (err)
		return err;
	attempt.err = &err;
	attempt.scenario = kind;
	attempt.kind = mmap_kind_of(kind);
	if (device_supports(&attempt.device, kind->id))
		try_all(&attempt);
	else
		attempt_note(&attempt, "anything", "nothing", true,
			     "this kernel lacks what it needs");
	attempt_close(&attempt);
	return err;
}

int mmap_try_nothing(struct mmap_tries *tries)
{
	struct attempt attempt;
	int err = attempt_open(&attempt, tries);

	if (err)
		return err;
	attempt.err = &err;
	mmap_refusals_nothing(&attempt);
	attempt_close(&attempt);
	return err;
}

size_t mmap_try_wrong(const struct mmap_tries *tries)
{
	size_t i, wrong = 0;

	for (i = 0; i < tries->count; i++)
		wrong += !tries->list[i].ok;
	return wrong;
}

void mmap_try_free(struct mmap_tries *tries)
{
	free(tries->list);
	memset(tries, 0, sizeof(*tries));
}
