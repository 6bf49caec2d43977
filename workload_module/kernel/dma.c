/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device of the module, and coherent memory for it: one operation is one block of family pages,
 * with the bytes of the whole block, as the device can reach all memory and nothing translates its
 * addresses. The call site is in the kernel's DMA layer.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/platform_device.h>

#include "workload.h"

static struct platform_device *device;

int workload_dma_setup(void)
{
	int ret;

	device = platform_device_register_simple("workload", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	if (ret)
		platform_device_unregister(device);
	return ret;
}

void workload_dma_teardown(void)
{
	platform_device_unregister(device);
}

struct device *workload_device(void)
{
	return &device->dev;
}

WORKLOAD_SITE(dma_site, dma_coherent, PAGES, WORKLOAD_ROW_HELPER);

static WORKLOAD_CALLER int workload_dma_coherent(struct workload_job *job,
						 struct workload_object *object, unsigned int count)
{
	void *address = dma_alloc_coherent(workload_device(), job->size, &object->dma,
					   GFP_KERNEL | __GFP_NOWARN);

	object->size = job->size;
	return workload_made(object, &dma_site, address, PAGE_SIZE << get_order(job->size));
}

static WORKLOAD_CALLER void workload_dma_free_coherent(struct workload_job *job,
						       struct workload_object *objects,
						       unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		dma_free_coherent(workload_device(), objects[i].size, objects[i].address,
				  objects[i].dma);
		workload_dropped(&objects[i]);
	}
}

const struct workload_operation workload_dma_coherent_operation = {
	.sites = {&dma_site},
	.make = workload_dma_coherent,
	.drop = workload_dma_free_coherent,
};
