// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Blocks of pages, by the page allocator's tracepoints. They carry no caller, so a row is known
 * by its stack, which also tells user space whether the pages back slab, large kmalloc, vmalloc
 * or per-CPU memory. Movable pages (user memory, page cache) are booked by order alone.
 *
 * A block may be freed in parts (alloc_pages_exact, split_page): its entry is then replaced by
 * the buddies of the freed part, as the allocator itself would split it. The part that holds the
 * block's first page carries the object, so allocs - frees stays the number of live blocks.
 */
#include "stack.bpf.h"

#define MIGRATE_MOVABLE 1 /* unchanged since 2.6.24 */
#define PAGE_STRUCT_SHIFT 6 /* sizeof(struct page) is 64 on every kernel this loads on */
#define MAX_ORDER 11u

/* A page entry's waste field holds the order, above META_PAGES_REST. */
static __always_inline __u64 page_meta(__u32 row, __u32 order, __u64 rest)
{
	return (__u64)row << META_ROW_SHIFT | 1ull << order << META_UNITS_SHIFT | order << 1 | rest;
}

static __always_inline __u32 meta_order(__u64 meta)
{
	return meta >> 1 & 15;
}

/*
 * Global functions, which the verifier checks once by themselves: inlined into the loops over
 * orders below, their branches would multiply past its limit.
 */
int page_put(__u64 page, __u64 meta);
__u64 block_take_at(__u64 page, __u32 order, __u32 n);
__u64 block_halve(__u64 base, __u64 part, __u32 part_order, __u32 level, __u64 meta);

__noinline int page_put(__u64 page, __u64 meta)
{
	void *base = table_base(&tables);

	if (base)
		ledger_insert(base, SPACE_PAGES, key_make(SPACE_PAGES, page), meta,
			      TRACER_PAGE_SHIFT);
	return 0;
}

static __always_inline void order_seen(__u32 order)
{
	if (!(control.page_orders >> (order & 31) & 1))
		__sync_fetch_and_or(&control.page_orders, 1u << (order & 31));
}

static __always_inline int page_booked(__u32 index, __u64 page, __u32 order)
{
	__u64 bytes = 1ull << TRACER_PAGE_SHIFT << order, inverted = ~bytes;
	void *base = table_base(&tables);
	struct row *row;

	if (index == ROW_NONE || row_skipped(index))
		return account_ignored(FAMILY_PAGES, SPACE_PAGES, page);
	if (!base)
		return 0;
	row = own_row(base, index);
	row->allocs++;
	row->bytes_requested += bytes;
	row->bytes_allocated += bytes;
	if (bytes > row->size_max)
		row->size_max = bytes;
	if (inverted > row->size_min_inverted)
		row->size_min_inverted = inverted;
	if (!knobs.ledger || !page)
		return 0;
	order_seen(order);
	return page_put(page, page_meta(index, order, 0));
}

SEC("?raw_tp/mm_page_alloc")
int BPF_PROG(page_alloc, __u64 page, __u64 order, __u64 flags, __u64 migratetype)
{
	__u32 index, gfp = flags, n = order;
	__u64 tag;

	if (!gate_open())
		return 0;
	if (n > MAX_ORDER)
		n = MAX_ORDER;
	if (!event_wanted(1ull << TRACER_PAGE_SHIFT << n, gfp))
		return account_ignored(FAMILY_PAGES, SPACE_PAGES, page);
	if (page && (__u32)migratetype == MIGRATE_MOVABLE)
		return knobs.filter_rows || knobs.filter_module ?
			       0 :
			       page_booked(ROW_MOVABLE(n), page, n);
	tag = tag_make(FAMILY_PAGES, page ? 0 : ROW_FAILED, n);
	if (!page)
		tag |= (__u64)gfp << TAG_GFP_SHIFT;
	index = row_claim_stack(ctx, 0, tag, 0, gfp);
	return page_booked(index, page, n);
}

/* ---- bulk --------------------------------------------------------------------------------- */

/* A loop over the pages of an array. */
struct page_bulk {
	__u64 array;
	__u64 meta;  /* of each page, or 0: a filter leaves them out */
	__u64 count; /* of the pages that are new */
};

__u64 page_keep(__u64 page, __u64 meta);

/* 1 if the page is new. One that the ledger has was there before, or came with an event. */
__noinline __u64 page_keep(__u64 page, __u64 meta)
{
	if (!knobs.ledger)
		return 1;
	if (ledger_peek(SPACE_PAGES, key_make(SPACE_PAGES, page)))
		return 0;
	if (meta)
		page_put(page, meta);
	return 1;
}

static long page_keep_one(__u32 i, struct page_bulk *bulk)
{
	__u64 page = 0;

	bpf_probe_read_kernel(&page, sizeof(page), (void *)(bulk->array + (__u64)i * sizeof(page)));
	if (page)
		bulk->count += page_keep(page, bulk->meta);
	return 0;
}

/* Order-0 pages, `count` at once, in a row that no other program counts in. */
static __always_inline void pages_count(void *base, __u32 index, __u64 count)
{
	__u64 bytes = 1ull << TRACER_PAGE_SHIFT;
	struct row *row = own_row(base, index);

	__sync_fetch_and_add(&row->allocs, count);
	__sync_fetch_and_add(&row->bytes_requested, count * bytes);
	__sync_fetch_and_add(&row->bytes_allocated, count * bytes);
	row->size_max = bytes;
	row->size_min_inverted = ~bytes;
}

/*
 * alloc_pages_bulk(gfp, node, nodemask, count, [list until 6.14,] array) returns how many
 * elements of the array hold a page. Its single pages have no event (but for the last resort).
 */
SEC("?fexit")
int page_alloc_bulk(void *ctx)
{
	void *base = table_base(&tables);
	struct page_bulk bulk = {};
	__u32 index = ROW_NONE;
	__u64 gfp = func_arg(ctx, 0), filled = func_result(ctx);

	if (!gate_open() || !base)
		return 0;
	bulk.array = func_arg(ctx, bpf_get_func_arg_cnt(ctx) - 1);
	if (!bulk.array || !filled)
		return 0;
	if (event_wanted(1ull << TRACER_PAGE_SHIFT, gfp))
		index = row_claim_stack(ctx, 0, tag_make(FAMILY_PAGES, 0, 0), 0, gfp);
	if (index != ROW_NONE && !row_skipped(index)) {
		index = index_forget(index, bpf_get_smp_processor_id());
		bulk.meta = page_meta(index, 0, 0);
		order_seen(0);
	}
	bpf_loop(filled, page_keep_one, &bulk, 0);
	if (bulk.meta) {
		pages_count(base, index, bulk.count);
	} else {
		struct cpu_stats *own = own_stats();

		if (own)
			own->ignored[FAMILY_PAGES] += bulk.count;
	}
	return 0;
}

/* ---- frees -------------------------------------------------------------------------------- */

static __always_inline __u64 block_size(__u32 order)
{
	return 1ull << PAGE_STRUCT_SHIFT << (order & 15);
}

/*
 * The entry of the block of order n around `page`, if the ledger has one; for n = 0, its own. A
 * smaller block at the same head is somebody else's, who is not freed when a neighbour is.
 */
__noinline __u64 block_take_at(__u64 page, __u32 order, __u32 n)
{
	__u64 head = n ? page & ~(block_size(n) - 1) : page;
	__u64 key = key_make(SPACE_PAGES, head);
	void *base = table_base(&tables);

	if (!base)
		return 0;
	if (n && (n <= order || !(control.page_orders >> (n & 31) & 1) || head == page ||
		  meta_order(ledger_peek(SPACE_PAGES, key)) != n))
		return 0;
	return ledger_remove(base, SPACE_PAGES, key);
}

/*
 * One level of splitting the block at `base`: puts back the half that does not hold the freed
 * part and returns the start of the half that does.
 */
__noinline __u64 block_halve(__u64 base, __u64 part, __u32 part_order, __u32 level, __u64 meta)
{
	__u64 half = block_size(level), other, rest = META_PAGES_REST;

	if (level >= meta_order(meta) || level < part_order)
		return base;
	other = part >= base + half ? base : base + half;
	if (other == (part & ~(block_size(meta_order(meta)) - 1)))
		rest = meta & META_PAGES_REST;
	__sync_fetch_and_or(&control.page_orders, 1u << (level & 31));
	page_put(other, page_meta(meta >> META_ROW_SHIFT, level & 15, rest));
	return other == base ? base + half : base;
}

SEC("?raw_tp/mm_page_free")
int BPF_PROG(page_free, __u64 page, __u64 part_order)
{
	void *base = table_base(&tables);
	__u32 order = part_order;
	__u64 meta = 0, block;
	struct row *row;

	if (!gate_open() || !base)
		return 0;
	for (__u32 n = 0; n <= MAX_ORDER && knobs.ledger && !meta; n++)
		meta = block_take_at(page, order, n);
	if (!meta) {
		account_unknown(FAMILY_PAGES);
		return 0;
	}
	row = own_row(base, meta >> META_ROW_SHIFT);
	block = page & ~(block_size(meta_order(meta)) - 1);
	if (block == page && !(meta & META_PAGES_REST))
		row->frees++;
	row->freed_allocated += 1ull << TRACER_PAGE_SHIFT << (order & 31);
	if (meta_order(meta) > order)
		for (__u32 down = 1; down <= MAX_ORDER; down++)
			block = block_halve(block, page, order, MAX_ORDER - down, meta);
	return 0;
}
