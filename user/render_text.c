// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The stat report for people: families, sites, failures, sizes, what lies beside the totals, and
 * what all that can't tell. Where lines are few the end is kept and the middle is cut.
 */
#include "render.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "failures.h"
#include "families.h"
#include "gfp.h"
#include "lines.h"
#include "render_honesty.h"
#include "told.h"
#include "units.h"

#define PLACE_TEXT     512
#define GFP_TEXT       512
#define OCTAVES	       65 /* 0, then one per power of two */
#define CHART_LINES    12
#define CHART_BAR      40 /* at most */
#define CHART_MARGIN   32 /* columns of a chart line that are not its bar */
#define SITE_MARGIN    40 /* columns before a site's name */
#define SITE_WIDEST    48
#define SITE_NARROWEST 12
#define CACHE_WIDEST   14 /* columns that a cache's name may take from its site's */
#define ROOM_FOR_BRIEF 6  /* lines from which on a small view keeps its end */

static const char *const sort_names[] = {
	[SORT_BYTES] = "bytes allocated",
	[SORT_COUNT] = "allocations",
	[SORT_LIVE] = "live bytes",
	[SORT_WASTE] = "wasted bytes",
};

/* What every part of one report needs. */
struct view {
	struct lines lines;
	const struct model *model;
	const struct render_options *options;
	struct told told;
};

static void blank(struct view *view)
{
	lines_print(&view->lines, LINES_PLAIN, "%s", "");
}

/* ---- cells -------------------------------------------------------------------------------- */

/* "-" for what can't be told; `reason` as in struct told. */
static const char *cell_count(char out[UNITS_TEXT], uint64_t count, const char *reason)
{
	if (reason)
		return "-";
	return units_format_count(out, count);
}

/* A figure that may be negative; with a sign in front of gains where it is a change. */
static const char *cell_live(char out[UNITS_TEXT], int64_t value, bool bytes, bool change,
			     const char *reason)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	const char *sign = value < 0 ? "-" : change && value > 0 ? "+" : "";
	char text[UNITS_TEXT];

	if (reason)
		return "-";
	if (bytes)
		units_format_bytes(text, magnitude);
	else
		units_format_count(text, magnitude);
	snprintf(out, UNITS_TEXT, "%s%.*s", sign, UNITS_TEXT - 2, text);
	return out;
}

static const char *cell_rate(char out[UNITS_TEXT], uint64_t count, uint64_t duration_ns)
{
	double rate;

	if (!duration_ns)
		return "-";
	rate = (double)count * 1e9 / (double)duration_ns;
	return units_format_count(out, rate < 1e18 ? (uint64_t)(rate + 0.5) : UINT64_MAX);
}

static uint64_t wasted(uint64_t requested, uint64_t allocated)
{
	return allocated > requested ? allocated - requested : 0;
}

static const char *cell_waste(char out[UNITS_TEXT], uint64_t requested, uint64_t allocated)
{
	if (!allocated)
		return "-";
	snprintf(out, UNITS_TEXT, "%.1f%%",
		 100.0 * (double)wasted(requested, allocated) / (double)allocated);
	return out;
}

/* "symbol+0x1b [module]", escaped; `label` where there is no symbol. */
static void format_place(char *out, size_t size, const struct symbol *symbol, const char *label)
{
	char name[PLACE_TEXT / 2], module[PLACE_TEXT / 8] = "";

	if (!symbol || !symbol->name) {
		snprintf(out, size, "%s", label ? label : "[unknown]");
		return;
	}
	escape_text(name, sizeof(name), symbol->name, strlen(symbol->name));
	if (symbol->module)
		escape_text(module, sizeof(module), symbol->module, strlen(symbol->module));
	snprintf(out, size, "%s+0x%" PRIx64 "%s%s%s", name, symbol->offset, module[0] ? " [" : "",
		 module, module[0] ? "]" : "");
}

/* By how many columns `text` falls short of `columns`; with `cut`, it is cut there. */
static int fit_cell(char *text, size_t columns, bool cut)
{
	size_t width;

	if (cut)
		text[lines_fit(text, columns)] = '\0';
	width = lines_width(text);
	return width < columns ? (int)(columns - width) : 0;
}

/* ---- the head ----------------------------------------------------------------------------- */

static void format_families(char *out, size_t size, const struct model *model)
{
	size_t used = 0;

	out[0] = '\0';
	for (int i = 0; i < FAMILY_COUNT && used < size; i++)
		if (model->families[i].traced)
			used += snprintf(out + used, size - used, " %s", family_name(i));
	if (!used)
		snprintf(out, size, " nothing");
}

static void print_head(struct view *view)
{
	const struct snapshot *snapshot = view->model->snapshot;
	char kernel[PLACE_TEXT] = "?", arch[64] = "?", families[128], time[UNITS_TEXT];

	if (snapshot->kernel)
		escape_text(kernel, sizeof(kernel), snapshot->kernel, strlen(snapshot->kernel));
	if (snapshot->arch)
		escape_text(arch, sizeof(arch), snapshot->arch, strlen(snapshot->arch));
	format_families(families, sizeof(families), view->model);
	units_format_ns(time, view->model->duration_ns);
	if (view->model->interval)
		lines_print(&view->lines, LINES_HEADING, "interval %u, %s: changes in%s",
			    view->options->interval_number, time, families);
	else
		lines_print(&view->lines, LINES_HEADING, "Linux %s %s, %u CPUs: %s of%s", kernel,
			    arch, snapshot->cpus, time, families);
}

static void print_filters(struct view *view)
{
	const char *filters = view->model->snapshot->filters;
	char *text;

	if (!filters)
		return;
	text = escape_dup(filters, strlen(filters));
	if (text)
		lines_print(&view->lines, LINES_PLAIN, "only: %s", text);
	free(text);
}

static void print_untold(struct view *view)
{
	const struct told *told = &view->told;

	if (told->live)
		lines_print(&view->lines, LINES_PLAIN, "live figures: %s", told->live);
	if (told->frees_unknown && told->frees_unknown != told->live)
		lines_print(&view->lines, LINES_PLAIN, "frees of older objects: %s",
			    told->frees_unknown);
}

/* ---- families ----------------------------------------------------------------------------- */

/* A size that some allocation had; "-" when there was none. */
static const char *cell_size(char text[UNITS_TEXT], const struct histogram *size, uint64_t value)
{
	return size->count ? units_format_bytes(text, value) : "-";
}

static void print_family(struct view *view, int number)
{
	const struct model_family *family = &view->model->families[number];
	const struct histogram *size = &family->size;
	bool change = view->model->interval;
	struct told told = told_of_family(view->model->snapshot, number);
	char text[13][UNITS_TEXT];

	lines_print(&view->lines, LINES_PLAIN,
		    "%-7s %6s %6s %6s %6s %7s %7s %6s %6s %7s %6s %6s %6s %6s", family_name(number),
		    cell_count(text[0], family->allocs, NULL),
		    cell_rate(text[1], family->allocs, view->model->duration_ns),
		    cell_count(text[2], family->frees, told.frees),
		    cell_count(text[3], family->failed, NULL),
		    units_format_bytes(text[4], family->bytes_requested),
		    units_format_bytes(text[5], family->bytes_allocated),
		    cell_waste(text[6], family->bytes_requested, family->bytes_allocated),
		    cell_live(text[7], family->live_objects, false, change, told.live),
		    cell_live(text[8], family->live_bytes, true, change, told.live),
		    cell_size(text[9], size, histogram_percentile(size, 0.5)),
		    cell_size(text[10], size, histogram_percentile(size, 0.9)),
		    cell_size(text[11], size, histogram_percentile(size, 0.99)),
		    cell_size(text[12], size, size->max));
}

static void print_families(struct view *view)
{
	lines_print(&view->lines, LINES_HEADING,
		    "%-7s %6s %6s %6s %6s %7s %7s %6s %6s %7s %6s %6s %6s %6s", "FAMILY", "ALLOCS",
		    "/S", "FREES", "FAILED", "REQUEST", "ALLOC", "WASTE", "LIVE", "LIVE-B", "P50",
		    "P90", "P99", "MAX");
	for (int i = 0; i < FAMILY_COUNT; i++)
		if (view->model->families[i].traced)
			print_family(view, i);
}

/* An interval's families: what came and what went. */
static void print_family_change(struct view *view, int number)
{
	const struct model_family *family = &view->model->families[number];
	struct told told = told_of_family(view->model->snapshot, number);
	char text[6][UNITS_TEXT];

	lines_print(&view->lines, LINES_PLAIN, "%-7s %8s %8s %8s %8s %8s %8s", family_name(number),
		    cell_live(text[0], (int64_t)family->allocs, false, true, NULL),
		    cell_live(text[1], (int64_t)family->frees, false, true, told.frees),
		    cell_live(text[2], (int64_t)family->failed, false, true, NULL),
		    cell_live(text[3], (int64_t)family->bytes_allocated, true, true, NULL),
		    cell_live(text[4], family->live_objects, false, true, told.live),
		    cell_live(text[5], family->live_bytes, true, true, told.live));
}

static void print_changes(struct view *view)
{
	lines_print(&view->lines, LINES_HEADING, "%-7s %8s %8s %8s %8s %8s %8s", "FAMILY", "ALLOCS",
		    "FREES", "FAILED", "ALLOC", "LIVE", "LIVE-B");
	for (int i = 0; i < FAMILY_COUNT; i++)
		if (view->model->families[i].traced)
			print_family_change(view, i);
}

/* ---- sites -------------------------------------------------------------------------------- */

/* How many sites are shown. */
static size_t shown_sites(const struct view *view)
{
	size_t count = view->model->site_count;

	return count < view->options->top ? count : view->options->top;
}

/* Columns of the two last cells. */
struct site_layout {
	size_t site;
	size_t cache; /* 0: no site has one */
};

static size_t greater(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* In a terminal the cache's name may take some columns from the site's, not all of them. */
static struct site_layout lay_out_sites(const struct view *view)
{
	struct site_layout layout = {.site = SITE_NARROWEST};
	char place[PLACE_TEXT], cache[ESCAPE_BOUND(TRACER_NAME)];
	size_t taken;

	for (size_t i = 0; i < shown_sites(view); i++) {
		const struct model_site *site = &view->model->sites[i];

		format_place(place, sizeof(place), site->symbol, site->label);
		escape_text(cache, sizeof(cache), site->cache, sizeof(site->cache));
		layout.site = greater(layout.site, lines_width(place));
		layout.cache = greater(layout.cache, lines_width(cache));
	}
	layout.site = lesser(layout.site, SITE_WIDEST);
	taken = SITE_MARGIN + (layout.cache ? lesser(layout.cache, CACHE_WIDEST) + 2 : 0);
	if (view->lines.columns > taken)
		layout.site =
			greater(lesser(layout.site, view->lines.columns - taken), SITE_NARROWEST);
	return layout;
}

static void print_site(struct view *view, const struct model_site *site, struct site_layout layout)
{
	char text[4][UNITS_TEXT], place[PLACE_TEXT], cache[ESCAPE_BOUND(TRACER_NAME)];
	int padding;

	format_place(place, sizeof(place), site->symbol, site->label);
	escape_text(cache, sizeof(cache), site->cache, sizeof(site->cache));
	padding = fit_cell(place, layout.site, view->lines.columns && layout.cache);
	lines_print(
		&view->lines, LINES_PLAIN, "%-7s %7s %6s %7s %7s  %s%*s  %s",
		family_name(site->family), units_format_bytes(text[0], site->bytes_allocated),
		units_format_count(text[1], site->allocs),
		cell_live(text[2], site->live_bytes, true, view->model->interval,
			  told_of_family(view->model->snapshot, site->family).live),
		units_format_bytes(text[3], wasted(site->bytes_requested, site->bytes_allocated)),
		place, padding, "", cache);
}

static void print_sites(struct view *view)
{
	const struct model *model = view->model;
	struct site_layout layout = lay_out_sites(view);
	size_t shown = shown_sites(view);

	if (!shown)
		return;
	blank(view);
	lines_print(&view->lines, LINES_HEADING, "SITES by %s: %zu of %zu",
		    sort_names[view->options->sort], shown, model->site_count);
	lines_print(&view->lines, LINES_HEADING, "%-7s %7s %6s %7s %7s  %-*s  %s", "FAMILY",
		    "BYTES", "COUNT", "LIVE", "WASTE", (int)layout.site, "SITE",
		    layout.cache ? "CACHE" : "");
	for (size_t i = 0; i < shown; i++)
		print_site(view, &model->sites[i], layout);
}

/* ---- failures ----------------------------------------------------------------------------- */

static void print_failure(struct view *view, const struct failure *failure)
{
	char count[UNITS_TEXT], least[UNITS_TEXT], most[UNITS_TEXT];
	char sizes[2 * UNITS_TEXT], place[PLACE_TEXT], gfp[GFP_TEXT];

	format_place(place, sizeof(place), failure->symbol, failure->label);
	gfp_format(gfp, sizeof(gfp), failure->gfp);
	units_format_bytes(least, failure->size_min);
	units_format_bytes(most, failure->size_max);
	snprintf(sizes, sizeof(sizes), "%s%s%s", least,
		 failure->size_min == failure->size_max ? "" : "-",
		 failure->size_min == failure->size_max ? "" : most);
	lines_print(&view->lines, LINES_ALARM, "%-7s %7s %11s  %s  %s",
		    family_name(failure->family), units_format_count(count, failure->count), sizes,
		    place, gfp);
}

static void print_failures(struct view *view)
{
	struct failures failures;

	if (failures_build(&failures, view->model->snapshot)) {
		lines_print(&view->lines, LINES_ALARM, "failures: not enough memory to list them");
		return;
	}
	if (failures.count) {
		blank(view);
		lines_print(&view->lines, LINES_HEADING,
			    "FAILED allocations by site, size and flags");
		lines_print(&view->lines, LINES_HEADING, "%-7s %7s %11s  %s", "FAMILY", "COUNT",
			    "SIZE", "SITE, GFP FLAGS");
	}
	for (size_t i = 0; i < failures.count && i < view->options->top; i++)
		print_failure(view, &failures.list[i]);
	if (failures.count > view->options->top)
		lines_print(&view->lines, LINES_PLAIN, "  and %zu more",
			    failures.count - view->options->top);
	failures_fini(&failures);
}

/* ---- sizes -------------------------------------------------------------------------------- */

static unsigned int octave_of(uint64_t value)
{
	return value ? 64 - __builtin_clzll(value) : 0;
}

/* Where an octave begins; that of the first one behind the last is 2^64, said as its maximum. */
static uint64_t octave_low(unsigned int octave)
{
	if (!octave)
		return 0;
	return octave > 64 ? UINT64_MAX : UINT64_C(1) << (octave - 1);
}

struct chart {
	uint64_t counts[OCTAVES];
	unsigned int first, last; /* octaves that are not empty */
	unsigned int step;	  /* octaves per line */
};

static void chart_fill(struct chart *chart, const struct histogram *size)
{
	memset(chart, 0, sizeof(*chart));
	chart->first = OCTAVES - 1;
	for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
		unsigned int octave = octave_of(slot_low(slot));

		if (!size->slots[slot])
			continue;
		chart->counts[octave] += size->slots[slot];
		chart->first = octave < chart->first ? octave : chart->first;
		chart->last = octave;
	}
	chart->step = (chart->last - chart->first) / CHART_LINES + 1;
}

/* The sum of the line that begins at `octave`. */
static uint64_t chart_line(const struct chart *chart, unsigned int octave)
{
	uint64_t sum = 0;

	for (unsigned int i = octave; i < octave + chart->step && i < OCTAVES; i++)
		sum += chart->counts[i];
	return sum;
}

static uint64_t chart_most(const struct chart *chart)
{
	uint64_t most = 0, count;

	for (unsigned int i = chart->first; i <= chart->last; i += chart->step) {
		count = chart_line(chart, i);
		most = count > most ? count : most;
	}
	return most;
}

static int bar_columns(const struct view *view)
{
	unsigned int columns = view->lines.columns;

	if (!columns || columns > CHART_BAR + CHART_MARGIN)
		return CHART_BAR;
	return columns > CHART_MARGIN + 4 ? (int)(columns - CHART_MARGIN) : 4;
}

static void print_chart_line(struct view *view, const struct chart *chart, unsigned int octave,
			     uint64_t most, uint64_t total)
{
	static const char full[CHART_BAR + 1] = "########################################";
	char low[UNITS_TEXT], high[UNITS_TEXT], count[UNITS_TEXT];
	uint64_t here = chart_line(chart, octave);
	int columns = bar_columns(view);
	int bar = (int)((double)here / (double)most * columns + 0.5);

	if (here && !bar)
		bar = 1;
	lines_print(&view->lines, LINES_PLAIN, "%6s .. <%-6s |%-*.*s| %5s %5.1f%%",
		    units_format_bytes(low, octave_low(octave)),
		    units_format_bytes(high, octave_low(octave + chart->step)), columns, bar, full,
		    units_format_count(count, here), 100.0 * (double)here / (double)total);
}

static void print_chart(struct view *view, int number)
{
	const struct histogram *size = &view->model->families[number].size;
	char text[4][UNITS_TEXT];
	struct chart chart;
	uint64_t most;

	chart_fill(&chart, size);
	most = chart_most(&chart);
	if (!most)
		return;
	blank(view);
	lines_print(&view->lines, LINES_HEADING, "SIZES %s: p50 %s, p90 %s, p99 %s, max %s",
		    family_name(number),
		    units_format_bytes(text[0], histogram_percentile(size, 0.5)),
		    units_format_bytes(text[1], histogram_percentile(size, 0.9)),
		    units_format_bytes(text[2], histogram_percentile(size, 0.99)),
		    units_format_bytes(text[3], size->max));
	for (unsigned int i = chart.first; i <= chart.last; i += chart.step)
		print_chart_line(view, &chart, i, most, size->count);
}

static void print_charts(struct view *view)
{
	for (int i = 0; i < FAMILY_COUNT; i++)
		if (view->model->families[i].traced)
			print_chart(view, i);
}

/* ---- beside the totals -------------------------------------------------------------------- */

/* Those that have a line. */
static const char *const beside_names[] = {
	[BESIDE_SLAB] = "pages of slabs",
	[BESIDE_KMALLOC] = "pages of large kmalloc",
	[BESIDE_VMALLOC] = "pages of vmalloc",
	[BESIDE_PERCPU] = "pages of per-CPU memory",
	[BESIDE_MOVABLE] = "movable pages",
	[BESIDE_MAPPED] = "vmap and ioremap areas",
	[BESIDE_INTERNAL] = "allocators' bookkeeping",
};

#define BESIDE_LINES (sizeof(beside_names) / sizeof(beside_names[0]))

/* Of all families: most kinds are of one alone. */
static struct model_beside beside_of(const struct view *view, size_t kind)
{
	struct model_beside sum = {0};

	for (int i = 0; i < FAMILY_COUNT; i++) {
		const struct model_beside *beside = &view->model->families[i].beside[kind];

		sum.allocs += beside->allocs;
		sum.frees += beside->frees;
		sum.bytes_allocated += beside->bytes_allocated;
		sum.live_objects += beside->live_objects;
		sum.live_bytes += beside->live_bytes;
	}
	return sum;
}

static bool beside_used(const struct view *view)
{
	for (size_t i = 0; i < BESIDE_LINES; i++) {
		struct model_beside beside = beside_of(view, i);

		if (beside.allocs || beside.frees)
			return true;
	}
	return false;
}

static void print_beside_line(struct view *view, size_t kind)
{
	struct model_beside beside = beside_of(view, kind);
	char text[5][UNITS_TEXT];

	if (!beside.allocs && !beside.frees)
		return;
	lines_print(&view->lines, LINES_PLAIN, "%-24s %6s %6s %7s %6s %7s", beside_names[kind],
		    units_format_count(text[0], beside.allocs),
		    cell_count(text[1], beside.frees, view->told.live),
		    units_format_bytes(text[2], beside.bytes_allocated),
		    cell_live(text[3], beside.live_objects, false, false, view->told.live),
		    cell_live(text[4], beside.live_bytes, true, false, view->told.live));
}

static void print_beside(struct view *view)
{
	if (!beside_used(view))
		return;
	blank(view);
	lines_print(&view->lines, LINES_HEADING, "%-24s %6s %6s %7s %6s %7s", "BESIDE THE TOTALS",
		    "ALLOCS", "FREES", "ALLOC", "LIVE", "BYTES");
	lines_print(&view->lines, LINES_PLAIN,
		    view->model->snapshot->module ?
			    "These back what is counted above, or are not the module's own memory: "
			    "never in the totals." :
			    "These back what is counted above, or are not the kernel's own memory: "
			    "never in the totals.");
	for (size_t i = 0; i < BESIDE_LINES; i++)
		print_beside_line(view, i);
}

/* ---- frees -------------------------------------------------------------------------------- */

static uint64_t older_frees(const struct model_family *family)
{
	return family->frees_unknown;
}

static uint64_t unseen_frees(const struct model_family *family)
{
	return family->frees_unseen;
}

static uint64_t null_frees(const struct model_family *family)
{
	return family->frees_null;
}

static uint64_t duplicates(const struct model_family *family)
{
	return family->duplicates;
}

static uint64_t fallbacks(const struct model_family *family)
{
	return family->fallbacks;
}

/* One line: what, and its count in each family that has any. */
static void print_odd(struct view *view, const char *what,
		      uint64_t (*of)(const struct model_family *family), const char *reason)
{
	char list[FAMILY_COUNT * (UNITS_TEXT + 12)] = "", count[UNITS_TEXT];
	size_t used = 0;

	for (int i = 0; i < FAMILY_COUNT && used < sizeof(list); i++) {
		const struct model_family *family = &view->model->families[i];

		if (family->traced && of(family))
			used += snprintf(list + used, sizeof(list) - used, " %s %s", family_name(i),
					 units_format_count(count, of(family)));
	}
	if (reason)
		snprintf(list, sizeof(list), " not known");
	lines_print(&view->lines, LINES_PLAIN, "  %s:%s", what, list[0] ? list : " none");
}

static void print_frees(struct view *view)
{
	lines_print(&view->lines, LINES_HEADING, "FREES AND EVENTS");
	print_odd(view, "frees of objects older than the trace", older_frees,
		  view->told.frees_unknown);
	print_odd(view, "frees not seen (the address was handed out again)", unseen_frees,
		  view->told.live);
	print_odd(view, "frees of NULL", null_frees, NULL);
	print_odd(view, "second events of one allocation, taken out", duplicates, NULL);
	print_odd(view, "failed tries after which kvmalloc went on to vmalloc", fallbacks, NULL);
}

/* ---- the whole ---------------------------------------------------------------------------- */

/* Parts in the order of their use, so that a small view cuts the least useful. */
static void print_body(struct view *view)
{
	print_head(view);
	print_filters(view);
	if (view->model->interval) {
		print_changes(view);
		print_sites(view);
		return;
	}
	print_untold(view);
	blank(view);
	print_families(view);
	print_sites(view);
	print_failures(view);
	print_charts(view);
	print_beside(view);
}

static void print_end(struct view *view)
{
	const struct snapshot *snapshot = view->model->snapshot;

	blank(view);
	if (view->model->interval || view->options->lines) {
		render_honesty_brief(&view->lines, snapshot);
		return;
	}
	print_frees(view);
	render_honesty(&view->lines, view->model);
}

/* The last line of a terminal stays free for the cursor: a newline there would scroll. */
static void print_within(struct view *view, unsigned int room)
{
	unsigned int end = room > ROOM_FOR_BRIEF ? HONESTY_BRIEF_LINES + 1 : 0;

	view->lines.left = room - end;
	print_body(view);
	view->lines.left = end;
	print_end(view);
}

void render_stat_text(const struct model *model, const struct render_options *options, FILE *out)
{
	struct view view = {
		.lines =
			{
				.out = out,
				.columns = options->columns,
				.left = UINT_MAX,
				.colour = options->colour,
			},
		.model = model,
		.options = options,
		.told = told_of(model->snapshot),
	};

	if (options->lines) {
		print_within(&view, options->lines - 1);
		return;
	}
	print_body(&view);
	print_end(&view);
}
