/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of what can be live at a time, so that no sequence of calls takes the machine's memory,
 * and the one moment at which counts may be set to zero: when nothing is live and nothing runs.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "workload.h"

/* Objects smaller than this don't queue: a thread has at most a batch of them. */
#define BRIEF_BYTES (1 << 20)
#define BRIEF_MAX   (128 << 20)

/* Of RESET while it is at work. */
#define RESETTING INT_MIN

static atomic64_t held_bytes, leaked_bytes, brief_bytes;
static DECLARE_WAIT_QUEUE_HEAD(brief_wait);
static atomic_t counting;

static bool charge(atomic64_t *counter, u64 bytes, u64 limit)
{
	if ((u64)atomic64_add_return(bytes, counter) <= limit)
		return true;
	atomic64_sub(bytes, counter);
	return false;
}

int workload_charge(struct workload_file *file, u64 bytes)
{
	if (!charge(&file->held_bytes, bytes, WORKLOAD_HOLD_MAX))
		return -EDQUOT;
	if (charge(&held_bytes, bytes, WORKLOAD_HOLD_ALL_MAX))
		return 0;
	atomic64_sub(bytes, &file->held_bytes);
	return -EDQUOT;
}

void workload_uncharge(struct workload_file *file, u64 bytes)
{
	atomic64_sub(bytes, &file->held_bytes);
	atomic64_sub(bytes, &held_bytes);
}

int workload_charge_leak(u64 bytes)
{
	return charge(&leaked_bytes, bytes, WORKLOAD_LEAK_MAX) ? 0 : -EDQUOT;
}

void workload_uncharge_leak(u64 bytes)
{
	atomic64_sub(bytes, &leaked_bytes);
}

u64 workload_leaked_bytes(void)
{
	return atomic64_read(&leaked_bytes);
}

int workload_charge_briefly(u64 bytes)
{
	if (bytes < BRIEF_BYTES)
		return 0;
	return wait_event_killable(brief_wait, charge(&brief_bytes, bytes, BRIEF_MAX)) ? -EINTR : 0;
}

void workload_uncharge_briefly(u64 bytes)
{
	if (bytes < BRIEF_BYTES)
		return;
	atomic64_sub(bytes, &brief_bytes);
	wake_up_all(&brief_wait);
}

void workload_counting_begin(void)
{
	while (!atomic_inc_unless_negative(&counting))
		cond_resched();
}

void workload_counting_end(void)
{
	atomic_dec(&counting);
}

int workload_reset(void)
{
	int ret = -EBUSY;

	if (atomic_cmpxchg(&counting, 0, RESETTING) != 0)
		return -EBUSY;
	if (!atomic64_read(&held_bytes)) {
		workload_reset_counts();
		ret = 0;
	}
	atomic_set(&counting, 0);
	return ret;
}
