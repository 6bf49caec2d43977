/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The scenarios as two tables: what each does, what it needs, and what the kernel allocates for it.
 * Those of the program are done by system calls and have their figures here; those of the module
 * (scenarios_module.c, from module_scenarios.h) are counted by the module itself. Pure, apart from
 * the size of a page.
 *
 * The expected figures are those of the named call sites only. What a run allocates besides, to be
 * able to begin (a ring, a queue, the process itself), is listed only where it has the same site.
 */
#ifndef WORKLOAD_SCENARIOS_H
#define WORKLOAD_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum family {
	FAMILY_KMALLOC,
	FAMILY_CACHE,
	FAMILY_PAGES,
	FAMILY_PERCPU,
	FAMILY_VMALLOC,
	FAMILY_MAPPING, /* kernel memory in a process's address space; of the module only */
};

/* When and how the kernel frees what it had allocated. */
enum freed {
	FREED_NEVER,  /* nothing to free */
	FREED_CALL,   /* inside the system call that drops the object */
	FREED_LATER,  /* by a work queue or after a grace period, in another task */
	FREED_UNSEEN, /* by kfree_rcu(), without an event (on older kernels like FREED_LATER) */
};

/* What an allocation asks for. */
enum request {
	REQUEST_UNKNOWN, /* depends on a structure of this kernel */
	REQUEST_FIXED,	 /* `bytes` */
	REQUEST_SIZE,	 /* SIZE + `bytes` */
	REQUEST_ROUNDED, /* SIZE rounded up to a multiple of eight, + `bytes` */
	REQUEST_POWER,	 /* SIZE rounded up to a power of two */
	REQUEST_PAGES,	 /* SIZE rounded up to pages, + `bytes` pages */
};

/*
 * What a scenario allocates at one call site. The counts are per object. Rows with the same site
 * add up there; their sizes tell them apart.
 */
struct expected {
	enum family family;
	const char *site; /* functions of any kernel, '|' between: the caller of the allocator */
	/*
	 * Names of the kmem_cache, '|' between, else NULL. The kernel merges caches of the same
	 * size: the objects may then go by the name of another cache.
	 */
	const char *cache;
	unsigned int allocs, failed, null_frees;
	enum freed freed;
	enum request request;
	unsigned int bytes;
	bool counted; /* false: the number is not known beforehand */
	bool once;    /* the counts are per run and thread, not per object */
	bool shared;  /* what else a process does (to start, to write) has the same call site */
	/* A word in the kernel's BTF with which this row is not true, or NULL. */
	const char *not_with;
	const char *note; /* or NULL */
};

#define EXPECTED_MAX 4

/* How many objects can be live at a time. */
enum live {
	LIVE_NONE,  /* each call frees what it allocated */
	LIVE_BATCH, /* up to `batch` */
	LIVE_COUNT, /* as many as COUNT, each batch taking `fds` descriptors */
};

struct load_ops;

struct scenario {
	const char *name;
	enum family family;
	const char *summary; /* what one object is */
	const char *needs;   /* or "" */
	const struct load_ops *ops;
	enum live live;
	unsigned int batch;	/* objects of one make() at most */
	unsigned int fds;	/* descriptors held per batch of live objects */
	uint64_t default_count; /* also of a round of the demo */
	uint64_t max_count;	/* 0: SCENARIO_MAX_COUNT */
	uint64_t size, min_size, max_size, size_step; /* max 0: takes no SIZE */
	struct expected expected[EXPECTED_MAX];	      /* ends with the first without a site */

	bool module;	    /* needs the module; `expected` is empty, the module counts */
	unsigned int id;    /* of the module's interface: enum workload_scenario_id */
	unsigned int flags; /* of the module's table: WORKLOAD_TAKES_SIZE and so on */
};

#define SCENARIO_MAX_COUNT 1000000000UL

/* A SCENARIO[:COUNT[:SIZE]] of the command line. */
struct run_item {
	const struct scenario *scenario;
	uint64_t count, size;
};

/* The program's table; `*count` entries. */
const struct scenario *scenarios_all(size_t *count);

/* The module's table, in the order of their ids; `*count` entries. */
const struct scenario *scenarios_module(size_t *count);

/* Both tables as one, the program's first; NULL behind the last. */
const struct scenario *scenarios_at(size_t index);

/* By name, in both tables; NULL if there is none. */
const struct scenario *scenarios_find(const char *name, size_t length);

/*
 * Up to `room` scenarios whose names resemble the text, best first. Returns how many; 0 if nothing
 * is near.
 */
size_t scenarios_nearest(const char *text, size_t length, const struct scenario **near,
			 size_t room);

/*
 * Reads SCENARIO[:COUNT[:SIZE]]. 0, or
 *   -ENOENT  no such scenario
 *   -EINVAL  COUNT or SIZE is not a number, or SIZE is not one of the steps
 *   -ERANGE  COUNT or SIZE is out of range
 *   -ENOTSUP the scenario takes no SIZE
 *   -E2BIG   more than two colons
 * with `*part` then pointing at the part of the text that is wrong.
 */
int scenarios_parse(const char *text, struct run_item *item, const char **part);

/* Number of rows in `expected`. */
size_t scenarios_expected(const struct scenario *scenario);

/* Bytes that one allocation of the row asks for, by the SIZE of the run; -1 if it is not known. */
int64_t scenarios_bytes(const struct expected *row, uint64_t size);

/* Why `workload run` can't run it, to be put behind its name; NULL if it can. */
const char *scenarios_not_run(const struct scenario *scenario);

/* All counts of the scenario are known. */
bool scenarios_exact(const struct scenario *scenario);

const char *scenarios_family_name(enum family family);

/* "call", "later", "unseen" or "never". */
const char *scenarios_freed_name(enum freed freed);

#endif
