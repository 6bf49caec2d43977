/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of scenarios and, beside it, who does each.
 */
#include "workload.h"

#define SCENARIO(id, NAME, text, family_name, count, bytes, min, max, can, summary)                \
	[id] = {                                                                                   \
		.name = (text),                                                                    \
		.family = WORKLOAD_FAMILY_##family_name,                                           \
		.size = (bytes),                                                                   \
		.min_size = (min),                                                                 \
		.max_size = (max),                                                                 \
		.flags = (can),                                                                    \
	},

const struct workload_scenario workload_scenarios[WORKLOAD_SCENARIO_COUNT] = {
	WORKLOAD_SCENARIOS(SCENARIO)};

const struct workload_operation *const workload_operations[WORKLOAD_SCENARIO_COUNT] = {
	[WORKLOAD_OWN] = &workload_own_operation,
	[WORKLOAD_KMALLOC_CONST] = &workload_kmalloc_const_operation,
	[WORKLOAD_KMALLOC_VAR] = &workload_kmalloc_var_operation,
	[WORKLOAD_KMALLOC_LARGE_CONST] = &workload_kmalloc_large_const_operation,
	[WORKLOAD_KMALLOC_LARGE_VAR] = &workload_kmalloc_large_var_operation,
	[WORKLOAD_KZALLOC] = &workload_kzalloc_operation,
	[WORKLOAD_KCALLOC] = &workload_kcalloc_operation,
	[WORKLOAD_KREALLOC_GROW] = &workload_krealloc_grow_operation,
	[WORKLOAD_KREALLOC_SHRINK] = &workload_krealloc_shrink_operation,
	[WORKLOAD_KMEMDUP] = &workload_kmemdup_operation,
	[WORKLOAD_KSTRDUP] = &workload_kstrdup_operation,
	[WORKLOAD_MEMDUP_USER] = &workload_memdup_user_operation,
	[WORKLOAD_DEVM_KMALLOC] = &workload_devm_kmalloc_operation,
	[WORKLOAD_KMALLOC_ATOMIC] = &workload_kmalloc_atomic_operation,
	[WORKLOAD_KMALLOC_NOWAIT] = &workload_kmalloc_nowait_operation,
	[WORKLOAD_KMALLOC_WORKQUEUE] = &workload_kmalloc_workqueue_operation,
	[WORKLOAD_KMALLOC_TIMER] = &workload_kmalloc_timer_operation,
	[WORKLOAD_KMALLOC_HRTIMER] = &workload_kmalloc_hrtimer_operation,
	[WORKLOAD_KMALLOC_IRQ_WORK] = &workload_kmalloc_irq_work_operation,
	[WORKLOAD_CACHE] = &workload_cache_operation,
	[WORKLOAD_CACHE_BULK] = &workload_cache_bulk_operation,
	[WORKLOAD_CACHE_SINGLE_BULK] = &workload_cache_single_bulk_operation,
	[WORKLOAD_CACHE_BULK_SINGLE] = &workload_cache_bulk_single_operation,
	[WORKLOAD_MEMPOOL] = &workload_mempool_operation,
	[WORKLOAD_KFREE_RCU] = &workload_kfree_rcu_operation,
	[WORKLOAD_KFREE_RCU_HEADLESS] = &workload_kfree_rcu_headless_operation,
	[WORKLOAD_KVFREE_RCU_VMALLOC] = &workload_kvfree_rcu_vmalloc_operation,
	[WORKLOAD_CACHE_KFREE_RCU] = &workload_cache_kfree_rcu_operation,
	[WORKLOAD_VMALLOC_10M] = &workload_vmalloc_10m_operation,
	[WORKLOAD_VMALLOC_PAGE] = &workload_vmalloc_page_operation,
	[WORKLOAD_VMALLOC] = &workload_vmalloc_operation,
	[WORKLOAD_VZALLOC] = &workload_vzalloc_operation,
	[WORKLOAD_VMALLOC_USER] = &workload_vmalloc_user_operation,
	[WORKLOAD_VMALLOC_FLAGS] = &workload_vmalloc_flags_operation,
	[WORKLOAD_KVMALLOC_SMALL] = &workload_kvmalloc_small_operation,
	[WORKLOAD_KVMALLOC_LARGE] = &workload_kvmalloc_large_operation,
	[WORKLOAD_KVMALLOC_FALLBACK] = &workload_kvmalloc_fallback_operation,
	[WORKLOAD_GET_ZEROED_PAGE] = &workload_get_zeroed_page_operation,
	[WORKLOAD_GET_FREE_PAGES] = &workload_get_free_pages_operation,
	[WORKLOAD_ALLOC_PAGES] = &workload_alloc_pages_operation,
	[WORKLOAD_ALLOC_PAGES_EXACT] = &workload_alloc_pages_exact_operation,
	[WORKLOAD_ALLOC_PAGES_BULK] = &workload_alloc_pages_bulk_operation,
	[WORKLOAD_ALLOC_PERCPU] = &workload_alloc_percpu_operation,
	[WORKLOAD_DMA_COHERENT] = &workload_dma_coherent_operation,
	[WORKLOAD_SKB] = &workload_skb_operation,
	[WORKLOAD_FAIL_KMALLOC] = &workload_fail_kmalloc_operation,
	[WORKLOAD_FAIL_VMALLOC] = &workload_fail_vmalloc_operation,
	[WORKLOAD_FAIL_PERCPU] = &workload_fail_percpu_operation,
	[WORKLOAD_FAIL_PAGES] = &workload_fail_pages_operation,
	[WORKLOAD_KFREE_NULL] = &workload_kfree_null_operation,
	[WORKLOAD_KMALLOC_NOLOCK] = &workload_kmalloc_nolock_operation,
	[WORKLOAD_MMAP_ONE] = &workload_mmap_one_operation,
	[WORKLOAD_MMAP_MANY] = &workload_mmap_many_operation,
	[WORKLOAD_MMAP_PARTIAL] = &workload_mmap_partial_operation,
	[WORKLOAD_MMAP_READ_ONLY] = &workload_mmap_read_only_operation,
	[WORKLOAD_MMAP_INSERT_PAGE] = &workload_mmap_insert_page_operation,
	[WORKLOAD_MMAP_INSERT_PAGES] = &workload_mmap_insert_pages_operation,
	[WORKLOAD_MMAP_FAULT] = &workload_mmap_fault_operation,
	[WORKLOAD_MMAP_BUFFER] = &workload_mmap_buffer_operation,
	[WORKLOAD_INIT_ALLOCS] = &workload_init_allocs_operation,
	[WORKLOAD_INIT_LEAKS] = &workload_init_leaks_operation,
	[WORKLOAD_EXIT_ALLOCS] = &workload_exit_allocs_operation,
};

bool workload_supported(u32 scenario)
{
	const struct workload_operation *operation = workload_operations[scenario];

	return !operation->supported || operation->supported();
}
