// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judgement on rows made by hand: each case that other tools count wrong (kernel-shape facts in
 * docs/LIMITATIONS.md) has a test here that fails without its handling.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model.h"

#define CALLER	  0x1000
#define INNER	  0x2000
#define TRACE	  0x3000
#define ALLOCATOR 0x4000
#define SLAB	  0x5000
#define LARGE	  0x6000
#define VMAP	  0x7000
#define OTHER	  0x8000
#define PCPU	  0x9000
#define VMALLOC	  0xa000
#define BPF_ALLOC 0xb000
#define BPF_PROGRAM 0xc000
#define KVMALLOC  0xd000

struct fixture {
	struct snapshot snapshot;
	struct model model;
};

static const struct {
	uint64_t address;
	const char *text;
} names[] = {
	{ CALLER, "driver_probe+0x10/0x80 [driver]" },
	{ INNER, "__kmalloc_noprof+0x1a0/0x400" },
	{ TRACE, "__traceiter_mm_page_alloc+0x3b/0x60" },
	{ ALLOCATOR, "__alloc_frozen_pages_noprof+0x2c0/0x340" },
	{ SLAB, "allocate_slab.isra.0+0x5c/0x300" },
	{ LARGE, "___kmalloc_large_node+0x6a/0xc0" },
	{ VMAP, "vmap+0x75/0x110" },
	{ OTHER, "other_caller+0x1/0x2" },
	{ PCPU, "pcpu_alloc_pages.constprop.0+0x8/0x90" },
	{ VMALLOC, "__vmalloc_node_range_noprof+0x11/0x900" },
	{ KVMALLOC, "__kvmalloc_node_noprof+0x53a/0x700" },
	{ BPF_ALLOC, "bpf_prog_alloc_no_stats+0x4e/0x110" },
	{ BPF_PROGRAM, "bpf_prog_6deef7357e7b4530_vmap_alloc+0x10/0x20" },
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->snapshot.rows = calloc(128, sizeof(struct snapshot_row));
	fixture->snapshot.row_count = ROWS_RESERVED;
	fixture->snapshot.live = true;
	fixture->snapshot.families = 0x3f;
	fixture->snapshot.duration_ns = 1000000000;
	fixture->snapshot.symbols = symbols_new(NULL, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		symbols_add(fixture->snapshot.symbols, names[i].address, names[i].text);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	model_fini(&fixture->model);
	symbols_free(fixture->snapshot.symbols);
	free(fixture->snapshot.rows);
	free(fixture);
	return 0;
}

static struct snapshot_row *add_row(struct fixture *fixture, enum tracer_family family,
				    uint64_t site, uint64_t size, uint64_t allocs)
{
	struct snapshot_row *row = &fixture->snapshot.rows[fixture->snapshot.row_count++];

	row->family = family;
	row->site = site;
	row->slot = slot_of(size);
	row->allocs = allocs;
	row->bytes_requested = row->bytes_allocated = size * allocs;
	row->size_min = row->size_max = size;
	return row;
}

static struct snapshot_row *add_stack(struct fixture *fixture, enum tracer_family family,
				      const uint64_t *frames, size_t count, uint64_t allocs)
{
	struct snapshot_row *row = add_row(fixture, family, 0xdead, 4096, allocs);

	row->flags = ROW_STACK;
	if (family == FAMILY_PAGES)
		row->slot = 0; /* the order */
	memcpy(row->frames, frames, count * sizeof(*frames));
	return row;
}

static void free_some(struct snapshot_row *row, uint64_t count, uint64_t size)
{
	row->frees += count;
	row->freed_allocated += count * size;
}

static void unseen_some(struct snapshot_row *row, uint64_t count, uint64_t size)
{
	row->unseen += count;
	row->unseen_requested += count * size;
	row->unseen_allocated += count * size;
}

static struct model *build(struct fixture *fixture, enum sort sort)
{
	model_fini(&fixture->model);
	assert_int_equal(model_build(&fixture->model, NULL, &fixture->snapshot, sort), 0);
	return &fixture->model;
}

static void assert_adds_up(const struct model_family *family)
{
	assert_int_equal((int64_t)(family->allocs - family->frees - family->frees_unseen),
			 family->live_objects);
	assert_int_equal(family->size.count, family->allocs);
	assert_int_equal(family->size.sum, family->bytes_requested);
}

static void test_empty(void **state)
{
	struct model *model = build(*state, SORT_BYTES);

	assert_int_equal(model->site_count, 0);
	assert_int_equal(histogram_percentile(&model->families[FAMILY_KMALLOC].size, 0.5), 0);
}

/* A kmalloc above 8 KiB that fires twice is one object, and the caller's. */
static void test_double_event(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *inner = add_row(fixture, FAMILY_KMALLOC, INNER, 16384, 3);
	struct snapshot_row *outer = add_row(fixture, FAMILY_KMALLOC, CALLER, 16384, 3);
	const struct model_family *family;
	struct model *model;

	unseen_some(inner, 3, 16384);
	free_some(outer, 2, 16384);
	model = build(fixture, SORT_BYTES);
	family = &model->families[FAMILY_KMALLOC];
	assert_int_equal(family->allocs, 3);
	assert_int_equal(family->duplicates, 3);
	assert_int_equal(family->frees_unseen, 0);
	assert_int_equal(family->live_objects, 1);
	assert_int_equal(family->bytes_requested, 3 * 16384);
	assert_adds_up(family);
	assert_int_equal(model->site_count, 1);
	assert_string_equal(model->sites[0].symbol->name, "driver_probe");
}

/* The same site without a second event is an allocation like any other. */
static void test_single_event_inside_allocator(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *inner = add_row(fixture, FAMILY_KMALLOC, INNER, 16384, 5);

	unseen_some(inner, 3, 16384); /* three were doubled, two were not */
	assert_int_equal(build(fixture, SORT_BYTES)->families[FAMILY_KMALLOC].allocs, 2);
	assert_adds_up(&fixture->model.families[FAMILY_KMALLOC]);
}

/* kvmalloc's site is the inner one on some kernels: what was replaced is taken out, no more. */
static void test_double_kvmalloc(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *inner = add_row(fixture, FAMILY_KMALLOC, KVMALLOC, 16384, 3);
	struct snapshot_row *small = add_row(fixture, FAMILY_KMALLOC, KVMALLOC, 64, 10);

	unseen_some(inner, 3, 16384);
	unseen_some(small, 4, 64); /* freed by RCU, not doubled */
	add_row(fixture, FAMILY_KMALLOC, CALLER, 16384, 3);
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].allocs, 13);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].duplicates, 3);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].frees_unseen, 4);
	assert_adds_up(&fixture->model.families[FAMILY_KMALLOC]);
}

/* An interval that begins between the two events must not count below zero. */
static void test_double_across_interval(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *inner = add_row(fixture, FAMILY_KMALLOC, INNER, 16384, 1);
	struct snapshot before = fixture->snapshot;

	before.rows = calloc(fixture->snapshot.row_count, sizeof(*before.rows));
	memcpy(before.rows, fixture->snapshot.rows,
	       fixture->snapshot.row_count * sizeof(*before.rows));
	unseen_some(inner, 1, 16384);
	assert_int_equal(model_build(&fixture->model, &before, &fixture->snapshot, SORT_BYTES), 0);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].allocs, 0);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].bytes_allocated, 0);
	free(before.rows);
}

/* The directory was full: sizes of pages are then sizes, not orders. */
static void test_other_pages(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *row = &fixture->snapshot.rows[ROW_OTHER(FAMILY_PAGES)];

	row->family = FAMILY_PAGES;
	row->slot = slot_of(8192);
	row->allocs = 2;
	row->bytes_requested = row->bytes_allocated = 16384;
	row->size_min = row->size_max = 8192;
	build(fixture, SORT_BYTES);
	assert_int_equal(histogram_percentile(&fixture->model.families[FAMILY_PAGES].size, 0.5),
			 8192);
}

static void test_double_failure(void **state)
{
	struct fixture *fixture = *state;

	add_row(fixture, FAMILY_KMALLOC, INNER, 1 << 23, 4)->flags = ROW_FAILED;
	add_row(fixture, FAMILY_KMALLOC, CALLER, 1 << 23, 4)->flags = ROW_FAILED;
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].failed, 4);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].allocs, 0);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].live_objects, 0);
	assert_int_equal(fixture->model.sites[0].failed, 4);
}

static void test_double_without_ledger(void **state)
{
	struct fixture *fixture = *state;
	struct model_family *family;

	fixture->snapshot.live = false;
	add_row(fixture, FAMILY_KMALLOC, INNER, 16384, 3);
	add_row(fixture, FAMILY_KMALLOC, CALLER, 16384, 3);
	fixture->snapshot.totals[FAMILY_KMALLOC].frees_unknown = 2;
	family = &build(fixture, SORT_BYTES)->families[FAMILY_KMALLOC];
	assert_int_equal(family->allocs, 3);
	assert_int_equal(family->frees, 2);
	assert_int_equal(family->frees_unknown, 0);
	assert_int_equal(family->live_objects, 0);
}

static void test_unseen_frees(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *row = add_row(fixture, FAMILY_CACHE, CALLER, 128, 300);

	unseen_some(row, 280, 128);
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_CACHE].frees_unseen, 280);
	assert_int_equal(fixture->model.families[FAMILY_CACHE].live_objects, 20);
	assert_int_equal(fixture->model.families[FAMILY_CACHE].live_bytes, 20 * 128);
	assert_adds_up(&fixture->model.families[FAMILY_CACHE]);
}

/* Pages behind slab, large kmalloc, vmalloc and per-CPU memory are never in the totals. */
static void test_backing_pages(void **state)
{
	const uint64_t slab[] = { TRACE, ALLOCATOR, SLAB, OTHER };
	const uint64_t large[] = { TRACE, ALLOCATOR, LARGE, INNER, CALLER };
	const uint64_t area[] = { TRACE, ALLOCATOR, VMALLOC, CALLER };
	const uint64_t percpu[] = { ALLOCATOR, PCPU, OTHER };
	const uint64_t own[] = { TRACE, ALLOCATOR, CALLER };
	struct fixture *fixture = *state;
	struct model_family *pages;

	add_stack(fixture, FAMILY_PAGES, slab, 4, 7);
	add_stack(fixture, FAMILY_PAGES, large, 5, 6);
	add_stack(fixture, FAMILY_PAGES, area, 4, 5);
	add_stack(fixture, FAMILY_PAGES, percpu, 3, 4);
	add_stack(fixture, FAMILY_PAGES, own, 3, 2);
	pages = &build(fixture, SORT_BYTES)->families[FAMILY_PAGES];
	assert_int_equal(pages->allocs, 2);
	assert_int_equal(pages->bytes_allocated, 2 * 4096);
	assert_int_equal(pages->beside[BESIDE_SLAB].allocs, 7);
	assert_int_equal(pages->beside[BESIDE_KMALLOC].allocs, 6);
	assert_int_equal(pages->beside[BESIDE_VMALLOC].allocs, 5);
	assert_int_equal(pages->beside[BESIDE_PERCPU].allocs, 4);
	assert_int_equal(fixture->model.site_count, 1);
	assert_string_equal(fixture->model.sites[0].symbol->name, "driver_probe");
	assert_adds_up(pages);
}

static void test_movable_pages(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *row = &fixture->snapshot.rows[ROW_MOVABLE(3)];

	row->family = FAMILY_PAGES;
	row->slot = 3;
	row->allocs = 9;
	row->bytes_allocated = row->bytes_requested = 9 * 32768;
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].allocs, 0);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].beside[BESIDE_MOVABLE].allocs, 9);
	assert_int_equal(fixture->model.site_count, 0);
}

/* vmap and ioremap take addresses, not memory. */
static void test_mapped_areas(void **state)
{
	const uint64_t vmap[] = { TRACE, VMAP, CALLER };
	const uint64_t vmalloc[] = { TRACE, VMALLOC, CALLER };
	struct fixture *fixture = *state;
	struct model_family *family;

	add_stack(fixture, FAMILY_VMALLOC, vmap, 3, 2);
	add_stack(fixture, FAMILY_VMALLOC, vmalloc, 3, 1);
	family = &build(fixture, SORT_BYTES)->families[FAMILY_VMALLOC];
	assert_int_equal(family->allocs, 1);
	assert_int_equal(family->beside[BESIDE_MAPPED].allocs, 2);
	assert_string_equal(fixture->model.sites[0].symbol->module, "driver");
}

/* The page array of a large vmalloc is memory, but not the caller's; a function of the kernel whose
 * name begins like a BPF program's is no tracer's frame. */
static void test_nested_area(void **state)
{
	const uint64_t nested[] = { TRACE, VMALLOC, VMALLOC, CALLER };
	const uint64_t outer[] = { TRACE, VMALLOC, BPF_ALLOC, CALLER };
	const uint64_t program[] = { BPF_PROGRAM, TRACE, VMALLOC, OTHER };
	struct fixture *fixture = *state;

	add_stack(fixture, FAMILY_VMALLOC, nested, 4, 3);
	add_stack(fixture, FAMILY_VMALLOC, outer, 4, 2);
	add_stack(fixture, FAMILY_VMALLOC, program, 4, 1);
	build(fixture, SORT_COUNT);
	assert_int_equal(fixture->model.site_count, 3);
	assert_string_equal(fixture->model.sites[0].symbol->name, "__vmalloc_node_range_noprof");
	assert_string_equal(fixture->model.sites[1].symbol->name, "bpf_prog_alloc_no_stats");
	assert_string_equal(fixture->model.sites[2].symbol->name, "other_caller");
}

static void test_stack_not_readable(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *row = add_row(fixture, FAMILY_PAGES, 1, 4096, 3);

	row->slot = 0;
	row->flags = ROW_NOSTACK;
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].allocs, 3);
	assert_null(fixture->model.sites[0].symbol);
	assert_string_equal(fixture->model.sites[0].label, "[stack not readable]");
}

/* Rows with equal keys (two CPUs claimed at once) and sizes of one site become one site. */
static void test_sites_merge(void **state)
{
	struct fixture *fixture = *state;

	add_row(fixture, FAMILY_KMALLOC, CALLER, 64, 1);
	add_row(fixture, FAMILY_KMALLOC, CALLER, 64, 2);
	add_row(fixture, FAMILY_KMALLOC, CALLER, 500, 3);
	strcpy(add_row(fixture, FAMILY_CACHE, CALLER, 64, 4)->cache, "one");
	strcpy(add_row(fixture, FAMILY_CACHE, CALLER, 64, 5)->cache, "two");
	build(fixture, SORT_COUNT);
	assert_int_equal(fixture->model.site_count, 3);
	assert_int_equal(fixture->model.sites[0].allocs, 6);
	assert_string_equal(fixture->model.sites[1].cache, "two");
	assert_string_equal(fixture->model.sites[2].cache, "one");
}

static void test_ranking(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *big = add_row(fixture, FAMILY_KMALLOC, CALLER, 4000, 1);
	struct snapshot_row *many = add_row(fixture, FAMILY_KMALLOC, OTHER, 8, 100);

	big->bytes_allocated = 4096;
	free_some(big, 1, 4096);
	many->bytes_allocated = 1000;
	assert_ptr_equal(build(fixture, SORT_BYTES)->sites[0].symbol,
			 symbols_find(fixture->snapshot.symbols, CALLER));
	assert_int_equal(build(fixture, SORT_COUNT)->sites[0].allocs, 100);
	assert_int_equal(build(fixture, SORT_LIVE)->sites[0].allocs, 100);
	assert_int_equal(build(fixture, SORT_WASTE)->sites[0].allocs, 100);
}

static void test_percentiles(void **state)
{
	struct fixture *fixture = *state;
	struct histogram *size;

	add_row(fixture, FAMILY_KMALLOC, CALLER, 32, 50);
	add_row(fixture, FAMILY_KMALLOC, OTHER, 100, 49);
	add_row(fixture, FAMILY_KMALLOC, CALLER, 5000, 1);
	size = &build(fixture, SORT_BYTES)->families[FAMILY_KMALLOC].size;
	assert_int_equal(histogram_percentile(size, 0.50), 32);
	assert_int_equal(histogram_percentile(size, 0.51), 100);
	assert_int_equal(histogram_percentile(size, 0.99), 100);
	assert_int_equal(histogram_percentile(size, 1.0), 5000);
	assert_int_equal(size->min, 32);
	assert_int_equal(size->max, 5000);
}

static void test_interval(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot_row *row = add_row(fixture, FAMILY_KMALLOC, CALLER, 64, 10);
	struct snapshot_row *idle = add_row(fixture, FAMILY_KMALLOC, OTHER, 64, 10);
	struct snapshot before = fixture->snapshot;

	before.rows = calloc(fixture->snapshot.row_count, sizeof(*before.rows));
	memcpy(before.rows, fixture->snapshot.rows,
	       fixture->snapshot.row_count * sizeof(*before.rows));
	row->allocs = 15;
	row->bytes_requested = row->bytes_allocated = 15 * 64;
	free_some(row, 12, 64);
	fixture->snapshot.duration_ns = 3000000000;
	fixture->snapshot.totals[FAMILY_KMALLOC].frees_unknown = 4;
	assert_int_equal(model_build(&fixture->model, &before, &fixture->snapshot, SORT_BYTES), 0);
	assert_true(fixture->model.interval);
	assert_int_equal(fixture->model.duration_ns, 2000000000);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].allocs, 5);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].live_objects, 5 - 12);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].frees_unknown, 4);
	assert_int_equal(fixture->model.site_count, 1);
	assert_int_equal(idle->allocs, 10);
	free(before.rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_double_event),
		TEST(test_single_event_inside_allocator),
		TEST(test_double_kvmalloc),
		TEST(test_double_across_interval),
		TEST(test_other_pages),
		TEST(test_double_failure),
		TEST(test_double_without_ledger),
		TEST(test_unseen_frees),
		TEST(test_backing_pages),
		TEST(test_movable_pages),
		TEST(test_mapped_areas),
		TEST(test_nested_area),
		TEST(test_stack_not_readable),
		TEST(test_sites_merge),
		TEST(test_ranking),
		TEST(test_percentiles),
		TEST(test_interval),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
