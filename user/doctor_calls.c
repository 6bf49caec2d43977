/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of calls.
 */
#include "doctor_calls.h"

#define VMALLOC "__vmalloc_node_range", "__vmalloc_node_range (entry)", "alloc_vmap_area"

const struct doctor_call doctor_calls[] = {
	{"kmalloc, kzalloc, kcalloc, kmemdup, kstrdup, devm_kmalloc", FAMILY_KMALLOC, {"kmalloc"}},
	{"krealloc", FAMILY_KMALLOC, {"kmalloc", "kfree"}},
	{"kfree, kfree_sensitive", FAMILY_KMALLOC, {"kfree"}},
	{"kvmalloc", FAMILY_KMALLOC, {"kmalloc", VMALLOC}},
	{"kvfree", FAMILY_KMALLOC, {"kfree", "free_vmap_area_noflush"}},
	{"kfree_rcu, kvfree_rcu", FAMILY_KMALLOC, {"kvfree_call_rcu"}},
	{"kfree_bulk", FAMILY_KMALLOC, {"kmem_cache_free_bulk"}},
	{"kmalloc_nolock", FAMILY_KMALLOC, {"kmalloc_nolock"}},
	{"kfree_nolock", FAMILY_KMALLOC, {"kfree_nolock"}},
	{"kmem_cache_alloc", FAMILY_CACHE, {"kmem_cache_alloc"}},
	{"kmem_cache_free", FAMILY_CACHE, {"kmem_cache_free"}},
	{"kmem_cache_alloc_bulk", FAMILY_CACHE, {"kmem_cache_alloc_bulk"}},
	{"kmem_cache_free_bulk", FAMILY_CACHE, {"kmem_cache_free_bulk"}},
	{"vmalloc, vzalloc, vmalloc_user, __vmalloc", FAMILY_VMALLOC, {VMALLOC}},
	{"vfree", FAMILY_VMALLOC, {"free_vmap_area_noflush"}},
	{"vmap, ioremap", FAMILY_VMALLOC, {"alloc_vmap_area"}},
	{"vunmap, iounmap", FAMILY_VMALLOC, {"free_vmap_area_noflush"}},
	{"alloc_percpu", FAMILY_PERCPU, {"percpu_alloc_percpu", "percpu_alloc_percpu_fail"}},
	{"free_percpu", FAMILY_PERCPU, {"percpu_free_percpu"}},
	{"alloc_pages, __get_free_pages, get_zeroed_page, alloc_pages_exact",
	 FAMILY_PAGES,
	 {"mm_page_alloc"}},
	{"alloc_pages_bulk", FAMILY_PAGES, {"alloc_pages_bulk"}},
	{"__free_pages, free_pages, free_pages_exact", FAMILY_PAGES, {"mm_page_free"}},
	{"remap_pfn_range, io_remap_pfn_range, vm_iomap_memory",
	 FAMILY_MAPPING,
	 {"remap_pfn_range"}},
	{"mmap_prepare with mmap_action_remap",
	 FAMILY_MAPPING,
	 {"remap_pfn_range_complete"}},
	{"vm_insert_page, vmf_insert_pfn, dma_mmap_coherent, munmap", FAMILY_MAPPING, {NULL}},
};

const size_t doctor_call_count = sizeof(doctor_calls) / sizeof(doctor_calls[0]);
