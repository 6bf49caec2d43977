/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of families: a table in the order of the enum, and the comma list of --family.
 */
#include "families.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[FAMILY_KMALLOC] = "kmalloc", [FAMILY_CACHE] = "cache", [FAMILY_VMALLOC] = "vmalloc",
	[FAMILY_PERCPU] = "percpu",   [FAMILY_PAGES] = "pages", [FAMILY_MAPPING] = "mapping",
	[FAMILY_COUNT] = NULL,
};

_Static_assert(sizeof(names) / sizeof(names[0]) == FAMILY_COUNT + 1, "every family has a name");

const char *family_name(enum tracer_family family)
{
	return (unsigned int)family < FAMILY_COUNT ? names[family] : NULL;
}

/* FAMILY_COUNT when no family has this name. */
static unsigned int family_find(const char *word, size_t length)
{
	unsigned int family;
	const char *name;

	for (family = 0; family < FAMILY_COUNT; family++) {
		name = family_name(family);
		if (strlen(name) == length && memcmp(name, word, length) == 0)
			break;
	}
	return family;
}

int family_parse(const char *list, unsigned int *families, const char **bad)
{
	static char rejected[32];
	unsigned int found = 0, family;
	size_t length;

	for (;; list += length + 1) {
		length = strcspn(list, ",");
		family = family_find(list, length);
		if (family == FAMILY_COUNT) {
			snprintf(rejected, sizeof(rejected), "%.*s", (int)length, list);
			*bad = rejected;
			return -EINVAL;
		}
		found |= 1u << family;
		if (!list[length])
			break;
	}
	*families = found;
	return 0;
}

const char *const *family_names(void)
{
	return names;
}
