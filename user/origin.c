// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables behind origin.h. A name matches an entry when it equals it, or begins with it where
 * the entry ends in '*'. Compilers append .constprop.0 and the like: cut off first. 6.10 appended
 * _noprof to most allocation functions (commit 7bd230a26648); '*' takes both.
 */
#include <string.h>

#include "origin.h"

/* Between the tracepoint and the function that does the allocating. */
static const char *const tracing_frames[] = {
	"bpf_trace_run*", "__bpf_trace_*", "__traceiter_*", "bpf_get_stack*", "____bpf_get_stack*",
	"__bpf_get_stack*", "bpf_trampoline_*", NULL,
};

/* vmalloc's array of pages, when it is large, is a vmalloc of its own inside the first one. */
static const char *const area_makers[] = { "__vmalloc_node_range*", "__vmalloc_area_node*", NULL };

static const char *const page_frames[] = {
	"__alloc_pages*", "__alloc_frozen_pages*", "alloc_pages*", "alloc_frozen_pages*",
	"get_free_pages*", "__get_free_pages*", "get_zeroed_page*", "__folio_alloc*", "folio_alloc*",
	"vma_alloc_folio*", "__page_frag_cache_*", "page_frag_alloc*", "__page_frag_alloc*",
	"__alloc_contig*", "alloc_contig*", "__page_cache_alloc*", "filemap_alloc_folio*", NULL,
};

static const char *const area_frames[] = {
	"alloc_vmap_area", "__get_vm_area_node", "get_vm_area*", "__get_vm_area*", "__vmalloc*",
	"vmalloc*", "vzalloc*", "__kvmalloc*", "kvmalloc*", "kvzalloc*", "kvrealloc*", "vrealloc*",
	"vmap", "vmap_pfn", "vm_map_ram", "new_vmap_block", "vb_alloc", "__ioremap_caller",
	"ioremap*", "generic_ioremap_prot", "__early_ioremap", "memremap", "dma_common_*",
	"arch_ioremap*", "execmem_*", "module_alloc", NULL,
};

static const char *const percpu_frames[] = {
	"pcpu_alloc*", "__alloc_percpu*", "alloc_percpu*", NULL,
};

/* Call sites of kmalloc that belong to kmalloc. */
static const char *const inner_sites[] = {
	"__kmalloc*", "kmalloc_large*", "___kmalloc*", "kmalloc_trace*", "kmalloc_node_trace*",
	"__do_kmalloc_node*", NULL,
};

static const char *const kvmalloc_sites[] = { "__kvmalloc*", "kvmalloc*", NULL };

static const struct {
	const char *function;
	enum beside beside;
} page_users[] = {
	{ "allocate_slab", BESIDE_SLAB },	 { "new_slab", BESIDE_SLAB },
	{ "alloc_slab_page", BESIDE_SLAB },	 { "___slab_alloc", BESIDE_SLAB },
	{ "__slab_alloc*", BESIDE_SLAB },	 { "refill_objects", BESIDE_SLAB },
	{ "___kmalloc_large_node*", BESIDE_KMALLOC },
	{ "__kmalloc_large_node*", BESIDE_KMALLOC }, { "kmalloc_large*", BESIDE_KMALLOC },
	{ "vm_area_alloc_pages*", BESIDE_VMALLOC },  { "__vmalloc_area_node*", BESIDE_VMALLOC },
	{ "__vmalloc_node_range*", BESIDE_VMALLOC }, { "pcpu_alloc_pages*", BESIDE_PERCPU },
	{ "pcpu_populate_chunk*", BESIDE_PERCPU },   { "pcpu_create_chunk*", BESIDE_PERCPU },
};

/* Areas that take no memory of their own: somebody else's pages, or a device's. */
static const char *const mapped_areas[] = {
	"vmap", "vmap_pfn", "vm_map_ram", "new_vmap_block", "__ioremap_caller", "ioremap*",
	"generic_ioremap_prot", "memremap", "dma_common_*", "arch_ioremap*", NULL,
};

static bool name_matches(const char *name, const char *pattern)
{
	size_t length = strlen(pattern), cut = strcspn(name, ".");

	if (length && pattern[length - 1] == '*')
		return !strncmp(name, pattern, length - 1);
	return cut == length && !strncmp(name, pattern, cut);
}

static bool name_in(const char *name, const char *const *patterns)
{
	for (; *patterns; patterns++)
		if (name_matches(name, *patterns))
			return true;
	return false;
}

bool origin_is_inner(const struct snapshot_row *row, const struct symbol *site, bool evidence)
{
	if (row->family != FAMILY_KMALLOC || slot_high(row->slot) <= TRACER_LARGE_KMALLOC)
		return false;
	if (!site || !site->name || site->module)
		return false;
	return name_in(site->name, inner_sites) || (evidence && name_in(site->name, kvmalloc_sites));
}

static const char *const *allocator_frames(enum tracer_family family)
{
	switch (family) {
	case FAMILY_VMALLOC:
		return area_frames;
	case FAMILY_PERCPU:
		return percpu_frames;
	default:
		return page_frames;
	}
}

static enum beside page_user(const char *name)
{
	for (size_t i = 0; i < sizeof(page_users) / sizeof(page_users[0]); i++)
		if (name_matches(name, page_users[i].function))
			return page_users[i].beside;
	return BESIDE_COUNT;
}

static enum beside frame_beside(enum tracer_family family, const char *name)
{
	if (family == FAMILY_PAGES)
		return page_user(name);
	if (family == FAMILY_VMALLOC && name_in(name, mapped_areas))
		return BESIDE_MAPPED;
	return BESIDE_COUNT;
}

/* A program is "bpf_prog_", its tag of 16 hexadecimal digits, "_name". */
static bool is_bpf_program(const char *name)
{
	static const char prefix[] = "bpf_prog_";

	return !strncmp(name, prefix, sizeof(prefix) - 1) &&
	       strspn(name + sizeof(prefix) - 1, "0123456789abcdef") == 16;
}

static bool is_tracing(const char *name)
{
	return is_bpf_program(name) || name_in(name, tracing_frames);
}

/* Has one area been in the making already when this frame began another? */
static bool is_nested_area(const struct snapshot_row *row, const char *name, unsigned int *makers)
{
	if (row->family != FAMILY_VMALLOC || !name_in(name, area_makers))
		return false;
	/* __vmalloc_area_node is part of the range's making where it is not inlined. */
	if (name_matches(name, "__vmalloc_area_node*"))
		return *makers == 1;
	return ++*makers == 2;
}

struct origin origin_of_stack(const struct snapshot_row *row, const struct symbols *symbols)
{
	unsigned int makers = 0;
	const char *const *allocator = allocator_frames(row->family);
	struct origin origin = { .beside = BESIDE_COUNT };

	for (size_t i = 0; i < TRACER_FRAMES && row->frames[i]; i++) {
		const struct symbol *symbol = symbols_find(symbols, row->frames[i]);
		const char *name = symbol ? symbol->name : NULL;
		enum beside beside;

		if (name && is_tracing(name))
			continue;
		if (name && is_nested_area(row, name, &makers)) {
			origin.site = symbol;
			return origin;
		}
		beside = name ? frame_beside(row->family, name) : BESIDE_COUNT;
		if (beside != BESIDE_COUNT)
			origin.beside = beside;
		if (beside != BESIDE_COUNT || (name && name_in(name, allocator)))
			continue;
		origin.site = symbol;
		return origin;
	}
	return origin;
}
