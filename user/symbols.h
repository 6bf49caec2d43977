/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel address -> symbol, offset, module. A cache that asks once per address, so that the names
 * of code that is unloaded later are kept, and so that a saved snapshot can carry them.
 */
#ifndef TRACER_SYMBOLS_H
#define TRACER_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct symbol {
	uint64_t address;
	char *name;	/* NULL when the kernel has no name for it */
	char *module;	/* NULL for the kernel itself */
	uint64_t offset;
	uint64_t size;
};

struct symbols;

/*
 * Writes the kernel's own "%pS" text for `address` into `text`: "name+0x1/0x2 [module]".
 * Returns 0 or -errno.
 */
typedef int (*symbols_resolver)(void *context, uint64_t address, char *text, size_t size);

/* A new empty cache; `resolver` may be NULL (then only symbols_add() fills it). NULL: no memory. */
struct symbols *symbols_new(symbols_resolver resolver, void *context);
void symbols_free(struct symbols *symbols);

/* The symbol of an address, resolved now if it is new; owned by the cache; never NULL unless out
 * of memory. An address that can't be resolved has a NULL name. */
const struct symbol *symbols_get(struct symbols *symbols, uint64_t address);

/* Only what is already known; NULL if it isn't. */
const struct symbol *symbols_find(const struct symbols *symbols, uint64_t address);

/* Adds an address with its "%pS" text. 0 or -ENOMEM. Known addresses stay as they are. */
int symbols_add(struct symbols *symbols, uint64_t address, const char *text);

/* Calls `visit` for every known symbol in the order of addresses. */
void symbols_each(const struct symbols *symbols,
		  void (*visit)(const struct symbol *symbol, void *context), void *context);

#endif
