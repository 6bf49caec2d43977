// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The tables behind origin.h, and the walk along a stack that asks them. A name matches an entry
 * when it equals it, or begins with it where the entry ends in '*'. Compilers append .constprop.0
 * and the like: cut off first. 6.10 appended _noprof to most allocation functions (commit
 * 7bd230a26648); '*' takes both. No entry is the name of a module's function.
 */
#include "origin.h"

#include <limits.h>
#include <string.h>

/* ---- names -------------------------------------------------------------------------------- */

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
	"vma_alloc_folio*", "__alloc_contig*", "alloc_contig*", "__page_cache_alloc*",
	"filemap_alloc_folio*", NULL,
};

/* Pages that are handed out in parts, to whoever comes next. */
static const char *const fragment_frames[] = {
	"__page_frag_cache_*", "page_frag_alloc*", "__page_frag_alloc*", NULL,
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

static const char *const mapping_frames[] = {
	"remap_pfn_range*", "io_remap_pfn_range*", NULL,
};

static const char *const cache_frames[] = {
	"kmem_cache_alloc*", "__kmem_cache_alloc*", NULL,
};

/* Functions of kmalloc, which are no call sites of it. */
static const char *const kmalloc_frames[] = {
	"__kmalloc*", "kmalloc_large*", "___kmalloc*", "kmalloc_trace*", "kmalloc_node_trace*",
	"__do_kmalloc_node*", "_kmalloc_nolock*", "kmalloc_nolock*", NULL,
};

/* It fires, and its caller inside the allocator then fires again. */
static const char large_kmalloc[] = "__kmalloc_large_node*";

static const char *const kvmalloc_frames[] = { "__kvmalloc*", "kvmalloc*", NULL };

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

/*
 * What calls these asked for something else than what they allocate: another allocator, a free, a
 * cache's making, a mapping. Functions that only pass a request on (kmemdup, krealloc, kvmalloc,
 * mempool_alloc, devm_kmalloc, __alloc_skb, dma_direct_alloc) are none of these.
 */
static const char *const working_frames[] = {
	/* slab: its slabs, vectors beside them, sheaves; a free may need one, and so a new cache */
	"kmem_cache_alloc*", "__kmem_cache_alloc*", "___slab_alloc", "__slab_alloc*",
	"allocate_slab", "new_slab", "alloc_slab_page", "refill_objects",
	"__refill_objects*", "alloc_slab_obj_exts*", "memcg_alloc_slab_cgroups",
	"memcg_slab_post_alloc*", "__memcg_slab_post_alloc*", "alloc_empty_sheaf",
	"__alloc_empty_sheaf", "alloc_full_sheaf", "refill_sheaf", "barn_*", "__pcs_replace*",
	"kmem_cache_prefill_sheaf", "kmem_cache_refill_sheaf", "kfree", "kmem_cache_free*",
	"__kmem_cache_free*", "__slab_free", "kvfree_call_rcu", "__kfree_rcu_sheaf",
	"kmem_cache_create*", "__kmem_cache_create*", "do_kmem_cache_create", "kmem_cache_destroy",
	/* vmalloc: the area's description, the array of pages, page tables */
	"alloc_vmap_area", "__get_vm_area*", "get_vm_area*", "__vmalloc*", "vmalloc*", "vzalloc*",
	"vrealloc*", "vfree*", "__vunmap", "remove_vm_area",
	/* per-CPU memory: chunks and their maps */
	"pcpu_create_chunk*", "pcpu_populate_chunk*", "pcpu_mem_zalloc*", "pcpu_get_vm_areas*",
	"free_percpu",
	/* pages that are handed out in parts */
	"skb_page_frag_refill", "sk_page_frag_refill",
	/* mappings: page tables and what is noted of a range */
	"__pte_alloc*", "__pmd_alloc", "__pud_alloc", "__p4d_alloc", "pte_alloc_one*",
	"remap_pfn_range*", "vm_insert_page*", "vm_map_pages*", "vmf_insert_*", NULL,
};

static const char *const *const working[] = {
	working_frames, kmalloc_frames, page_frames, fragment_frames, percpu_frames, mapped_areas,
};

/* Whoever stands behind these on the stack did not call but was interrupted, or faulted. */
static const char *const interrupting_frames[] = {
	"asm_sysvec_*", "asm_common_interrupt", "asm_spurious_interrupt", "common_interrupt",
	"asm_exc_*", "__irqentry_text_*", "handle_softirqs", "__do_softirq", "do_softirq*",
	"__softirqentry_text_*", "el1h_64_*", "el1_interrupt", "el1_abort", "call_on_irq_stack",
	NULL,
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

static bool is_working(const char *name)
{
	for (size_t i = 0; i < sizeof(working) / sizeof(working[0]); i++)
		if (name_in(name, working[i]))
			return true;
	return false;
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

static const char *const *allocator_frames(enum tracer_family family)
{
	switch (family) {
	case FAMILY_KMALLOC:
		return kmalloc_frames;
	case FAMILY_CACHE:
		return cache_frames;
	case FAMILY_VMALLOC:
		return area_frames;
	case FAMILY_PERCPU:
		return percpu_frames;
	case FAMILY_MAPPING:
		return mapping_frames;
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

/* ---- along a stack ------------------------------------------------------------------------ */

struct stack {
	const struct snapshot_row *row;
	const struct symbols *symbols;
	size_t depth;	/* frames */
	bool attribute; /* the last frame is the first one inside the module that is looked for */
};

static struct stack stack_of(const struct snapshot *snapshot, const struct snapshot_row *row)
{
	struct stack stack = {
		.row = row,
		.symbols = snapshot->symbols,
		.attribute = snapshot->module != NULL,
	};

	while (stack.depth < TRACER_FRAMES && row->frames[stack.depth])
		stack.depth++;
	return stack;
}

static const struct symbol *frame_symbol(const struct stack *stack, size_t i)
{
	return i < stack->depth ? symbols_find(stack->symbols, stack->row->frames[i]) : NULL;
}

/* NULL: not known, or a module's. */
static const char *frame_name(const struct stack *stack, size_t i)
{
	const struct symbol *symbol = frame_symbol(stack, i);

	return symbol && !symbol->module ? symbol->name : NULL;
}

static bool frame_is_tracing(const struct stack *stack, size_t i)
{
	const struct symbol *symbol = frame_symbol(stack, i);

	return symbol && symbol->name && is_tracing(symbol->name);
}

/*
 * A function with a fentry or fexit program is on the stack twice while it runs: where its body
 * is, and at its entry, where it called the trampoline that called the body. (Kernels that jump
 * to the trampoline leave no such entry.)
 */
static bool frame_is_entry(const struct stack *stack, size_t i)
{
	const struct symbol *symbol = frame_symbol(stack, i);
	const char *before = i ? frame_name(stack, i - 1) : NULL;

	return symbol && before && name_matches(before, "bpf_trampoline_*") && symbol->offset < 32;
}

/* Has one area been in the making already when this frame began another? */
static bool is_nested_area(const struct stack *stack, size_t i, unsigned int *makers)
{
	const char *name = frame_name(stack, i);

	if (stack->row->family != FAMILY_VMALLOC || !name_in(name, area_makers))
		return false;
	/* __vmalloc_area_node is part of the range's making where it is not inlined. */
	if (name_matches(name, "__vmalloc_area_node*"))
		return *makers == 1;
	if (frame_is_entry(stack, i))
		return false;
	return ++*makers == 2;
}

/* Is this the allocator at the work that the event tells of? */
static bool frame_is_own(const struct stack *stack, size_t i)
{
	enum tracer_family family = stack->row->family;
	const char *name = frame_name(stack, i);

	if (!name)
		return false;
	if (name_in(name, allocator_frames(family)))
		return true;
	return family == FAMILY_PAGES && !stack->attribute && name_in(name, fragment_frames);
}

/* The first frame outside the allocator, stack->depth if none is; and what the memory backs. */
static size_t allocator_end(const struct stack *stack, enum beside *backs)
{
	unsigned int makers = 0;

	for (size_t i = 0; i < stack->depth; i++) {
		const char *name = frame_name(stack, i);
		enum beside beside;

		if (frame_is_tracing(stack, i))
			continue;
		if (!name || is_nested_area(stack, i, &makers))
			return i;
		beside = frame_beside(stack->row->family, name);
		if (beside != BESIDE_COUNT)
			*backs = beside;
		else if (!frame_is_own(stack, i))
			return i;
	}
	return stack->depth;
}

/* With ROW_CALLED: where the walk meets the call site; before it come the event's own functions. */
static size_t call_site_at(const struct stack *stack)
{
	const uint64_t *frames = stack->row->frames;
	size_t i;

	for (i = 1; i < stack->depth; i++)
		if (frames[i] == frames[0])
			return i;
	for (i = 1; i < stack->depth; i++)
		if (!frame_is_tracing(stack, i) && !frame_is_own(stack, i))
			break;
	return i;
}

/* ---- what a module asked for -------------------------------------------------------------- */

static bool is_large(const struct snapshot_row *row)
{
	return row->family == FAMILY_KMALLOC && slot_high(row->slot) > TRACER_LARGE_KMALLOC;
}

/* What the frames from `at` to the module's make of memory that backs `beside`. */
static enum beside judge_callers(const struct stack *stack, size_t at, enum beside beside)
{
	/* The first event of a large kmalloc has its call site inside kmalloc; a small one's is at
	 * work there. */
	bool inside = is_large(stack->row);

	for (; at + 1 < stack->depth; at++) {
		const char *name = frame_name(stack, at);

		inside = inside && name && name_in(name, kmalloc_frames);
		if (!name || inside)
			continue;
		if (name_in(name, interrupting_frames))
			return BESIDE_INTERRUPTED;
		if (beside == BESIDE_COUNT && is_working(name))
			beside = BESIDE_INTERNAL;
	}
	return beside;
}

/* ---- what is said twice ------------------------------------------------------------------- */

/* The function that fired the event; NULL if the stack does not tell. */
static const char *firing_function(const struct stack *stack)
{
	for (size_t i = 1; i < stack->depth; i++)
		if (!frame_is_tracing(stack, i))
			return frame_name(stack, i);
	return NULL;
}

static bool is_inner(const struct stack *stack, const struct symbol *call_site, bool evidence)
{
	const char *firing = stack->row->flags & ROW_CALLED ? firing_function(stack) : NULL;

	if (!is_large(stack->row) || !call_site || !call_site->name || call_site->module)
		return false;
	if (name_in(call_site->name, kmalloc_frames))
		return true;
	if (!name_in(call_site->name, kvmalloc_frames))
		return false;
	return firing ? name_matches(firing, large_kmalloc) : evidence;
}

/*
 * Does kvmalloc go on to vmalloc when this kmalloc fails? For more than a page it does, up to
 * INT_MAX. kvrealloc does when krealloc fails, of whatever size: it then tries kvmalloc.
 */
static bool has_fallback(const struct stack *stack, size_t call_site)
{
	const struct snapshot_row *row = stack->row;
	bool reallocating = false;

	for (size_t i = 1; i <= call_site && i < stack->depth; i++) {
		const char *name = frame_name(stack, i);

		if (!name)
			continue;
		if (name_in(name, kvmalloc_frames))
			return row->size_max > 1u << TRACER_PAGE_SHIFT &&
			       slot_low(row->slot) <= INT_MAX;
		if (name_matches(name, "kvrealloc*"))
			return reallocating;
		reallocating |= name_matches(name, "krealloc*");
	}
	return false;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void origin_of_stack(struct origin *origin, const struct stack *stack, bool evidence)
{
	bool failed = stack->row->flags & ROW_FAILED, called = stack->row->flags & ROW_CALLED;
	const struct symbol *call_site = called ? frame_symbol(stack, 0) : NULL;
	size_t at = called ? call_site_at(stack) : allocator_end(stack, &origin->beside);

	if (stack->attribute) {
		origin->site = frame_symbol(stack, stack->depth - 1);
		origin->beside = judge_callers(stack, at, origin->beside);
	} else {
		origin->site = called ? call_site : frame_symbol(stack, at);
		if (!called && at == stack->depth)
			origin->label = "[allocator]";
		if (failed)
			origin->beside = BESIDE_COUNT;
	}
	origin->inner = is_inner(stack, call_site, evidence);
	origin->fallback = failed && called && stack->row->family == FAMILY_KMALLOC &&
			   !origin->inner && has_fallback(stack, at);
}

struct origin origin_of_row(const struct snapshot *snapshot, const struct snapshot_row *row,
			    size_t index)
{
	struct origin origin = { .label = "[unknown]", .beside = BESIDE_COUNT };
	bool evidence = snapshot->live && !(row->flags & ROW_FAILED);
	struct stack stack = stack_of(snapshot, row);

	if (index >= ROW_MOVABLE(0) && index < ROW_MOVABLE(ROW_ORDERS)) {
		origin.beside = BESIDE_MOVABLE;
		origin.label = "[movable pages]";
	} else if (index < ROWS_RESERVED) {
		origin.label = "[other sites]";
	} else if (row->flags & ROW_NOSTACK) {
		origin.label = "[stack not readable]";
	} else if (row->flags & ROW_STACK) {
		origin_of_stack(&origin, &stack, evidence);
	} else {
		origin.site = symbols_find(snapshot->symbols, row->site);
		origin.inner = is_inner(&stack, origin.site, evidence);
	}
	if (origin.site && !origin.site->name)
		origin.site = NULL;
	return origin;
}
