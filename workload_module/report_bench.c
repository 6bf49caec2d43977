/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of `workload bench`. A byte per nanosecond is a GB/s.
 */
#include <stdio.h>
#include <jansson.h>

#include "../user/units.h"
#include "report_device.h"
#include "report_write.h"

/* clang-format off */
static json_t *way_json(size_t size, double map, double call)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f}",
			 "mmap_ns", map,
			 "call_ns", call,
			 "mmap_gb_per_s", (double)size / map,
			 "call_gb_per_s", (double)size / call,
			 "ratio", call / map);
}

static json_t *touch_json(const struct mmap_bench_touch *touch)
{
	return json_pack("{s:s, s:I, s:f, s:f, s:f, s:f}",
			 "kind", touch->kind,
			 "pages", (json_int_t)touch->pages,
			 "mmap_ns", touch->map,
			 "munmap_ns", touch->unmap,
			 "first_ns_per_page", touch->first,
			 "again_ns_per_page", touch->again);
}
/* clang-format on */

static int report_bench_json(const struct mmap_bench *bench)
{
	json_t *sizes = json_array();
	size_t i;

	for (i = 0; i < MMAP_BENCH_SIZES; i++) {
		const struct mmap_bench_row *row = &bench->rows[i];

		json_array_append_new(
			sizes,
			json_pack("{s:I, s:o, s:o}", "size", (json_int_t)row->size, "read",
				  way_json(row->size, row->map_read, row->call_read), "write",
				  way_json(row->size, row->map_write, row->call_write)));
	}
	return report_write_json(
		report_join(report_head("workload-bench/1"),
			    json_pack("{s:I, s:o, s:[o,o]}", "buffer", (json_int_t)bench->buffer,
				      "sizes", sizes, "first_touch", touch_json(&bench->touch[0]),
				      touch_json(&bench->touch[1]))));
}

static void way_print(const char *way, size_t size, double map, double call)
{
	char text[UNITS_TEXT];

	printf("%-6s %6s %12.1f %9.2f %12.1f %9.2f %8.1f\n", way, units_format_bytes(text, size),
	       map, (double)size / map, call, (double)size / call, call / map);
}

static int report_bench_text(const struct mmap_bench *bench)
{
	char text[UNITS_TEXT];
	size_t i;

	printf("The same buffer of %s: copied from and to its mapping, and by pread() and "
	       "pwrite().\n"
	       "Nanoseconds for one operation, the median of several rounds.\n\n",
	       units_format_bytes(text, bench->buffer));
	printf("%-6s %6s %12s %9s %12s %9s %8s\n", "", "SIZE", "MMAP ns", "GB/s", "CALL ns", "GB/s",
	       "RATIO");
	for (i = 0; i < MMAP_BENCH_SIZES; i++)
		way_print("read", bench->rows[i].size, bench->rows[i].map_read,
			  bench->rows[i].call_read);
	for (i = 0; i < MMAP_BENCH_SIZES; i++)
		way_print("write", bench->rows[i].size, bench->rows[i].map_write,
			  bench->rows[i].call_write);
	printf("\nNot in these figures is what a mapping costs before it is used:\n\n");
	printf("%-12s %6s %12s %12s %16s %16s\n", "KIND", "PAGES", "mmap ns", "munmap ns",
	       "FIRST ns/page", "AGAIN ns/page");
	for (i = 0; i < sizeof(bench->touch) / sizeof(bench->touch[0]); i++)
		printf("%-12s %6zu %12.0f %12.0f %16.1f %16.1f\n", bench->touch[i].kind,
		       bench->touch[i].pages, bench->touch[i].map, bench->touch[i].unmap,
		       bench->touch[i].first, bench->touch[i].again);
	printf("\nFIRST is the first touch of a page: mmap-buffer has all of them since mmap(),\n"
	       "in mmap-fault each is a fault.\n");
	return report_flush();
}

int report_bench(const struct mmap_bench *bench, bool json)
{
	return json ? report_bench_json(bench) : report_bench_text(bench);
}
