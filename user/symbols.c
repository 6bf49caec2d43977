// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The symbol cache: a balanced tree (libc's) by address, filled by the kernel's own "%pS" texts.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

#define SYMBOL_TEXT 256

struct symbols {
	void *tree;
	symbols_resolver resolver;
	void *context;
};

static int symbol_compare(const void *a, const void *b)
{
	uint64_t left = ((const struct symbol *)a)->address;
	uint64_t right = ((const struct symbol *)b)->address;

	return left < right ? -1 : left > right;
}

static void symbol_free(void *node)
{
	struct symbol *symbol = node;

	free(symbol->name);
	free(symbol->module);
	free(symbol);
}

struct symbols *symbols_new(symbols_resolver resolver, void *context)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return NULL;
	symbols->resolver = resolver;
	symbols->context = context;
	return symbols;
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	tdestroy(symbols->tree, symbol_free);
	free(symbols);
}

/* " [module]" at the end of `text`; the name alone into *module, NULL if there is none. */
static int parse_module(const char *text, char **module)
{
	const char *open = strstr(text, " ["), *close;

	*module = NULL;
	if (!open)
		return 0;
	open += 2;
	close = strpbrk(open, " ]"); /* a build id may follow the name */
	if (!close || close == open)
		return 0;
	*module = strndup(open, close - open);
	return *module ? 0 : -ENOMEM;
}

/* "name+0x1b/0x200 [module]"; what has no "+0x" is an address without a name. */
static int symbol_parse(struct symbol *symbol, const char *text)
{
	const char *plus = strstr(text, "+0x");
	char *end;

	if (!plus || plus == text)
		return 0;
	symbol->offset = strtoull(plus + 1, &end, 16);
	if (*end == '/')
		symbol->size = strtoull(end + 1, &end, 16);
	symbol->name = strndup(text, plus - text);
	if (!symbol->name)
		return -ENOMEM;
	return parse_module(end, &symbol->module);
}

static const struct symbol *symbols_insert(struct symbols *symbols, uint64_t address,
					   const char *text)
{
	struct symbol *symbol = calloc(1, sizeof(*symbol)), **found;

	if (!symbol)
		return NULL;
	symbol->address = address;
	if (text && symbol_parse(symbol, text))
		goto fail;
	found = tsearch(symbol, &symbols->tree, symbol_compare);
	if (!found)
		goto fail;
	if (*found != symbol)
		symbol_free(symbol);
	return *found;
fail:
	symbol_free(symbol);
	return NULL;
}

const struct symbol *symbols_find(const struct symbols *symbols, uint64_t address)
{
	struct symbol key = { .address = address }, **found;

	found = tfind(&key, &symbols->tree, symbol_compare);
	return found ? *found : NULL;
}

int symbols_add(struct symbols *symbols, uint64_t address, const char *text)
{
	if (symbols_find(symbols, address))
		return 0;
	return symbols_insert(symbols, address, text) ? 0 : -ENOMEM;
}

const struct symbol *symbols_get(struct symbols *symbols, uint64_t address)
{
	const struct symbol *known = symbols_find(symbols, address);
	char text[SYMBOL_TEXT] = "";

	if (known)
		return known;
	if (!symbols->resolver || symbols->resolver(symbols->context, address, text, sizeof(text)))
		return symbols_insert(symbols, address, NULL);
	text[sizeof(text) - 1] = '\0';
	return symbols_insert(symbols, address, text);
}

struct walk {
	void (*visit)(const struct symbol *symbol, void *context);
	void *context;
};

static void walk_node(const void *node, VISIT when, void *closure)
{
	const struct walk *walk = closure;

	if (when == postorder || when == leaf)
		walk->visit(*(struct symbol *const *)node, walk->context);
}

void symbols_each(const struct symbols *symbols,
		  void (*visit)(const struct symbol *symbol, void *context), void *context)
{
	struct walk walk = { .visit = visit, .context = context };

	twalk_r(symbols->tree, walk_node, &walk);
}
