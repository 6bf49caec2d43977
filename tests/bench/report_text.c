/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table that a person reads. */
#include <inttypes.h>
#include <sys/utsname.h>

#include "pin.h"
#include "report.h"

#define LABEL_WIDTH 31

static const char *report_range(char out[48], const struct figures *figures, int digits)
{
	struct summary summary = figures_summarise(figures);

	if (!summary.count)
		return "-";
	snprintf(out, 48, "%.*f [%.*f-%.*f]", digits, summary.median, digits, summary.low, digits,
		 summary.high);
	return out;
}

static void report_heading(const struct report *report, FILE *out)
{
	struct utsname host;

	uname(&host);
	fprintf(out, "tracer bench: Linux %s %s, %d CPUs; load on CPU %d, tracers %s; %.0f s\n\n",
		host.release, host.machine, pin_cpus(), pin_load_cpu(),
		pin_cpus() > 1 ? "on the others" : "on the same", report->seconds);
	fprintf(out,
		"Nanoseconds added to a kmalloc and to a kfree of 32 bytes: median [quartiles] of "
		"n "
		"rounds.\nHot: %u objects again and again; cold: %u live. %" PRIu64
		" kmalloc and as many kfree a round.\nPair: kmalloc + kfree added, times the empty "
		"program's in the same round.\n\n",
		LOAD_HOT, LOAD_COLD, load_slab_events());
}

static void report_slab_row(FILE *out, const char *label, const struct figures metrics[],
			    const struct figures *hot_ratio, const struct figures *cold_ratio,
			    bool frees)
{
	const struct figures none = {.count = 0};
	char text[6][48];

	fprintf(out, "%-*s %3u  %-19s %-19s %-16s  %-19s %-19s %s\n", LABEL_WIDTH, label,
		metrics[LOAD_HOT_ALLOC].count, report_range(text[0], &metrics[LOAD_HOT_ALLOC], 1),
		report_range(text[1], frees ? &metrics[LOAD_HOT_FREE] : &none, 1),
		report_range(text[2], hot_ratio, 2),
		report_range(text[3], &metrics[LOAD_COLD_ALLOC], 1),
		report_range(text[4], frees ? &metrics[LOAD_COLD_FREE] : &none, 1),
		report_range(text[5], cold_ratio, 2));
}

static bool report_shown(const struct report *report, size_t index)
{
	return report->rounds.of[index].added[LOAD_HOT_ALLOC].count > 0;
}

static void report_slab(const struct report *report, FILE *out)
{
	const struct figures none = {.count = 0};

	fprintf(out, "%-*s %3s  %-19s %-19s %-16s  %-19s %-19s %s\n", LABEL_WIDTH, "", "n",
		"hot kmalloc", "hot kfree", "hot pair, x", "cold kmalloc", "cold kfree",
		"cold pair, x");
	report_slab_row(out, "(the load alone)", report->rounds.base, &none, &none, true);
	for (size_t i = 0; i < variant_count; i++) {
		const struct rounds_result *result = &report->rounds.of[i];

		if (report_shown(report, i))
			report_slab_row(out, variants[i].label, result->added, &result->hot_ratio,
					&result->cold_ratio, variants[i].frees);
	}
}

static void report_pages_row(FILE *out, const char *label, const struct figures metrics[])
{
	char text[4][48];

	fprintf(out, "%-*s %3u  %-21s %-21s %-21s %s\n", LABEL_WIDTH, label,
		metrics[LOAD_PIPE_ALLOC].count, report_range(text[0], &metrics[LOAD_PIPE_ALLOC], 0),
		report_range(text[1], &metrics[LOAD_PIPE_FREE], 0),
		report_range(text[2], &metrics[LOAD_ANON_ALLOC], 0),
		report_range(text[3], &metrics[LOAD_ANON_FREE], 0));
}

static void report_pages(const struct report *report, FILE *out)
{
	if (!report->rounds.base[LOAD_PIPE_ALLOC].count)
		return;
	fprintf(out,
		"\nNanoseconds added to a page: the kernel's own (a pipe's; booked with its "
		"stack), and "
		"a user's\n(anonymous memory, movable; booked by order alone). %u pages at a "
		"time.\n\n",
		LOAD_PAGES);
	fprintf(out, "%-*s %3s  %-21s %-21s %-21s %s\n", LABEL_WIDTH, "", "n", "kernel alloc",
		"kernel free", "user alloc", "user free");
	report_pages_row(out, "(the load alone)", report->rounds.base);
	for (size_t i = 0; i < variant_count; i++)
		if (variants[i].pages && report_shown(report, i))
			report_pages_row(out, variants[i].label, report->rounds.of[i].added);
}

static void report_missing(const struct report *report, FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < variant_count; i++) {
		if (!report->rounds.of[i].why[0])
			continue;
		fprintf(out, "%s  %s: %s\n", first ? "\nNot measured:\n" : "", variants[i].label,
			report->rounds.of[i].why);
		first = false;
	}
	if (report->rounds.out_of_time)
		fprintf(out, "\nThe time was up before all rounds were made.\n");
	if (report->rounds.dropped)
		fprintf(out,
			"\nDropped: %u comparisons, as another process began or ended tracing "
			"kmalloc or "
			"kfree.\n",
			report->rounds.dropped);
	if (report->rounds.others)
		fprintf(out,
			"\nOther processes traced kmalloc or kfree, too: %u. The floor is higher "
			"then and "
			"every\nratio lower: not the figures of a machine by itself.\n",
			report->rounds.others);
}

static void report_site(FILE *out, const char *what, const struct checks_site *site)
{
	fprintf(out,
		"  %" PRIu64 " %s and frees made, at %s: %" PRIu64 " and %" PRIu64 " counted%s\n",
		site->expected, what, site->name[0] ? site->name : "no call site", site->allocs,
		site->frees, site->found ? "" : ": NOT THE SAME");
}

static void report_loss(const struct checks_loss *loss, FILE *out)
{
	fprintf(out, "\nLoss of `tracer stat`, all CPUs at full speed:\n");
	if (loss->why[0]) {
		fprintf(out, "  not measured: %s\n", loss->why);
		return;
	}
	report_site(out, "kmalloc", &loss->slab);
	fprintf(out, "  %" PRIu64 " bytes requested, %" PRIu64 " counted%s\n", loss->bytes_expected,
		loss->bytes_requested,
		loss->bytes_expected == loss->bytes_requested ? "" : ": NOT THE SAME");
	report_site(out, "kernel pages", &loss->pages);
	fprintf(out,
		"  loss counters of the report, together: %" PRIu64 "; %.1f million events/s\n",
		loss->lost, loss->events_per_s / 1e6);
	fprintf(out,
		"  skipped, of interrupts that came while the same program ran (recursion misses): "
		"%" PRIu64 "\n",
		loss->skipped);
}

static void report_start(const struct checks_start *start, FILE *out)
{
	char text[48];

	if (start->why[0])
		fprintf(out, "\nStart: not measured: %s\n", start->why);
	else
		fprintf(out,
			"\nStart: exec of `tracer stat -- CMD` to CMD running and counted: %s ms, "
			"n %u\n",
			report_range(text, &start->ms, 1), start->ms.count);
	if (start->incomplete)
		fprintf(out, "  in %u more runs the report LACKED EVENTS of CMD\n",
			start->incomplete);
}

static void report_memory(const struct checks_memory *memory, FILE *out)
{
	if (memory->why[0])
		fprintf(out, "Memory: not measured: %s\n", memory->why);
	else
		fprintf(out,
			"Memory: %.1f MB resident while tracing, %.1f MB at the peak until then, "
			"%.1f MB "
			"with the report\n",
			(double)memory->resident / 1e6, (double)memory->resident_peak / 1e6,
			(double)memory->whole_peak / 1e6);
}

static void report_aim_list(const struct report *report, FILE *out)
{
	struct report_aim aims[AIM_COUNT];

	report_aims(report, aims);
	fprintf(out, "\nAims:\n");
	for (int i = 0; i < AIM_COUNT; i++) {
		fprintf(out, "  %-52s <= %5g %-6s", aims[i].name, aims[i].most, aims[i].unit);
		if (aims[i].known)
			fprintf(out, " %8.2f  %s\n", aims[i].value,
				aims[i].value <= aims[i].most ? "reached" : "not reached");
		else
			fprintf(out, " %8s  not measured\n", "-");
	}
}

void report_text(const struct report *report, FILE *out)
{
	report_heading(report, out);
	report_slab(report, out);
	report_pages(report, out);
	report_missing(report, out);
	if (report->checked) {
		report_loss(&report->loss, out);
		report_start(&report->start, out);
		report_memory(&report->memory, out);
	}
	report_aim_list(report, out);
}
