/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * libFuzzer: any bytes as a saved snapshot. What loads must survive being modelled, rendered and
 * saved, and what was saved must load again as the same bytes. Built with
 * clang -fsanitize=fuzzer,address,undefined and the files of user/ that it needs; seeds are in
 * corpus/snapshot/.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/render.h"
#include "../../user/snapshot_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A snapshot with names of its own. 0, or -1 when the bytes are refused. */
static int fuzz_load(struct snapshot *snapshot, struct symbols *symbols, const void *data,
		     size_t size)
{
	char why[64];
	FILE *in = fmemopen((void *)data, size, "r");
	int status;

	if (!in)
		return -1;
	why[0] = '\0';
	status = snapshot_load(snapshot, symbols, in, why, sizeof(why));
	fclose(in);
	if (status && !why[0])
		abort();
	return status ? -1 : 0;
}

static char *fuzz_save(const struct snapshot *snapshot)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || snapshot_save(snapshot, out) || fclose(out))
		abort();
	return text;
}

static void fuzz_render(const struct snapshot *snapshot)
{
	struct render_options options = {.top = 20, .columns = 80};
	struct model model;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || model_build(&model, NULL, snapshot, SORT_BYTES))
		abort();
	render_stat_text(&model, &options, out);
	if (render_stat_json(&model, &options, out))
		abort();
	fclose(out);
	free(text);
	model_fini(&model);
}

static void fuzz_again(const struct snapshot *snapshot)
{
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot loaded = {0};
	char *first = fuzz_save(snapshot), *second;

	if (!symbols || fuzz_load(&loaded, symbols, first, strlen(first)))
		abort();
	second = fuzz_save(&loaded);
	if (strcmp(first, second))
		abort();
	free(first);
	free(second);
	snapshot_fini(&loaded);
	symbols_free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct symbols *symbols = symbols_new(NULL, NULL);
	struct snapshot snapshot = {0};

	if (!symbols)
		return 0;
	if (!fuzz_load(&snapshot, symbols, data, size)) {
		fuzz_render(&snapshot);
		fuzz_again(&snapshot);
		snapshot_fini(&snapshot);
	}
	symbols_free(symbols);
	return 0;
}
