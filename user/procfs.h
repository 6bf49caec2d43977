/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tables that the kernel prints about its memory, as numbers: /proc/meminfo, slabinfo,
 * vmallocinfo and allocinfo. Pure: text in, plain structs out; no file is opened here.
 *
 * The text is not trusted: a line that is not understood (cut short, other columns, a number that
 * does not fit 64 bits) is skipped and counted, never guessed. Names in the results point into
 * the text, which must live as long as they do, and are not escaped.
 */
#ifndef TRACER_PROCFS_H
#define TRACER_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of somebody else's text; not terminated. */
struct procfs_slice {
	const char *text;
	size_t length;
};

/* Takes the next line, without its newline, off the front of `rest`. False at the end. */
bool procfs_next_line(struct procfs_slice *rest, struct procfs_slice *line);
/* Takes the next word (no blanks) off the front of `rest`. False when only blanks are left. */
bool procfs_next_word(struct procfs_slice *rest, struct procfs_slice *word);
/* Is the whole of `word` an unsigned decimal that fits? `value` is untouched if not. */
bool procfs_is_number(struct procfs_slice word, uint64_t *value);
/* Does `slice` begin with `prefix`? If so the prefix is taken off. */
bool procfs_skip(struct procfs_slice *slice, const char *prefix);
/* The first place of `needle` in `slice`, NULL when there is none. */
const char *procfs_find(struct procfs_slice slice, const char *needle);
/* What is before and what is behind the first `mark`; false without one. */
bool procfs_split(struct procfs_slice slice, const char *mark, struct procfs_slice *before,
		  struct procfs_slice *behind);
bool procfs_same(struct procfs_slice a, struct procfs_slice b);
/* An order for sorting: <0, 0, >0, as memcmp does, shorter first. */
int procfs_compare(struct procfs_slice a, struct procfs_slice b);
/* a + b, or UINT64_MAX when that does not fit: totals of hostile numbers must not wrap. */
uint64_t procfs_add(uint64_t a, uint64_t b);
/*
 * Room for one more row behind `count` rows that grew one by one through here. NULL when out of
 * memory; the old rows are then still there.
 */
void *procfs_grow(void *rows, size_t count, size_t row_size);

/* /proc/meminfo: the lines that say something about the kernel's own memory. */
enum procfs_meminfo_field {
	MEMINFO_MEM_TOTAL,
	MEMINFO_MEM_FREE,
	MEMINFO_MEM_AVAILABLE,
	MEMINFO_ACTIVE,
	MEMINFO_INACTIVE,
	MEMINFO_UNEVICTABLE,
	MEMINFO_SLAB,
	MEMINFO_SRECLAIMABLE,
	MEMINFO_SUNRECLAIM,
	MEMINFO_KRECLAIMABLE,
	MEMINFO_KERNEL_STACK,
	MEMINFO_PAGE_TABLES,
	MEMINFO_SEC_PAGE_TABLES,
	MEMINFO_VMALLOC_USED,
	MEMINFO_PERCPU,
	MEMINFO_HUGETLB,
	MEMINFO_ZSWAP,
	MEMINFO_BALLOON,
	MEMINFO_FIELDS,
};

struct procfs_meminfo {
	bool present[MEMINFO_FIELDS]; /* this kernel prints the line */
	uint64_t bytes[MEMINFO_FIELDS];
};

/* 0, or -EINVAL when MemTotal is not there: then it is no meminfo. */
int procfs_parse_meminfo(struct procfs_slice text, struct procfs_meminfo *out);
/* The kernel's name of a field, "MemTotal". */
const char *procfs_meminfo_name(enum procfs_meminfo_field field);
/*
 * Which of MemTotal some line of meminfo explains: free pages, the LRU lists (page cache and
 * processes), slab, vmalloc, per-CPU, page tables, huge pages, zswap and balloon. KernelStack is
 * left out, because stacks are vmalloc memory (CONFIG_VMAP_STACK). The rest of MemTotal, also
 * negative for a moment, was taken from the page allocator without a counter.
 * -ENODATA when the kernel does not print the lines that this needs.
 */
int procfs_meminfo_accounted(const struct procfs_meminfo *meminfo, uint64_t *bytes);

/* One line of /proc/slabinfo. `growth_*` are set by whoever compares two looks. */
struct procfs_cache {
	struct procfs_slice name;
	uint64_t objects;     /* places in all slabs (num_objs) */
	uint64_t active;      /* of them in use, as far as SLUB knows: free ones on a CPU's own
				 list count as used */
	uint64_t object_size; /* of a place, alignment and debug data included */
	uint64_t bytes;	      /* pages of all slabs */
	uint64_t waste_bytes; /* bytes minus active objects: free places and what is left over */
	int64_t growth_objects, growth_bytes;
};

struct procfs_slabinfo {
	struct procfs_cache *caches; /* in the file's order */
	size_t count;
	size_t skipped; /* lines that were not understood */
	uint64_t bytes, waste_bytes;
};

/* 0, -EINVAL (not slabinfo version 2) or -ENOMEM. procfs_free_slabinfo() frees the result. */
int procfs_parse_slabinfo(struct procfs_slice text, uint64_t page_size,
			  struct procfs_slabinfo *out);
void procfs_free_slabinfo(struct procfs_slabinfo *slabinfo);

enum procfs_area_kind {
	AREA_VMALLOC,  /* pages of its own */
	AREA_USER,     /* vmalloc_user(): meant to be mapped into a process */
	AREA_VMAP,     /* somebody else's pages, seen as one range */
	AREA_IOREMAP,  /* a device's registers; no memory at all */
	AREA_DMA,      /* dma_alloc_coherent() */
	AREA_SPARSE,   /* address space whose pages come and go (BPF arena) */
	AREA_MAP_RAM,  /* vm_map_ram() */
	AREA_UNPURGED, /* freed, its address space not given back yet */
	AREA_OTHER,
	AREA_KINDS,
};

/* The lines of /proc/vmallocinfo that have caller and kind in common. */
struct procfs_caller {
	struct procfs_slice caller; /* "symbol+0x1/0x2 [module]"; empty when the kernel has none */
	enum procfs_area_kind kind;
	uint64_t areas;
	uint64_t bytes; /* of address space, guard pages included */
	uint64_t pages; /* of memory that belong to the areas; 0 for ioremap and most vmap */
	int64_t growth_areas, growth_bytes;
};

struct procfs_vmallocinfo {
	struct procfs_caller *callers;
	size_t count;
	size_t skipped;
	uint64_t areas, bytes, pages;
};

/* 0 (also for an empty text) or -ENOMEM. procfs_free_vmallocinfo() frees the result. */
int procfs_parse_vmallocinfo(struct procfs_slice text, struct procfs_vmallocinfo *out);
void procfs_free_vmallocinfo(struct procfs_vmallocinfo *vmallocinfo);
/* "vmalloc", "user", "vmap", "ioremap", "dma", "sparse", "map_ram", "unpurged", "other". */
const char *procfs_area_kind_name(enum procfs_area_kind kind);

/* One line of /proc/allocinfo (allocation profiling): a line of source that allocates. */
struct procfs_tag {
	uint64_t bytes, calls;
	struct procfs_slice file, module, function; /* module is empty for the kernel itself */
	uint64_t line;
	bool accurate; /* the kernel itself says when it missed some (format 2.0) */
};

struct procfs_allocinfo {
	struct procfs_tag *tags; /* only those with live bytes or calls */
	size_t count;
	size_t skipped;
	uint64_t bytes;
};

/* 0, -EINVAL (not allocinfo) or -ENOMEM. procfs_free_allocinfo() frees the result. */
int procfs_parse_allocinfo(struct procfs_slice text, struct procfs_allocinfo *out);
void procfs_free_allocinfo(struct procfs_allocinfo *allocinfo);

#endif
