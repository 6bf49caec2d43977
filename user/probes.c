// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of hooks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probes.h"

/* The functions and what they were called before 6.10 (commit 7bd230a26648 appended _noprof). */
#define VMALLOC_RANGE "__vmalloc_node_range_noprof|__vmalloc_node_range"
#define ALLOC_BULK    "kmem_cache_alloc_bulk_noprof|kmem_cache_alloc_bulk"
#define PAGES_BULK    "alloc_pages_bulk_noprof|__alloc_pages_bulk"
#define NOLOCK	      "_kmalloc_nolock_noprof|kmalloc_nolock_noprof"

/* kfree() may free what a cache gave, and kmem_cache_free() what kmalloc() did. */
#define SLAB_FAMILIES (1u << FAMILY_KMALLOC | 1u << FAMILY_CACHE)

const struct probe probes[] = {
	{ "kmalloc", "raw_tp", "kmalloc", NULL, FAMILY_KMALLOC, PROBE_FAMILY, NULL,
	  "kmalloc is not seen at all", false, false },
	{ "kfree", "raw_tp", "kfree", NULL, FAMILY_KMALLOC, PROBE_FAMILY, NULL,
	  "every kmalloc object looks live", false, false },
	{ "kvfree_call_rcu", "fentry", "kvfree_rcu", "kvfree_call_rcu", FAMILY_KMALLOC,
	  PROBE_RCU, NULL,
	  "what kfree_rcu frees stays live until its address is handed out again", false, true },
	{ "kvfree_call_rcu", "kprobe", "kvfree_rcu_kprobe", "kvfree_call_rcu", FAMILY_KMALLOC,
	  PROBE_RCU, NULL, NULL, false, false },
	{ "kmalloc_nolock", "fexit", "kmalloc_nolock", NOLOCK, FAMILY_KMALLOC, PROBE_FAMILY, NULL,
	  "kmalloc_nolock (6.18 and later) is not counted, its frees are of unknown objects", true, false },
	{ "kfree_nolock", "fentry", "kfree_nolock", "kfree_nolock", FAMILY_KMALLOC, PROBE_FAMILY,
	  "kmalloc_nolock", "what kmalloc_nolock allocated looks live", true, false },
	{ "kmem_cache_alloc", "raw_tp", "cache_alloc", NULL, FAMILY_CACHE, PROBE_FAMILY, NULL,
	  "named caches are not seen at all", false, false },
	{ "kmem_cache_free", "raw_tp", "cache_free", NULL, FAMILY_CACHE, PROBE_FAMILY, NULL,
	  "every cache object looks live", false, false },
	{ "kmem_cache_alloc_bulk", "fexit", "cache_alloc_bulk", ALLOC_BULK, FAMILY_CACHE,
	  PROBE_FAMILY, NULL,
	  "objects allocated in bulk are not counted, their frees are of unknown objects", false, false },
	{ "kmem_cache_free_bulk", "fentry", "cache_free_bulk", "kmem_cache_free_bulk", FAMILY_CACHE,
	  PROBE_SLAB, NULL,
	  "what is freed in bulk stays live until its address is handed out again", false, true },
	{ "kmem_cache_free_bulk", "kprobe", "cache_free_bulk_kprobe", "kmem_cache_free_bulk",
	  FAMILY_CACHE, PROBE_SLAB, NULL, NULL, false, false },
	{ "alloc_vmap_area", "raw_tp", "vmap_alloc", NULL, FAMILY_VMALLOC, PROBE_FAMILY, NULL,
	  "vmap and ioremap areas are not seen, nor vmalloc without a hook on its function", false, true },
	{ "alloc_vmap_area", "fexit", "vmap_alloc_exit", "alloc_vmap_area", FAMILY_VMALLOC,
	  PROBE_FAMILY, NULL, NULL, false, false },
	{ "free_vmap_area_noflush", "raw_tp", "vmap_free", NULL, FAMILY_VMALLOC, PROBE_FAMILY, NULL,
	  "every vmalloc area looks live", false, true },
	{ "free_vmap_area_noflush", "fentry", "vmap_free_entry", "free_vmap_area_noflush",
	  FAMILY_VMALLOC, PROBE_FAMILY, NULL, NULL, false, false },
	{ "__vmalloc_node_range", "fexit", "vmalloc_return", VMALLOC_RANGE, FAMILY_VMALLOC,
	  PROBE_FAMILY, NULL,
	  "vmalloc is known by its area alone: sizes in whole pages, no failures, sites by stack", false, true },
	{ "__vmalloc_node_range", "kretprobe", "vmalloc_return_kp", VMALLOC_RANGE, FAMILY_VMALLOC,
	  PROBE_FAMILY, NULL, NULL, false, false },
	{ "__vmalloc_node_range (entry)", "fentry", "vmalloc_entry", VMALLOC_RANGE, FAMILY_VMALLOC,
	  PROBE_FAMILY, "__vmalloc_node_range",
	  "vmalloc is known by its area alone: sizes in whole pages, no failures, sites by stack", false, true },
	{ "__vmalloc_node_range (entry)", "kprobe", "vmalloc_entry_kp", VMALLOC_RANGE,
	  FAMILY_VMALLOC, PROBE_FAMILY, "__vmalloc_node_range", NULL, false, false },
	{ "percpu_alloc_percpu", "raw_tp", "percpu_alloc", NULL, FAMILY_PERCPU, PROBE_FAMILY, NULL,
	  "per-CPU memory is not seen at all", false, false },
	{ "percpu_free_percpu", "raw_tp", "percpu_free", NULL, FAMILY_PERCPU, PROBE_FAMILY, NULL,
	  "every per-CPU area looks live", false, false },
	{ "percpu_alloc_percpu_fail", "raw_tp", "percpu_fail", NULL, FAMILY_PERCPU, PROBE_FAMILY,
	  NULL, "failed per-CPU allocations are not counted", false, false },
	{ "mm_page_alloc", "raw_tp", "page_alloc", NULL, FAMILY_PAGES, PROBE_FAMILY, NULL,
	  "pages are not seen at all", false, false },
	{ "mm_page_free", "raw_tp", "page_free", NULL, FAMILY_PAGES, PROBE_FAMILY, NULL,
	  "every page looks live", false, false },
	{ "alloc_pages_bulk", "fexit", "page_alloc_bulk", PAGES_BULK, FAMILY_PAGES, PROBE_FAMILY,
	  NULL, "pages allocated in bulk are not counted, their frees are of unknown pages", false, false },
	{ "remap_pfn_range", "fexit", "map_pfn_range", "remap_pfn_range", FAMILY_MAPPING,
	  PROBE_FAMILY, NULL, "mappings by remap_pfn_range are not seen", false, false },
	{ "remap_pfn_range_complete", "fexit", "map_pfn_complete", "remap_pfn_range_complete",
	  FAMILY_MAPPING, PROBE_FAMILY, NULL,
	  "mappings of drivers that use mmap_prepare (after 6.18) are not seen", true, false },
	{ "module_load", "raw_tp", "module_load", NULL, -1, PROBE_ALWAYS, NULL,
	  "functions in a module's init text have no names; --module misses what is loaded later", true, false },
	{ "initcall_finish", "raw_tp", "module_inited", NULL, -1, PROBE_ALWAYS, NULL,
	  "functions in a module's init text have no names", true, false },
	{ "module_free", "raw_tp", "module_free", NULL, -1, PROBE_ALWAYS, NULL,
	  "functions of modules that are unloaded while tracing have no names", true, false },
	{ "sched_process_fork", "raw_tp", "process_fork", NULL, -1, PROBE_TREE, NULL,
	  "CMD's child processes are not followed", false, false },
	/* The ends first: a softirq that is running while they are attached must not leave its flag. */
	{ "softirq_exit", "raw_tp", "softirq_end", NULL, -1, PROBE_PROCESS, NULL,
	  "softirqs are counted for the process that they interrupt", false, false },
	{ "softirq_entry", "raw_tp", "softirq_begin", NULL, -1, PROBE_PROCESS, NULL,
	  "softirqs are counted for the process that they interrupt", false, false },
	{ "irq_handler_exit", "raw_tp", "hardirq_end", NULL, -1, PROBE_PROCESS, NULL,
	  "interrupts are counted for the process that they interrupt", false, false },
	{ "irq_handler_entry", "raw_tp", "hardirq_begin", NULL, -1, PROBE_PROCESS, NULL,
	  "interrupts are counted for the process that they interrupt", false, false },
};

const size_t probe_count = sizeof(probes) / sizeof(probes[0]);

bool probe_wanted(const struct probe *probe, const struct probe_wants *wants)
{
	switch (probe->need) {
	case PROBE_FAMILY:
		return wants->families >> probe->family & 1;
	case PROBE_SLAB:
		return wants->families & SLAB_FAMILIES;
	case PROBE_RCU:
		return wants->live && wants->families & (SLAB_FAMILIES | 1u << FAMILY_VMALLOC);
	case PROBE_TREE:
		return wants->process & PROCESS_TREE;
	case PROBE_PROCESS:
		return wants->process != 0;
	case PROBE_ALWAYS:
		return true;
	}
	return false;
}

bool probe_on_function(const struct probe *probe)
{
	return strcmp(probe->kind, "raw_tp") != 0;
}

size_t probe_ways(const struct probe *probe)
{
	const struct probe *next = probe + 1;

	while (next < probes + probe_count && !strcmp(next->hook, probe->hook))
		next++;
	return (size_t)(next - probe);
}

bool probe_target(const struct probe *probe, size_t n, char *name, size_t size)
{
	const char *start = probe->targets;

	for (; start && n; n--) {
		start = strchr(start, '|');
		start = start ? start + 1 : NULL;
	}
	if (!start)
		return false;
	snprintf(name, size, "%.*s", (int)strcspn(start, "|"), start);
	return true;
}

const char *probe_reason(const struct probe *probe, int error)
{
	static __thread char text[256];
	const char *why;

	if (error == -ENOENT || error == -ESRCH)
		why = probe_on_function(probe) ? "this kernel has no such function to hook" :
						 "this kernel has no such tracepoint";
	else if (error == -EPERM || error == -EACCES)
		why = "the kernel refused them (rights, or a policy such as lockdown)";
	else if (error == -KERNEL_ENOTSUPP)
		why = "this kernel can't hook this function so";
	else
		why = strerror(-error);
	snprintf(text, sizeof(text), "%s; %s", why, probe->without);
	return text;
}
