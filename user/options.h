/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * argv -> plain structs, from tables. No side effects beyond messages: nothing is opened, nothing
 * is looked up. Strings point into argv.
 */
#ifndef TRACER_OPTIONS_H
#define TRACER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum command {
	COMMAND_LIVE,	 /* no command: the live view on a terminal, usage elsewhere */
	COMMAND_STAT,
	COMMAND_DOCTOR,
	COMMAND_INSPECT,
	COMMAND_REPORT,	 /* a snapshot that stat saved, rendered again */
	COMMAND_HELP,	 /* tracer help [COMMAND], --help, COMMAND --help */
	COMMAND_VERSION,
};

enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
};

enum sort {
	SORT_BYTES, /* bytes allocated */
	SORT_COUNT, /* allocations */
	SORT_LIVE,  /* live bytes */
	SORT_WASTE, /* allocated - requested */
};

/* What is counted; decided in the kernel. */
struct filters {
	unsigned int families; /* bit per enum tracer_family; 0: all */
	const char *module;    /* call sites inside this module's text */
	const char *cache;     /* this kmem_cache alone */
	const char *comm;      /* processes of this name, at most 15 bytes */
	const char *cgroup;    /* path of a cgroup v2 directory, and what is below it */
	const char *site;      /* SYMBOL or SYMBOL+OFFSET */
	uint32_t pid;	       /* process (thread group) id; 0: any */
	uint64_t size_min;     /* requested bytes, inclusive; 0 and UINT64_MAX: no bound */
	uint64_t size_max;
	uint32_t gfp_mask;     /* (gfp & mask) == value; mask 0: any */
	uint32_t gfp_value;
};

struct options {
	enum command command;
	enum command help_of;	 /* COMMAND_HELP: about which (COMMAND_LIVE: tracer itself) */
	uint64_t duration_ns;	 /* 0: until a signal, or as long as CMD */
	uint64_t interval_ns;	 /* 0: one report at the end */
	unsigned int top;	 /* rows per table; default 20 */
	enum format format;
	enum sort sort;
	const char *output;	 /* NULL: standard output */
	const char *save;	 /* stat: also save the last snapshot here */
	const char *input;	 /* report: the snapshot to read */
	struct filters filters;
	bool all;		 /* with CMD: count everybody, not only CMD and its descendants */
	bool no_live;		 /* keep no ledger: cheaper, no live figures */
	uint64_t max_objects;	 /* capacity of the ledger; 0: default */
	char **child_argv;	 /* after "--", NULL-terminated; NULL: none */
	int verbosity;		 /* enum message_level */
};

/*
 * Parses argv. Returns 0, or -EINVAL after having said with message_error()/message_hint() what
 * is wrong, what is valid and, for a misspelt word, which one is nearest.
 */
int options_parse(struct options *options, int argc, char **argv);

/* Writes the help of one command (COMMAND_LIVE: of tracer itself). */
void options_print_help(enum command command, FILE *out);

/* The nearest of a NULL-terminated list within a third of the word's length; NULL if none is. */
const char *options_nearest(const char *word, const char *const *candidates);

#endif
