/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is compared: the empty programs, tracer as it is used, and the tools that people would use
 * otherwise, each by its command line.
 */
#ifndef BENCH_VARIANTS_H
#define BENCH_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "tool.h"

#define VARIANT_ARGUMENTS 24

enum variant_kind {
	VARIANT_EMPTY,	/* in this process */
	VARIANT_TRACER, /* the binary that was built */
	VARIANT_PEER,	/* another tool, if it is installed */
};

struct variant {
	const char *name;  /* for --only */
	const char *label; /* for the table */
	enum variant_kind kind;
	const char *program; /* its file's name; NULL for VARIANT_EMPTY */
	const char *package; /* Debian's, that brings it */
	bool tracefs;	     /* needs it mounted */
	bool command;	     /* runs a command when it is ready; else its programs are waited for */
	bool frees;	     /* traces kfree as well */
	bool pages;	     /* traces pages as well */
	const char *environment; /* NAME=VALUE it needs, or NULL */
	/* After the program; "@held" is this program as its command, "@held-line" the same in one
	 * word, "@file" a file to write to. NULL-terminated. */
	const char *arguments[VARIANT_ARGUMENTS];
};

extern const struct variant variants[];
extern const size_t variant_count;

/* Where things are; filled in once. */
struct variant_paths {
	char self[256]; /* this program */
	char tracer[256];
	char directory[64]; /* scratch */
	bool tracefs;	    /* is mounted */
};

/* The variant's program as a path, into `path`. Whether there is one. */
bool variant_find(const struct variant *variant, const struct variant_paths *paths, char *path,
		  size_t size);

/*
 * Starts it beside the load and waits until it traces. 0 or -errno; then `why` says why not.
 * tool_end() ends it.
 */
int variant_start(const struct variant *variant, const struct variant_paths *paths,
		  struct tool *tool, char *why, size_t size);

#endif
