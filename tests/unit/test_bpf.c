// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The BPF programs themselves: every one is loaded, and the allocation hooks are driven with made-up
 * events by BPF_PROG_TEST_RUN, attached to nothing, on maps so small that every edge is reached.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "tracer.h"
#include "tracer.skel.h"

#define ROWS	128u
#define ROWS_FREE (ROWS - ROWS_RESERVED)
#define BUCKETS 32u
#define OVERFLOW 16u
#define PAGES	0xffffea0000000000ull /* where struct pages might lie */
#define PAGE_STRUCT 64
#define KERNEL	0xffff888000000000ull

static struct tracer_bpf *bpf;
static unsigned int cpus;
static char *tables;
static const struct row *rows; /* in the tables */
static const struct row_rare *rares;
static const struct row_info *infos;

/* ---- driving ------------------------------------------------------------------------------ */

/* The page-rounded size of a table's mapping. */
static size_t table_size(const struct bpf_map *map)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bpf_map__value_size(map) + page - 1) & ~(page - 1);
}

static void *map_table(const struct bpf_map *map)
{
	void *at = mmap(NULL, table_size(map), PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Programs on functions have no function here; the guests try them. */
static bool is_loadable(const struct bpf_program *program)
{
	return !strstr(bpf_program__section_name(program), "fentry") &&
	       !strstr(bpf_program__section_name(program), "fexit");
}

static int open_with(uint64_t size_max, bool module)
{
	struct tracer_knobs *knobs;
	struct bpf_program *program;
	unsigned int slots_of_cpus = 1;
	uint8_t *slots;

	bpf = tracer_bpf__open();
	if (!bpf)
		return -1;
	cpus = (unsigned int)libbpf_num_possible_cpus();
	knobs = (struct tracer_knobs *)&bpf->rodata->knobs;
	slots = (uint8_t *)bpf->rodata->slot_table;
	for (uint32_t size = 0; size < SLOT_TABLE; size++)
		slots[size] = slot_of(size);
	while (slots_of_cpus < cpus)
		slots_of_cpus *= 2;
	knobs->row_mask = ROWS - 1;
	knobs->dir_mask = ROWS / DIR_WAYS - 1;
	knobs->rows_at = ROWS / DIR_WAYS * sizeof(struct dir_bucket);
	knobs->ledger_at = knobs->rows_at + ROWS * slots_of_cpus * sizeof(struct row);
	knobs->row_shift = (uint32_t)__builtin_ctz(ROWS);
	knobs->cpu_mask = slots_of_cpus - 1;
	knobs->ledger = 1;
	knobs->ledger_mask = BUCKETS - 1;
	knobs->cpus_possible = cpus;
	knobs->size_max = size_max;
	knobs->filter_size = size_max < UINT64_MAX;
	knobs->filter_module = module;
	knobs->filtered = knobs->filter_size || module;
	bpf_map__set_value_size(bpf->maps.tables,
				knobs->ledger_at + BUCKETS * sizeof(struct ledger_bucket));
	bpf_map__set_value_size(bpf->maps.rare, ROWS * sizeof(struct row_rare));
	bpf_map__set_value_size(bpf->maps.infos, ROWS * sizeof(struct row_info));
	bpf_map__set_max_entries(bpf->maps.overflow, OVERFLOW);
	bpf_map__set_max_entries(bpf->maps.stats, cpus);
	bpf_map__set_max_entries(bpf->maps.contexts, cpus);
	bpf_object__for_each_program(program, bpf->obj)
		bpf_program__set_autoload(program, is_loadable(program));
	if (tracer_bpf__load(bpf))
		return -1;
	tables = map_table(bpf->maps.tables);
	rares = map_table(bpf->maps.rare);
	infos = map_table(bpf->maps.infos);
	if (!tables || !rares || !infos)
		return -1;
	rows = (const void *)(tables + ((const struct tracer_knobs *)&bpf->rodata->knobs)->rows_at);
	for (size_t i = 0; i < DIR_RESERVED; i++)
		for (size_t way = 0; way < DIR_WAYS; way++)
			((struct dir_bucket *)tables)[i].site[way] = DIR_NOBODY;
	bpf->bss->control.on = 1;
	return 0;
}

static int open_small(void **state)
{
	return open_with(UINT64_MAX, false);
}

static int open_filtered(void **state)
{
	return open_with(4095, false);
}

static int open_module(void **state)
{
	return open_with(UINT64_MAX, true);
}

static int close_small(void **state)
{
	munmap(tables, table_size(bpf->maps.tables));
	munmap((void *)rares, table_size(bpf->maps.rare));
	munmap((void *)infos, table_size(bpf->maps.infos));
	tracer_bpf__destroy(bpf);
	bpf = NULL;
	return 0;
}

/* Runs a raw_tp program on `count` arguments. */
static void fire(struct bpf_program *program, const uint64_t *args, size_t count)
{
	uint64_t context[12] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = sizeof(context));

	memcpy(context, args, count * sizeof(*args));
	assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(program), &run), 0);
}

static void do_kmalloc(uint64_t site, uint64_t ptr, uint64_t requested, uint64_t allocated)
{
	fire(bpf->progs.kmalloc, (uint64_t[]){ site, ptr, requested, allocated, 0xcc0 }, 5);
}

static void do_kfree(uint64_t ptr)
{
	fire(bpf->progs.kfree, (uint64_t[]){ 1, ptr }, 2);
}

/* Movable pages need no stack, so that their row is known. */
static void do_page_alloc(uint64_t pfn, uint32_t order)
{
	fire(bpf->progs.page_alloc, (uint64_t[]){ PAGES + pfn * PAGE_STRUCT, order, 0, 1 }, 4);
}

static void do_page_free(uint64_t pfn, uint32_t order)
{
	fire(bpf->progs.page_free, (uint64_t[]){ PAGES + pfn * PAGE_STRUCT, order }, 2);
}

/* ---- looking ------------------------------------------------------------------------------ */

static struct row row_sum(uint32_t index)
{
	struct row sum = { 0 };

	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		const struct row *one = &rows[cpu * ROWS + index];

		sum.allocs += one->allocs;
		sum.bytes_requested += one->bytes_requested;
		sum.bytes_allocated += one->bytes_allocated;
		sum.frees += one->frees;
		sum.freed_allocated += one->freed_allocated;
		if (one->size_max > sum.size_max)
			sum.size_max = one->size_max;
	}
	return sum;
}

/* The row of (site, tag); fails the test when there is none. */
static uint32_t row_of(uint64_t site, uint64_t tag)
{
	for (uint32_t index = ROWS_RESERVED; index < ROWS; index++)
		if (infos[index].ready && infos[index].site == site && infos[index].tag == tag)
			return index;
	fail_msg("no row for site %llx tag %llx", (unsigned long long)site, (unsigned long long)tag);
	return 0;
}

/* The row with these flags; fails the test when there is none. */
static uint32_t row_with(uint32_t flags)
{
	for (uint32_t index = ROWS_RESERVED; index < ROWS; index++)
		if (infos[index].ready && infos[index].flags == flags)
			return index;
	fail_msg("no row with flags %x", flags);
	return 0;
}

static uint32_t rows_ready(void)
{
	uint32_t ready = 0;

	for (uint32_t index = ROWS_RESERVED; index < ROWS; index++)
		ready += infos[index].ready;
	return ready;
}

static uint64_t kmalloc_tag(uint64_t size)
{
	return (uint64_t)FAMILY_KMALLOC << TAG_FAMILY_SHIFT | slot_of(size);
}

static uint64_t unknown_frees(int family)
{
	struct cpu_stats stats;
	uint64_t sum = 0;

	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		assert_int_equal(
			bpf_map_lookup_elem(bpf_map__fd(bpf->maps.stats), &cpu, &stats), 0);
		sum += stats.frees_unknown[family];
	}
	return sum;
}

/* ---- tests -------------------------------------------------------------------------------- */

static void test_gate(void **state)
{
	bpf->bss->control.on = 0;
	do_kmalloc(0x1000, KERNEL, 100, 128);
	do_kfree(KERNEL + 4096);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
	bpf->bss->control.on = 1;
	do_kmalloc(0x1000, KERNEL, 100, 128);
	assert_int_equal(row_sum(row_of(0x1000, kmalloc_tag(100))).allocs, 1);
}

static void test_alloc_and_free(void **state)
{
	uint32_t row;

	do_kmalloc(0x1000, KERNEL, 100, 128);
	do_kmalloc(0x1000, KERNEL + 128, 101, 128); /* the same slot */
	do_kfree(KERNEL + 128);
	row = row_of(0x1000, kmalloc_tag(100));
	assert_int_equal(row_sum(row).allocs, 2);
	assert_int_equal(row_sum(row).bytes_requested, 201);
	assert_int_equal(row_sum(row).bytes_allocated, 256);
	assert_int_equal(row_sum(row).size_max, 101);
	assert_int_equal(row_sum(row).frees, 1);
	assert_int_equal(row_sum(row).freed_allocated, 128);
	do_kfree(KERNEL + 128); /* twice */
	assert_int_equal(row_sum(row).frees, 1);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 1);
}

static void test_null_is_no_free(void **state)
{
	do_kfree(0);
	do_kfree(16); /* ZERO_SIZE_PTR */
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
}

static void test_address_reuse(void **state)
{
	uint32_t first, second;

	do_kmalloc(0x1000, KERNEL, 100, 128);
	do_kmalloc(0x2000, KERNEL, 60, 64);
	first = row_of(0x1000, kmalloc_tag(100));
	second = row_of(0x2000, kmalloc_tag(60));
	assert_int_equal(rares[first].unseen, 1);
	assert_int_equal(rares[first].unseen_requested, 100);
	assert_int_equal(rares[first].unseen_allocated, 128);
	do_kfree(KERNEL);
	assert_int_equal(row_sum(first).frees, 0);
	assert_int_equal(row_sum(second).frees, 1);
}

static void test_failure(void **state)
{
	uint32_t row;

	do_kmalloc(0x1000, 0, 5000, 8192);
	do_kmalloc(0x1000, 0, 5000, 8192);
	row = row_with(ROW_FAILED | ROW_STACK | ROW_CALLED);
	assert_int_equal(infos[row].tag & TAG_SLOT_MASK, slot_of(5000));
	assert_int_equal(infos[row].gfp, 0xcc0);
	assert_true(infos[row].frames[0] == 0x1000);
	assert_true(infos[row].frames[1] != 0);
	assert_int_equal(row_sum(row).allocs, 2);
	do_kfree(0);
}

/* ---- kfree_rcu() -------------------------------------------------------------------------- */

/* Leaves kfree_rcu()'s mark at an object's address, as its hook does. */
static void mark_rcu(uint64_t ptr)
{
	const struct tracer_knobs *knobs = (const struct tracer_knobs *)&bpf->rodata->knobs;
	struct ledger_bucket *buckets = (void *)(tables + knobs->ledger_at);

	for (size_t i = 0; i < BUCKETS; i++)
		for (size_t way = 0; way < LEDGER_WAYS; way++)
			if (buckets[i].key[way] == (SPACE_SLAB << 60 | (ptr & (~0ull >> 4)))) {
				buckets[i].meta[way] = META_RCU;
				return;
			}
	fail_msg("the ledger does not have %llx", (unsigned long long)ptr);
}

static void test_rcu_then_free(void **state)
{
	uint32_t row;

	do_kmalloc(0x1000, KERNEL, 100, 128);
	mark_rcu(KERNEL);
	do_kfree(KERNEL); /* what the RCU machinery may do in the end */
	row = row_of(0x1000, kmalloc_tag(100));
	assert_int_equal(row_sum(row).frees, 0); /* it was counted with the call */
	assert_int_equal(rares[row].cross_frees, 0);
	assert_int_equal(row_sum(ROW_OTHER(FAMILY_KMALLOC)).frees, 0); /* the mark's own row is 0 */
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
	do_kfree(KERNEL);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 1);
}

static void test_rcu_then_reuse(void **state)
{
	uint32_t row;

	do_kmalloc(0x1000, KERNEL, 100, 128);
	mark_rcu(KERNEL);
	do_kmalloc(0x1000, KERNEL, 100, 128);
	row = row_of(0x1000, kmalloc_tag(100));
	assert_int_equal(rares[row].unseen, 0);
	assert_int_equal(rares[ROW_OTHER(FAMILY_KMALLOC)].unseen, 0);
	do_kfree(KERNEL);
	assert_int_equal(row_sum(row).frees, 1);
}

/* Marks take no room from objects. */
static void test_rcu_gives_way(void **state)
{
	const unsigned int objects = BUCKETS * LEDGER_WAYS;

	for (unsigned int i = 0; i < objects; i++) {
		do_kmalloc(0x1000, KERNEL + 32ull * i, 32, 32);
		mark_rcu(KERNEL + 32ull * i);
	}
	for (unsigned int i = 0; i < objects; i++)
		do_kmalloc(0x1000, KERNEL + (1 << 20) + 32ull * i, 32, 32);
	assert_int_equal(bpf->bss->control.loss.ledger_full, 0);
	assert_int_equal(bpf->bss->control.spilled, 0);
	for (unsigned int i = 0; i < objects; i++)
		do_kfree(KERNEL + (1 << 20) + 32ull * i);
	assert_int_equal(row_sum(row_of(0x1000, kmalloc_tag(32))).frees, objects);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
}

/* ---- a module ----------------------------------------------------------------------------- */

/* The text of a function that is on the stack of every test run, as if it were a module. */
static bool find_caller(struct tracer_range *range)
{
	FILE *kallsyms = fopen("/proc/kallsyms", "r");
	unsigned long long address, least = UINT64_MAX;
	char name[256];

	range->start = 0;
	while (kallsyms && fscanf(kallsyms, "%llx %*c %255s%*[^\n]", &address, name) == 2)
		if (!strcmp(name, "__sys_bpf"))
			range->start = address;
	if (kallsyms)
		rewind(kallsyms);
	while (kallsyms && fscanf(kallsyms, "%llx %*c %255s%*[^\n]", &address, name) == 2)
		if (address > range->start && address < least)
			least = address;
	if (kallsyms)
		fclose(kallsyms);
	range->size = least - range->start;
	return range->start != 0;
}

static void test_module_by_call_site(void **state)
{
	bpf->bss->control.text = (struct tracer_range){ 0x1000, 0x100 };
	bpf->bss->control.init = (struct tracer_range){ 0x5000, 0x100 };
	do_kmalloc(0x10ff, KERNEL, 100, 128);
	do_kmalloc(0x5000, KERNEL + 128, 100, 128);
	do_kmalloc(0x1100, KERNEL + 256, 100, 128);
	do_kmalloc(0x0fff, KERNEL + 384, 100, 128);
	assert_int_equal(row_sum(row_of(0x10ff, kmalloc_tag(100))).allocs, 1);
	assert_int_equal(row_sum(row_of(0x5000, kmalloc_tag(100))).allocs, 1);
	assert_int_equal(rows_ready(), 2);
}

static void test_module_by_stack(void **state)
{
	struct tracer_range caller;
	uint32_t row, last = 0;

	if (!find_caller(&caller))
		skip();
	bpf->bss->control.text = caller;
	do_kmalloc(0x1000, KERNEL, 100, 128);
	row = row_with(ROW_STACK | ROW_CALLED);
	assert_true(infos[row].frames[0] == 0x1000);
	while (last + 1 < TRACER_FRAMES && infos[row].frames[last + 1])
		last++;
	assert_true(infos[row].frames[last] - caller.start < caller.size);
	for (uint32_t i = 1; i < last; i++)
		assert_false(infos[row].frames[i] - caller.start < caller.size);
	do_kfree(KERNEL);
	assert_int_equal(row_sum(row).frees, 1);
}

/* More objects than the table and the overflow hold: each is found again or counted as lost. */
static void test_ledger_full(void **state)
{
	const unsigned int objects = 4 * BUCKETS * LEDGER_WAYS;
	uint64_t frees, lost;
	uint32_t row;

	for (unsigned int i = 0; i < objects; i++)
		do_kmalloc(0x1000, KERNEL + 32ull * i, 32, 32);
	lost = bpf->bss->control.loss.ledger_full;
	assert_true(lost >= objects - BUCKETS * LEDGER_WAYS - OVERFLOW);
	assert_true(lost < objects - BUCKETS * LEDGER_WAYS / 2);
	for (unsigned int i = 0; i < objects; i++)
		do_kfree(KERNEL + 32ull * i);
	row = row_of(0x1000, kmalloc_tag(32));
	frees = row_sum(row).frees;
	assert_int_equal(row_sum(row).allocs, objects);
	assert_int_equal(frees + lost, objects);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), lost);
	assert_int_equal(bpf->bss->control.spilled, 0);
}

/* Eight-byte objects: sixteen share a bucket of four, the rest spill, none is lost. */
static void test_spill(void **state)
{
	uint32_t row;

	for (unsigned int i = 0; i < 64; i++)
		do_kmalloc(0x1000, KERNEL + 8ull * i, 8, 8);
	assert_true(bpf->bss->control.spilled > 0);
	assert_int_equal(bpf->bss->control.loss.ledger_full, 0);
	/* An address that comes back is found in its second place too. */
	for (unsigned int i = 0; i < 64; i++)
		do_kmalloc(0x1000, KERNEL + 8ull * i, 8, 8);
	row = row_of(0x1000, kmalloc_tag(8));
	assert_int_equal(rares[row].unseen, 64);
	for (unsigned int i = 0; i < 64; i++)
		do_kfree(KERNEL + 8ull * i);
	assert_int_equal(row_sum(row).frees, 64);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
	assert_int_equal(bpf->bss->control.spilled, 0);
}

/* More call sites than rows: totals stay, in the family's [other] row. */
static void test_rows_full(void **state)
{
	uint64_t allocs = 0, frees = 0;

	for (uint64_t i = 0; i < 200; i++)
		do_kmalloc(0x1000 + i * 16, KERNEL + 64 * (i % 8), 64, 64);
	for (uint64_t i = 0; i < 8; i++)
		do_kfree(KERNEL + 64 * i);
	assert_true(bpf->bss->control.loss.row_full >= 200 - ROWS_FREE);
	for (uint32_t index = 0; index < ROWS; index++) {
		allocs += row_sum(index).allocs;
		frees += row_sum(index).frees + rares[index].unseen;
	}
	assert_int_equal(allocs, 200);
	assert_int_equal(frees, 200);
	assert_int_equal(row_sum(ROW_OTHER(FAMILY_KMALLOC)).allocs,
			 bpf->bss->control.loss.row_full);
}

/* A site whose first bucket is a reserved one finds another place, while there is room. */
static void test_reserved_buckets(void **state)
{
	for (uint64_t i = 0; i < 48; i++)
		do_kmalloc(0x1000 + i * 16, KERNEL + 64 * i, 64, 64);
	assert_int_equal(bpf->bss->control.loss.row_full, 0);
	for (uint32_t index = 0; index < ROWS_RESERVED; index++)
		assert_int_equal(row_sum(index).allocs, 0);
}

/* What found no room is not live for ever: its free can't be told from an older object's. */
static void test_unkept(void **state)
{
	const unsigned int objects = 4 * BUCKETS * LEDGER_WAYS;
	uint32_t row;

	for (unsigned int i = 0; i < objects; i++)
		do_kmalloc(0x1000, KERNEL + 32ull * i, 30, 32);
	row = row_of(0x1000, kmalloc_tag(30));
	assert_true(rares[row].unkept > 0);
	assert_int_equal(rares[row].unkept, bpf->bss->control.loss.ledger_full);
	assert_int_equal(rares[row].unkept_allocated, 32 * rares[row].unkept);
}

/* An allocation that a filter leaves out closes the traced object whose address it got. */
static void test_ignored_allocation_closes(void **state)
{
	uint32_t row;

	do_kmalloc(0x1000, KERNEL, 100, 128); /* 4 KiB and more are left out */
	do_kmalloc(0x2000, KERNEL, 5000, 8192);
	do_kfree(KERNEL);
	row = row_of(0x1000, kmalloc_tag(100));
	assert_int_equal(rares[row].unseen, 1);
	assert_int_equal(row_sum(row).frees, 0);
	do_kmalloc(0x1000, KERNEL, 100, 128);
	fire(bpf->progs.kmalloc, (uint64_t[]){ 0x2000, 0, 5000, 8192, 0xcc0 }, 5); /* failed */
	do_kfree(KERNEL);
	assert_int_equal(row_sum(row).frees, 1);
}

/* Failures keep being failures when there is no row left for their site. */
static void test_failures_without_rows(void **state)
{
	for (uint64_t i = 0; i < 200; i++)
		do_kmalloc(0x1000 + i * 16, 0, 64, 64);
	assert_true(row_sum(ROW_OTHER_FAILED(FAMILY_KMALLOC)).allocs > 0);
	assert_int_equal(row_sum(ROW_OTHER_FAILED(FAMILY_KMALLOC)).allocs,
			 bpf->bss->control.loss.row_full);
	assert_int_equal(row_sum(ROW_OTHER(FAMILY_KMALLOC)).allocs, 0);
}

static void test_page_block(void **state)
{
	uint32_t row = ROW_MOVABLE(2);

	do_page_alloc(4096, 2);
	do_page_free(4096, 2);
	assert_int_equal(row_sum(row).allocs, 1);
	assert_int_equal(row_sum(row).frees, 1);
	assert_int_equal(row_sum(row).freed_allocated, 16384);
	do_page_free(4096, 2);
	assert_int_equal(unknown_frees(FAMILY_PAGES), 1);
}

/* alloc_pages_exact and split_page: one block, freed page by page, in any order. */
/* A page that is older than the trace is freed beside one that is not. */
static void test_page_neighbour(void **state)
{
	do_page_alloc(16, 1); /* so that blocks of two are looked for */
	do_page_free(16, 1);
	do_page_alloc(32, 0);
	do_page_free(33, 0);
	assert_int_equal(unknown_frees(FAMILY_PAGES), 1);
	assert_int_equal(row_sum(ROW_MOVABLE(0)).frees, 0);
	do_page_free(32, 0);
	assert_int_equal(row_sum(ROW_MOVABLE(0)).frees, 1);
}

static void test_page_block_in_parts(void **state)
{
	static const uint64_t order_of_frees[] = { 5, 0, 7, 2, 1, 6, 3, 4 };
	uint32_t row = ROW_MOVABLE(3);

	do_page_alloc(8192, 3);
	for (size_t i = 0; i < 8; i++) {
		do_page_free(8192 + order_of_frees[i], 0);
		assert_int_equal(row_sum(row).freed_allocated, (i + 1) * 4096);
		/* The block counts as freed with its first page. */
		assert_int_equal(row_sum(row).frees, i >= 1);
	}
	assert_int_equal(unknown_frees(FAMILY_PAGES), 0);
	do_page_free(8192 + 5, 0);
	assert_int_equal(unknown_frees(FAMILY_PAGES), 1);
}

static void test_page_block_in_halves(void **state)
{
	uint32_t row = ROW_MOVABLE(4);

	do_page_alloc(16384, 4);
	do_page_free(16384 + 8, 3);
	do_page_free(16384 + 4, 2);
	do_page_free(16384, 2);
	assert_int_equal(row_sum(row).freed_allocated, 65536);
	assert_int_equal(row_sum(row).frees, 1);
	assert_int_equal(unknown_frees(FAMILY_PAGES), 0);
}

/* What is left of a block must not look like part of a new one at the same place. */
static void test_page_reuse_after_part(void **state)
{
	do_page_alloc(32768, 1);
	do_page_free(32768, 0);
	do_page_alloc(32768, 0);
	do_page_free(32768, 0);
	do_page_free(32769, 0);
	assert_int_equal(row_sum(ROW_MOVABLE(1)).freed_allocated, 8192);
	assert_int_equal(row_sum(ROW_MOVABLE(0)).freed_allocated, 4096);
	assert_int_equal(row_sum(ROW_MOVABLE(0)).frees, 1);
	assert_int_equal(unknown_frees(FAMILY_PAGES), 0);
}

static void test_families_do_not_meet(void **state)
{
	/* The same number as a slab object, a vmalloc area and a per-CPU area. */
	do_kmalloc(0x1000, 0x7000, 64, 64);
	fire(bpf->progs.percpu_alloc,
	     (uint64_t[]){ 0x2000, 0, 0, 8, 8, 0, 0, 0x7000, 8 * cpus, 0xcc0 }, 10);
	fire(bpf->progs.vmap_free, (uint64_t[]){ 0x7000 }, 1);
	assert_int_equal(unknown_frees(FAMILY_VMALLOC), 1);
	fire(bpf->progs.percpu_free, (uint64_t[]){ 0, 0, 0x7000 }, 3);
	assert_int_equal(unknown_frees(FAMILY_PERCPU), 0);
	do_kfree(0x7000);
	assert_int_equal(unknown_frees(FAMILY_KMALLOC), 0);
}

static void test_stack_rows(void **state)
{
	uint32_t found = 0;

	fire(bpf->progs.vmap_alloc, (uint64_t[]){ 0x7000, 8192, 1, 0, 0, 0 }, 6);
	for (uint32_t index = ROWS_RESERVED; index < ROWS; index++)
		if (infos[index].ready && infos[index].family == FAMILY_VMALLOC)
			found = index;
	assert_true(found);
	/* The guard page is not memory. */
	assert_int_equal(row_sum(found).bytes_allocated, 4096);
	fire(bpf->progs.vmap_free, (uint64_t[]){ 0x7000 }, 1);
	assert_int_equal(row_sum(found).frees, 1);
}

static void test_symbols(void **state)
{
	struct {
		uint64_t address;
		char text[128];
	} request = { .address = 16 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &request, .ctx_size_in = sizeof(request));

	assert_int_equal(
		bpf_prog_test_run_opts(bpf_program__fd(bpf->progs.symbol_name), &run), 0);
	assert_string_equal(request.text, "0x10");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_small, close_small)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gate),
		TEST(test_alloc_and_free),
		TEST(test_null_is_no_free),
		TEST(test_address_reuse),
		TEST(test_failure),
		TEST(test_rcu_then_free),
		TEST(test_rcu_then_reuse),
		TEST(test_rcu_gives_way),
		cmocka_unit_test_setup_teardown(test_module_by_call_site, open_module, close_small),
		cmocka_unit_test_setup_teardown(test_module_by_stack, open_module, close_small),
		TEST(test_ledger_full),
		TEST(test_spill),
		TEST(test_rows_full),
		TEST(test_reserved_buckets),
		TEST(test_unkept),
		cmocka_unit_test_setup_teardown(test_ignored_allocation_closes, open_filtered,
						close_small),
		TEST(test_failures_without_rows),
		TEST(test_page_block),
		TEST(test_page_neighbour),
		TEST(test_page_block_in_parts),
		TEST(test_page_block_in_halves),
		TEST(test_page_reuse_after_part),
		TEST(test_families_do_not_meet),
		TEST(test_stack_rows),
		TEST(test_symbols),
	};

	if (geteuid()) {
		printf("TAP version 13\n1..1\nok 1 - BPF programs # SKIP needs root\n");
		return 0;
	}
	return cmocka_run_group_tests_name("bpf", tests, NULL, NULL);
}
