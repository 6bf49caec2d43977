// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sentences for hooks, losses and cost; a line in red is one that takes something from the truth.
 */
#include "render_honesty.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "families.h"
#include "units.h"

#define HOOK_TEXT 256

/* ---- hooks -------------------------------------------------------------------------------- */

static size_t count_hooks(const struct snapshot *snapshot, enum hook_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->hook_count; i++)
		count += snapshot->hooks[i].status == status;
	return count;
}

static const char *escaped(char *out, size_t size, const char *text)
{
	if (!text)
		text = "";
	escape_text(out, size, text, strlen(text));
	return out;
}

/* The attached hooks of one kind. */
static void list_kind(const struct snapshot *snapshot, const char *kind, FILE *stream)
{
	char name[HOOK_TEXT];

	for (size_t i = 0; i < snapshot->hook_count; i++) {
		const struct hook_state *hook = &snapshot->hooks[i];

		if (hook->status == HOOK_ATTACHED && !strcmp(hook->kind, kind))
			fprintf(stream, " %s", escaped(name, sizeof(name), hook->name));
	}
}

/* Is it the first attached hook of its kind? */
static bool is_first_of_kind(const struct snapshot *snapshot, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (snapshot->hooks[i].status == HOOK_ATTACHED &&
		    !strcmp(snapshot->hooks[i].kind, snapshot->hooks[index].kind))
			return false;
	return snapshot->hooks[index].status == HOOK_ATTACHED;
}

/* "raw_tp: kmalloc kfree; fentry: …" into `stream`. */
static void list_attached(const struct snapshot *snapshot, FILE *stream)
{
	const char *separator = "";
	char kind[HOOK_TEXT];

	for (size_t i = 0; i < snapshot->hook_count; i++) {
		if (!is_first_of_kind(snapshot, i))
			continue;
		fprintf(stream, "%s %s:", separator,
			escaped(kind, sizeof(kind), snapshot->hooks[i].kind));
		list_kind(snapshot, snapshot->hooks[i].kind, stream);
		separator = ";";
	}
}

static void print_attached(struct lines *lines, const struct snapshot *snapshot)
{
	size_t size, count = count_hooks(snapshot, HOOK_ATTACHED);
	FILE *stream;
	char *text;

	if (!count) {
		lines_print(lines, LINES_ALARM, "  attached (0): nothing was traced");
		return;
	}
	stream = open_memstream(&text, &size);
	if (!stream)
		return;
	list_attached(snapshot, stream);
	if (!fclose(stream))
		lines_print(lines, LINES_PLAIN, "  attached (%zu):%s", count, text);
	free(text);
}

/* A reason is "why; what is lost": many hooks may be missing for one why, which is said once. */
static size_t why_length(const struct hook_state *hook)
{
	const char *end = hook->reason ? strstr(hook->reason, "; ") : NULL;

	if (!hook->reason)
		return 0;
	return end ? (size_t)(end - hook->reason) : strlen(hook->reason);
}

static bool same_why(const struct hook_state *a, const struct hook_state *b)
{
	size_t length = why_length(a);

	return b && length == why_length(b) && (!length || !strncmp(a->reason, b->reason, length));
}

static void print_missing_hook(struct lines *lines, const struct hook_state *hook)
{
	const char *lost = hook->reason ? hook->reason + why_length(hook) : "";
	char name[HOOK_TEXT], text[4 * HOOK_TEXT];

	lines_print(lines, LINES_PLAIN, "    %s%s%s%s%s%s",
		    escaped(name, sizeof(name), hook->name), hook->family < 0 ? "" : " (",
		    hook->family < 0 ? "" : family_name(hook->family), hook->family < 0 ? "" : ")",
		    *lost ? ": " : "", *lost ? escaped(text, sizeof(text), lost + 2) : "");
}

static void print_missing(struct lines *lines, const struct snapshot *snapshot)
{
	const struct hook_state *before = NULL;
	char why[4 * HOOK_TEXT];

	for (size_t i = 0; i < snapshot->hook_count; i++) {
		const struct hook_state *hook = &snapshot->hooks[i];

		if (hook->status != HOOK_MISSING)
			continue;
		if (!same_why(hook, before)) {
			escape_text(why, sizeof(why), hook->reason ? hook->reason : "",
				    why_length(hook));
			lines_print(lines, LINES_PLAIN, "  missing, because %s:",
				    hook->reason ? why : "of a reason that is not known");
		}
		print_missing_hook(lines, hook);
		before = hook;
	}
}

/* ---- loss --------------------------------------------------------------------------------- */

static uint64_t count_misses(const struct snapshot *snapshot)
{
	uint64_t misses = 0;

	for (size_t i = 0; i < snapshot->hook_count; i++)
		misses += snapshot->hooks[i].misses;
	return misses;
}

static bool lost_nothing(const struct snapshot *snapshot)
{
	const struct tracer_loss *loss = &snapshot->loss;

	return !loss->row_full && !loss->ledger_full && !loss->stack_error && !loss->size_clipped &&
	       !loss->call_lost && !loss->symbol_lost && !count_misses(snapshot);
}

static void print_loss(struct lines *lines, const char *what, uint64_t count)
{
	if (count)
		lines_print(lines, LINES_ALARM, "  %s: %" PRIu64, what, count);
}

static void print_losses(struct lines *lines, const struct snapshot *snapshot)
{
	const struct tracer_loss *loss = &snapshot->loss;
	char ledger[128];

	snprintf(ledger, sizeof(ledger),
		 "objects not kept, the ledger of %" PRIu64
		 " was full (--max-objects), live figures "
		 "lack them",
		 snapshot->max_objects);
	print_loss(lines,
		   "events whose call site found the table full, counted under [other sites]",
		   loss->row_full);
	print_loss(lines, ledger, loss->ledger_full);
	print_loss(lines, "stacks not read, counted under [stack not readable]", loss->stack_error);
	print_loss(lines, "objects larger than the ledger can say, live bytes lack the rest",
		   loss->size_clipped);
	print_loss(lines, "vmallocs not followed from their entry to their return",
		   loss->call_lost);
	print_loss(lines, "functions of unloaded modules whose names were not kept",
		   loss->symbol_lost);
}

/* Nothing that was lost, but events that the figures deliberately lack. */
static void print_left_out(struct lines *lines, const struct model *model)
{
	uint64_t events = model_interrupted(model);

	if (events)
		lines_print(lines, LINES_PLAIN,
			    "  %" PRIu64 " events of interrupts that landed on the module's code "
			    "were left out",
			    events);
}

static void print_misses(struct lines *lines, const struct snapshot *snapshot)
{
	char name[HOOK_TEXT], what[HOOK_TEXT + 80];

	for (size_t i = 0; i < snapshot->hook_count; i++) {
		const struct hook_state *hook = &snapshot->hooks[i];

		snprintf(what, sizeof(what),
			 "events of %s skipped, its program was already running on that CPU",
			 escaped(name, sizeof(name), hook->name));
		print_loss(lines, what, hook->misses);
	}
}

/* ---- cost --------------------------------------------------------------------------------- */

/* Part of one CPU's time, in per cent. */
static double cpu_share(const struct snapshot *snapshot)
{
	double spent = (double)snapshot->cost.events * (double)snapshot->cost.ns_per_event;

	return snapshot->duration_ns ? 100.0 * spent / (double)snapshot->duration_ns : 0;
}

static void format_event_cost(char *out, size_t size, const struct snapshot *snapshot)
{
	const struct snapshot_cost *cost = &snapshot->cost;
	char events[UNITS_TEXT], empty[64] = "";

	units_format_count(events, cost->events);
	if (!cost->ns_per_event) {
		snprintf(out, size, "%s events, cost of each not measured", events);
		return;
	}
	if (cost->ns_per_event_empty)
		snprintf(empty, sizeof(empty), " (an empty program: %" PRIu64 "ns)",
			 cost->ns_per_event_empty);
	snprintf(out, size, "%s events, about %" PRIu64 "ns each%s, %.2f%% of one CPU", events,
		 cost->ns_per_event, empty, cpu_share(snapshot));
}

static void print_cost(struct lines *lines, const struct snapshot *snapshot, const char *start)
{
	char each[192], user[UNITS_TEXT], memory[UNITS_TEXT];

	format_event_cost(each, sizeof(each), snapshot);
	lines_print(lines, LINES_PLAIN, "%s%s; tracer itself %s CPU; %s of kernel memory", start,
		    each, units_format_ns(user, snapshot->cost.user_cpu_ns),
		    units_format_bytes(memory, snapshot->cost.kernel_bytes));
}

/* ---- the whole ---------------------------------------------------------------------------- */

void render_honesty(struct lines *lines, const struct model *model)
{
	const struct snapshot *snapshot = model->snapshot;

	lines_print(lines, LINES_HEADING, "HOOKS");
	print_attached(lines, snapshot);
	print_missing(lines, snapshot);
	lines_print(lines, LINES_HEADING, "LOST");
	if (lost_nothing(snapshot))
		lines_print(lines, LINES_PLAIN, "  nothing lost");
	print_losses(lines, snapshot);
	print_misses(lines, snapshot);
	print_left_out(lines, model);
	lines_print(lines, LINES_HEADING, "COST (an estimate)");
	print_cost(lines, snapshot, "  ");
}

/* Every loss counter as "name count", for one line. */
static void list_losses(const struct snapshot *snapshot, char *out, size_t size)
{
	const struct tracer_loss *loss = &snapshot->loss;
	const struct {
		uint64_t count;
		const char *what;
	} parts[] = {
		{loss->row_full, "sites"},	   {loss->ledger_full, "objects"},
		{loss->stack_error, "stacks"},	   {loss->size_clipped, "sizes"},
		{loss->call_lost, "calls"},	   {loss->symbol_lost, "names"},
		{count_misses(snapshot), "skipped events"},
	};
	char count[UNITS_TEXT];
	size_t used = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && used < size; i++) {
		if (parts[i].count)
			used += snprintf(out + used, size - used, "%s%s %s", used ? ", " : "",
					 units_format_count(count, parts[i].count), parts[i].what);
	}
}

void render_honesty_brief(struct lines *lines, const struct snapshot *snapshot)
{
	size_t missing = count_hooks(snapshot, HOOK_MISSING);
	bool lossless = lost_nothing(snapshot);
	char lost[256] = "nothing";

	if (!lossless)
		list_losses(snapshot, lost, sizeof(lost));
	lines_print(lines, lossless ? LINES_PLAIN : LINES_ALARM,
		    "hooks: %zu attached, %zu missing; lost: %s",
		    count_hooks(snapshot, HOOK_ATTACHED), missing, lost);
	print_cost(lines, snapshot, "cost: ");
}
