/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel reports about memory in prose, with stacks: its log (/dev/kmsg, syslog(2) or
 * saved dmesg output) and the suspects of kmemleak. Pure: text in, plain structs out.
 *
 * The text is not trusted. The log's kernel records are told from what programs wrote into it by
 * the facility that the kernel sets; names in the results point into the text, are not escaped,
 * and live as long as the text.
 */
#ifndef TRACER_KERNLOG_H
#define TRACER_KERNLOG_H

#include "procfs.h"

enum kernlog_kind {
	KERNLOG_PAGE_ALLOC,   /* the page allocator found nothing */
	KERNLOG_VMALLOC,      /* vmalloc() failed: no pages or no address space */
	KERNLOG_PERCPU,	      /* alloc_percpu() failed */
	KERNLOG_SLAB_ALLOC,   /* SLUB got no new slab */
	KERNLOG_SLAB_ERROR,   /* SLUB found a cache damaged, or destroyed with objects in it */
	KERNLOG_MEMORY_ERROR, /* KASAN, KFENCE or the page allocator found a wrong access or state
			       */
	KERNLOG_OOM_KILL,     /* a process was killed for its memory */
	KERNLOG_KMEMLEAK,     /* kmemleak found new suspects */
	KERNLOG_KINDS,
};

struct kernlog_event {
	enum kernlog_kind kind;
	uint64_t time_us;	   /* since boot, as the log says; 0 if it does not */
	int order;		   /* of a page allocation; -1 if not said */
	struct procfs_slice text;  /* the line as it stands in the log, escapes of /dev/kmsg kept */
	struct procfs_slice cache; /* slab cache; empty if none */
	struct procfs_slice site;  /* "symbol+0x1/0x2 [module]": who asked the allocator, from
				      the stack below the line; empty if there is none */
};

struct kernlog {
	struct kernlog_event *events; /* oldest first */
	size_t count;
	size_t counts[KERNLOG_KINDS];
	uint64_t records;     /* lines by the kernel itself */
	uint64_t overwritten; /* records that had left the ring buffer before it was read */
	bool kmemleak_off;    /* the kernel said that kmemleak is disabled */
};

/* 0 or -ENOMEM. kernlog_free() frees the result. */
int kernlog_parse(struct procfs_slice text, struct kernlog *out);
void kernlog_free(struct kernlog *log);
/* "page_alloc", "vmalloc", "percpu", "slab_alloc", "slab_error", "memory_error", … for JSON. */
const char *kernlog_kind_name(enum kernlog_kind kind);

/* Suspects of kmemleak that have the same allocating place. */
struct kernlog_suspect {
	struct procfs_slice site; /* empty when the entry has no usable stack */
	struct procfs_slice comm; /* of one of them */
	uint64_t objects, bytes;
};

struct kernlog_kmemleak {
	struct kernlog_suspect *suspects; /* most bytes first */
	size_t count;
	uint64_t objects, bytes;
};

/* /sys/kernel/debug/kmemleak. 0 (also for an empty text) or -ENOMEM. */
int kernlog_parse_kmemleak(struct procfs_slice text, struct kernlog_kmemleak *out);
void kernlog_free_kmemleak(struct kernlog_kmemleak *kmemleak);

#endif
