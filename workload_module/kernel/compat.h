/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernels from 6.1 on call by different names. Kbuild looks into the headers and defines
 * PRESENT_name for each function that is there, so nothing asks for a version; functions that are
 * macros are asked for directly.
 */
#ifndef WORKLOAD_COMPAT_H
#define WORKLOAD_COMPAT_H

#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>

/* 6.1 and 6.12 have alloc_pages_bulk_array(), 7.2 has alloc_pages_bulk() with its arguments. */
#ifdef PRESENT_alloc_pages_bulk_array
#define compat_alloc_pages_bulk(gfp, count, pages) alloc_pages_bulk_array(gfp, count, pages)
#else
#define compat_alloc_pages_bulk(gfp, count, pages) alloc_pages_bulk(gfp, count, pages)
#endif

/* hrtimer_init() is gone since 9779489a31d7 ("hrtimers: Delete hrtimer_init()"), 6.15. */
static inline void compat_hrtimer_setup(struct hrtimer *timer,
					enum hrtimer_restart (*function)(struct hrtimer *))
{
#ifdef PRESENT_hrtimer_setup
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer->function = function;
#endif
}

/* Renamed by 9b13df3fb64e ("timers: Rename del_timer_sync() to timer_delete_sync()"), 6.2. */
static inline void compat_timer_delete_sync(struct timer_list *timer)
{
#ifdef PRESENT_timer_delete_sync
	timer_delete_sync(timer);
#else
	del_timer_sync(timer);
#endif
}

/* vm_flags is read-only since 6.3, which brought functions to change it. */
static inline void compat_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
#ifdef PRESENT_vm_flags_set
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

static inline void compat_vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
#ifdef PRESENT_vm_flags_set
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

/* They have a name of their own since 6.4; before, they were kfree_rcu() with one argument. */
#ifdef kfree_rcu_mightsleep
#define compat_kfree_rcu_headless(p)  kfree_rcu_mightsleep(p)
#define compat_kvfree_rcu_headless(p) kvfree_rcu_mightsleep(p)
#else
#define compat_kfree_rcu_headless(p)  kfree_rcu(p)
#define compat_kvfree_rcu_headless(p) kvfree_rcu(p)
#endif

/*
 * With this, what kfree_rcu() took can be waited for, and kmem_cache_destroy() does so itself. 6.12
 * has it, 6.1 has not.
 */
static inline bool compat_has_kvfree_rcu_barrier(void)
{
	return IS_ENABLED(PRESENT_kvfree_rcu_barrier);
}

static inline void compat_kvfree_rcu_barrier(void)
{
#ifdef PRESENT_kvfree_rcu_barrier
	kvfree_rcu_barrier();
#endif
}

#if defined(PRESENT_kmalloc_nolock_noprof) && defined(PRESENT_kfree_nolock)
#define COMPAT_KMALLOC_NOLOCK 1
#endif

#endif
