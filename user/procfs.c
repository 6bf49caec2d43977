/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Parsers of the kernel's tables. Each reads words from the front or from the back of a line,
 * whichever end has the fixed columns: cache names and callers may hold blanks.
 */

#include "procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FIRST_ROWS    64

bool procfs_next_line(struct procfs_slice *rest, struct procfs_slice *line)
{
	const char *end;

	if (rest->length == 0)
		return false;
	end = memchr(rest->text, '\n', rest->length);
	line->text = rest->text;
	line->length = end ? (size_t)(end - rest->text) : rest->length;
	rest->text += line->length + (end ? 1 : 0);
	rest->length -= line->length + (end ? 1 : 0);
	return true;
}

static bool procfs_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool procfs_next_word(struct procfs_slice *rest, struct procfs_slice *word)
{
	const char *end = rest->text + rest->length, *at = rest->text;

	while (at < end && procfs_is_blank(*at))
		at++;
	word->text = at;
	while (at < end && !procfs_is_blank(*at))
		at++;
	word->length = at - word->text;
	rest->text = at;
	rest->length = end - at;
	return word->length > 0;
}

/* The same from the back. */
static bool procfs_last_word(struct procfs_slice *rest, struct procfs_slice *word)
{
	size_t end = rest->length, start;

	while (end > 0 && procfs_is_blank(rest->text[end - 1]))
		end--;
	start = end;
	while (start > 0 && !procfs_is_blank(rest->text[start - 1]))
		start--;
	word->text = rest->text + start;
	word->length = end - start;
	rest->length = start;
	return word->length > 0;
}

static struct procfs_slice procfs_trim(struct procfs_slice slice)
{
	while (slice.length > 0 && procfs_is_blank(slice.text[slice.length - 1]))
		slice.length--;
	while (slice.length > 0 && procfs_is_blank(slice.text[0])) {
		slice.text++;
		slice.length--;
	}
	return slice;
}

bool procfs_is_number(struct procfs_slice word, uint64_t *value)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < word.length; i++) {
		if (word.text[i] < '0' || word.text[i] > '9')
			return false;
		if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(word.text[i] - '0'), &sum))
			return false;
	}
	if (word.length == 0)
		return false;
	*value = sum;
	return true;
}

static bool procfs_next_number(struct procfs_slice *rest, uint64_t *value)
{
	struct procfs_slice word;

	return procfs_next_word(rest, &word) && procfs_is_number(word, value);
}

static bool procfs_last_number(struct procfs_slice *rest, uint64_t *value)
{
	struct procfs_slice word;

	return procfs_last_word(rest, &word) && procfs_is_number(word, value);
}

bool procfs_skip(struct procfs_slice *slice, const char *prefix)
{
	size_t length = strlen(prefix);

	if (slice->length < length || memcmp(slice->text, prefix, length) != 0)
		return false;
	slice->text += length;
	slice->length -= length;
	return true;
}

const char *procfs_find(struct procfs_slice slice, const char *needle)
{
	return slice.length ? memmem(slice.text, slice.length, needle, strlen(needle)) : NULL;
}

bool procfs_same(struct procfs_slice a, struct procfs_slice b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.text, b.text, a.length) == 0);
}

int procfs_compare(struct procfs_slice a, struct procfs_slice b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = shorter ? memcmp(a.text, b.text, shorter) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

bool procfs_split(struct procfs_slice slice, const char *mark, struct procfs_slice *before,
		  struct procfs_slice *behind)
{
	const char *at = procfs_find(slice, mark);

	if (!at)
		return false;
	behind->text = at + strlen(mark);
	behind->length = slice.text + slice.length - behind->text;
	before->text = slice.text;
	before->length = at - slice.text;
	return true;
}

static bool procfs_equals(struct procfs_slice slice, const char *text)
{
	return procfs_skip(&slice, text) && slice.length == 0;
}

uint64_t procfs_add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/* Doubles at powers of two, so `count` alone tells how much room there is. */
void *procfs_grow(void *rows, size_t count, size_t row_size)
{
	if (count != 0 && (count < FIRST_ROWS || (count & (count - 1)) != 0))
		return rows;
	return reallocarray(rows, count ? 2 * count : FIRST_ROWS, row_size);
}

static const char *const meminfo_names[MEMINFO_FIELDS] = {
	[MEMINFO_MEM_TOTAL] = "MemTotal",
	[MEMINFO_MEM_FREE] = "MemFree",
	[MEMINFO_MEM_AVAILABLE] = "MemAvailable",
	[MEMINFO_ACTIVE] = "Active",
	[MEMINFO_INACTIVE] = "Inactive",
	[MEMINFO_UNEVICTABLE] = "Unevictable",
	[MEMINFO_SLAB] = "Slab",
	[MEMINFO_SRECLAIMABLE] = "SReclaimable",
	[MEMINFO_SUNRECLAIM] = "SUnreclaim",
	[MEMINFO_KRECLAIMABLE] = "KReclaimable",
	[MEMINFO_KERNEL_STACK] = "KernelStack",
	[MEMINFO_PAGE_TABLES] = "PageTables",
	[MEMINFO_SEC_PAGE_TABLES] = "SecPageTables",
	[MEMINFO_VMALLOC_USED] = "VmallocUsed",
	[MEMINFO_PERCPU] = "Percpu",
	[MEMINFO_HUGETLB] = "Hugetlb",
	[MEMINFO_ZSWAP] = "Zswap",
	[MEMINFO_BALLOON] = "Balloon",
};

const char *procfs_meminfo_name(enum procfs_meminfo_field field)
{
	return meminfo_names[field];
}

static void procfs_parse_meminfo_line(struct procfs_slice line, struct procfs_meminfo *meminfo)
{
	struct procfs_slice name, unit;
	uint64_t kib;
	int field;

	if (!procfs_next_word(&line, &name) || name.text[name.length - 1] != ':' ||
	    !procfs_next_number(&line, &kib) || kib > UINT64_MAX / 1024)
		return;
	if (!procfs_next_word(&line, &unit) || !procfs_equals(unit, "kB"))
		return;
	name.length--;
	for (field = 0; field < MEMINFO_FIELDS; field++) {
		if (!procfs_equals(name, meminfo_names[field]))
			continue;
		meminfo->present[field] = true;
		meminfo->bytes[field] = kib * 1024;
	}
}

int procfs_parse_meminfo(struct procfs_slice text, struct procfs_meminfo *out)
{
	struct procfs_meminfo meminfo = {0};
	struct procfs_slice line;

	while (procfs_next_line(&text, &line))
		procfs_parse_meminfo_line(line, &meminfo);
	if (!meminfo.present[MEMINFO_MEM_TOTAL])
		return -EINVAL;
	*out = meminfo;
	return 0;
}

int procfs_meminfo_accounted(const struct procfs_meminfo *meminfo, uint64_t *bytes)
{
	static const struct {
		enum procfs_meminfo_field field;
		bool required;
	} parts[] = {
		{MEMINFO_MEM_FREE, true},    {MEMINFO_ACTIVE, true},
		{MEMINFO_INACTIVE, true},    {MEMINFO_UNEVICTABLE, true},
		{MEMINFO_SLAB, true},	     {MEMINFO_VMALLOC_USED, true},
		{MEMINFO_PAGE_TABLES, true}, {MEMINFO_PERCPU, false},
		{MEMINFO_HUGETLB, false},    {MEMINFO_SEC_PAGE_TABLES, false},
		{MEMINFO_ZSWAP, false},	     {MEMINFO_BALLOON, false},
	};
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].required && !meminfo->present[parts[i].field])
			return -ENODATA;
		sum = procfs_add(sum, meminfo->bytes[parts[i].field]);
	}
	*bytes = sum;
	return 0;
}

/* "name active objects size per_slab pages_per_slab : tunables … : slabdata active slabs shared" */
static bool procfs_parse_cache(struct procfs_slice line, uint64_t page_size,
			       struct procfs_cache *out)
{
	uint64_t active_slabs, slabs, slab_pages, slab_objects, used;
	struct procfs_slice front, back, rest;
	struct procfs_cache cache = {0};

	if (!procfs_split(line, " : slabdata ", &rest, &back) ||
	    !procfs_next_number(&back, &active_slabs) || !procfs_next_number(&back, &slabs))
		return false;
	if (!procfs_split(rest, " : tunables ", &front, &rest) ||
	    !procfs_last_number(&front, &slab_pages) ||
	    !procfs_last_number(&front, &slab_objects) ||
	    !procfs_last_number(&front, &cache.object_size) ||
	    !procfs_last_number(&front, &cache.objects) ||
	    !procfs_last_number(&front, &cache.active))
		return false;
	cache.name = procfs_trim(front);
	if (cache.name.length == 0 || __builtin_mul_overflow(slabs, slab_pages, &cache.bytes) ||
	    __builtin_mul_overflow(cache.bytes, page_size, &cache.bytes) ||
	    __builtin_mul_overflow(cache.active, cache.object_size, &used))
		return false;
	cache.waste_bytes = cache.bytes > used ? cache.bytes - used : 0;
	*out = cache;
	return true;
}

int procfs_parse_slabinfo(struct procfs_slice text, uint64_t page_size, struct procfs_slabinfo *out)
{
	struct procfs_slabinfo slabinfo = {0};
	struct procfs_slice line;
	struct procfs_cache *grown, *cache;

	if (!procfs_next_line(&text, &line) || !procfs_skip(&line, "slabinfo - version: 2."))
		return -EINVAL;
	while (procfs_next_line(&text, &line)) {
		if (line.length == 0 || line.text[0] == '#')
			continue;
		grown = procfs_grow(slabinfo.caches, slabinfo.count, sizeof(*grown));
		if (!grown) {
			procfs_free_slabinfo(&slabinfo);
			return -ENOMEM;
		}
		slabinfo.caches = grown;
		cache = &slabinfo.caches[slabinfo.count];
		if (!procfs_parse_cache(line, page_size, cache)) {
			slabinfo.skipped++;
			continue;
		}
		slabinfo.bytes = procfs_add(slabinfo.bytes, cache->bytes);
		slabinfo.waste_bytes = procfs_add(slabinfo.waste_bytes, cache->waste_bytes);
		slabinfo.count++;
	}
	*out = slabinfo;
	return 0;
}

void procfs_free_slabinfo(struct procfs_slabinfo *slabinfo)
{
	free(slabinfo->caches);
	*slabinfo = (struct procfs_slabinfo){0};
}

static const char *const area_kind_names[AREA_KINDS] = {
	[AREA_VMALLOC] = "vmalloc", [AREA_USER] = "user",	  [AREA_VMAP] = "vmap",
	[AREA_IOREMAP] = "ioremap", [AREA_DMA] = "dma",		  [AREA_SPARSE] = "sparse",
	[AREA_MAP_RAM] = "map_ram", [AREA_UNPURGED] = "unpurged", [AREA_OTHER] = "other",
};

const char *procfs_area_kind_name(enum procfs_area_kind kind)
{
	return area_kind_names[kind];
}

/* The kernel's words for an area, most telling first: "vmalloc user" is memory for a process. */
static const struct {
	const char *word;
	enum procfs_area_kind kind;
} area_words[] = {
	{"ioremap", AREA_IOREMAP},    {"user", AREA_USER},	   {"dma-coherent", AREA_DMA},
	{"sparse", AREA_SPARSE},      {"vmalloc", AREA_VMALLOC},   {"vmap", AREA_VMAP},
	{"vm_map_ram", AREA_MAP_RAM}, {"unpurged", AREA_UNPURGED}, {"vm_area", AREA_OTHER},
	{"vpages", AREA_OTHER},
};

/* Index into area_words, or their number when `word` is none of them. */
static size_t procfs_area_word(struct procfs_slice word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(area_words); i++) {
		if (procfs_equals(word, area_words[i].word))
			break;
	}
	return i;
}

/*
 * "0xSTART-0xEND SIZE CALLER [MODULE] pages=N phys=ADDRESS KIND… N0=N": the caller is what comes
 * before the first word that the kernel itself puts there.
 */
static bool procfs_parse_area(struct procfs_slice line, struct procfs_caller *out)
{
	struct procfs_caller area = {.areas = 1, .kind = AREA_OTHER};
	size_t found, best = ARRAY_SIZE(area_words);
	struct procfs_slice range, word;
	const char *caller_end = NULL;

	if (!procfs_next_word(&line, &range) || !procfs_skip(&range, "0x") ||
	    !procfs_find(range, "-0x") || !procfs_next_number(&line, &area.bytes))
		return false;
	line = procfs_trim(line);
	area.caller = line;
	while (procfs_next_word(&line, &word)) {
		found = procfs_area_word(word);
		if (found < best)
			best = found;
		if (!caller_end &&
		    (found < ARRAY_SIZE(area_words) || procfs_find(word, "pages=") == word.text ||
		     procfs_find(word, "phys=") == word.text))
			caller_end = word.text;
		if (procfs_skip(&word, "pages=") && !procfs_is_number(word, &area.pages))
			return false;
	}
	if (best < ARRAY_SIZE(area_words))
		area.kind = area_words[best].kind;
	if (caller_end)
		area.caller.length = caller_end - area.caller.text;
	area.caller = procfs_trim(area.caller);
	*out = area;
	return true;
}

static int procfs_order_callers(const void *left, const void *right)
{
	const struct procfs_caller *a = left, *b = right;
	int order = procfs_compare(a->caller, b->caller);

	return order ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

/* Sums sorted areas in place; returns how many callers are left. */
static size_t procfs_merge_callers(struct procfs_caller *callers, size_t count)
{
	size_t last = 0, i;

	if (count == 0)
		return 0;
	for (i = 1; i < count; i++) {
		if (procfs_order_callers(&callers[last], &callers[i]) != 0) {
			callers[++last] = callers[i];
			continue;
		}
		callers[last].areas += callers[i].areas;
		callers[last].bytes = procfs_add(callers[last].bytes, callers[i].bytes);
		callers[last].pages = procfs_add(callers[last].pages, callers[i].pages);
	}
	return last + 1;
}

int procfs_parse_vmallocinfo(struct procfs_slice text, struct procfs_vmallocinfo *out)
{
	struct procfs_vmallocinfo info = {0};
	struct procfs_caller *grown, *area;
	struct procfs_slice line;

	while (procfs_next_line(&text, &line)) {
		if (line.length == 0)
			continue;
		grown = procfs_grow(info.callers, info.count, sizeof(*grown));
		if (!grown) {
			procfs_free_vmallocinfo(&info);
			return -ENOMEM;
		}
		info.callers = grown;
		area = &info.callers[info.count];
		if (!procfs_parse_area(line, area)) {
			info.skipped++;
			continue;
		}
		info.bytes = procfs_add(info.bytes, area->bytes);
		info.pages = procfs_add(info.pages, area->pages);
		info.count++;
	}
	info.areas = info.count;
	if (info.count)
		qsort(info.callers, info.count, sizeof(*area), procfs_order_callers);
	info.count = procfs_merge_callers(info.callers, info.count);
	*out = info;
	return 0;
}

void procfs_free_vmallocinfo(struct procfs_vmallocinfo *vmallocinfo)
{
	free(vmallocinfo->callers);
	*vmallocinfo = (struct procfs_vmallocinfo){0};
}

/* "BYTES CALLS FILE:LINE [MODULE] func:NAME", from format 2.0 on also "accurate:no". */
static bool procfs_parse_tag(struct procfs_slice line, struct procfs_tag *out)
{
	struct procfs_tag tag = {.accurate = true};
	struct procfs_slice word, number;
	const char *colon;

	if (!procfs_next_number(&line, &tag.bytes) || !procfs_next_number(&line, &tag.calls) ||
	    !procfs_next_word(&line, &tag.file))
		return false;
	colon = memrchr(tag.file.text, ':', tag.file.length);
	if (!colon)
		return false;
	number.text = colon + 1;
	number.length = tag.file.text + tag.file.length - number.text;
	tag.file.length = colon - tag.file.text;
	if (!procfs_is_number(number, &tag.line))
		return false;
	while (procfs_next_word(&line, &word)) {
		if (procfs_skip(&word, "func:"))
			tag.function = word;
		else if (procfs_equals(word, "accurate:no"))
			tag.accurate = false;
		else if (procfs_skip(&word, "[") && word.length > 1)
			tag.module = (struct procfs_slice){word.text, word.length - 1};
	}
	*out = tag;
	return tag.function.length > 0;
}

int procfs_parse_allocinfo(struct procfs_slice text, struct procfs_allocinfo *out)
{
	struct procfs_allocinfo info = {0};
	struct procfs_slice line;
	struct procfs_tag *grown, *tag;

	if (!procfs_next_line(&text, &line) || !procfs_skip(&line, "allocinfo - version: "))
		return -EINVAL;
	while (procfs_next_line(&text, &line)) {
		if (line.length == 0 || line.text[0] == '#')
			continue;
		grown = procfs_grow(info.tags, info.count, sizeof(*grown));
		if (!grown) {
			procfs_free_allocinfo(&info);
			return -ENOMEM;
		}
		info.tags = grown;
		tag = &info.tags[info.count];
		if (!procfs_parse_tag(line, tag)) {
			info.skipped++;
			continue;
		}
		info.bytes = procfs_add(info.bytes, tag->bytes);
		if (tag->bytes || tag->calls)
			info.count++;
	}
	*out = info;
	return 0;
}

void procfs_free_allocinfo(struct procfs_allocinfo *allocinfo)
{
	free(allocinfo->tags);
	*allocinfo = (struct procfs_allocinfo){0};
}
