/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The page of `tracer inspect` as text. Each block says in one line what its figures mean for
 * somebody who writes a driver.
 */

#include "render_inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "units.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define US_PER_S      1000000

struct page {
	FILE *out;
	unsigned int top;
	bool colour;
	bool changes; /* there was a look before: columns of change */
};

static const struct {
	enum procfs_meminfo_field field;
	const char *meaning;
} meminfo_rows[] = {
	{MEMINFO_MEM_TOTAL, "memory the kernel manages"},
	{MEMINFO_MEM_AVAILABLE, "what could be had without swapping"},
	{MEMINFO_SLAB, "kmalloc() and every kmem_cache: SReclaimable + SUnreclaim"},
	{MEMINFO_SRECLAIMABLE, "of caches that shrink under pressure: dentries, inodes"},
	{MEMINFO_SUNRECLAIM, "of all others: kmalloc() that is never freed grows this"},
	{MEMINFO_KRECLAIMABLE, "SReclaimable and what other shrinkers can give back"},
	{MEMINFO_VMALLOC_USED, "pages behind vmalloc(), thread stacks and modules among them"},
	{MEMINFO_PERCPU, "alloc_percpu(): the size asked for times the possible CPUs"},
	{MEMINFO_PAGE_TABLES, "page tables of processes: grow with what they have mapped"},
	{MEMINFO_KERNEL_STACK, "one stack per thread"},
};

static const char *const kind_titles[KERNLOG_KINDS] = {
	[KERNLOG_PAGE_ALLOC] = "page allocation failures",
	[KERNLOG_VMALLOC] = "vmalloc failures",
	[KERNLOG_PERCPU] = "per-CPU allocation failures",
	[KERNLOG_SLAB_ALLOC] = "slab allocation failures",
	[KERNLOG_SLAB_ERROR] = "slab errors",
	[KERNLOG_MEMORY_ERROR] = "memory errors",
	[KERNLOG_OOM_KILL] = "out-of-memory kills",
	[KERNLOG_KMEMLEAK] = "kmemleak reports",
};

static void render_title(const struct page *page, const char *title, const char *meaning)
{
	fprintf(page->out, "\n%s%s%s\n", page->colour ? "\033[1m" : "", title,
		page->colour ? "\033[0m" : "");
	fprintf(page->out, "%s  %s%s\n", page->colour ? "\033[2m" : "", meaning,
		page->colour ? "\033[0m" : "");
}

/* A name from the kernel; when memory runs out the page is lost anyway. */
static void render_name(const struct page *page, struct procfs_slice name, int width)
{
	char *safe = escape_dup(name.text ? name.text : "", name.length);

	fprintf(page->out, "%-*s", width, !safe ? "?" : safe[0] ? safe : "-");
	free(safe);
}

static size_t render_rows(const struct page *page, size_t count)
{
	return page->top && page->top < count ? page->top : count;
}

static void render_bytes(const struct page *page, uint64_t bytes)
{
	char text[UNITS_TEXT];

	fprintf(page->out, " %8s", units_format_bytes(text, bytes));
}

static void render_count(const struct page *page, uint64_t count)
{
	char text[UNITS_TEXT];

	fprintf(page->out, " %8s", units_format_count(text, count));
}

static void render_change(const struct page *page, int64_t bytes)
{
	char text[UNITS_TEXT];

	fprintf(page->out, " %8s", units_format_change(text, bytes));
}

/* What of MemTotal is in no counter; false when this kernel's meminfo cannot tell. */
static bool render_unaccounted(const struct procfs_meminfo *meminfo, int64_t *bytes)
{
	uint64_t accounted;

	if (procfs_meminfo_accounted(meminfo, &accounted) < 0)
		return false;
	*bytes = (int64_t)(meminfo->bytes[MEMINFO_MEM_TOTAL] - accounted);
	return true;
}

static void render_not_accounted(const struct page *page, const struct inspect_look *look)
{
	int64_t now, before = 0;

	if (!render_unaccounted(&look->meminfo, &now))
		return;
	fprintf(page->out, "  %-14s", "not accounted");
	render_bytes(page, now < 0 ? 0 : (uint64_t)now);
	if (page->changes) {
		render_unaccounted(&look->meminfo_before, &before);
		render_change(page, (int64_t)((uint64_t)now - (uint64_t)before));
	}
	fputs("  in no counter: alloc_pages() of drivers, free pages on CPU lists\n", page->out);
}

static void render_meminfo(const struct page *page, const struct inspect_look *look)
{
	const struct procfs_meminfo *now = &look->meminfo, *before = &look->meminfo_before;
	enum procfs_meminfo_field field;
	size_t i;

	render_title(page, "meminfo: what the kernel counts",
		     "A leak shows here first: in SUnreclaim, VmallocUsed, Percpu or what is not "
		     "accounted.");
	for (i = 0; i < ARRAY_SIZE(meminfo_rows); i++) {
		field = meminfo_rows[i].field;
		if (!now->present[field])
			continue;
		fprintf(page->out, "  %-14s", procfs_meminfo_name(field));
		render_bytes(page, now->bytes[field]);
		if (page->changes)
			render_change(page, (int64_t)(now->bytes[field] - before->bytes[field]));
		fprintf(page->out, "  %s\n", meminfo_rows[i].meaning);
	}
	render_not_accounted(page, look);
}

/* The two sources are read one after the other, so this is a difference of two moments. */
static void render_large_kmalloc(const struct page *page, const struct inspect_look *look)
{
	uint64_t slab = look->meminfo.bytes[MEMINFO_SLAB];

	if (look->sources[SOURCE_MEMINFO].status != SOURCE_READ || slab <= look->slabinfo.bytes ||
	    look->slabinfo.skipped)
		return;
	fprintf(page->out, "  %-28s %8s %8s %8s", "in no cache, about", "", "", "");
	render_bytes(page, slab - look->slabinfo.bytes);
	fputs("  kmalloc() above 2 pages\n", page->out);
}

static void render_cache(const struct page *page, const struct procfs_cache *cache)
{
	fputs("  ", page->out);
	render_name(page, cache->name, 28);
	fprintf(page->out, " %8" PRIu64 " %8" PRIu64 " %8" PRIu64, cache->objects, cache->active,
		cache->object_size);
	render_bytes(page, cache->bytes);
	render_bytes(page, cache->waste_bytes);
	if (page->changes) {
		fprintf(page->out, " %+8" PRId64, cache->growth_objects);
		render_change(page, cache->growth_bytes);
	}
	fputc('\n', page->out);
}

static void render_slab(const struct page *page, const struct inspect_look *look)
{
	const struct procfs_slabinfo *slab = &look->slabinfo;
	char title[160], bytes[UNITS_TEXT], waste[UNITS_TEXT];
	size_t rows = render_rows(page, slab->count), i;

	snprintf(title, sizeof(title), "slab: %zu of %zu caches; %s in slabs, %s of it waste", rows,
		 slab->count, units_format_bytes(bytes, slab->bytes),
		 units_format_bytes(waste, slab->waste_bytes));
	render_title(page, title,
		     "kmalloc(), kmem_cache_alloc(): contiguous memory; free places go back only "
		     "with their slab.");
	fprintf(page->out, "  %-28s %8s %8s %8s %8s %8s", "CACHE", "PLACES", "ACTIVE", "SIZE",
		"BYTES", "WASTE");
	fputs(page->changes ? "  +ACTIVE   +BYTES\n" : "\n", page->out);
	for (i = 0; i < rows; i++)
		render_cache(page, &slab->caches[i]);
	render_large_kmalloc(page, look);
}

static void render_caller(const struct page *page, const struct procfs_caller *caller)
{
	fputc(' ', page->out);
	render_bytes(page, caller->bytes);
	fprintf(page->out, " %8" PRIu64 " %8" PRIu64, caller->pages, caller->areas);
	if (page->changes) {
		render_change(page, caller->growth_bytes);
		fprintf(page->out, " %+8" PRId64, caller->growth_areas);
	}
	fprintf(page->out, "  %-8s  ", procfs_area_kind_name(caller->kind));
	render_name(page, caller->caller, 0);
	fputc('\n', page->out);
}

static void render_vmalloc(const struct page *page, const struct procfs_vmallocinfo *info,
			   uint64_t page_size)
{
	char title[200], bytes[UNITS_TEXT], memory[UNITS_TEXT];
	size_t rows = render_rows(page, info->count), i;
	uint64_t backing;

	if (__builtin_mul_overflow(info->pages, page_size, &backing))
		backing = UINT64_MAX;
	snprintf(title, sizeof(title),
		 "vmalloc: %zu of %zu callers; %" PRIu64 " areas, %s of addresses, %s of pages",
		 rows, info->count, info->areas, units_format_bytes(bytes, info->bytes),
		 units_format_bytes(memory, backing));
	render_title(page, title,
		     "vmalloc(): contiguous addresses, scattered pages, a TLB entry for each; "
		     "ioremap is no memory.");
	fprintf(page->out, "  %8s %8s %8s", "BYTES", "PAGES", "AREAS");
	fputs(page->changes ? "   +BYTES   +AREAS" : "", page->out);
	fprintf(page->out, "  %-8s  %s\n", "KIND", "CALLER");
	for (i = 0; i < rows; i++)
		render_caller(page, &info->callers[i]);
}

static void render_log_counts(const struct page *page, const struct kernlog *log)
{
	int kind;

	if (log->count == 0)
		fputs("  none\n", page->out);
	for (kind = 0; kind < KERNLOG_KINDS; kind++) {
		if (log->counts[kind])
			fprintf(page->out, "  %8zu  %s\n", log->counts[kind], kind_titles[kind]);
	}
}

static void render_event(const struct page *page, const struct kernlog_event *event)
{
	fprintf(page->out, "  [%5" PRIu64 ".%06" PRIu64 "] ", event->time_us / US_PER_S,
		event->time_us % US_PER_S);
	render_name(page, event->text, 0);
	fputc('\n', page->out);
	if (event->cache.length == 0 && event->site.length == 0)
		return;
	fprintf(page->out, "  %14s", "");
	if (event->cache.length) {
		fputs(" cache ", page->out);
		render_name(page, event->cache, 0);
	}
	if (event->site.length) {
		fputs(" from ", page->out);
		render_name(page, event->site, 0);
	}
	fputc('\n', page->out);
}

static void render_log(const struct page *page, const struct kernlog *log)
{
	size_t rows = render_rows(page, log->count), i;
	char title[160];
	int n;

	n = snprintf(title, sizeof(title),
		     "log: failures and errors about memory in %" PRIu64 " records", log->records);
	if (log->overwritten)
		snprintf(title + n, sizeof(title) - n, " (%" PRIu64 " before them overwritten)",
			 log->overwritten);
	render_title(
		page, title,
		"order:N is 2^N contiguous pages: above 3 often fragmented, not short of memory; "
		"try kvmalloc().");
	render_log_counts(page, log);
	for (i = log->count - rows; i < log->count; i++)
		render_event(page, &log->events[i]);
}

static void render_kmemleak(const struct page *page, const struct kernlog_kmemleak *kmemleak)
{
	size_t rows = render_rows(page, kmemleak->count), i;
	const struct kernlog_suspect *suspect;
	char title[120], bytes[UNITS_TEXT];

	snprintf(title, sizeof(title), "kmemleak: %" PRIu64 " suspects, %s", kmemleak->objects,
		 units_format_bytes(bytes, kmemleak->bytes));
	render_title(page, title,
		     "The last scan saw no pointer to them; to scan now: echo scan > "
		     "/sys/kernel/debug/kmemleak");
	if (rows == 0)
		return;
	fprintf(page->out, "  %8s %8s  %-16s  %s\n", "OBJECTS", "BYTES", "COMM", "ALLOCATED BY");
	for (i = 0; i < rows; i++) {
		suspect = &kmemleak->suspects[i];
		fputc(' ', page->out);
		render_count(page, suspect->objects);
		render_bytes(page, suspect->bytes);
		fputs("  ", page->out);
		render_name(page, suspect->comm, 16);
		fputs("  ", page->out);
		render_name(page, suspect->site, 0);
		fputc('\n', page->out);
	}
}

static void render_tag(const struct page *page, const struct procfs_tag *tag)
{
	fputc(' ', page->out);
	render_bytes(page, tag->bytes);
	render_count(page, tag->calls);
	fputs("  ", page->out);
	render_name(page, tag->file, 0);
	fprintf(page->out, ":%" PRIu64 " ", tag->line);
	render_name(page, tag->function, 0);
	if (tag->module.length) {
		fputs(" [", page->out);
		render_name(page, tag->module, 0);
		fputc(']', page->out);
	}
	fputs(tag->accurate ? "\n" : " (incomplete)\n", page->out);
}

static void render_allocinfo(const struct page *page, const struct procfs_allocinfo *info)
{
	size_t rows = render_rows(page, info->count), i;
	char title[120], bytes[UNITS_TEXT];

	snprintf(title, sizeof(title), "allocinfo: %zu of %zu lines of source; %s", rows,
		 info->count, units_format_bytes(bytes, info->bytes));
	render_title(
		page, title,
		"Live bytes by source line; slab objects and the pages below them both count.");
	fprintf(page->out, "  %8s %8s  %s\n", "BYTES", "CALLS", "LINE");
	for (i = 0; i < rows; i++)
		render_tag(page, &info->tags[i]);
}

static void render_missing(const struct page *page, const struct inspect_look *look)
{
	const struct inspect_source *source;
	bool titled = false;
	int id;

	for (id = 0; id < INSPECT_SOURCES; id++) {
		source = &look->sources[id];
		if (!source->reason[0])
			continue;
		if (!titled)
			render_title(page, "not seen",
				     "What this page could not show, why, and what would change "
				     "that.");
		titled = true;
		fprintf(page->out, "  %-10s %-10s %s: %s\n", source->name,
			source->status == SOURCE_READ ? "partly"
						      : inspect_status_name(source->status),
			source->path, source->reason);
		if (source->enable)
			fprintf(page->out, "  %-10s -> %s\n", "", source->enable);
	}
}

static void render_page(const struct page *page, const struct inspect_look *look)
{
	char text[UNITS_TEXT];

	fprintf(page->out, "tracer inspect: Linux ");
	render_name(page, (struct procfs_slice){look->kernel, strlen(look->kernel)}, 0);
	fputc(' ', page->out);
	render_name(page, (struct procfs_slice){look->arch, strlen(look->arch)}, 0);
	fprintf(page->out, ", %s", look->started);
	if (page->changes)
		fprintf(page->out, ", changes in %s", units_format_ns(text, look->since_ns));
	fputc('\n', page->out);
	if (look->sources[SOURCE_MEMINFO].status == SOURCE_READ)
		render_meminfo(page, look);
	if (look->sources[SOURCE_SLABINFO].status == SOURCE_READ)
		render_slab(page, look);
	if (look->sources[SOURCE_VMALLOCINFO].status == SOURCE_READ)
		render_vmalloc(page, &look->vmallocinfo, look->page_size);
	if (look->sources[SOURCE_LOG].status == SOURCE_READ)
		render_log(page, &look->log);
	if (look->sources[SOURCE_KMEMLEAK].status == SOURCE_READ)
		render_kmemleak(page, &look->kmemleak);
	if (look->sources[SOURCE_ALLOCINFO].status == SOURCE_READ)
		render_allocinfo(page, &look->allocinfo);
	render_missing(page, look);
	if (page->changes)
		fputc('\n', page->out);
}

char *render_inspect_text(const struct inspect_look *look, unsigned int top, bool colour,
			  size_t *length)
{
	struct page page = {.top = top, .colour = colour, .changes = look->since_ns != 0};
	char *text = NULL;
	bool failed;

	page.out = open_memstream(&text, length);
	if (!page.out)
		return NULL;
	render_page(&page, look);
	failed = ferror(page.out);
	if (fclose(page.out) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}
