// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Rows -> families and sites. Each row of the later snapshot, less the same row of the earlier
 * one, is classified once and booked into its family and its site.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "model.h"
#include "origin.h"

/* One row's figures, its duplicates already taken out. */
struct booking {
	const struct snapshot_row *row;
	struct origin origin;
	uint64_t duplicates, fallbacks;
	uint64_t allocs, frees, unseen;
	uint64_t bytes_requested, bytes_allocated;
	int64_t live_objects, live_bytes;
	uint64_t size_min, size_max;
};

/* ---- histograms --------------------------------------------------------------------------- */

static void histogram_add(struct histogram *histogram, uint32_t slot, uint64_t count, uint64_t sum,
			  uint64_t max)
{
	if (!count || slot >= SLOT_COUNT)
		return;
	histogram->slots[slot] += count;
	if (max > histogram->slot_max[slot])
		histogram->slot_max[slot] = max;
	histogram->count += count;
	histogram->sum += sum;
}

static void histogram_bound(struct histogram *histogram, uint64_t min, uint64_t max)
{
	if (!histogram->max || min < histogram->min)
		histogram->min = min;
	if (max > histogram->max)
		histogram->max = max;
}

uint64_t histogram_percentile(const struct histogram *histogram, double share)
{
	uint64_t rank = (uint64_t)(share * (double)histogram->count + 0.999999), seen = 0;

	if (!histogram->count)
		return 0;
	if (rank < 1)
		rank = 1;
	for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
		seen += histogram->slots[slot];
		if (seen >= rank)
			return histogram->slot_max[slot];
	}
	return histogram->max;
}

/* ---- one row ------------------------------------------------------------------------------ */

static struct snapshot_row row_difference(const struct snapshot_row *now,
					  const struct snapshot_row *then)
{
	struct snapshot_row row = *now;

	if (!then)
		return row;
	row.allocs -= then->allocs;
	row.bytes_requested -= then->bytes_requested;
	row.bytes_allocated -= then->bytes_allocated;
	row.frees -= then->frees;
	row.freed_allocated -= then->freed_allocated;
	row.unseen -= then->unseen;
	row.unseen_requested -= then->unseen_requested;
	row.unseen_allocated -= then->unseen_allocated;
	row.unkept -= then->unkept;
	row.unkept_allocated -= then->unkept_allocated;
	return row;
}

static bool row_idle(const struct snapshot_row *row)
{
	return !row->allocs && !row->frees && !row->unseen && !row->freed_allocated;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * The first event of a large kmalloc that fires twice was replaced in the ledger by the second:
 * exactly those are taken out, so a kernel that fires once loses nothing. Failures are not in the
 * ledger, and without one nothing is: there the site alone decides.
 */
static void take_duplicates(struct booking *booking, bool live)
{
	const struct snapshot_row *row = booking->row;

	if (!booking->origin.inner)
		return;
	if (!live || row->flags & ROW_FAILED) {
		booking->duplicates = booking->allocs;
		booking->allocs = booking->bytes_requested = booking->bytes_allocated = 0;
		booking->live_objects = booking->live_bytes = 0;
		return;
	}
	/* An interval may begin between the two events: nothing is taken that is not there. */
	booking->duplicates = least(row->unseen, booking->allocs);
	booking->allocs -= booking->duplicates;
	booking->bytes_requested -= least(row->unseen_requested, booking->bytes_requested);
	booking->bytes_allocated -= least(row->unseen_allocated, booking->bytes_allocated);
	booking->unseen = 0;
}

static uint64_t row_size_slot(const struct snapshot_row *row)
{
	/* Pages have an order there, but for [other sites], whose slot is one of sizes already. */
	if (row->family == FAMILY_PAGES && row->slot < ROW_ORDERS)
		return slot_of(1ull << TRACER_PAGE_SHIFT << row->slot);
	return row->slot;
}

/* kvmalloc succeeds if vmalloc does, and fails there if it fails. */
static void take_fallbacks(struct booking *booking)
{
	if (!booking->origin.fallback)
		return;
	booking->fallbacks = booking->allocs;
	booking->allocs = 0;
}

static struct booking booking_make(const struct snapshot_row *row, const struct snapshot *snapshot,
				   size_t index)
{
	struct booking booking = {
		.row = row,
		.origin = origin_of_row(snapshot, row, index),
		.allocs = row->allocs,
		.frees = row->frees,
		.unseen = row->unseen,
		.bytes_requested = row->bytes_requested,
		.bytes_allocated = row->bytes_allocated,
		.size_min = row->size_min,
		.size_max = row->size_max,
	};

	if (!(row->flags & ROW_FAILED) && snapshot->live) {
		booking.live_objects = row->allocs - row->frees - row->unseen - row->unkept;
		booking.live_bytes = row->bytes_allocated - row->freed_allocated -
				     row->unseen_allocated - row->unkept_allocated;
	}
	take_duplicates(&booking, snapshot->live);
	take_fallbacks(&booking);
	return booking;
}

/* ---- families ----------------------------------------------------------------------------- */

static void family_book_beside(struct model_family *family, const struct booking *booking)
{
	struct model_beside *beside = &family->beside[booking->origin.beside];

	if (booking->row->flags & ROW_FAILED) {
		if (booking->origin.beside != BESIDE_INTERRUPTED)
			beside = &family->beside[BESIDE_INTERNAL];
		beside->failed += booking->allocs;
		return;
	}
	beside->allocs += booking->allocs;
	beside->frees += booking->frees;
	beside->bytes_allocated += booking->bytes_allocated;
	beside->live_objects += booking->live_objects;
	beside->live_bytes += booking->live_bytes;
}

static void family_book(struct model_family *family, const struct booking *booking, bool interval)
{
	const struct snapshot_row *row = booking->row;
	uint32_t slot = row_size_slot(row);

	family->duplicates += booking->duplicates;
	family->fallbacks += booking->fallbacks;
	if (row->flags & ROW_FAILED) {
		family->failed += booking->allocs;
		return;
	}
	family->allocs += booking->allocs;
	family->frees += booking->frees;
	family->frees_unseen += booking->unseen;
	family->bytes_requested += booking->bytes_requested;
	family->bytes_allocated += booking->bytes_allocated;
	family->live_objects += booking->live_objects;
	family->live_bytes += booking->live_bytes;
	if (!booking->allocs)
		return;
	histogram_add(&family->size, slot, booking->allocs, booking->bytes_requested,
		      booking->size_max);
	if (interval)
		histogram_bound(&family->size, slot_low(slot), slot_high(slot));
	else
		histogram_bound(&family->size, booking->size_min, booking->size_max);
}

static uint64_t minus(uint64_t now, const uint64_t *then)
{
	return then ? now - *then : now;
}

static void family_totals(struct model *model, const struct snapshot *previous, int family)
{
	const struct snapshot_totals *now = &model->snapshot->totals[family];
	const struct snapshot_totals *then = previous ? &previous->totals[family] : NULL;
	struct model_family *out = &model->families[family];
	uint64_t unknown = minus(now->frees_unknown, then ? &then->frees_unknown : NULL);

	out->traced = model->snapshot->families >> family & 1;
	out->frees_null = minus(now->frees_null, then ? &then->frees_null : NULL);
	if (model->snapshot->live)
		out->frees_unknown = unknown;
	else
		out->frees = unknown; /* without a ledger no free is known: all are counted */
}

/* ---- sites -------------------------------------------------------------------------------- */

static void site_book(struct model_site *site, const struct booking *booking)
{
	const struct snapshot_row *row = booking->row;

	if (row->flags & ROW_FAILED) {
		site->failed += booking->allocs;
		if (booking->allocs && !site->failed_gfp)
			site->failed_gfp = row->gfp;
		return;
	}
	site->allocs += booking->allocs;
	site->frees += booking->frees;
	site->frees_unseen += booking->unseen;
	site->bytes_requested += booking->bytes_requested;
	site->bytes_allocated += booking->bytes_allocated;
	site->live_objects += booking->live_objects;
	site->live_bytes += booking->live_bytes;
}

static struct model_site site_make(const struct booking *booking)
{
	struct model_site site = {
		.family = booking->row->family,
		.symbol = booking->origin.site,
		.label = booking->origin.label,
	};

	memcpy(site.cache, booking->row->cache, sizeof(site.cache));
	site_book(&site, booking);
	return site;
}

/* By identity: what makes two sites the same. */
static int site_compare(const void *a, const void *b)
{
	const struct model_site *left = a, *right = b;
	uint64_t x = left->symbol ? left->symbol->address : 0;
	uint64_t y = right->symbol ? right->symbol->address : 0;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	if (x != y)
		return x < y ? -1 : 1;
	if (!left->symbol && !right->symbol && strcmp(left->label, right->label))
		return strcmp(left->label, right->label);
	return strcmp(left->cache, right->cache);
}

static void site_merge(void *to, const void *merged)
{
	const struct model_site *from = merged;
	struct model_site *into = to;

	into->allocs += from->allocs;
	into->frees += from->frees;
	into->failed += from->failed;
	into->frees_unseen += from->frees_unseen;
	into->bytes_requested += from->bytes_requested;
	into->bytes_allocated += from->bytes_allocated;
	into->live_objects += from->live_objects;
	into->live_bytes += from->live_bytes;
	if (!into->failed_gfp)
		into->failed_gfp = from->failed_gfp;
}

static int64_t site_key(const struct model_site *site, enum sort sort)
{
	switch (sort) {
	case SORT_COUNT:
		return site->allocs;
	case SORT_LIVE:
		return site->live_bytes;
	case SORT_WASTE:
		return site->bytes_allocated - site->bytes_requested;
	default:
		return site->bytes_allocated;
	}
}

static int site_rank(const void *a, const void *b, void *context)
{
	enum sort sort = *(enum sort *)context;
	int64_t left = site_key(a, sort), right = site_key(b, sort);
	const struct model_site *x = a, *y = b;

	if (left != right)
		return left > right ? -1 : 1;
	if (x->failed != y->failed)
		return x->failed > y->failed ? -1 : 1;
	return site_compare(a, b);
}

/* ---- the whole ---------------------------------------------------------------------------- */

static const struct snapshot_row *row_before(const struct snapshot *previous, size_t index)
{
	return previous && index < previous->row_count ? &previous->rows[index] : NULL;
}

static void model_book(struct model *model, const struct booking *booking)
{
	struct model_family *family = &model->families[booking->row->family];

	if (booking->origin.beside != BESIDE_COUNT) {
		family_book_beside(family, booking);
		return;
	}
	family_book(family, booking, model->interval);
	if (booking->allocs || booking->frees || booking->unseen || booking->live_bytes)
		model->sites[model->site_count++] = site_make(booking);
}

int model_build(struct model *model, const struct snapshot *previous,
		const struct snapshot *current, enum sort sort)
{
	struct model built = {
		.snapshot = current,
		.interval = previous != NULL,
		.duration_ns = minus(current->duration_ns,
				     previous ? &previous->duration_ns : NULL),
	};

	built.sites = calloc(current->row_count + 1, sizeof(*built.sites));
	if (!built.sites)
		return -ENOMEM;
	for (int family = 0; family < FAMILY_COUNT; family++)
		family_totals(&built, previous, family);
	for (size_t i = 0; i < current->row_count; i++) {
		struct snapshot_row row =
			row_difference(&current->rows[i], row_before(previous, i));
		struct booking booking;

		if (row_idle(&row))
			continue;
		booking = booking_make(&row, current, i);
		model_book(&built, &booking);
	}
	built.site_count = group_equal(built.sites, built.site_count, sizeof(*built.sites),
				       site_compare, site_merge);
	qsort_r(built.sites, built.site_count, sizeof(*built.sites), site_rank, &sort);
	*model = built;
	return 0;
}

void model_fini(struct model *model)
{
	free(model->sites);
	memset(model, 0, sizeof(*model));
}

uint64_t model_interrupted(const struct model *model)
{
	uint64_t events = 0;

	for (int i = 0; i < FAMILY_COUNT; i++) {
		const struct model_beside *beside = &model->families[i].beside[BESIDE_INTERRUPTED];

		events += beside->allocs + beside->failed;
	}
	return events;
}
