/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Socket buffers: one operation is one skb, meant as one kmalloc (its data) and one cache object
 * (its head) by functions of the network stack. The truth differs: kernels take the data of small
 * ones from a cache, keep freed heads back and free in bulk, some without an event. So the counts
 * are those of skbs, in a row of either family, and said to be inexact; the bytes are not known.
 */
#include <linux/skbuff.h>

#include "workload.h"

#define INEXACT (WORKLOAD_ROW_HELPER | WORKLOAD_ROW_INEXACT | WORKLOAD_ROW_BYTES_UNKNOWN)

WORKLOAD_SITE(data_site, skb, KMALLOC, INEXACT);
WORKLOAD_SITE(head_site, skb, CACHE, INEXACT);

static WORKLOAD_CALLER int workload_skb(struct workload_job *job, struct workload_object *object,
					unsigned int count)
{
	struct sk_buff *skb = alloc_skb(job->size, GFP_KERNEL | __GFP_NOWARN);

	if (skb)
		workload_count_alloc(&head_site, 1, 0);
	return workload_made(object, &data_site, skb, 0);
}

static WORKLOAD_CALLER void workload_kfree_skb(struct workload_job *job,
					       struct workload_object *objects, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		kfree_skb(objects[i].address);
		workload_dropped(&objects[i]);
		workload_count_free(&head_site, 1, 0);
	}
}

const struct workload_operation workload_skb_operation = {
	.sites = {&data_site, &head_site},
	.make = workload_skb,
	.drop = workload_kfree_skb,
};
