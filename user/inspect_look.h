/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One look at the sources of `tracer inspect`: what was read, and for what was not, why and what
 * would enable it. The renderer sees this and nothing else.
 */
#ifndef TRACER_INSPECT_LOOK_H
#define TRACER_INSPECT_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernlog.h"
#include "procfs.h"

enum inspect_source_id {
	SOURCE_MEMINFO,
	SOURCE_SLABINFO,
	SOURCE_VMALLOCINFO,
	SOURCE_LOG,
	SOURCE_KMEMLEAK,
	SOURCE_ALLOCINFO,
	INSPECT_SOURCES,
};

enum inspect_status {
	SOURCE_READ,	   /* its figures are in the look */
	SOURCE_ABSENT,	   /* this kernel does not have it, or it is not mounted */
	SOURCE_REFUSED,	   /* there, but a right is missing */
	SOURCE_OFF,	   /* there, but switched off: its figures would be stale or empty */
	SOURCE_UNREADABLE, /* any other error, or a format that is not known */
};

struct inspect_source {
	const char *name; /* of the block in the report: "meminfo", "slab", … */
	const char *path; /* without the root; "syslog(2)" where the log came from there */
	enum inspect_status status;
	char reason[160];   /* why it is not (or only partly) there; "" if all is well */
	const char *enable; /* what would change that; NULL if nothing is to be done */
};

struct inspect_look {
	char kernel[65], arch[65]; /* release and machine; "" if a saved tree does not tell */
	char started[32];	   /* when this look began, UTC: "2025-01-31T12:34:56.789Z" */
	uint64_t since_ns;	   /* time since the look before; 0 for the first one */
	uint64_t page_size;
	struct inspect_source sources[INSPECT_SOURCES];

	/* Each is valid only while its source is SOURCE_READ; otherwise empty. */
	struct procfs_meminfo meminfo;
	struct procfs_meminfo meminfo_before; /* of the look before, if since_ns */
	struct procfs_slabinfo slabinfo;
	struct procfs_vmallocinfo vmallocinfo;
	struct kernlog log;
	struct kernlog_kmemleak kmemleak;
	struct procfs_allocinfo allocinfo;

	uint64_t taken_ns;	      /* CLOCK_MONOTONIC at the beginning */
	char *texts[INSPECT_SOURCES]; /* what the names above point into */
};

/* Reads every source below `root`. 0 or -ENOMEM. inspect_look_free() frees the result. */
int inspect_look_take(const char *root, struct inspect_look *out);
void inspect_look_free(struct inspect_look *look);
/* Is there any source that could be read? */
bool inspect_look_has_any(const struct inspect_look *look);
/* "read", "absent", "refused", "off", "unreadable". */
const char *inspect_status_name(enum inspect_status status);

#endif
