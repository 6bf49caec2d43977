// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The kernel's counters -> struct snapshot: read from the mapped tables without a syscall per row,
 * CPUs added up.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include <bpf/bpf.h>

#include "collector_state.h"

static const struct row *cpu_row(const struct collector *collector, unsigned int cpu, size_t index)
{
	const struct tracer_knobs *knobs = collector_knobs(collector);
	const struct row *rows =
		(const void *)((const char *)collector->tables.at + knobs->rows_at);

	return &rows[(size_t)cpu * collector->row_total + index];
}

static void add_cpu(struct snapshot_row *out, const struct row *row)
{
	out->allocs += row->allocs;
	out->bytes_requested += row->bytes_requested;
	out->bytes_allocated += row->bytes_allocated;
	out->frees += row->frees;
	out->freed_allocated += row->freed_allocated;
	if (row->size_max > out->size_max)
		out->size_max = row->size_max;
	if (row->size_min_inverted && (!out->size_min || ~row->size_min_inverted < out->size_min))
		out->size_min = ~row->size_min_inverted;
}

static void add_rare(struct snapshot_row *out, const struct row_rare *rare)
{
	out->frees += rare->cross_frees;
	out->freed_allocated += rare->cross_allocated;
	out->unseen = rare->unseen;
	out->unseen_requested = rare->unseen_requested;
	out->unseen_allocated = rare->unseen_allocated;
	out->unkept = rare->unkept;
	out->unkept_allocated = rare->unkept_allocated;
}

/* A cache's row counts objects; its sizes stand in the row's info. */
static void size_cache_row(struct snapshot_row *out, const struct row_info *info)
{
	uint64_t requested = info->object_size, allocated = info->slot_size;

	if (!allocated)
		return;
	out->bytes_requested = out->allocs * requested;
	out->bytes_allocated = out->allocs * allocated;
	out->freed_allocated = out->frees * allocated;
	out->unseen_requested = out->unseen * requested;
	out->unseen_allocated = out->unseen * allocated;
	out->unkept_allocated = out->unkept * allocated;
	out->size_min = out->size_max = requested;
	out->slot = slot_of(requested);
}

static void describe_reserved(struct snapshot_row *out, size_t index)
{
	if (index >= ROW_MOVABLE(0)) {
		out->family = FAMILY_PAGES;
		out->slot = index - ROW_MOVABLE(0);
	} else if (index < FAMILY_COUNT || (index >= ROW_OTHER_FAILED(0) &&
					    index < ROW_OTHER_FAILED(FAMILY_COUNT))) {
		out->family = index % ROW_OTHER_FAILED(0);
		out->flags = index < FAMILY_COUNT ? 0 : ROW_FAILED;
		/* Sizes of many kinds in one row: the histogram takes them at their mean. */
		out->slot = out->allocs ? slot_of(out->bytes_requested / out->allocs) : 0;
	}
}

static void read_row(const struct collector *collector, struct snapshot_row *out, size_t index)
{
	const struct row_info *info = (const struct row_info *)collector->infos.at + index;

	for (unsigned int cpu = 0; cpu < collector->cpus; cpu++)
		add_cpu(out, cpu_row(collector, cpu, index));
	add_rare(out, (const struct row_rare *)collector->rare.at + index);
	if (index < ROWS_RESERVED) {
		describe_reserved(out, index);
		return;
	}
	out->site = info->site;
	out->tag = info->tag;
	out->flags = info->flags;
	out->family = info->family < FAMILY_COUNT ? info->family : FAMILY_KMALLOC;
	out->gfp = info->gfp;
	if (out->flags & ROW_STACK)
		memcpy(out->frames, info->frames, sizeof(out->frames));
	if (out->family == FAMILY_CACHE && info->slot_size) {
		memcpy(out->cache, info->cache, TRACER_NAME);
		size_cache_row(out, info);
		return;
	}
	out->slot = info->tag & TAG_SLOT_MASK;
}

static bool row_used(const struct collector *collector, size_t index)
{
	const struct row_info *info = (const struct row_info *)collector->infos.at + index;

	return index < ROWS_RESERVED || __atomic_load_n(&info->ready, __ATOMIC_ACQUIRE);
}

static int read_rows(const struct collector *collector, struct snapshot *snapshot)
{
	snapshot->rows = calloc(collector->row_total, sizeof(*snapshot->rows));
	if (!snapshot->rows)
		return -ENOMEM;
	snapshot->row_count = collector->row_total;
	for (size_t i = 0; i < snapshot->row_count; i++)
		if (row_used(collector, i))
			read_row(collector, &snapshot->rows[i], i);
	return 0;
}

static void read_totals(const struct collector *collector, struct snapshot *snapshot)
{
	for (unsigned int cpu = 0; cpu < collector->cpus; cpu++) {
		const struct cpu_stats *stats = (const struct cpu_stats *)collector->stats.at + cpu;

		for (int family = 0; family < FAMILY_COUNT; family++) {
			struct snapshot_totals *totals = &snapshot->totals[family];

			totals->frees_unknown += stats->frees_unknown[family];
			totals->frees_null += stats->frees_null[family];
			totals->ignored += stats->ignored[family];
			totals->frees_ignored += stats->frees_ignored[family];
		}
	}
}

static uint64_t count_events(const struct snapshot *snapshot)
{
	uint64_t events = 0;

	for (size_t i = 0; i < snapshot->row_count; i++)
		events += snapshot->rows[i].allocs + snapshot->rows[i].frees;
	for (int family = 0; family < FAMILY_COUNT; family++) {
		const struct snapshot_totals *totals = &snapshot->totals[family];

		events += totals->frees_unknown + totals->frees_null + totals->ignored +
			  totals->frees_ignored;
	}
	return events;
}

static void read_cost(const struct collector *collector, struct snapshot *snapshot)
{
	struct rusage usage;

	snapshot->cost.events = count_events(snapshot);
	snapshot->cost.kernel_bytes = collector->kernel_bytes;
	if (getrusage(RUSAGE_SELF, &usage))
		return;
	snapshot->cost.user_cpu_ns =
		(uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
		(uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

/* Functions of modules that are gone, as the kernel called them while they were there. */
static void read_names(const struct collector *collector)
{
	int map = bpf_map__fd(collector->bpf->maps.names);
	struct {
		char text[TRACER_SYMBOL];
	} symbol;
	uint64_t address;
	void *before = NULL;

	if (!collector->control->names)
		return;
	while (!bpf_map_get_next_key(map, before, &address)) {
		if (!bpf_map_lookup_elem(map, &address, &symbol))
			symbols_add(collector->symbols, address, symbol.text);
		before = &address;
	}
}

static int read_head(const struct collector *collector, struct snapshot *snapshot)
{
	const struct tracer_knobs *knobs = collector_knobs(collector);
	uint64_t end = collector->stopped_ns ?: collector_now();
	struct utsname host;

	uname(&host);
	snapshot->kernel = strdup(host.release);
	snapshot->arch = strdup(host.machine);
	snapshot->filters = collector->filters ? strdup(collector->filters) : NULL;
	snapshot->module = knobs->filter_module ? strdup(collector->options.module) : NULL;
	if (!snapshot->kernel || !snapshot->arch || (collector->filters && !snapshot->filters) ||
	    (knobs->filter_module && !snapshot->module))
		return -ENOMEM;
	snapshot->started_ns = (uint64_t)collector->wall_start.tv_sec * 1000000000 +
			       (uint64_t)collector->wall_start.tv_nsec;
	snapshot->duration_ns = collector->started_ns ? end - collector->started_ns : 0;
	snapshot->families = collector->hooked; /* no figure is made up for the others */
	snapshot->cpus = collector->cpus;
	snapshot->live = knobs->ledger;
	snapshot->filtered = knobs->filtered;
	snapshot->frees_decidable = knobs->frees_decidable;
	snapshot->max_objects = knobs->ledger ? collector->options.max_objects : 0;
	snapshot->loss = collector->control->loss;
	snapshot->symbols = collector->symbols;
	return 0;
}

int collector_read(struct collector *collector, struct snapshot *snapshot)
{
	struct snapshot taken = { 0 };
	int error = read_head(collector, &taken);

	error = error ?: read_rows(collector, &taken);
	error = error ?: collector_read_hooks(collector, &taken);
	if (error) {
		snapshot_fini(&taken);
		return error;
	}
	read_totals(collector, &taken);
	read_cost(collector, &taken);
	read_names(collector);
	snapshot_resolve(&taken);
	*snapshot = taken;
	return 0;
}
