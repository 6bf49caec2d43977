// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of hooks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probes.h"

#define UNHOOKED(function, of, lost) \
	{ NULL, function, "fentry", of, PROBE_FAMILY, lost }

const struct probe probes[] = {
	{ "kmalloc", "kmalloc", "raw_tp", FAMILY_KMALLOC, PROBE_FAMILY,
	  "kmalloc is not seen at all" },
	{ "kfree", "kfree", "raw_tp", FAMILY_KMALLOC, PROBE_FAMILY,
	  "every kmalloc object looks live" },
	{ "cache_alloc", "kmem_cache_alloc", "raw_tp", FAMILY_CACHE, PROBE_FAMILY,
	  "named caches are not seen at all" },
	{ "cache_free", "kmem_cache_free", "raw_tp", FAMILY_CACHE, PROBE_FAMILY,
	  "every cache object looks live" },
	{ "vmap_alloc", "alloc_vmap_area", "raw_tp", FAMILY_VMALLOC, PROBE_FAMILY,
	  "vmalloc is not seen at all (tracepoint since 6.3)" },
	{ "vmap_free", "free_vmap_area_noflush", "raw_tp", FAMILY_VMALLOC, PROBE_FAMILY,
	  "every vmalloc area looks live (tracepoint since 6.3)" },
	{ "percpu_alloc", "percpu_alloc_percpu", "raw_tp", FAMILY_PERCPU, PROBE_FAMILY,
	  "per-CPU memory is not seen at all" },
	{ "percpu_free", "percpu_free_percpu", "raw_tp", FAMILY_PERCPU, PROBE_FAMILY,
	  "every per-CPU area looks live" },
	{ "percpu_fail", "percpu_alloc_percpu_fail", "raw_tp", FAMILY_PERCPU, PROBE_FAMILY,
	  "failed per-CPU allocations are not counted" },
	{ "page_alloc", "mm_page_alloc", "raw_tp", FAMILY_PAGES, PROBE_FAMILY,
	  "pages are not seen at all" },
	{ "page_free", "mm_page_free", "raw_tp", FAMILY_PAGES, PROBE_FAMILY,
	  "every page looks live" },
	{ "process_fork", "sched_process_fork", "raw_tp", -1, PROBE_TREE,
	  "CMD's child processes are not followed" },
	/* The ends first: a softirq that is running while they are attached must not leave its flag. */
	{ "softirq_end", "softirq_exit", "raw_tp", -1, PROBE_PROCESS,
	  "softirqs are counted for the process that they interrupt" },
	{ "softirq_begin", "softirq_entry", "raw_tp", -1, PROBE_PROCESS,
	  "softirqs are counted for the process that they interrupt" },
	{ "hardirq_end", "irq_handler_exit", "raw_tp", -1, PROBE_PROCESS,
	  "interrupts are counted for the process that they interrupt" },
	{ "hardirq_begin", "irq_handler_entry", "raw_tp", -1, PROBE_PROCESS,
	  "interrupts are counted for the process that they interrupt" },
	UNHOOKED("kvfree_call_rcu", FAMILY_KMALLOC,
		 "what kfree_rcu frees stays live until its address is handed out again"),
	UNHOOKED("kmem_cache_free_bulk", FAMILY_CACHE,
		 "what is freed in bulk or by RCU stays live until its address is handed out again"),
	UNHOOKED("kmem_cache_alloc_bulk", FAMILY_CACHE,
		 "objects allocated in bulk are not counted, their frees are of unknown objects"),
	UNHOOKED("alloc_pages_bulk", FAMILY_PAGES,
		 "pages allocated in bulk are not counted, their frees are of unknown pages"),
};

const size_t probe_count = sizeof(probes) / sizeof(probes[0]);

bool probe_wanted(const struct probe *probe, unsigned int families, unsigned int process)
{
	switch (probe->need) {
	case PROBE_FAMILY:
		return families >> probe->family & 1;
	case PROBE_TREE:
		return process & PROCESS_TREE;
	case PROBE_PROCESS:
		return process != 0;
	}
	return false;
}

const char *probe_reason(const struct probe *probe, int error)
{
	static __thread char text[256];
	const char *why;

	if (!probe->program)
		why = "no tracepoint, and this version hooks no functions";
	else if (error == -ENOENT)
		why = "this kernel has no such tracepoint";
	else if (error == -EPERM || error == -EACCES)
		why = "the kernel refused it: rights, or a policy such as lockdown";
	else
		why = strerror(-error);
	snprintf(text, sizeof(text), "%s; %s", why, probe->without);
	return text;
}
