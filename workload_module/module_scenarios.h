/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The scenarios of workload.ko as a table, one line each, for both sides: the module has a
 * function per line, the program can list them without the module.
 *
 *	SCENARIO(id, NAME, name, family, count, size, min, max, flags, summary)
 *
 *	id	of the ABI: a number stays with its scenario, new ones go to the end
 *	NAME	WORKLOAD_NAME is its id
 *	name	as typed
 *	family	of what it is about: WORKLOAD_FAMILY_*
 *	count	operations by default; one takes from some 100 ns to some 10 ms
 *	size	bytes by default, where it takes a SIZE, else 0
 *	min, max	SIZE is refused outside of these
 *	flags	WORKLOAD_TAKES_*, _CAN_*, _BY_*; 0 for none
 *	summary	what one operation is
 *
 * What an operation counts is said beside each function in kernel/.
 */
#ifndef WORKLOAD_MODULE_SCENARIOS_H
#define WORKLOAD_MODULE_SCENARIOS_H

/* RUN takes a SIZE; without this flag `size` has to be 0. */
#define WORKLOAD_TAKES_SIZE (1U << 0)
/* RUN needs `data`: the address of SIZE bytes of the caller that can be read. */
#define WORKLOAD_TAKES_DATA (1U << 1)
/* May be run with WORKLOAD_RUN_HOLD. */
#define WORKLOAD_CAN_HOLD (1U << 2)
/* May be run with WORKLOAD_RUN_LEAK. */
#define WORKLOAD_CAN_LEAK (1U << 3)
/* Freed by RCU: counted as freed at the call, the memory comes back after a grace period. */
#define WORKLOAD_FREES_LATER (1U << 4)
/* Allocates and frees in a softirq, a hardirq or a kernel thread, not in the caller. */
#define WORKLOAD_ELSEWHERE (1U << 5)
/* Every operation has to fail, or to free nothing; no memory is left over. */
#define WORKLOAD_MUST_FAIL (1U << 6)
/* Some counts are not known: rows with WORKLOAD_ROW_INEXACT. */
#define WORKLOAD_INEXACT (1U << 7)
/* Kernels without the function answer RUN with EOPNOTSUPP; WORKLOAD_INFO tells. */
#define WORKLOAD_OPTIONAL (1U << 8)
/* Not for RUN: happens at mmap(2). `size` and `max` are the bytes that there are to map. */
#define WORKLOAD_BY_MMAP (1U << 9)
/* Not for RUN: happens when the module is loaded or unloaded, as often as its parameter says. */
#define WORKLOAD_BY_PARAMETER (1U << 10)
/* Not for RUN: what the module allocates for itself. */
#define WORKLOAD_BY_ITSELF (1U << 11)

#define WORKLOAD_CAN_KEEP  (WORKLOAD_CAN_HOLD | WORKLOAD_CAN_LEAK)
#define WORKLOAD_KEEP_SIZE (WORKLOAD_CAN_KEEP | WORKLOAD_TAKES_SIZE)
#define WORKLOAD_NOT_RUN   (WORKLOAD_BY_MMAP | WORKLOAD_BY_PARAMETER | WORKLOAD_BY_ITSELF)

#define WORKLOAD_SCENARIOS(SCENARIO)                                                               \
	SCENARIO(0, OWN, "own", KMALLOC, 0, 0, 0, 0, WORKLOAD_BY_ITSELF,                           \
		 "what the module allocates for itself: open files, runs, lists of held objects")  \
	SCENARIO(1, KMALLOC_CONST, "kmalloc-const", KMALLOC, 1000, 0, 0, 0, WORKLOAD_CAN_KEEP,     \
		 "kmalloc of 1024 bytes, a constant")                                              \
	SCENARIO(2, KMALLOC_VAR, "kmalloc-var", KMALLOC, 1000, 300, 1, 8192, WORKLOAD_KEEP_SIZE,   \
		 "kmalloc of SIZE bytes")                                                          \
	SCENARIO(3, KMALLOC_LARGE_CONST, "kmalloc-large-const", KMALLOC, 300, 0, 0, 0,             \
		 WORKLOAD_CAN_KEEP, "kmalloc of 102400 bytes, a constant")                         \
	SCENARIO(4, KMALLOC_LARGE_VAR, "kmalloc-large-var", KMALLOC, 300, 20000, 8193, 4194304,    \
		 WORKLOAD_KEEP_SIZE, "kmalloc of SIZE bytes, backed by pages")                     \
	SCENARIO(5, KZALLOC, "kzalloc", KMALLOC, 1000, 0, 0, 0, WORKLOAD_CAN_KEEP,                 \
		 "kzalloc of 96 bytes, a constant")                                                \
	SCENARIO(6, KCALLOC, "kcalloc", KMALLOC, 1000, 240, 1, 16384, WORKLOAD_KEEP_SIZE,          \
		 "kcalloc of ten elements of SIZE bytes")                                          \
	SCENARIO(7, KREALLOC_GROW, "krealloc-grow", KMALLOC, 1000, 64, 1, 16384,                   \
		 WORKLOAD_KEEP_SIZE, "kmalloc of SIZE bytes, krealloc to four times that")         \
	SCENARIO(8, KREALLOC_SHRINK, "krealloc-shrink", KMALLOC, 1000, 1000, 2, 65536,             \
		 WORKLOAD_KEEP_SIZE, "kmalloc of SIZE bytes, krealloc to half: stays in place")    \
	SCENARIO(9, KMEMDUP, "kmemdup", KMALLOC, 1000, 100, 1, 4096, WORKLOAD_KEEP_SIZE,           \
		 "kmemdup of SIZE bytes")                                                          \
	SCENARIO(10, KSTRDUP, "kstrdup", KMALLOC, 1000, 27, 1, 4096, WORKLOAD_KEEP_SIZE,           \
		 "kstrdup of a string that takes SIZE bytes, with its end")                        \
	SCENARIO(11, MEMDUP_USER, "memdup-user", KMALLOC, 1000, 64, 1, 65536,                      \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_TAKES_DATA, "memdup_user of SIZE bytes")            \
	SCENARIO(12, DEVM_KMALLOC, "devm-kmalloc", KMALLOC, 1000, 150, 1, 8192,                    \
		 WORKLOAD_TAKES_SIZE | WORKLOAD_CAN_HOLD,                                          \
		 "devm_kmalloc of SIZE bytes and a header, devm_kfree")                            \
	SCENARIO(13, KMALLOC_ATOMIC, "kmalloc-atomic", KMALLOC, 1000, 128, 1, 8192,                \
		 WORKLOAD_KEEP_SIZE, "kmalloc of SIZE bytes with GFP_ATOMIC")                      \
	SCENARIO(14, KMALLOC_NOWAIT, "kmalloc-nowait", KMALLOC, 1000, 128, 1, 8192,                \
		 WORKLOAD_KEEP_SIZE, "kmalloc of SIZE bytes with GFP_NOWAIT")                      \
	SCENARIO(15, KMALLOC_WORKQUEUE, "kmalloc-workqueue", KMALLOC, 1000, 200, 1, 8192,          \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_ELSEWHERE,                                          \
		 "kmalloc and kfree of SIZE bytes in a work item")                                 \
	SCENARIO(16, KMALLOC_TIMER, "kmalloc-timer", KMALLOC, 1000, 200, 1, 8192,                  \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_ELSEWHERE,                                          \
		 "kmalloc and kfree of SIZE bytes in a timer: softirq")                            \
	SCENARIO(17, KMALLOC_HRTIMER, "kmalloc-hrtimer", KMALLOC, 1000, 200, 1, 8192,              \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_ELSEWHERE,                                          \
		 "kmalloc and kfree of SIZE bytes in an hrtimer: hardirq")                         \
	SCENARIO(18, KMALLOC_IRQ_WORK, "kmalloc-irq-work", KMALLOC, 1000, 200, 1, 8192,            \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_ELSEWHERE,                                          \
		 "kmalloc and kfree of SIZE bytes in an irq_work: hardirq")                        \
	SCENARIO(19, CACHE, "cache", CACHE, 1000, 0, 0, 0, WORKLOAD_CAN_KEEP,                      \
		 "kmem_cache_alloc and kmem_cache_free of a cache of the module")                  \
	SCENARIO(20, CACHE_BULK, "cache-bulk", CACHE, 1000, 0, 0, 0, WORKLOAD_CAN_KEEP,            \
		 "objects by kmem_cache_alloc_bulk and kmem_cache_free_bulk, 16 at a time")        \
	SCENARIO(21, CACHE_SINGLE_BULK, "cache-single-bulk", CACHE, 1000, 0, 0, 0,                 \
		 WORKLOAD_CAN_KEEP, "objects allocated one by one, freed in bulk")                 \
	SCENARIO(22, CACHE_BULK_SINGLE, "cache-bulk-single", CACHE, 1000, 0, 0, 0,                 \
		 WORKLOAD_CAN_KEEP, "objects allocated in bulk, freed one by one")                 \
	SCENARIO(23, MEMPOOL, "mempool", KMALLOC, 1000, 500, 1, 8192, WORKLOAD_TAKES_SIZE,         \
		 "mempool_alloc and mempool_free of SIZE bytes by kmalloc; a pool for each run")   \
	SCENARIO(24, KFREE_RCU, "kfree-rcu", KMALLOC, 1000, 176, 32, 4096,                         \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_FREES_LATER,                                        \
		 "kmalloc of SIZE bytes, kfree_rcu by the head inside")                            \
	SCENARIO(25, KFREE_RCU_HEADLESS, "kfree-rcu-headless", KMALLOC, 1000, 176, 1, 4096,        \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_FREES_LATER,                                        \
		 "kmalloc of SIZE bytes, kfree_rcu without a head")                                \
	SCENARIO(26, KVFREE_RCU_VMALLOC, "kvfree-rcu-vmalloc", VMALLOC, 100, 16384, 1, 65536,      \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_FREES_LATER,                                        \
		 "vmalloc of SIZE bytes, kvfree_rcu without a head")                               \
	SCENARIO(27, CACHE_KFREE_RCU, "cache-kfree-rcu", CACHE, 1000, 0, 0, 0,                     \
		 WORKLOAD_CAN_KEEP | WORKLOAD_FREES_LATER | WORKLOAD_OPTIONAL,                     \
		 "kmem_cache_alloc, kfree_rcu; kernels with kvfree_rcu_barrier (6.12)")            \
	SCENARIO(28, VMALLOC_10M, "vmalloc-10m", VMALLOC, 10, 0, 0, 0, WORKLOAD_CAN_KEEP,          \
		 "vmalloc of 10 MiB: one object; page array, area and pages are its backing")      \
	SCENARIO(29, VMALLOC_PAGE, "vmalloc-page", VMALLOC, 300, 0, 0, 0, WORKLOAD_CAN_KEEP,       \
		 "vmalloc of one page")                                                            \
	SCENARIO(30, VMALLOC, "vmalloc", VMALLOC, 300, 5000, 1, 16777216, WORKLOAD_KEEP_SIZE,      \
		 "vmalloc of SIZE bytes, which need not be whole pages")                           \
	SCENARIO(31, VZALLOC, "vzalloc", VMALLOC, 300, 65536, 1, 16777216, WORKLOAD_KEEP_SIZE,     \
		 "vzalloc of SIZE bytes")                                                          \
	SCENARIO(32, VMALLOC_USER, "vmalloc-user", VMALLOC, 300, 65536, 1, 16777216,               \
		 WORKLOAD_KEEP_SIZE, "vmalloc_user of SIZE bytes")                                 \
	SCENARIO(33, VMALLOC_FLAGS, "vmalloc-flags", VMALLOC, 300, 65536, 1, 16777216,             \
		 WORKLOAD_KEEP_SIZE, "__vmalloc of SIZE bytes with GFP_NOFS | __GFP_ZERO")         \
	SCENARIO(34, KVMALLOC_SMALL, "kvmalloc-small", KMALLOC, 1000, 700, 1, 4096,                \
		 WORKLOAD_KEEP_SIZE, "kvmalloc of SIZE bytes, at most a page: always kmalloc")     \
	SCENARIO(35, KVMALLOC_LARGE, "kvmalloc-large", KMALLOC, 100, 1048576, 8193, 4194304,       \
		 WORKLOAD_KEEP_SIZE,                                                               \
		 "kvmalloc of SIZE bytes: kmalloc, or vmalloc when memory is in pieces")           \
	SCENARIO(36, KVMALLOC_FALLBACK, "kvmalloc-fallback", VMALLOC, 10, 16777216, 8388608,       \
		 33554432, WORKLOAD_KEEP_SIZE,                                                     \
		 "kvmalloc of SIZE bytes, too large for kmalloc: always vmalloc")                  \
	SCENARIO(37, GET_ZEROED_PAGE, "get-zeroed-page", PAGES, 1000, 0, 0, 0, WORKLOAD_CAN_KEEP,  \
		 "get_zeroed_page and free_page")                                                  \
	SCENARIO(38, GET_FREE_PAGES, "get-free-pages", PAGES, 1000, 8192, 1, 131072,               \
		 WORKLOAD_KEEP_SIZE, "__get_free_pages of the order of SIZE bytes, 0 to 5")        \
	SCENARIO(39, ALLOC_PAGES, "alloc-pages", PAGES, 1000, 32768, 1, 131072,                    \
		 WORKLOAD_KEEP_SIZE, "alloc_pages of the order of SIZE bytes, 0 to 5")             \
	SCENARIO(40, ALLOC_PAGES_EXACT, "alloc-pages-exact", PAGES, 1000, 12288, 1, 131072,        \
		 WORKLOAD_KEEP_SIZE,                                                               \
		 "alloc_pages_exact of SIZE bytes: one block, its tail given back at once")        \
	SCENARIO(41, ALLOC_PAGES_BULK, "alloc-pages-bulk", PAGES, 1000, 0, 0, 0,                   \
		 WORKLOAD_CAN_KEEP, "pages by alloc_pages_bulk, 16 at a time, freed one by one")   \
	SCENARIO(42, ALLOC_PERCPU, "alloc-percpu", PERCPU, 1000, 24, 8, 16384, WORKLOAD_KEEP_SIZE, \
		 "alloc_percpu of SIZE bytes for each CPU, in steps of 8")                         \
	SCENARIO(43, DMA_COHERENT, "dma-coherent", PAGES, 300, 10000, 1, 131072,                   \
		 WORKLOAD_KEEP_SIZE, "dma_alloc_coherent of SIZE bytes: pages of an order")        \
	SCENARIO(44, SKB, "skb", KMALLOC, 1000, 600, 1, 4096,                                      \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_INEXACT, "alloc_skb of SIZE bytes and kfree_skb")   \
	SCENARIO(45, FAIL_KMALLOC, "fail-kmalloc", KMALLOC, 1000, 0, 0, 0, WORKLOAD_MUST_FAIL,     \
		 "kmalloc of twice the largest size, with __GFP_NOWARN")                           \
	SCENARIO(46, FAIL_VMALLOC, "fail-vmalloc", VMALLOC, 1000, 0, 0, 0, WORKLOAD_MUST_FAIL,     \
		 "vmalloc of more than the machine has, with __GFP_NOWARN")                        \
	SCENARIO(47, FAIL_PERCPU, "fail-percpu", PERCPU, 1000, 0, 0, 0, WORKLOAD_MUST_FAIL,        \
		 "alloc_percpu of more than a unit, with __GFP_NOWARN")                            \
	SCENARIO(48, FAIL_PAGES, "fail-pages", PAGES, 30, 0, 0, 0, 0,                              \
		 "blocks of 4 MiB for DMA with __GFP_NORETRY until there is none, all freed")      \
	SCENARIO(49, KFREE_NULL, "free-null", KMALLOC, 1000, 0, 0, 0, WORKLOAD_MUST_FAIL,          \
		 "kfree(NULL)")                                                                    \
	SCENARIO(50, KMALLOC_NOLOCK, "kmalloc-nolock", KMALLOC, 1000, 128, 1, 4096,                \
		 WORKLOAD_KEEP_SIZE | WORKLOAD_OPTIONAL,                                           \
		 "kmalloc_nolock of SIZE bytes; kernels where modules may use it")                 \
	SCENARIO(51, MMAP_ONE, "mmap-one", PAGES, 0, 4096, 0, 4096, WORKLOAD_BY_MMAP,              \
		 "remap_pfn_range of one page of get_zeroed_page")                                 \
	SCENARIO(52, MMAP_MANY, "mmap-many", PAGES, 0, 65536, 0, 65536, WORKLOAD_BY_MMAP,          \
		 "remap_pfn_range of up to 16 pages in one block, from any of them on")            \
	SCENARIO(53, MMAP_PARTIAL, "mmap-partial", PAGES, 0, 65536, 0, 65536, WORKLOAD_BY_MMAP,    \
		 "remap_pfn_range of the first half of the pages: SIGBUS behind it")               \
	SCENARIO(54, MMAP_READ_ONLY, "mmap-read-only", PAGES, 0, 4096, 0, 4096, WORKLOAD_BY_MMAP,  \
		 "remap_pfn_range of one page that must not be written")                           \
	SCENARIO(55, MMAP_INSERT_PAGE, "mmap-insert-page", PAGES, 0, 65536, 0, 65536,              \
		 WORKLOAD_BY_MMAP, "vm_insert_page of up to 16 pages, one after the other")        \
	SCENARIO(56, MMAP_INSERT_PAGES, "mmap-insert-pages", PAGES, 0, 65536, 0, 65536,            \
		 WORKLOAD_BY_MMAP, "vm_insert_pages of up to 16 pages at once")                    \
	SCENARIO(57, MMAP_FAULT, "mmap-fault", PAGES, 0, 65536, 0, 131072, WORKLOAD_BY_MMAP,       \
		 "vmf_insert_pfn by the fault handler; SIGBUS behind the 16th page")               \
	SCENARIO(58, MMAP_BUFFER, "mmap-buffer", VMALLOC, 0, 65536, 0, 16777216, WORKLOAD_BY_MMAP, \
		 "remap_vmalloc_range of the buffer that read and write use")                      \
	SCENARIO(59, INIT_ALLOCS, "init-allocs", KMALLOC, 0, 0, 0, 0, WORKLOAD_BY_PARAMETER,       \
		 "init_allocs=N: kmallocs of 224 bytes in an __init function, freed at unload")    \
	SCENARIO(60, INIT_LEAKS, "init-leaks", KMALLOC, 0, 0, 0, 0, WORKLOAD_BY_PARAMETER,         \
		 "init_leaks=N: kmallocs of 336 bytes in an __init function, never freed")         \
	SCENARIO(61, EXIT_ALLOCS, "exit-allocs", KMALLOC, 0, 0, 0, 0, WORKLOAD_BY_PARAMETER,       \
		 "exit_allocs=N: kmalloc and kfree of 448 bytes in an __exit function")

#define WORKLOAD_SCENARIO_ID(id, NAME, ...) WORKLOAD_##NAME = (id),
enum workload_scenario_id { WORKLOAD_SCENARIOS(WORKLOAD_SCENARIO_ID) WORKLOAD_SCENARIO_COUNT };
#undef WORKLOAD_SCENARIO_ID

#endif
