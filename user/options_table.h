/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The two tables behind the command line, shared by what reads it and what explains it.
 */
#ifndef TRACER_OPTIONS_TABLE_H
#define TRACER_OPTIONS_TABLE_H

#include <stddef.h>

#include "options.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct command_entry {
	const char *name;  /* NULL: not a word of the command line */
	const char *label; /* in sentences */
	const char *summary;
	const char *synopsis;
	const char *description; /* lines as they are printed */
	const char *examples;	 /* the same */
};

/* By enum command; COMMAND_VERSION has no entry. */
extern const struct command_entry command_table[COMMAND_HELP + 1];

#define COMMAND_BIT(command) (1u << (command))

enum section {
	SECTION_TRACE,
	SECTION_FILTER,
	SECTION_REPORT,
	SECTION_OTHER,
};

struct option_entry;
/* Reads `text` (NULL for a flag) into the options. 0, or -EINVAL after having said why. */
typedef int (*option_setter)(struct options *options, const struct option_entry *entry,
			     const char *text);

struct option_entry {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a flag */
	const char *help;     /* lines of at most 52 columns */
	enum section section;
	unsigned int commands; /* COMMAND_BIT of those that take it */
	option_setter set;
	size_t field; /* for setters that serve several options: offset in struct options */
	int constant; /* for options_set_constant() */
};

#define OPTIONS_MAX 32

extern const struct option_entry option_table[];
extern const size_t option_count; /* at most OPTIONS_MAX */

/*
 * Says below an error which of `words` (NULL-terminated, of at most 60 bytes with the prefix) is
 * nearest to `word`, then "what:" and all of them, each after `prefix`, in lines that fit a
 * terminal.
 */
void options_hint_words(const char *word, const char *what, const char *prefix,
			const char *const *words);

/* Says below an error how the option is used. */
void options_hint_use(const struct option_entry *entry);

#endif
