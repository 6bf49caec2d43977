/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that stay with an open file. They are noted in pages full of them, each with objects of
 * one scenario and size, so that noting them takes little memory and one allocation for a hundred.
 * A run has its pages for itself; the file's lock is taken when it begins and ends.
 */
#include <linux/sched.h>

#include "workload.h"

/* A run goes on where one before it left room; it looks at so many pages. */
#define LOOK_AT 4

static bool has_room(const struct workload_held *held, u32 scenario, size_t footprint,
		     unsigned int count)
{
	return held->scenario == scenario && held->footprint == footprint &&
	       held->count + count <= WORKLOAD_HELD_OBJECTS;
}

/* Takes such a page from the file. */
static bool take_page(struct workload_file *file, struct list_head *list, u32 scenario,
		      size_t footprint, unsigned int count)
{
	struct workload_held *held;
	unsigned int looked = 0;
	bool found = false;

	spin_lock(&file->lock);
	list_for_each_entry(held, &file->held, list)
	{
		found = has_room(held, scenario, footprint, count);
		if (found) {
			list_move(&held->list, list);
			break;
		}
		if (++looked == LOOK_AT)
			break;
	}
	spin_unlock(&file->lock);
	return found;
}

static int new_page(struct workload_file *file, struct list_head *list, u32 scenario,
		    size_t footprint)
{
	struct workload_held *held;
	int ret;

	ret = workload_charge(file, WORKLOAD_HELD_BYTES);
	if (ret)
		return ret;
	held = workload_own_alloc(WORKLOAD_HELD_BYTES);
	if (!held) {
		workload_uncharge(file, WORKLOAD_HELD_BYTES);
		return -ENOMEM;
	}
	held->scenario = scenario;
	held->footprint = footprint;
	list_add(&held->list, list);
	return 0;
}

static void free_page_of(struct workload_file *file, struct workload_held *held)
{
	workload_own_free(held, WORKLOAD_HELD_BYTES);
	workload_uncharge(file, WORKLOAD_HELD_BYTES);
}

int workload_hold_prepare(struct workload_file *file, struct list_head *held, u32 scenario,
			  size_t footprint, unsigned int count)
{
	if (!list_empty(held)) {
		if (has_room(list_first_entry(held, struct workload_held, list), scenario,
			     footprint, count))
			return 0;
	} else if (take_page(file, held, scenario, footprint, count)) {
		return 0;
	}
	return new_page(file, held, scenario, footprint);
}

void workload_hold(struct workload_file *file, struct list_head *held,
		   const struct workload_object *objects, unsigned int count)
{
	struct workload_held *page = list_first_entry(held, struct workload_held, list);

	memcpy(&page->objects[page->count], objects, count * sizeof(*objects));
	page->count += count;
	atomic64_add(count, &file->held_objects);
}

void workload_hold_done(struct workload_file *file, struct list_head *held)
{
	struct workload_held *first;

	first = list_first_entry_or_null(held, struct workload_held, list);
	if (first && !first->count) {
		list_del(&first->list);
		free_page_of(file, first);
	}
	spin_lock(&file->lock);
	list_splice(held, &file->held);
	spin_unlock(&file->lock);
}

/* The youngest first: devm_kfree() looks for them in this order. */
static void drop_page(struct workload_file *file, struct workload_held *held)
{
	struct workload_job *job = &file->drop_job;
	unsigned int batch, count;

	job->operation = workload_operations[held->scenario];
	batch = job->operation->batch ?: 1;
	while (held->count) {
		count = min(batch, held->count);
		held->count -= count;
		job->operation->drop(job, &held->objects[held->count], count);
		workload_uncharge(file, count * held->footprint);
		atomic64_sub(count, &file->held_objects);
		cond_resched();
	}
	free_page_of(file, held);
}

static void take_pages(struct workload_file *file, u32 scenario, struct list_head *list)
{
	struct workload_held *held, *next;

	spin_lock(&file->lock);
	list_for_each_entry_safe(held, next, &file->held, list) if (scenario == WORKLOAD_DROP_ALL ||
								    held->scenario == scenario)
		list_move_tail(&held->list, list);
	spin_unlock(&file->lock);
}

u64 workload_drop(struct workload_file *file, u32 scenario)
{
	struct workload_held *held, *next;
	u64 dropped = 0;
	LIST_HEAD(list);

	workload_counting_begin();
	mutex_lock(&file->dropping);
	take_pages(file, scenario, &list);
	list_for_each_entry_safe(held, next, &list, list)
	{
		dropped += held->count;
		drop_page(file, held);
	}
	mutex_unlock(&file->dropping);
	workload_counting_end();
	return dropped;
}
