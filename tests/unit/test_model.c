// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Judgement on rows made by hand: each case that other tools count wrong (kernel-shape facts in
 * docs/LIMITATIONS.md) has a test here that fails without its handling.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "failures.h"
#include "model.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

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

#define PATH_NAMES 128

struct fixture {
	struct snapshot snapshot;
	struct model model;
	const char *path_names[PATH_NAMES]; /* by address: see path_address() */
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

/* ---- paths: stacks written as names ------------------------------------------------------- */

#define M	      "test_it [testmod]"
#define PROGRAM	      "bpf_prog_6deef7357e7b4530_kmalloc"
#define TRACED	      PROGRAM, "bpf_trace_run6", "__traceiter_kmalloc"
#define PATH_AT	      UINT64_C(0x1000000)
#define LARGE_SIZE    (1u << 20)
#define PATH_DEPTH    20

/* One row: what it is, and its frames from the inside out; with ROW_CALLED the call site first. */
struct path {
	enum tracer_family family;
	uint32_t flags;
	uint64_t size; /* of pages 4096 */
	const char *frames[PATH_DEPTH];
};

#define CALLED(family, size, ...) { family, ROW_STACK | ROW_CALLED, size, { __VA_ARGS__ } }
#define WALKED(family, ...)	  { family, ROW_STACK, 4096, { __VA_ARGS__ } }
#define FAILED(size, ...)                                                                          \
	{ FAMILY_KMALLOC, ROW_FAILED | ROW_STACK | ROW_CALLED, size, { __VA_ARGS__ } }

/* "name", "name [module]", or with the offset too; one name has one address. */
static uint64_t path_address(struct fixture *fixture, const char *name)
{
	size_t length = strcspn(name, "+ "), i;
	char text[128];

	for (i = 0; i < PATH_NAMES && fixture->path_names[i]; i++)
		if (!strcmp(fixture->path_names[i], name))
			return PATH_AT + i;
	assert_true(i < PATH_NAMES);
	fixture->path_names[i] = name;
	if (name[length] == '+')
		snprintf(text, sizeof(text), "%s", name);
	else
		snprintf(text, sizeof(text), "%.*s+0x140/0x400%s", (int)length, name,
			 name + length);
	assert_int_equal(symbols_add(fixture->snapshot.symbols, PATH_AT + i, text), 0);
	return PATH_AT + i;
}

static struct snapshot_row *add_path(struct fixture *fixture, const struct path *path,
				     uint64_t allocs)
{
	struct snapshot_row *row = add_row(fixture, path->family, 0xdead, path->size, allocs);

	row->flags = path->flags;
	if (path->family == FAMILY_PAGES)
		row->slot = 0; /* the order */
	if (path->flags & ROW_FAILED)
		row->bytes_requested = row->bytes_allocated = 0;
	for (size_t i = 0; i < PATH_DEPTH && path->frames[i]; i++)
		row->frames[i] = path_address(fixture, path->frames[i]);
	return row;
}

/* The model of this one row alone, three times. */
static const struct model_family *build_path(struct fixture *fixture, const struct path *path)
{
	fixture->snapshot.row_count = ROWS_RESERVED;
	memset(&fixture->snapshot.rows[ROWS_RESERVED], 0, sizeof(struct snapshot_row));
	add_path(fixture, path, 3);
	return &build(fixture, SORT_BYTES)->families[path->family];
}

static void look_at_module(struct fixture *fixture)
{
	fixture->snapshot.module = (char *)"testmod";
}

static void check_beside(struct fixture *fixture, const struct path *paths, size_t count,
			 enum beside kind)
{
	for (size_t i = 0; i < count; i++) {
		const struct model_family *family = build_path(fixture, &paths[i]);

		if (family->beside[kind].allocs != 3 || family->allocs)
			fail_msg("path %zu, from %s: %d beside, %d counted", i, paths[i].frames[0],
				 (int)family->beside[kind].allocs, (int)family->allocs);
		assert_int_equal(family->beside[kind].live_objects, 3);
		assert_int_equal(fixture->model.site_count, 0);
	}
}

static void check_counted(struct fixture *fixture, const struct path *paths, size_t count,
			  const char *site)
{
	for (size_t i = 0; i < count; i++) {
		const struct model_family *family = build_path(fixture, &paths[i]);

		if (family->allocs != 3 || fixture->model.site_count != 1)
			fail_msg("path %zu, from %s: %d counted", i, paths[i].frames[0],
				 (int)family->allocs);
		assert_non_null(fixture->model.sites[0].symbol);
		assert_string_equal(fixture->model.sites[0].symbol->name, site);
		assert_adds_up(family);
	}
}

#define CHECK_BESIDE(paths, kind)  check_beside(*state, paths, ARRAY_SIZE(paths), kind)
#define CHECK_COUNTED(paths, site) check_counted(*state, paths, ARRAY_SIZE(paths), site)

/* ---- one module --------------------------------------------------------------------------- */

/* Helpers pass on what the module asked for. */
static void test_module_asked(void **state)
{
	static const struct path paths[] = {
		CALLED(FAMILY_KMALLOC, 64, "__alloc_skb", TRACED, "__kmalloc_node_track_caller",
		       "kmalloc_reserve", "__alloc_skb", M),
		CALLED(FAMILY_CACHE, 232, "__alloc_skb", TRACED, "kmem_cache_alloc_node_noprof",
		       "__alloc_skb", M),
		CALLED(FAMILY_KMALLOC, 64, "kmemdup_noprof", TRACED,
		       "__kmalloc_node_track_caller_noprof", "kmemdup_noprof", M),
		CALLED(FAMILY_KMALLOC, 500, "mempool_alloc_noprof", TRACED, "__kmalloc_noprof",
		       "mempool_alloc_noprof", M),
		CALLED(FAMILY_KMALLOC, 64, "devm_kmalloc", TRACED, "__kmalloc_node_track_caller",
		       "devm_kmalloc", "devm_kmemdup", M),
		CALLED(FAMILY_KMALLOC, LARGE_SIZE, "kvmalloc_node", TRACED, "__kmalloc_node",
		       "kvmalloc_node", M), /* 6.1 */
		CALLED(FAMILY_KMALLOC, LARGE_SIZE, "__kvmalloc_node_noprof", TRACED,
		       "__kmalloc_node_noprof", "__kvmalloc_node_noprof", M), /* 6.12 */
		CALLED(FAMILY_PERCPU, 64, "__devm_alloc_percpu", TRACED, "pcpu_alloc_noprof",
		       "__devm_alloc_percpu", M),
		WALKED(FAMILY_PAGES, TRACED, "__alloc_frozen_pages_noprof", "alloc_pages_mpol",
		       "alloc_pages_noprof", "get_zeroed_page_noprof", M),
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages_noprof", "alloc_pages_mpol_noprof",
		       "alloc_pages_noprof", "__dma_direct_alloc_pages.constprop.0",
		       "dma_direct_alloc", "dma_alloc_attrs", M),
		WALKED(FAMILY_PAGES, PROGRAM, "bpf_trampoline_6442",
		       "alloc_pages_bulk_noprof+0x5/0x900", M),
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "__vmalloc_node_range_noprof", "__vmalloc_node_noprof", "vmalloc_noprof", M),
		CALLED(FAMILY_VMALLOC, 5000, "some_helper", PROGRAM, "bpf_trampoline_6442",
		       "__vmalloc_node_range_noprof+0x5/0x900", "__vmalloc_node_noprof",
		       "vmalloc_noprof", "some_helper", M),
		/* the call site is not known, or the walk did not meet it */
		CALLED(FAMILY_CACHE, 64, "nobody", PROGRAM, "bpf_trampoline_6442",
		       "kmem_cache_alloc_bulk_noprof+0x5/0x400", "some_helper", M),
		CALLED(FAMILY_CACHE, 64, "nobody", PROGRAM, "bpf_trampoline_6442", "some_helper",
		       M),
		CALLED(FAMILY_KMALLOC, 64, "nobody", TRACED, "__kmalloc_noprof", "some_helper", M),
		CALLED(FAMILY_KMALLOC, 64, "nobody"),
	};

	look_at_module(*state);
	check_counted(*state, paths, ARRAY_SIZE(paths) - 1, "test_it");
	assert_string_equal(((struct fixture *)*state)->model.sites[0].symbol->module, "testmod");
	check_counted(*state, &paths[ARRAY_SIZE(paths) - 1], 1, "nobody");
}

/* Tables of names are about the kernel's functions. */
static void test_module_function_names(void **state)
{
	static const struct path paths[] = {
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "__vmalloc_node_range_noprof", "vmalloc_it [testmod]"),
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "alloc_pages",
		       "vmalloc_it [testmod]"),
		CALLED(FAMILY_KMALLOC, 64, "some_helper", TRACED, "__kmalloc", "some_helper",
		       "vmalloc_it [other]", "vmalloc_it [testmod]"),
	};

	struct fixture *fixture = *state;
	struct snapshot_row *row;

	look_at_module(fixture);
	CHECK_COUNTED(paths, "vmalloc_it");
	fixture->snapshot.live = false;
	fixture->snapshot.row_count = ROWS_RESERVED;
	row = add_row(fixture, FAMILY_KMALLOC, path_address(fixture, "kmalloc_large_it [testmod]"),
		      LARGE_SIZE, 3);
	row->flags = 0;
	memset(row->frames, 0, sizeof(row->frames));
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].allocs, 3);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].duplicates, 0);
}

/* What allocators need to do what they were asked for is not what they were asked for. */
static void test_module_internal(void **state)
{
	static const struct path paths[] = {
		/* vmalloc, 6.1: description, area, array of pages, the array's own area */
		CALLED(FAMILY_KMALLOC, 64, "__get_vm_area_node", TRACED, "kmalloc_node_trace",
		       "__get_vm_area_node", "__vmalloc_node_range", "__vmalloc_node", "vmalloc",
		       M),
		CALLED(FAMILY_CACHE, 64, "alloc_vmap_area", TRACED, "kmem_cache_alloc_node",
		       "alloc_vmap_area", "__get_vm_area_node", "__vmalloc_node_range", M),
		CALLED(FAMILY_KMALLOC, 40, "__vmalloc_node_range", TRACED, "__kmalloc_node",
		       "__vmalloc_node_range", "__vmalloc_node", "vmalloc", M),
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "__vmalloc_node_range", "__vmalloc_node", "__vmalloc_node_range",
		       "__vmalloc_node", "vmalloc", M),
		/* … page tables, 7.2; and with the hook on the function */
		WALKED(FAMILY_PAGES, TRACED, "__alloc_frozen_pages_noprof", "alloc_pages_mpol",
		       "get_free_pages_noprof", "__pte_alloc_kernel",
		       "vmap_small_pages_range_noflush", "__vmalloc_node_range_noprof",
		       "bpf_trampoline_6442", "__vmalloc_node_range_noprof+0x5/0x900",
		       "vmalloc_noprof", M),
		/* slab: 6.12, 6.1, 7.2; a free that needs a sheaf */
		CALLED(FAMILY_KMALLOC, 64, "alloc_slab_obj_exts", TRACED, "__kmalloc_node_noprof",
		       "alloc_slab_obj_exts", "allocate_slab", "___slab_alloc",
		       "__kmalloc_cache_noprof", M),
		CALLED(FAMILY_KMALLOC, 64, "memcg_alloc_slab_cgroups", TRACED, "__kmalloc_node",
		       "memcg_alloc_slab_cgroups", "kmem_cache_alloc", M),
		CALLED(FAMILY_KMALLOC, 512, "__alloc_empty_sheaf", TRACED,
		       "__kmalloc_flags_noprof", "__alloc_empty_sheaf", "kfree", M),
		CALLED(FAMILY_KMALLOC, 512, "unheard_of", TRACED, "__kmalloc_flags_noprof",
		       "unheard_of", "kmem_cache_alloc_noprof", M),
		CALLED(FAMILY_KMALLOC, 512, "__kmalloc_cache_noprof", TRACED,
		       "__kmalloc_flags_noprof", "__kmalloc_cache_noprof", M),
		/* kfree_rcu */
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages_noprof", "alloc_pages_noprof",
		       "get_free_pages_noprof", "kvfree_call_rcu", M),
		CALLED(FAMILY_KMALLOC, 512, "__kfree_rcu_sheaf", TRACED, "__kmalloc_flags_noprof",
		       "__kfree_rcu_sheaf", "kvfree_call_rcu", M),
		/* per-CPU memory */
		CALLED(FAMILY_KMALLOC, 512, "pcpu_mem_zalloc", TRACED, "__kmalloc_noprof",
		       "pcpu_mem_zalloc", "pcpu_create_chunk", "pcpu_alloc_noprof", M),
		CALLED(FAMILY_VMALLOC, 9000, "pcpu_mem_zalloc", PROGRAM, "bpf_trampoline_6442",
		       "__vmalloc_node_range_noprof+0x5/0x900", "__vmalloc_node_noprof",
		       "pcpu_mem_zalloc", "pcpu_alloc_noprof", M),
		/* pages: in parts; reclaim on the way to one */
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages_noprof", "alloc_pages_mpol_noprof",
		       "__page_frag_alloc_align", "__netdev_alloc_skb", M),
		CALLED(FAMILY_CACHE, 64, "some_shrinker", TRACED, "kmem_cache_alloc_noprof",
		       "some_shrinker", "shrink_slab", "try_to_free_pages",
		       "__alloc_pages_slowpath.constprop.0", "__alloc_pages_noprof",
		       "alloc_pages_noprof", M),
		/* a new cache, a mapping */
		CALLED(FAMILY_CACHE, 64, "do_kmem_cache_create", TRACED, "kmem_cache_alloc_noprof",
		       "do_kmem_cache_create", "__kmem_cache_create_args", M),
		WALKED(FAMILY_PAGES, TRACED, "__alloc_frozen_pages_noprof", "alloc_pages_mpol",
		       "pte_alloc_one", "__pte_alloc", "remap_pfn_range_notrack",
		       "remap_pfn_range", M),
		CALLED(FAMILY_KMALLOC, 32, "remap_pfn_range_track", TRACED,
		       "__kmalloc_cache_noprof", "remap_pfn_range_track", M),
	};

	look_at_module(*state);
	CHECK_BESIDE(paths, BESIDE_INTERNAL);
}

/* Pages behind the module's objects are beside, as they are for the kernel as a whole. */
static void test_module_backing(void **state)
{
	static const struct path slab[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "alloc_pages", "allocate_slab",
		       "___slab_alloc", "__kmem_cache_alloc_node", "kmalloc_trace", M),
		/* the slab for the vector beside another slab */
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages_noprof", "allocate_slab",
		       "___slab_alloc", "__kmalloc_node_noprof", "alloc_slab_obj_exts",
		       "allocate_slab", "___slab_alloc", "__kmalloc_cache_noprof", M),
	};
	static const struct path large[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_frozen_pages_noprof", "alloc_pages_mpol",
		       "alloc_frozen_pages_noprof", "___kmalloc_large_node",
		       "__kmalloc_large_node_noprof", "__kmalloc_noprof", M),
	};
	static const struct path areas[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_frozen_pages_noprof",
		       "alloc_pages_bulk_noprof", "alloc_pages_bulk_mempolicy_noprof",
		       "__vmalloc_node_range_noprof", "__vmalloc_node_noprof", "vmalloc_noprof", M),
	};
	static const struct path percpu[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages_noprof", "pcpu_populate_chunk",
		       "pcpu_alloc_noprof", M),
	};
	static const struct path mapped[] = {
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "get_vm_area_caller", "vmap", M),
	};

	look_at_module(*state);
	CHECK_BESIDE(slab, BESIDE_SLAB);
	CHECK_BESIDE(large, BESIDE_KMALLOC);
	CHECK_BESIDE(areas, BESIDE_VMALLOC);
	CHECK_BESIDE(percpu, BESIDE_PERCPU);
	CHECK_BESIDE(mapped, BESIDE_MAPPED);
}

/* An interrupt that comes upon the module's code, and a fault in it, are nobody's wish. */
static void test_module_interrupted(void **state)
{
	static const struct path paths[] = {
		CALLED(FAMILY_CACHE, 232, "napi_skb_cache_get", TRACED, "kmem_cache_alloc_noprof",
		       "napi_skb_cache_get", "net_rx_action", "handle_softirqs", "irq_exit_rcu",
		       "sysvec_apic_timer_interrupt", "asm_sysvec_apic_timer_interrupt", M),
		CALLED(FAMILY_KMALLOC, 64, "some_handler", TRACED, "__kmalloc", "some_handler",
		       "__handle_irq_event_percpu", "common_interrupt", "asm_common_interrupt", M),
		CALLED(FAMILY_KMALLOC, 64, "net_rx_action", TRACED, "__kmalloc", "net_rx_action",
		       "__softirqentry_text_start", "do_softirq.part.0", "__local_bh_enable_ip", M),
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "pte_alloc_one", "__pte_alloc",
		       "handle_mm_fault", "exc_page_fault", "asm_exc_page_fault", M),
		/* … not even what backs it, nor what the allocator that was interrupted was at */
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "alloc_pages", "allocate_slab",
		       "___slab_alloc", "kmem_cache_alloc", "net_rx_action", "__do_softirq",
		       "asm_sysvec_apic_timer_interrupt", M),
		CALLED(FAMILY_KMALLOC, 64, "some_handler", TRACED, "__kmalloc", "some_handler",
		       "asm_common_interrupt", "___slab_alloc", "__kmalloc", M),
	};
	struct fixture *fixture = *state;

	look_at_module(fixture);
	CHECK_BESIDE(paths, BESIDE_INTERRUPTED);
	assert_int_equal(model_interrupted(&fixture->model), 3);
	add_path(fixture, &paths[0], 4)->flags |= ROW_FAILED;
	assert_int_equal(model_interrupted(build(fixture, SORT_BYTES)), 7);
	assert_int_equal(fixture->model.families[FAMILY_CACHE].failed, 0);
}

/* For the kernel as a whole these are allocations like any other. */
static void test_kernel_bookkeeping(void **state)
{
	static const struct path table[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "alloc_pages", "pte_alloc_one",
		       "__pte_alloc", "handle_mm_fault", "exc_page_fault", "asm_exc_page_fault"),
	};
	static const struct path fragment[] = {
		WALKED(FAMILY_PAGES, TRACED, "__alloc_pages", "page_frag_alloc_align",
		       "__netdev_alloc_skb", "handle_softirqs", M),
	};
	static const struct path array[] = {
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "__vmalloc_node_range", "__vmalloc_node", "__vmalloc_node_range",
		       "__vmalloc_node", "vmalloc", M),
	};

	static const struct path cut[] = {
		CALLED(FAMILY_KMALLOC, 64, "driver_probe", TRACED, "__kmalloc_noprof"),
	};

	CHECK_COUNTED(cut, "driver_probe");
	CHECK_COUNTED(table, "pte_alloc_one");
	CHECK_COUNTED(fragment, "__netdev_alloc_skb");
	CHECK_COUNTED(array, "__vmalloc_node_range");
}

/* A hooked function is on the stack twice, at its entry and in its body: that is one vmalloc. */
static void test_hooked_area(void **state)
{
	static const struct path paths[] = {
		WALKED(FAMILY_VMALLOC, TRACED, "alloc_vmap_area", "__get_vm_area_node",
		       "__vmalloc_node_range_noprof", "bpf_trampoline_6442",
		       "__vmalloc_node_range_noprof+0x5/0x900", "__vmalloc_node_noprof",
		       "vmalloc_noprof", M),
	};

	CHECK_COUNTED(paths, "test_it");
	look_at_module(*state);
	CHECK_COUNTED(paths, "test_it");
}

/* ---- large kmalloc, known by its stack ---------------------------------------------------- */

/* The first event's call site lies inside the allocator: not the module's, not its work either. */
static void test_module_double(void **state)
{
	static const struct path inner =
		CALLED(FAMILY_KMALLOC, LARGE_SIZE, "__kmalloc_noprof", TRACED,
		       "__kmalloc_large_node_noprof", "__kmalloc_noprof", M);
	struct fixture *fixture = *state;
	const struct model_family *family;

	look_at_module(fixture);
	unseen_some(add_path(fixture, &inner, 5), 3, LARGE_SIZE);
	add_row(fixture, FAMILY_KMALLOC, CALLER, LARGE_SIZE, 3);
	family = &build(fixture, SORT_BYTES)->families[FAMILY_KMALLOC];
	assert_int_equal(family->allocs, 5); /* two were not replaced: they are the module's */
	assert_int_equal(family->duplicates, 3);
	assert_int_equal(family->frees_unseen, 0);
	assert_int_equal(family->beside[BESIDE_INTERNAL].allocs, 0);
	assert_adds_up(family);
}

static const struct path kvmalloc_7_2_inner =
	CALLED(FAMILY_KMALLOC, LARGE_SIZE, "__kvmalloc_node_noprof", TRACED,
	       "__kmalloc_large_node_noprof", "__kvmalloc_node_noprof", M);
static const struct path kvmalloc_6_12_inner =
	CALLED(FAMILY_KMALLOC, LARGE_SIZE, "__kmalloc_node_noprof", TRACED,
	       "__kmalloc_large_node_noprof", "__kmalloc_node_noprof", "__kvmalloc_node_noprof", M);
static const struct path kvmalloc_6_12_outer =
	CALLED(FAMILY_KMALLOC, LARGE_SIZE, "__kvmalloc_node_noprof", TRACED,
	       "__kmalloc_node_noprof", "__kvmalloc_node_noprof", M);
static const struct path kvmalloc_6_1 =
	CALLED(FAMILY_KMALLOC, LARGE_SIZE, "kvmalloc_node", TRACED, "__kmalloc_node",
	       "kvmalloc_node", M);

/* The kmalloc family of these rows, each with its count and how many of them were replaced. */
static const struct model_family *build_replaced(struct fixture *fixture, const struct path *path,
						 uint64_t allocs, uint64_t replaced)
{
	struct snapshot_row *row = &fixture->snapshot.rows[ROWS_RESERVED];

	fixture->snapshot.row_count = ROWS_RESERVED;
	memset(row, 0, sizeof(*row));
	row = add_path(fixture, path, allocs);
	if (fixture->snapshot.live)
		unseen_some(row, replaced, LARGE_SIZE);
	return &build(fixture, SORT_BYTES)->families[FAMILY_KMALLOC];
}

/*
 * kvmalloc's own site is the first event's on 7.2, the second's on 6.12, the only one's on 6.1.
 * Freed without a trace, the two latter are replaced in the ledger too: that is no second event.
 */
static void test_module_double_kvmalloc(void **state)
{
	struct fixture *fixture = *state;
	const struct model_family *family;

	look_at_module(fixture);
	for (int live = 0; live < 2; live++) {
		fixture->snapshot.live = live;
		family = build_replaced(fixture, &kvmalloc_7_2_inner, 3, 3);
		assert_int_equal(family->allocs, 0);
		assert_int_equal(family->duplicates, 3);
		assert_int_equal(family->frees_unseen, 0);
		family = build_replaced(fixture, &kvmalloc_6_12_inner, 4, 4);
		assert_int_equal(family->allocs, 0);
		assert_int_equal(family->duplicates, 4);
		family = build_replaced(fixture, &kvmalloc_6_12_outer, 4, 2);
		assert_int_equal(family->allocs, 4);
		assert_int_equal(family->frees_unseen, live ? 2 : 0);
		family = build_replaced(fixture, &kvmalloc_6_1, 5, 1);
		assert_int_equal(family->allocs, 5);
		assert_int_equal(family->frees_unseen, live ? 1 : 0);
	}
}

/* ---- failures, known by their stack ------------------------------------------------------- */

static struct failures failures_of(struct fixture *fixture)
{
	struct failures failures;

	assert_int_equal(failures_build(&failures, &fixture->snapshot), 0);
	return failures;
}

/* A site without --module is the event's own; a pair of events is one failure. */
static void test_failed_pair(void **state)
{
	static const struct path inner = FAILED(1 << 23, "__kmalloc_noprof", TRACED,
						"__kmalloc_large_node_noprof", "__kmalloc_noprof",
						"driver_probe", M);
	static const struct path outer = FAILED(1 << 23, "driver_probe", TRACED,
						"__kmalloc_noprof", "driver_probe", M);
	struct fixture *fixture = *state;

	for (int module = 0; module < 2; module++) {
		const struct model_family *family = &fixture->model.families[FAMILY_KMALLOC];
		const char *site = module ? "test_it" : "driver_probe";
		struct failures failures;

		fixture->snapshot.row_count = ROWS_RESERVED;
		fixture->snapshot.module = module ? (char *)"testmod" : NULL;
		add_path(fixture, &inner, 4);
		add_path(fixture, &outer, 4);
		build(fixture, SORT_BYTES);
		assert_int_equal(family->failed, 4);
		assert_int_equal(family->duplicates, 4);
		assert_int_equal(family->fallbacks, 0);
		assert_int_equal(fixture->model.site_count, 1);
		assert_string_equal(fixture->model.sites[0].symbol->name, site);
		failures = failures_of(fixture);
		assert_int_equal(failures.total, 4);
		assert_int_equal(failures.count, 1);
		assert_string_equal(failures.list[0].symbol->name, site);
		failures_fini(&failures);
	}
}

/* kvmalloc tries kmalloc first: when that fails, vmalloc's turn has come, nothing has failed. */
static void test_fallbacks(void **state)
{
	static const struct path paths[] = {
		/* 6.1: one event */
		FAILED(LARGE_SIZE, "kvmalloc_node", TRACED, "__kmalloc_node", "kvmalloc_node", M),
		/* 6.12: two */
		FAILED(LARGE_SIZE, "__kmalloc_node_noprof", TRACED, "__kmalloc_large_node_noprof",
		       "__kmalloc_node_noprof", "__kvmalloc_node_noprof", M),
		FAILED(LARGE_SIZE, "__kvmalloc_node_noprof", TRACED, "__kmalloc_node_noprof",
		       "__kvmalloc_node_noprof", M),
		/* 7.2: two, the second of which looks as if the caller had called kmalloc */
		FAILED(LARGE_SIZE, "__kvmalloc_node_noprof", TRACED, "__kmalloc_large_node_noprof",
		       "__kvmalloc_node_noprof", M),
		FAILED(LARGE_SIZE, M, TRACED, "__kvmalloc_node_noprof", M),
		/* not large, but more than a page */
		FAILED(5000, M, TRACED, "__kvmalloc_node_noprof", M),
		/* the stack was not followed to the call site */
		FAILED(LARGE_SIZE, M, TRACED, "__kvmalloc_node_noprof"),
		/* kvrealloc tries krealloc, then kvmalloc */
		FAILED(64, "kvrealloc_noprof", TRACED, "__kmalloc_node_track_caller_noprof",
		       "krealloc_noprof", "kvrealloc_noprof", M),
	};
	static const uint64_t fallbacks[] = { 3, 0, 3, 0, 3, 3, 3, 3 };
	struct fixture *fixture = *state;

	for (int module = 0; module < 2; module++) {
		fixture->snapshot.module = module ? (char *)"testmod" : NULL;
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
			const struct model_family *family = build_path(fixture, &paths[i]);
			struct failures failures = failures_of(fixture);

			if (family->fallbacks != fallbacks[i] ||
			    family->duplicates != 3 - fallbacks[i])
				fail_msg("path %zu: %d fallbacks, %d duplicates", i,
					 (int)family->fallbacks, (int)family->duplicates);
			assert_int_equal(family->failed, 0);
			assert_int_equal(fixture->model.site_count, 0);
			assert_int_equal(failures.count, 0);
			assert_int_equal(failures.total, 0);
			failures_fini(&failures);
		}
	}
}

/* What kvmalloc does not make up for, and what is none of its business. */
static void test_no_fallbacks(void **state)
{
	static const struct path paths[] = {
		FAILED(4096, M, TRACED, "__kvmalloc_node_noprof", M),
		FAILED(1ull << 31, M, TRACED, "__kvmalloc_node_noprof", M),
		FAILED(64, "kvrealloc", TRACED, "__kmalloc_node", "kvrealloc", M), /* 6.1 */
		FAILED(LARGE_SIZE, "some_helper", TRACED, "__kmalloc_noprof", "some_helper",
		       "__kvmalloc_node_noprof", M),
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct model_family *family = build_path(fixture, &paths[i]);

		if (family->failed != 3 || family->fallbacks)
			fail_msg("path %zu: %d failed, %d fallbacks", i, (int)family->failed,
				 (int)family->fallbacks);
	}
}

/* A slab that tries for a larger block first, an array of pages: no failures of the module's. */
static void test_module_failed_internal(void **state)
{
	static const struct path slab = { FAMILY_PAGES, ROW_FAILED | ROW_STACK, 4096,
					  { TRACED, "__alloc_pages", "alloc_pages",
					    "allocate_slab", "___slab_alloc", "kmalloc_trace", M } };
	static const struct path array = FAILED(64, "__vmalloc_node_range", TRACED,
						"__kmalloc_node", "__vmalloc_node_range",
						"vmalloc", M);
	struct fixture *fixture = *state;
	struct failures failures;

	look_at_module(fixture);
	add_path(fixture, &slab, 2);
	add_path(fixture, &array, 1);
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].failed, 0);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].failed, 0);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].beside[BESIDE_INTERNAL].failed, 2);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].beside[BESIDE_INTERNAL].failed, 1);
	failures = failures_of(fixture);
	assert_int_equal(failures.count, 0);
	failures_fini(&failures);
	fixture->snapshot.module = NULL;
	build(fixture, SORT_BYTES);
	assert_int_equal(fixture->model.families[FAMILY_PAGES].failed, 2);
	assert_int_equal(fixture->model.families[FAMILY_KMALLOC].failed, 1);
}

/* Failures of one place, size and flags are one line, the others lines of their own. */
static void test_failures_merge(void **state)
{
	struct fixture *fixture = *state;
	struct failures failures;

	add_row(fixture, FAMILY_KMALLOC, CALLER, 100, 1)->flags = ROW_FAILED;
	add_row(fixture, FAMILY_KMALLOC, CALLER, 101, 2)->flags = ROW_FAILED;
	add_row(fixture, FAMILY_KMALLOC, CALLER, 5000, 9)->flags = ROW_FAILED;
	add_row(fixture, FAMILY_KMALLOC, 0x77, 100, 1)->flags = ROW_FAILED | ROW_NOSTACK;
	add_row(fixture, FAMILY_KMALLOC, 0x78, 100, 1)->flags = ROW_FAILED;
	failures = failures_of(fixture);
	assert_int_equal(failures.total, 14);
	assert_int_equal(failures.count, 4);
	assert_int_equal(failures.list[0].count, 9);
	assert_int_equal(failures.list[1].count, 3);
	assert_int_equal(failures.list[1].size_min, 100);
	assert_int_equal(failures.list[1].size_max, 101);
	assert_string_equal(failures.list[2].label, "[stack not readable]");
	assert_string_equal(failures.list[3].label, "[unknown]");
	failures_fini(&failures);
}

/* The walk can end before it has left the allocator, or leave it for where no name is known. */
static void test_stack_labels(void **state)
{
	static const struct path path = WALKED(FAMILY_PAGES, TRACED, "__alloc_pages");
	struct fixture *fixture = *state;

	build_path(fixture, &path);
	assert_null(fixture->model.sites[0].symbol);
	assert_string_equal(fixture->model.sites[0].label, "[allocator]");
	fixture->snapshot.rows[ROWS_RESERVED].frames[4] = 0x77;
	assert_null(build(fixture, SORT_BYTES)->sites[0].symbol);
	assert_string_equal(fixture->model.sites[0].label, "[unknown]");
}

/* A saved file can say anything. */
static void test_stack_without_frames(void **state)
{
	struct fixture *fixture = *state;

	for (int module = 0; module < 2; module++) {
		fixture->snapshot.module = module ? (char *)"testmod" : NULL;
		fixture->snapshot.row_count = ROWS_RESERVED;
		add_row(fixture, FAMILY_KMALLOC, CALLER, LARGE_SIZE, 1)->flags =
			ROW_STACK | ROW_CALLED;
		add_row(fixture, FAMILY_PAGES, CALLER, 4096, 1)->flags = ROW_STACK;
		fixture->snapshot.rows[ROWS_RESERVED + 1].slot = 0;
		build(fixture, SORT_BYTES);
		assert_int_equal(fixture->model.site_count, 2);
		assert_null(fixture->model.sites[0].symbol);
	}
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
		TEST(test_module_asked),
		TEST(test_module_function_names),
		TEST(test_module_internal),
		TEST(test_module_backing),
		TEST(test_module_interrupted),
		TEST(test_kernel_bookkeeping),
		TEST(test_hooked_area),
		TEST(test_module_double),
		TEST(test_module_double_kvmalloc),
		TEST(test_failed_pair),
		TEST(test_fallbacks),
		TEST(test_no_fallbacks),
		TEST(test_module_failed_internal),
		TEST(test_failures_merge),
		TEST(test_stack_labels),
		TEST(test_stack_without_frames),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
