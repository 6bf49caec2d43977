/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mmap(2) of the device. Each call gets pages of its own, whose first bytes say which they are; the
 * function that maps them allocates them as well. They live until the last VMA of the call is gone,
 * whatever fork, munmap of a part and mremap made of the first one.
 *
 * Family pages counts the blocks. Family mapping counts each call of the kernel's function that
 * succeeded, with the bytes that it mapped (for faults: a call for each one, also if two threads
 * fault on the same page at once), and as freed all of them when the last VMA goes. The pages of
 * the page tables are the kernel's own, although the first frame in the module is the function that
 * maps.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/refcount.h>

#include "compat.h"
#include "workload.h"

#define PAGES		16
#define BLOCK_ORDER	4
#define FAULT_PAGES_MAX (2 * PAGES)

#define FIRST_BITS (WORKLOAD_MMAP_SHIFT - PAGE_SHIFT)
#define FIRST_MASK ((1UL << FIRST_BITS) - 1)

/* What one mmap() has. */
struct workload_mapping {
	refcount_t vmas;
	u32 scenario;
	struct workload_file *file;
	struct list_head orphan;
	unsigned long first; /* page of ours that the call began with */
	struct workload_site *pages_site, *mapping_site;
	unsigned long block; /* one block of pages, or */
	unsigned int order;
	struct page *page[PAGES]; /* so many pages */
	struct workload_buffer_memory *buffer;
	atomic64_t calls, bytes; /* that mapped */
};

/* What a mapping takes, roughly. */
#define FOOTPRINT (sizeof(struct workload_mapping) + PAGES * PAGE_SIZE)

/* What can be mapped, and how. */
struct mmap_kind {
	int (*map)(struct workload_mapping *mapping, struct vm_area_struct *vma);
	unsigned int pages; /* that a VMA may reach to */
	bool read_only;
};

static void sign_page(const struct workload_mapping *mapping, void *address, u64 index)
{
	struct workload_page *page = address;

	page->magic = WORKLOAD_PAGE_MAGIC;
	page->scenario = mapping->scenario;
	page->index = index;
}

/* Takes a block of pages into the mapping and counts it. */
static int took_block(struct workload_mapping *mapping, struct workload_site *site,
		      unsigned long block, unsigned int order)
{
	unsigned int i;

	if (!block) {
		atomic64_inc(&site->failed);
		return -ENOMEM;
	}
	mapping->pages_site = site;
	mapping->block = block;
	mapping->order = order;
	workload_count_alloc(site, 1, PAGE_SIZE << order);
	for (i = 0; i < 1U << order; i++)
		sign_page(mapping, (void *)(block + i * PAGE_SIZE), i);
	return 0;
}

/* Takes the page into the mapping and counts it. */
static int took_page(struct workload_mapping *mapping, struct workload_site *site,
		     unsigned int index, struct page *page)
{
	if (!page) {
		atomic64_inc(&site->failed);
		return -ENOMEM;
	}
	mapping->pages_site = site;
	mapping->page[index] = page;
	workload_count_alloc(site, 1, PAGE_SIZE);
	sign_page(mapping, page_address(page), index);
	return 0;
}

/* Counts a call of a function that maps, and what came of it. */
static int mapped(struct workload_mapping *mapping, struct workload_site *site, int error,
		  u64 bytes)
{
	if (error) {
		atomic64_inc(&site->failed);
		return error;
	}
	mapping->mapping_site = site;
	atomic64_inc(&mapping->calls);
	atomic64_add(bytes, &mapping->bytes);
	workload_count_alloc(site, 1, bytes);
	return 0;
}

static unsigned long vma_bytes(const struct vm_area_struct *vma)
{
	return vma->vm_end - vma->vm_start;
}

static unsigned long first_pfn(const struct workload_mapping *mapping)
{
	return (virt_to_phys((void *)mapping->block) >> PAGE_SHIFT) + mapping->first;
}

static WORKLOAD_CALLER void workload_mmap_free(struct workload_mapping *mapping)
{
	unsigned int i;

	if (mapping->block) {
		free_pages(mapping->block, mapping->order);
		workload_count_free(mapping->pages_site, 1, PAGE_SIZE << mapping->order);
	}
	for (i = 0; i < PAGES; i++) {
		if (!mapping->page[i])
			continue;
		__free_page(mapping->page[i]);
		workload_count_free(mapping->pages_site, 1, PAGE_SIZE);
	}
}

static void put_mapping(struct workload_mapping *mapping)
{
	u64 calls = atomic64_read(&mapping->calls), bytes = atomic64_read(&mapping->bytes);
	struct workload_file *file = mapping->file;

	if (mapping->buffer) {
		if (calls)
			workload_buffer_unmapped(bytes);
		workload_buffer_put(mapping->buffer);
	} else if (calls) {
		workload_count_free(mapping->mapping_site, calls, bytes);
	}
	workload_mmap_free(mapping);
	workload_own_free(mapping, sizeof(*mapping));
	workload_uncharge(file, FOOTPRINT);
}

static void vma_open(struct vm_area_struct *vma)
{
	struct workload_mapping *mapping = vma->vm_private_data;

	refcount_inc(&mapping->vmas);
}

static void vma_close(struct vm_area_struct *vma)
{
	struct workload_mapping *mapping = vma->vm_private_data;

	if (refcount_dec_and_test(&mapping->vmas))
		put_mapping(mapping);
}

static const struct vm_operations_struct vma_operations = {
	.open = vma_open,
	.close = vma_close,
};

WORKLOAD_SITE(one_pages, mmap_one, PAGES, 0);
WORKLOAD_SITE(one_mapping, mmap_one, MAPPING, 0);

static WORKLOAD_CALLER int workload_mmap_one(struct workload_mapping *mapping,
					     struct vm_area_struct *vma)
{
	int ret = took_block(mapping, &one_pages, get_zeroed_page(GFP_KERNEL), 0);

	return ret
		       ?: mapped(mapping, &one_mapping,
				 remap_pfn_range(vma, vma->vm_start, first_pfn(mapping),
						 vma_bytes(vma), vma->vm_page_prot),
				 vma_bytes(vma));
}

const struct workload_operation workload_mmap_one_operation = {
	.sites = {&one_pages, &one_mapping},
};

WORKLOAD_SITE(many_pages, mmap_many, PAGES, 0);
WORKLOAD_SITE(many_mapping, mmap_many, MAPPING, 0);

static WORKLOAD_CALLER int workload_mmap_many(struct workload_mapping *mapping,
					      struct vm_area_struct *vma)
{
	int ret = took_block(mapping, &many_pages,
			     __get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, BLOCK_ORDER),
			     BLOCK_ORDER);

	return ret
		       ?: mapped(mapping, &many_mapping,
				 remap_pfn_range(vma, vma->vm_start, first_pfn(mapping),
						 vma_bytes(vma), vma->vm_page_prot),
				 vma_bytes(vma));
}

const struct workload_operation workload_mmap_many_operation = {
	.sites = {&many_pages, &many_mapping},
};

WORKLOAD_SITE(partial_pages, mmap_partial, PAGES, 0);
WORKLOAD_SITE(partial_mapping, mmap_partial, MAPPING, 0);

/* The second half of the pages is never mapped: without a fault handler it is SIGBUS. */
static WORKLOAD_CALLER int workload_mmap_partial(struct workload_mapping *mapping,
						 struct vm_area_struct *vma)
{
	unsigned long bytes;
	int ret = took_block(mapping, &partial_pages,
			     __get_free_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN, BLOCK_ORDER),
			     BLOCK_ORDER);

	if (ret || mapping->first >= PAGES / 2)
		return ret;
	bytes = min(vma_bytes(vma), (PAGES / 2 - mapping->first) * PAGE_SIZE);
	return mapped(
		mapping, &partial_mapping,
		remap_pfn_range(vma, vma->vm_start, first_pfn(mapping), bytes, vma->vm_page_prot),
		bytes);
}

const struct workload_operation workload_mmap_partial_operation = {
	.sites = {&partial_pages, &partial_mapping},
};

WORKLOAD_SITE(read_only_pages, mmap_read_only, PAGES, 0);
WORKLOAD_SITE(read_only_mapping, mmap_read_only, MAPPING, 0);

static WORKLOAD_CALLER int workload_mmap_read_only(struct workload_mapping *mapping,
						   struct vm_area_struct *vma)
{
	int ret = took_block(mapping, &read_only_pages, get_zeroed_page(GFP_KERNEL), 0);

	return ret
		       ?: mapped(mapping, &read_only_mapping,
				 remap_pfn_range(vma, vma->vm_start, first_pfn(mapping),
						 vma_bytes(vma), vma->vm_page_prot),
				 vma_bytes(vma));
}

const struct workload_operation workload_mmap_read_only_operation = {
	.sites = {&read_only_pages, &read_only_mapping},
};

WORKLOAD_SITE(insert_page_pages, mmap_insert_page, PAGES, 0);
WORKLOAD_SITE(insert_page_mapping, mmap_insert_page, MAPPING, 0);

static WORKLOAD_CALLER int workload_mmap_insert_page(struct workload_mapping *mapping,
						     struct vm_area_struct *vma)
{
	unsigned long count = vma_pages(vma), i;
	int ret = 0;

	for (i = 0; i < PAGES && !ret; i++)
		ret = took_page(mapping, &insert_page_pages, i,
				alloc_page(GFP_KERNEL | __GFP_ZERO));
	for (i = 0; i < count && !ret; i++)
		ret = mapped(mapping, &insert_page_mapping,
			     vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE,
					    mapping->page[mapping->first + i]),
			     PAGE_SIZE);
	return ret;
}

const struct workload_operation workload_mmap_insert_page_operation = {
	.sites = {&insert_page_pages, &insert_page_mapping},
};

WORKLOAD_SITE(insert_pages_pages, mmap_insert_pages, PAGES, 0);
WORKLOAD_SITE(insert_pages_mapping, mmap_insert_pages, MAPPING, 0);

static WORKLOAD_CALLER int workload_mmap_insert_pages(struct workload_mapping *mapping,
						      struct vm_area_struct *vma)
{
	unsigned long count = vma_pages(vma);
	unsigned int i;
	int ret = 0;

	for (i = 0; i < PAGES && !ret; i++)
		ret = took_page(mapping, &insert_pages_pages, i,
				alloc_page(GFP_KERNEL | __GFP_ZERO));
	return ret
		       ?: mapped(mapping, &insert_pages_mapping,
				 vm_insert_pages(vma, vma->vm_start, &mapping->page[mapping->first],
						 &count),
				 vma_bytes(vma));
}

const struct workload_operation workload_mmap_insert_pages_operation = {
	.sites = {&insert_pages_pages, &insert_pages_mapping},
};

WORKLOAD_SITE(fault_pages, mmap_fault, PAGES, 0);
WORKLOAD_SITE(fault_mapping, mmap_fault_page, MAPPING, 0);

static WORKLOAD_CALLER vm_fault_t workload_mmap_fault_page(struct vm_fault *vmf)
{
	struct workload_mapping *mapping = vmf->vma->vm_private_data;
	unsigned long index = vmf->pgoff & FIRST_MASK;
	vm_fault_t ret;

	if (index >= PAGES)
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn(vmf->vma, vmf->address & PAGE_MASK, page_to_pfn(mapping->page[index]));
	mapped(mapping, &fault_mapping, ret & VM_FAULT_ERROR ? -ENOMEM : 0, PAGE_SIZE);
	return ret;
}

static const struct vm_operations_struct fault_operations = {
	.open = vma_open,
	.close = vma_close,
	.fault = workload_mmap_fault_page,
};

static WORKLOAD_CALLER int workload_mmap_fault(struct workload_mapping *mapping,
					       struct vm_area_struct *vma)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < PAGES && !ret; i++)
		ret = took_page(mapping, &fault_pages, i, alloc_page(GFP_KERNEL | __GFP_ZERO));
	if (!ret)
		compat_vm_flags_set(vma, VM_PFNMAP | VM_IO);
	return ret;
}

const struct workload_operation workload_mmap_fault_operation = {
	.sites = {&fault_pages, &fault_mapping},
};

static int map_buffer(struct workload_mapping *mapping, struct vm_area_struct *vma)
{
	int ret = workload_buffer_map(mapping->buffer, vma, mapping->first);

	if (!ret) {
		atomic64_inc(&mapping->calls);
		atomic64_add(vma_bytes(vma), &mapping->bytes);
	}
	return ret;
}

static const struct mmap_kind kinds[WORKLOAD_SCENARIO_COUNT] = {
	[WORKLOAD_MMAP_ONE] = {workload_mmap_one, 1},
	[WORKLOAD_MMAP_MANY] = {workload_mmap_many, PAGES},
	[WORKLOAD_MMAP_PARTIAL] = {workload_mmap_partial, PAGES},
	[WORKLOAD_MMAP_READ_ONLY] = {workload_mmap_read_only, 1, true},
	[WORKLOAD_MMAP_INSERT_PAGE] = {workload_mmap_insert_page, PAGES},
	[WORKLOAD_MMAP_INSERT_PAGES] = {workload_mmap_insert_pages, PAGES},
	[WORKLOAD_MMAP_FAULT] = {workload_mmap_fault, FAULT_PAGES_MAX},
	[WORKLOAD_MMAP_BUFFER] = {map_buffer, WORKLOAD_BUFFER_MAX >> PAGE_SHIFT},
};

static int check_vma(const struct mmap_kind *kind, struct vm_area_struct *vma, unsigned long first)
{
	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (first >= kind->pages || vma_pages(vma) > kind->pages - first)
		return -EINVAL;
	if (kind->read_only && vma->vm_flags & VM_WRITE)
		return -EACCES;
	return 0;
}

static struct workload_mapping *new_mapping(struct workload_file *file, u32 scenario,
					    unsigned long first)
{
	struct workload_mapping *mapping;
	int ret;

	ret = workload_charge(file, FOOTPRINT);
	if (ret)
		return ERR_PTR(ret);
	mapping = workload_own_alloc(sizeof(*mapping));
	if (!mapping) {
		workload_uncharge(file, FOOTPRINT);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&mapping->vmas, 1);
	mapping->scenario = scenario;
	mapping->file = file;
	mapping->first = first;
	if (scenario != WORKLOAD_MMAP_BUFFER)
		return mapping;
	mapping->buffer = workload_buffer_get(file);
	if (!IS_ERR(mapping->buffer))
		return mapping;
	ret = PTR_ERR(mapping->buffer);
	mapping->buffer = NULL;
	put_mapping(mapping);
	return ERR_PTR(ret);
}

/*
 * What a failed call has mapped already is unmapped only after this has returned. Single pages are
 * kept by that; a block mapped by PFN is not, and must not have another owner until then: it waits
 * for the file's end.
 */
static void orphan(struct workload_file *file, struct workload_mapping *mapping)
{
	if (!mapping->block) {
		put_mapping(mapping);
		return;
	}
	spin_lock(&file->lock);
	list_add(&mapping->orphan, &file->orphans);
	spin_unlock(&file->lock);
}

void workload_mmap_orphans(struct workload_file *file)
{
	struct workload_mapping *mapping, *next;

	list_for_each_entry_safe(mapping, next, &file->orphans, orphan) put_mapping(mapping);
}

static int do_mmap_kind(struct workload_file *file, const struct mmap_kind *kind, u32 scenario,
			struct vm_area_struct *vma)
{
	struct workload_mapping *mapping;
	int ret;

	mapping = new_mapping(file, scenario, vma->vm_pgoff & FIRST_MASK);
	if (IS_ERR(mapping))
		return PTR_ERR(mapping);
	compat_vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	if (kind->read_only)
		compat_vm_flags_clear(vma, VM_MAYWRITE);
	ret = kind->map(mapping, vma);
	if (ret) {
		orphan(file, mapping);
		return ret;
	}
	vma->vm_private_data = mapping;
	vma->vm_ops = scenario == WORKLOAD_MMAP_FAULT ? &fault_operations : &vma_operations;
	return 0;
}

int workload_mmap(struct file *filp, struct vm_area_struct *vma)
{
	unsigned long scenario = vma->vm_pgoff >> FIRST_BITS;
	const struct mmap_kind *kind;
	int ret;

	if (scenario >= WORKLOAD_SCENARIO_COUNT || !kinds[scenario].map)
		return -EINVAL;
	kind = &kinds[scenario];
	ret = check_vma(kind, vma, vma->vm_pgoff & FIRST_MASK);
	if (ret)
		return ret;
	workload_counting_begin();
	ret = do_mmap_kind(filp->private_data, kind, scenario, vma);
	workload_counting_end();
	return ret;
}
