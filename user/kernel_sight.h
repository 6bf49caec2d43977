/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the features are judged by: the trials, and the files of this machine or of a saved tree.
 */
#ifndef TRACER_KERNEL_SIGHT_H
#define TRACER_KERNEL_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel_config.h"
#include "kernel_trials.h"

#define SIGHT_TEXT	4096		    /* room for the files read here */
#define SIGHT_PATH	(PATH_MAX - 64)	    /* of a mount point: leaves room for a file in it */
#define INITIAL_PID_NS	"pid:[4026531836]"  /* PROC_PID_INIT_INO */
#define INITIAL_USER_NS "user:[4026531837]" /* PROC_USER_INIT_INO */

struct sight {
	const char *root;
	const struct kernel_trials *trials;
	struct kernel_config config;
	uint64_t capabilities; /* effective */
	bool capabilities_known;
	bool foreign_user; /* in a user namespace */
	bool root_user;	   /* effective uid 0 */
};

/* Reads the config and the rights. 0, and the caller ends it with sight_fini(); or -ENOMEM. */
int sight_init(struct sight *sight, const char *root, const char *release,
	       const struct kernel_trials *trials);
void sight_fini(struct sight *sight);

/* The whole of a small file without its last newline; its length or -errno. */
int sight_read(const struct sight *sight, const char *path, char *text, size_t size);
bool sight_has(const struct sight *sight, const char *path);
/* 0 when the file opens for reading, else -errno. */
int sight_open(const struct sight *sight, const char *path);
/* Whether a namespace is the one the machine started with; *known is false if it is hidden. */
bool sight_namespace(const struct sight *sight, const char *link, const char *initial, bool *known);
/* The value of a line of /proc/self/status; false without it. */
bool sight_status(const struct sight *sight, const char *name, char *value, size_t size);
/* Where a filesystem of this type is mounted; false if it is not. */
bool sight_mount(const struct sight *sight, const char *type, char *where, size_t size);
/* Can a filesystem of this type be mounted? */
bool sight_filesystem(const struct sight *sight, const char *type);
/* Is the word on the kernel's command line, before the "--"? */
bool sight_command_line(const struct sight *sight, const char *word);

enum kernel_option sight_option(const struct sight *sight, const char *name);
/* y, m or a value. */
bool sight_option_on(const struct sight *sight, const char *name);
/* "CONFIG_X is not set in /proc/config.gz" and the like. */
void sight_say_option(const struct sight *sight, const char *name, char *text, size_t size);

/* Is the capability held? In a user namespace that gives no right over the kernel. */
bool sight_holds(const struct sight *sight, unsigned int capability);
/* Is it held, and counts? */
bool sight_capable(const struct sight *sight, unsigned int capability);

#endif
