/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The scenarios of a command line, and what can be wrong with how they are named.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../user/units.h"
#include "commands.h"
#include "items.h"
#include "module_scenarios.h"
#include "say.h"

static void say_unknown(const char *text)
{
	const struct scenario *near[3];
	size_t i, length = strcspn(text, ":"), count = scenarios_nearest(text, length, near, 3);
	char quoted[SAY_QUOTE];

	say("no scenario is called \"%s\"", say_quote(quoted, text, length));
	for (i = 0; i < count; i++)
		say_hint("did you mean %s?", near[i]->name);
	if (count == 0)
		say_hint("`workload list` shows all");
}

/* A limit is told exactly, which "8K" for 8193 is not. */
static const char *items_bytes(char out[UNITS_TEXT], uint64_t bytes)
{
	if (bytes % 1024 == 0)
		return units_format_bytes(out, bytes);
	snprintf(out, UNITS_TEXT, "%llu", (unsigned long long)bytes);
	return out;
}

static void say_bad_size(const struct scenario *scenario, const char *quoted)
{
	char low[UNITS_TEXT], high[UNITS_TEXT];

	say("%s: SIZE must be %s to %s%s, not \"%s\"", scenario->name,
	    items_bytes(low, scenario->min_size), items_bytes(high, scenario->max_size),
	    scenario->size_step == 1 ? "" : " in whole steps", quoted);
	if (scenario->size_step > 1)
		say_hint("a step is %llu bytes", (unsigned long long)scenario->size_step);
}

/* Names the part that is wrong: which one it is follows from how many colons come before it. */
static void say_bad_item(const char *text, const char *part, int err)
{
	const struct scenario *scenario = scenarios_find(text, strcspn(text, ":"));
	char quoted[SAY_QUOTE];
	uint64_t max;

	if (err == -ENOENT) {
		say_unknown(text);
		return;
	}
	say_quote(quoted, part, strcspn(part, ":"));
	max = scenario->max_count ? scenario->max_count : SCENARIO_MAX_COUNT;
	if (err == -E2BIG)
		say("%s: SCENARIO[:COUNT[:SIZE]] has at most two colons", scenario->name);
	else if (err == -ENOTSUP)
		say("%s takes no SIZE", scenario->name);
	else if (memchr(text + strlen(scenario->name) + 1, ':',
			(size_t)(part - text) - strlen(scenario->name) - 1))
		say_bad_size(scenario, quoted);
	else
		say("%s: COUNT must be a number from 1 to %llu, not \"%s\"", scenario->name,
		    (unsigned long long)max, quoted);
}

static int items_parse_one(const char *text, struct run_item *item)
{
	const char *part, *why;
	int err = scenarios_parse(text, item, &part);

	if (err) {
		say_bad_item(text, part, err);
		return STATUS_USAGE;
	}
	why = scenarios_not_run(item->scenario);
	if (why) {
		say("%s %s", item->scenario->name, why);
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}

int items_parse(int count, char **texts, struct run_item **items)
{
	int i, status = STATUS_DONE;
	struct run_item *parsed;

	if (count == 0) {
		say("run: no scenario is named");
		say_hint("`workload list` shows all");
		return STATUS_USAGE;
	}
	parsed = calloc((size_t)count, sizeof(*parsed));
	if (!parsed)
		return command_no_memory();
	for (i = 0; i < count && status == STATUS_DONE; i++)
		status = items_parse_one(texts[i], &parsed[i]);
	if (status == STATUS_DONE)
		*items = parsed;
	else
		free(parsed);
	return status;
}

int items_check_leak(const struct run_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (items[i].scenario->flags & WORKLOAD_CAN_LEAK)
			continue;
		say("%s can't leak%s", items[i].scenario->name,
		    items[i].scenario->module ? "" : ": --leak is for scenarios of the module");
		say_hint("`workload list --json` has \"leaks\": true where --leak is possible");
		return STATUS_USAGE;
	}
	return STATUS_DONE;
}

bool items_need_module(const struct run_item *items, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (items[i].scenario->module)
			return true;
	}
	return false;
}
