/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The result of `workload fuzz`: enough to do the same again, and what was wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <jansson.h>

#include "report_device.h"
#include "report_write.h"

static unsigned int told(const struct fuzz_result *result)
{
	return result->wrong < FUZZ_WRONG_MAX ? result->wrong : FUZZ_WRONG_MAX;
}

/* A seed is 64 bits, more than a JSON integer has: a string. */
static int report_fuzz_json(const struct fuzz_result *result, const struct fuzz_plan *plan,
			    uint64_t duration_ns)
{
	json_t *kinds = json_array(), *words = json_array();
	char seed[24];
	unsigned int i;

	snprintf(seed, sizeof(seed), "%" PRIu64, plan->seed);
	for (i = 0; i < FUZZ_KIND_COUNT; i++)
		json_array_append_new(kinds,
				      json_pack("{s:s, s:I, s:I}", "kind", fuzz_kind_name(i),
						"done", (json_int_t)result->kinds[i].done,
						"refused", (json_int_t)result->kinds[i].refused));
	for (i = 0; i < told(result); i++)
		json_array_append_new(words, json_string(result->words[i]));
	return report_write_json(
		report_join(report_head("workload-fuzz/1"),
			    json_pack("{s:s, s:I, s:i, s:I, s:o, s:i, s:o}", "seed", seed, "calls",
				      (json_int_t)plan->calls, "threads", (int)plan->threads,
				      "duration_ns", (json_int_t)duration_ns, "kinds", kinds,
				      "wrong", (int)result->wrong, "words", words)));
}

static int report_fuzz_text(const struct fuzz_result *result, const struct fuzz_plan *plan,
			    uint64_t duration_ns)
{
	uint64_t calls = 0;
	unsigned int i;

	printf("%-8s %12s %12s\n", "CALL", "DONE", "REFUSED");
	for (i = 0; i < FUZZ_KIND_COUNT; i++) {
		const struct fuzz_tally *tally = &result->kinds[i];

		calls += tally->done + tally->refused;
		printf("%-8s %12" PRIu64 " %12" PRIu64 "\n", fuzz_kind_name(i), tally->done,
		       tally->refused);
	}
	printf("\n%" PRIu64 " calls, %u thread%s, %.3f s; the same again: --seed %" PRIu64 "\n",
	       calls, plan->threads, plan->threads == 1 ? "" : "s", (double)duration_ns / 1e9,
	       plan->seed);
	if (result->wrong == 0)
		printf("all is given back, and the module's counts add up\n");
	else
		printf("%u wrong:\n", result->wrong);
	for (i = 0; i < told(result); i++)
		printf("  %s\n", result->words[i]);
	return report_flush();
}

int report_fuzz(const struct fuzz_result *result, const struct fuzz_plan *plan,
		uint64_t duration_ns, bool json)
{
	return json ? report_fuzz_json(result, plan, duration_ns)
		    : report_fuzz_text(result, plan, duration_ns);
}
