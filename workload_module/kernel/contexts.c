/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmalloc and kfree outside of processes: in a work item, in a timer (softirq), in an hrtimer and
 * in an irq_work (both hardirq). One operation is one allocation and one kfree(), of family
 * kmalloc; each visit of the context makes, or drops, a batch of them. Whoever asks waits until
 * the callback has returned.
 *
 * All of them take one irq_work, timer or work item of the job, so nothing else is allocated.
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "compat.h"
#include "workload.h"

static void do_task(struct workload_job *job)
{
	job->task(job, job->task_objects, job->task_count);
}

static void on_work(struct work_struct *work)
{
	do_task(container_of(work, struct workload_job, work));
}

static void on_timer(struct timer_list *timer)
{
	struct workload_job *job = container_of(timer, struct workload_job, timer);

	do_task(job);
	complete(&job->elsewhere_done);
}

static enum hrtimer_restart on_hrtimer(struct hrtimer *timer)
{
	struct workload_job *job = container_of(timer, struct workload_job, hrtimer);

	do_task(job);
	complete(&job->elsewhere_done);
	return HRTIMER_NORESTART;
}

static void on_irq_work(struct irq_work *work)
{
	do_task(container_of(work, struct workload_job, irq_work));
}

void workload_contexts_init(struct workload_job *job)
{
	init_completion(&job->elsewhere_done);
	INIT_WORK(&job->work, on_work);
	timer_setup(&job->timer, on_timer, 0);
	compat_hrtimer_setup(&job->hrtimer, on_hrtimer);
	job->irq_work = IRQ_WORK_INIT_HARD(on_irq_work);
}

/* Each of these returns when the callback has. */

static void in_work(struct workload_job *job)
{
	schedule_work(&job->work);
	flush_work(&job->work);
}

static void in_timer(struct workload_job *job)
{
	reinit_completion(&job->elsewhere_done);
	mod_timer(&job->timer, jiffies);
	wait_for_completion(&job->elsewhere_done);
	compat_timer_delete_sync(&job->timer);
}

static void in_hrtimer(struct workload_job *job)
{
	reinit_completion(&job->elsewhere_done);
	hrtimer_start(&job->hrtimer, ns_to_ktime(10 * NSEC_PER_USEC), HRTIMER_MODE_REL_HARD);
	wait_for_completion(&job->elsewhere_done);
	hrtimer_cancel(&job->hrtimer);
}

static void in_irq_work(struct workload_job *job)
{
	irq_work_queue(&job->irq_work);
	irq_work_sync(&job->irq_work);
}

/* Has the task make objects in the context; it leaves how many it could in task_count. */
static int make_in(struct workload_job *job, void (*context)(struct workload_job *),
		   workload_task task, struct workload_object *objects, unsigned int count)
{
	job->task = task;
	job->task_objects = objects;
	job->task_count = count;
	context(job);
	return job->task_count ? job->task_count : -ENOMEM;
}

static void drop_in(struct workload_job *job, void (*context)(struct workload_job *),
		    struct workload_object *objects, unsigned int count)
{
	job->task = workload_kfree;
	job->task_objects = objects;
	job->task_count = count;
	context(job);
}

/* What a task that makes objects does: one call site for each context, so it is a macro. */
#define MAKE_EACH(job, objects, count, site, gfp)                                                  \
	do {                                                                                       \
		unsigned int each;                                                                 \
                                                                                                   \
		for (each = 0; each < (count); each++)                                             \
			if (workload_made(&(objects)[each], site,                                  \
					  kmalloc((job)->size, (gfp) | __GFP_NOWARN),              \
					  (job)->size) < 0)                                        \
				break;                                                             \
		(job)->task_count = each;                                                          \
	} while (0)

WORKLOAD_SITE(workqueue_site, kmalloc_workqueue, KMALLOC, 0);

static WORKLOAD_CALLER void workload_kmalloc_workqueue(struct workload_job *job,
						       struct workload_object *objects,
						       unsigned int count)
{
	MAKE_EACH(job, objects, count, &workqueue_site, GFP_KERNEL);
}

static int make_in_work(struct workload_job *job, struct workload_object *objects,
			unsigned int count)
{
	return make_in(job, in_work, workload_kmalloc_workqueue, objects, count);
}

static void drop_in_work(struct workload_job *job, struct workload_object *objects,
			 unsigned int count)
{
	drop_in(job, in_work, objects, count);
}

const struct workload_operation workload_kmalloc_workqueue_operation = {
	.sites = {&workqueue_site},
	.make = make_in_work,
	.drop = drop_in_work,
	.batch = WORKLOAD_BATCH,
};

WORKLOAD_SITE(timer_site, kmalloc_timer, KMALLOC, 0);

static WORKLOAD_CALLER void workload_kmalloc_timer(struct workload_job *job,
						   struct workload_object *objects,
						   unsigned int count)
{
	MAKE_EACH(job, objects, count, &timer_site, GFP_ATOMIC);
}

static int make_in_timer(struct workload_job *job, struct workload_object *objects,
			 unsigned int count)
{
	return make_in(job, in_timer, workload_kmalloc_timer, objects, count);
}

static void drop_in_timer(struct workload_job *job, struct workload_object *objects,
			  unsigned int count)
{
	drop_in(job, in_timer, objects, count);
}

const struct workload_operation workload_kmalloc_timer_operation = {
	.sites = {&timer_site},
	.make = make_in_timer,
	.drop = drop_in_timer,
	.batch = WORKLOAD_BATCH,
};

WORKLOAD_SITE(hrtimer_site, kmalloc_hrtimer, KMALLOC, 0);

static WORKLOAD_CALLER void workload_kmalloc_hrtimer(struct workload_job *job,
						     struct workload_object *objects,
						     unsigned int count)
{
	MAKE_EACH(job, objects, count, &hrtimer_site, GFP_ATOMIC);
}

static int make_in_hrtimer(struct workload_job *job, struct workload_object *objects,
			   unsigned int count)
{
	return make_in(job, in_hrtimer, workload_kmalloc_hrtimer, objects, count);
}

static void drop_in_hrtimer(struct workload_job *job, struct workload_object *objects,
			    unsigned int count)
{
	drop_in(job, in_hrtimer, objects, count);
}

const struct workload_operation workload_kmalloc_hrtimer_operation = {
	.sites = {&hrtimer_site},
	.make = make_in_hrtimer,
	.drop = drop_in_hrtimer,
	.batch = WORKLOAD_BATCH,
};

WORKLOAD_SITE(irq_work_site, kmalloc_irq_work, KMALLOC, 0);

static WORKLOAD_CALLER void workload_kmalloc_irq_work(struct workload_job *job,
						      struct workload_object *objects,
						      unsigned int count)
{
	MAKE_EACH(job, objects, count, &irq_work_site, GFP_ATOMIC);
}

static int make_in_irq_work(struct workload_job *job, struct workload_object *objects,
			    unsigned int count)
{
	return make_in(job, in_irq_work, workload_kmalloc_irq_work, objects, count);
}

static void drop_in_irq_work(struct workload_job *job, struct workload_object *objects,
			     unsigned int count)
{
	drop_in(job, in_irq_work, objects, count);
}

const struct workload_operation workload_kmalloc_irq_work_operation = {
	.sites = {&irq_work_site},
	.make = make_in_irq_work,
	.drop = drop_in_irq_work,
	.batch = WORKLOAD_BATCH,
};
