/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * libFuzzer harness of every parser of kernel text, and of what renders the results. The first
 * byte chooses the parser, so that one corpus serves them all:
 *
 *   clang -D_GNU_SOURCE -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_procfs.c
 *   user/{escape,procfs,kernlog,inspect_look,inspect_growth,render_inspect,render_inspect_json,
 *   units}.c -ljansson
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/inspect_look.h"
#include "../../user/render_inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse(struct inspect_look *look, int id, struct procfs_slice text)
{
	switch (id) {
	case SOURCE_MEMINFO:
		return procfs_parse_meminfo(text, &look->meminfo);
	case SOURCE_SLABINFO:
		return procfs_parse_slabinfo(text, look->page_size, &look->slabinfo);
	case SOURCE_VMALLOCINFO:
		return procfs_parse_vmallocinfo(text, &look->vmallocinfo);
	case SOURCE_LOG:
		return kernlog_parse(text, &look->log);
	case SOURCE_KMEMLEAK:
		return kernlog_parse_kmemleak(text, &look->kmemleak);
	default:
		return procfs_parse_allocinfo(text, &look->allocinfo);
	}
}

static void render(const struct inspect_look *look)
{
	size_t length;
	char *text;

	text = render_inspect_text(look, 0, false, &length);
	if (!text || strlen(text) != length || strchr(text, '\033'))
		abort();
	free(text);
	/* Escaped names always are valid UTF-8, so JSON never fails. */
	text = render_inspect_json(look, 0, false, &length);
	if (!text || strlen(text) != length)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[INSPECT_SOURCES] = {
		"meminfo", "slab", "vmalloc", "log", "kmemleak", "allocinfo",
	};
	struct inspect_look look = {.page_size = 4096, .since_ns = 1};
	int id, chosen;

	if (size == 0)
		return 0;
	chosen = data[0] % INSPECT_SOURCES;
	for (id = 0; id < INSPECT_SOURCES; id++) {
		look.sources[id].name = names[id];
		look.sources[id].path = "/proc";
		look.sources[id].status = SOURCE_ABSENT;
	}
	if (parse(&look, chosen, (struct procfs_slice){(const char *)data + 1, size - 1}) == 0)
		look.sources[chosen].status = SOURCE_READ;
	render(&look);
	inspect_look_free(&look);
	return 0;
}
