/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The tries of `workload mmap`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <jansson.h>

#include "report_device.h"
#include "report_write.h"

static const char *kind_name(const struct mmap_try *try)
{
	return try->kind ? try->kind->name : "-";
}

static json_t *address_json(const struct fault *fault)
{
	char text[24];

	snprintf(text, sizeof(text), "%#" PRIxPTR, fault->address);
	return fault->signal ? json_string(text) : json_null();
}

/* clang-format off */
static json_t *try_json(const struct mmap_try *try)
{
	bool faulted = try->fault.signal != 0;

	return json_pack("{s:o, s:s, s:s, s:s, s:b, s:o, s:o, s:o}",
			 "kind", try->kind ? json_string(try->kind->name) : json_null(),
			 "tried", try->tried,
			 "expected", try->expected,
			 "got", try->got,
			 "ok", try->ok,
			 "signal", faulted ? json_integer(try->fault.signal) : json_null(),
			 "address", address_json(&try->fault),
			 "distance", faulted ? json_integer(try->distance) : json_null());
}
/* clang-format on */

static int report_mmap_json(const struct mmap_tries *tries, const struct module_counts *counts,
			    const struct module_choice *choice)
{
	json_t *list = json_array(), *expected = json_array();
	size_t i;

	for (i = 0; i < tries->count; i++)
		json_array_append_new(list, try_json(&tries->list[i]));
	report_module_json(expected, counts, choice);
	return report_write_json(
		report_join(report_head("workload-mmap/1"),
			    json_pack("{s:I, s:o, s:o}", "wrong", (json_int_t)mmap_try_wrong(tries),
				      "tries", list, "expected", expected)));
}

static int report_mmap_text(const struct mmap_tries *tries)
{
	size_t i, wrong = mmap_try_wrong(tries);

	printf("%-17s %-54s %-22s %-7s %s\n", "KIND", "TRIED", "EXPECTED", "", "GOT");
	for (i = 0; i < tries->count; i++) {
		const struct mmap_try *try = &tries->list[i];

		printf("%-17s %-54s %-22s %-7s %s\n", kind_name(try), try->tried, try->expected,
		       try->ok ? "ok" : "NOT OK", try->got);
	}
	printf("\n%zu tried, %zu not as expected\n", tries->count, wrong);
	return report_flush();
}

int report_mmap(const struct mmap_tries *tries, const struct module_counts *counts,
		const struct module_choice *choice, bool json)
{
	return json ? report_mmap_json(tries, counts, choice) : report_mmap_text(tries);
}
