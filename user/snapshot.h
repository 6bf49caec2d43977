/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A plain copy of what the kernel side has counted, at one instant, CPUs added up: the only thing
 * that judgement and rendering see. It can be saved and loaded (snapshot_file.h), so every report
 * can be made again without root and without that kernel.
 */
#ifndef TRACER_SNAPSHOT_H
#define TRACER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "symbols.h"
#include "tracer.h"

enum hook_status {
	HOOK_ATTACHED,
	HOOK_MISSING,  /* this kernel does not have it or does not let us */
	HOOK_UNWANTED, /* not needed for what was asked */
};

struct hook_state {
	char *name;	     /* what it hooks: "kmalloc", "kvfree_call_rcu" */
	char *kind;	     /* "raw_tp", "fentry", "kprobe" */
	int family;	     /* enum tracer_family, or -1: serves the trace as a whole */
	enum hook_status status;
	char *reason;	     /* why it is missing, and what that costs; NULL when attached */
	uint64_t misses;     /* events the kernel skipped because the program was running */
};

/* One row of tracer.h with all CPUs added; sizes of a cache's row are filled in. */
struct snapshot_row {
	uint64_t site;
	uint64_t tag;
	enum tracer_family family;
	uint32_t flags; /* ROW_* */
	uint32_t slot;
	uint32_t gfp;
	uint64_t frames[TRACER_FRAMES];
	char cache[TRACER_NAME + 1]; /* raw bytes, not escaped */
	uint64_t allocs;	     /* with ROW_FAILED: failures */
	uint64_t bytes_requested;
	uint64_t bytes_allocated;
	uint64_t frees;
	uint64_t freed_allocated;
	uint64_t unseen;
	uint64_t unseen_requested;
	uint64_t unseen_allocated;
	uint64_t unkept; /* the ledger had no room: not counted as live, freed or not */
	uint64_t unkept_allocated;
	uint64_t size_min, size_max;
};

/* Per family, of all CPUs. */
struct snapshot_totals {
	uint64_t frees_unknown;
	uint64_t frees_null;
	uint64_t ignored;	/* allocations that a filter left out */
	uint64_t frees_ignored;
};

struct snapshot_cost {
	uint64_t events;	     /* that ran a program of ours */
	uint64_t ns_per_event;	     /* measured on this machine after the trace; 0: not measured */
	uint64_t ns_per_event_empty; /* the same with a program that does nothing */
	uint64_t user_cpu_ns;	     /* of the tracer's process */
	uint64_t kernel_bytes;	     /* the maps */
};

struct snapshot {
	char *kernel;
	char *arch;
	uint64_t started_ns;  /* wall clock, since the epoch */
	uint64_t duration_ns; /* gate open */
	unsigned int families; /* bit per traced family */
	unsigned int cpus;    /* possible */
	bool live;	      /* a ledger was kept */
	bool filtered;	      /* some filter was set: `filters` says which */
	bool frees_decidable; /* the filter can be told of a free whose allocation was not seen */
	char *filters;	      /* "pid 17, module foo"; NULL: none */
	char *module;	      /* what its code asks for is all that was counted; NULL: everything */
	uint64_t max_objects; /* the ledger's capacity */
	struct hook_state *hooks;
	size_t hook_count;
	struct snapshot_row *rows; /* indexed like the kernel's: the same row in the next snapshot */
	size_t row_count;
	struct snapshot_totals totals[FAMILY_COUNT];
	struct tracer_loss loss;
	struct snapshot_cost cost;
	struct symbols *symbols; /* not owned */
};

/* Frees what the snapshot holds, not the struct. Safe on a zeroed one. */
void snapshot_fini(struct snapshot *snapshot);

/* Names every address of the rows, while the code they lie in is still loaded. */
void snapshot_resolve(struct snapshot *snapshot);

#endif
