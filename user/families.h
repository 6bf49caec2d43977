/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The families of allocations by name, as the command line and the JSON spell them. Pure.
 */
#ifndef TRACER_FAMILIES_H
#define TRACER_FAMILIES_H

#include "tracer.h"

/* "kmalloc", "cache", ...; NULL for a number that is no family. */
const char *family_name(enum tracer_family family);

/*
 * Parses "kmalloc,cache" into one bit per enum tracer_family. 0; -EINVAL for a word that is no
 * family, with *bad set to a static copy of the word
 * (cut at 31 bytes).
 */
int family_parse(const char *list, unsigned int *families, const char **bad);

/* The names that family_parse() takes, NULL-terminated, for hints. */
const char *const *family_names(void);

#endif
