/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Prose of the kernel: a table of sentences finds the events, and the stack below an event is
 * read down to the first function that is not the allocator's own, which is who asked.
 */

#include "kernlog.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))
#define STACK_RECORDS	 96 /* how far below its event a stack may be */
#define FACILITY_SHIFT	 3  /* syslog(3): priority = facility << 3 | level */
#define SHORTEST_ADDRESS 8  /* hexadecimal digits */

static const char *const kind_names[KERNLOG_KINDS] = {
	[KERNLOG_PAGE_ALLOC] = "page_alloc", [KERNLOG_VMALLOC] = "vmalloc",
	[KERNLOG_PERCPU] = "percpu",	     [KERNLOG_SLAB_ALLOC] = "slab_alloc",
	[KERNLOG_SLAB_ERROR] = "slab_error", [KERNLOG_MEMORY_ERROR] = "memory_error",
	[KERNLOG_OOM_KILL] = "oom_kill",     [KERNLOG_KMEMLEAK] = "kmemleak",
};

const char *kernlog_kind_name(enum kernlog_kind kind)
{
	return kind_names[kind];
}

/* What the kernel says, in its words from 4.x to 6.x. The first that fits decides. */
static const struct kernlog_sentence {
	const char *words;
	enum kernlog_kind kind;
	bool at_start;	/* the message begins with the words */
	bool has_stack; /* a call trace follows */
} sentences[] = {
	{": page allocation failure: order:", KERNLOG_PAGE_ALLOC, false, true},
	{": vmalloc error: size ", KERNLOG_VMALLOC, false, true},
	{": vmalloc: allocation failure", KERNLOG_VMALLOC, false, true},
	{"vmap allocation for size ", KERNLOG_VMALLOC, true, false},
	{"percpu: allocation failed", KERNLOG_PERCPU, true, true},
	{"SLUB: Unable to allocate memory", KERNLOG_SLAB_ALLOC, true, false},
	{"SLAB: Unable to allocate memory", KERNLOG_SLAB_ALLOC, true, false},
	{"BUG: KASAN: ", KERNLOG_MEMORY_ERROR, true, true},
	{"BUG: KFENCE: ", KERNLOG_MEMORY_ERROR, true, false},
	{"BUG: Bad page state ", KERNLOG_MEMORY_ERROR, true, false},
	{"BUG ", KERNLOG_SLAB_ERROR, true, true},
	{"kmem_cache_destroy ", KERNLOG_SLAB_ERROR, true, true},
	{"Out of memory: Kill", KERNLOG_OOM_KILL, true, false},
	{"Memory cgroup out of memory: Kill", KERNLOG_OOM_KILL, true, false},
};

/* Functions that allocate or complain for others, by how they begin. */
static const char *const allocator_functions[] = {
	"__alloc_frozen_pages",
	"__alloc_pages",
	"__alloc_percpu",
	"__alloc_size",
	"__asan_",
	"__dump_stack",
	"__get_free_pages",
	"__kasan_",
	"__kmalloc",
	"__kmem_cache",
	"__krealloc",
	"__kvmalloc",
	"__kvrealloc",
	"__pcpu_",
	"__slab_",
	"__vmalloc",
	"___kmalloc",
	"___slab_alloc",
	"alloc_debug_processing",
	"alloc_from_pcs",
	"alloc_frozen_pages",
	"alloc_pages",
	"alloc_slab_page",
	"allocate_slab",
	"cache_alloc",
	"check_bytes_and_report",
	"check_object",
	"check_slab",
	"devm_kmalloc",
	"devm_krealloc",
	"dump_",
	"free_debug_processing",
	"free_large_kmalloc",
	"free_to_partial_list",
	"get_zeroed_page",
	"kasan_",
	"kfree",
	"kmalloc",
	"kmem_cache_",
	"kmemdup",
	"kmemleak_",
	"krealloc",
	"kstrdup",
	"kvfree",
	"kvmalloc",
	"kvrealloc",
	"kvzalloc",
	"kzalloc",
	"new_slab",
	"object_err",
	"pcpu_alloc",
	"pcpu_balance",
	"print_address_description",
	"print_report",
	"print_trailer",
	"show_stack",
	"slab_",
	"vmalloc",
	"vzalloc",
	"warn_alloc",
};

static bool kernlog_is_allocator(struct procfs_slice frame)
{
	struct procfs_slice name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(allocator_functions); i++) {
		name = frame;
		if (procfs_skip(&name, allocator_functions[i]))
			return true;
	}
	return false;
}

static struct procfs_slice kernlog_skip_blanks(struct procfs_slice line)
{
	while (procfs_skip(&line, " ") || procfs_skip(&line, "\t"))
		;
	return line;
}

/* "symbol+0x1/0x2", or the bare address "0xffffffffc0a01234" of a module that is gone. */
static bool kernlog_is_place(struct procfs_slice word)
{
	const char *offset = procfs_find(word, "+0x");

	if (offset)
		return offset > word.text && word.text[0] != '[' && !procfs_find(word, ":");
	if (!procfs_skip(&word, "0x") || word.length < SHORTEST_ADDRESS)
		return false;
	while (word.length > 0 && isxdigit((unsigned char)word.text[0])) {
		word.text++;
		word.length--;
	}
	return word.length == 0;
}

/*
 * A stack line: "[<ADDRESS>] PLACE [module]", the address on older kernels only. A "? " in front
 * marks a guess of the unwinder, which is no frame.
 */
static bool kernlog_frame(struct procfs_slice line, struct procfs_slice *frame)
{
	struct procfs_slice place, address;

	line = kernlog_skip_blanks(line);
	if (procfs_skip(&line, "[<") && !procfs_split(line, ">] ", &address, &line))
		return false;
	*frame = kernlog_skip_blanks(line);
	return procfs_next_word(&line, &place) && kernlog_is_place(place);
}

/* "   12.345678" */
static bool kernlog_seconds(struct procfs_slice text, uint64_t *time_us)
{
	struct procfs_slice seconds, micros;
	uint64_t whole, part;

	if (!procfs_split(kernlog_skip_blanks(text), ".", &seconds, &micros) ||
	    !procfs_is_number(seconds, &whole) || !procfs_is_number(micros, &part) ||
	    micros.length != 6 || whole > UINT64_MAX / 1000000 - 1)
		return false;
	*time_us = whole * 1000000 + part;
	return true;
}

/* "<4>[   12.345678][  T123] text"; dmesg leaves out the priority, the caller is an option. */
static bool kernlog_dmesg_record(struct procfs_slice line, uint64_t *time_us,
				 struct procfs_slice *text)
{
	struct procfs_slice priority, seconds, caller;
	uint64_t value;

	if (procfs_skip(&line, "<") &&
	    (!procfs_split(line, ">", &priority, &line) || !procfs_is_number(priority, &value) ||
	     value >> FACILITY_SHIFT))
		return false;
	*time_us = 0;
	if (procfs_skip(&line, "[")) {
		if (!procfs_split(line, "]", &seconds, &line) || !kernlog_seconds(seconds, time_us))
			return false;
		if (procfs_skip(&line, "[") && !procfs_split(line, "]", &caller, &line))
			return false;
		procfs_skip(&line, " ");
	}
	*text = line;
	return true;
}

/* Takes "NUMBER," off the front. */
static bool kernlog_field(struct procfs_slice *line, uint64_t *value)
{
	struct procfs_slice number;

	return procfs_split(*line, ",", &number, line) && procfs_is_number(number, value);
}

/* "priority,sequence,microseconds,flags[,more];text" */
static bool kernlog_kmsg_record(struct procfs_slice line, uint64_t *sequence, uint64_t *time_us,
				struct procfs_slice *text)
{
	struct procfs_slice flags;
	uint64_t priority;

	return kernlog_field(&line, &priority) && kernlog_field(&line, sequence) &&
	       kernlog_field(&line, time_us) && priority >> FACILITY_SHIFT == 0 &&
	       procfs_split(line, ";", &flags, text);
}

static const struct kernlog_sentence *kernlog_match(struct procfs_slice text)
{
	struct procfs_slice rest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sentences); i++) {
		rest = text;
		if (sentences[i].at_start ? procfs_skip(&rest, sentences[i].words)
					  : procfs_find(text, sentences[i].words) != NULL)
			return &sentences[i];
	}
	return NULL;
}

/* The text from behind `mark` up to one of the characters in `stop`; empty without the mark. */
static struct procfs_slice kernlog_behind(struct procfs_slice text, const char *mark,
					  const char *stop)
{
	const char *at = procfs_find(text, mark), *end = text.text + text.length;
	struct procfs_slice found = {0};

	if (!at)
		return found;
	found.text = at + strlen(mark);
	while (found.text + found.length < end && !strchr(stop, found.text[found.length]))
		found.length++;
	return found;
}

static int kernlog_order(struct procfs_slice text)
{
	uint64_t order;

	if (procfs_is_number(kernlog_behind(text, "failure: order:", ", "), &order) && order < 64)
		return (int)order;
	return -1;
}

/* Who is named in a slab error: "BUG cache (Tainted: …): …", "kmem_cache_destroy cache: …". */
static struct procfs_slice kernlog_slab_name(struct procfs_slice text)
{
	struct procfs_slice name = {0}, rest;

	if (procfs_skip(&text, "kmem_cache_destroy "))
		procfs_split(text, ": ", &name, &rest);
	else if (procfs_skip(&text, "BUG "))
		procfs_split(text, " (", &name, &rest);
	return name;
}

static int kernlog_add(struct kernlog *log, const struct kernlog_event *event)
{
	struct kernlog_event *grown = procfs_grow(log->events, log->count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	log->events = grown;
	log->events[log->count++] = *event;
	log->counts[event->kind]++;
	return 0;
}

/* Lines below an event that add to it. Returns false when nothing more is expected. */
static bool kernlog_continue(struct kernlog_event *event, struct procfs_slice text)
{
	struct procfs_slice frame = kernlog_skip_blanks(text), cache, age;

	if (event->kind == KERNLOG_SLAB_ALLOC) {
		cache = kernlog_behind(text, "  cache: ", ",");
		if (cache.length)
			event->cache = cache;
		return cache.length == 0;
	}
	if (event->kind == KERNLOG_SLAB_ERROR && procfs_skip(&frame, "Allocated in "))
		procfs_split(frame, " age=", &frame, &age);
	if (!kernlog_frame(frame, &frame) || kernlog_is_allocator(frame))
		return true;
	event->site = frame;
	return false;
}

static bool kernlog_kmemleak_line(struct procfs_slice text, struct kernlog *log, bool *found)
{
	if (!procfs_skip(&text, "kmemleak: "))
		return false;
	if (procfs_find(text, "memory leak detector disabled"))
		log->kmemleak_off = true;
	*found = procfs_find(text, " new suspected memory leaks") != NULL;
	return true;
}

/* Adds the event that `text` is, if it is one. `patience`: how many lines may still add to it. */
static int kernlog_record(struct kernlog *log, struct procfs_slice text, uint64_t time_us,
			  unsigned int *patience)
{
	struct kernlog_event event = {.time_us = time_us, .order = -1, .text = text};
	const struct kernlog_sentence *sentence = kernlog_match(text);
	bool suspects = false;

	if (kernlog_kmemleak_line(text, log, &suspects) && suspects)
		event.kind = KERNLOG_KMEMLEAK;
	else if (sentence)
		event.kind = sentence->kind;
	else if (*patience == 0 || log->count == 0)
		return 0;
	else {
		(*patience)--;
		if (!kernlog_continue(&log->events[log->count - 1], text))
			*patience = 0;
		return 0;
	}
	if (event.kind == KERNLOG_PAGE_ALLOC)
		event.order = kernlog_order(text);
	if (event.kind == KERNLOG_SLAB_ERROR)
		event.cache = kernlog_slab_name(text);
	*patience = sentence && (sentence->has_stack || event.kind == KERNLOG_SLAB_ALLOC)
			    ? STACK_RECORDS
			    : 0;
	return kernlog_add(log, &event);
}

int kernlog_parse(struct procfs_slice text, struct kernlog *out)
{
	struct procfs_slice line, message;
	struct kernlog log = {0};
	uint64_t sequence, time_us;
	unsigned int patience = 0;

	while (procfs_next_line(&text, &line)) {
		if (kernlog_kmsg_record(line, &sequence, &time_us, &message)) {
			if (log.records == 0)
				log.overwritten = sequence;
		} else if (line.length == 0 || (line.text[0] != '[' && line.text[0] != '<') ||
			   !kernlog_dmesg_record(line, &time_us, &message)) {
			continue;
		}
		log.records++;
		if (kernlog_record(&log, message, time_us, &patience) < 0) {
			kernlog_free(&log);
			return -ENOMEM;
		}
	}
	*out = log;
	return 0;
}

void kernlog_free(struct kernlog *log)
{
	free(log->events);
	*log = (struct kernlog){0};
}

/* "unreferenced object 0x… (size N):", since 6.13 also "unreferenced percpu object". */
static bool kernlog_suspect_head(struct procfs_slice line, uint64_t *size)
{
	if (!procfs_skip(&line, "unreferenced object 0x") &&
	    !procfs_skip(&line, "unreferenced percpu object 0x"))
		return false;
	return procfs_is_number(kernlog_behind(line, "(size ", ")"), size);
}

static struct procfs_slice kernlog_comm(struct procfs_slice line)
{
	struct procfs_slice comm = {0}, rest;

	line = kernlog_skip_blanks(line);
	if (procfs_skip(&line, "comm \""))
		procfs_split(line, "\", pid ", &comm, &rest);
	return comm;
}

static int kernlog_order_sites(const void *left, const void *right)
{
	const struct kernlog_suspect *a = left, *b = right;

	return procfs_compare(a->site, b->site);
}

static int kernlog_order_bytes(const void *left, const void *right)
{
	const struct kernlog_suspect *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? 1 : -1;
	return procfs_compare(a->site, b->site);
}

static void kernlog_merge_suspects(struct kernlog_kmemleak *kmemleak)
{
	struct kernlog_suspect *rows = kmemleak->suspects;
	size_t last = 0, i;

	if (kmemleak->count == 0)
		return;
	qsort(rows, kmemleak->count, sizeof(*rows), kernlog_order_sites);
	for (i = 1; i < kmemleak->count; i++) {
		if (!procfs_same(rows[last].site, rows[i].site)) {
			rows[++last] = rows[i];
			continue;
		}
		rows[last].objects += rows[i].objects;
		rows[last].bytes = procfs_add(rows[last].bytes, rows[i].bytes);
	}
	kmemleak->count = last + 1;
	qsort(rows, kmemleak->count, sizeof(*rows), kernlog_order_bytes);
}

static int kernlog_add_suspect(struct kernlog_kmemleak *kmemleak, uint64_t size)
{
	size_t count = kmemleak->count;
	struct kernlog_suspect *grown = procfs_grow(kmemleak->suspects, count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	kmemleak->suspects = grown;
	kmemleak->suspects[count] = (struct kernlog_suspect){.objects = 1, .bytes = size};
	kmemleak->count++;
	kmemleak->objects++;
	kmemleak->bytes = procfs_add(kmemleak->bytes, size);
	return 0;
}

int kernlog_parse_kmemleak(struct procfs_slice text, struct kernlog_kmemleak *out)
{
	struct kernlog_kmemleak kmemleak = {0};
	struct kernlog_suspect *suspect;
	struct procfs_slice line, found;
	uint64_t size;

	while (procfs_next_line(&text, &line)) {
		if (kernlog_suspect_head(line, &size)) {
			if (kernlog_add_suspect(&kmemleak, size) < 0) {
				kernlog_free_kmemleak(&kmemleak);
				return -ENOMEM;
			}
			continue;
		}
		if (kmemleak.count == 0)
			continue;
		suspect = &kmemleak.suspects[kmemleak.count - 1];
		found = kernlog_comm(line);
		if (found.length)
			suspect->comm = found;
		else if (suspect->site.length == 0 && kernlog_frame(line, &found) &&
			 !kernlog_is_allocator(found))
			suspect->site = found;
	}
	kernlog_merge_suspects(&kmemleak);
	*out = kmemleak;
	return 0;
}

void kernlog_free_kmemleak(struct kernlog_kmemleak *kmemleak)
{
	free(kmemleak->suspects);
	*kmemleak = (struct kernlog_kmemleak){0};
}
