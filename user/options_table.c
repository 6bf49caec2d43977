/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The commands, the options, and how each option's value is read. A value that is not understood
 * is reported here, with what would be.
 */
#include "options_table.h"

#include <errno.h>
#include <string.h>

#include "families.h"
#include "gfp.h"
#include "message.h"
#include "units.h"

#define MAX_TOP	     10000
#define MIN_INTERVAL UINT64_C(10000000)
#define MIN_OBJECTS  4096
#define MAX_OBJECTS  8388608
#define COMM_BYTES   15 /* TASK_COMM_LEN without the NUL */

/* The texts stand here as they are printed. */
/* clang-format off */
const struct command_entry command_table[COMMAND_HELP + 1] = {
	[COMMAND_LIVE] = {
		.label = "the live view",
		.synopsis = "tracer [COMMAND] [OPTIONS] [-- CMD [ARG...]]",
		.description =
			"Shows where the kernel's memory goes: what is allocated and freed, how\n"
			"much of it, by which call site, and what is still in use.\n"
			"\n"
			"Without a command, on a terminal: a live view, drawn again every second\n"
			"until ^C. It takes the options below. Elsewhere: this help.\n"
			"'tracer -- CMD' is 'tracer stat -- CMD'.\n",
		.examples = "sudo tracer\n"
			    "sudo tracer stat -d 10s\n"
			    "sudo tracer -- ls /\n",
	},
	[COMMAND_STAT] = {
		.name = "stat",
		.label = "stat",
		.summary = "size histograms and call sites, per family",
		.synopsis = "tracer stat [OPTIONS] [-- CMD [ARG...]]",
		.description =
			"Counts allocations, frees and failures of the kernel until ^C, for a\n"
			"duration, or as long as CMD runs; then prints a report: totals and\n"
			"sizes per family, and the call sites ranked.\n"
			"\n"
			"With CMD only CMD and its descendants are counted, unless --all is\n"
			"given.\n",
		.examples = "sudo tracer stat -d 10s -n 5\n"
			    "sudo tracer stat -i 1s --family kmalloc --sort live\n"
			    "sudo tracer stat -f json -o report.json -- make -j2\n",
	},
	[COMMAND_DOCTOR] = {
		.name = "doctor",
		.label = "doctor",
		.summary = "what can be traced on this kernel, what not, and why",
		.synopsis = "tracer doctor [OPTIONS]",
		.description =
			"Looks at what this kernel and these rights allow, which hook each family\n"
			"gets and why not a better one, and says what would change that. Works\n"
			"without privileges as far as it can.\n",
		.examples = "sudo tracer doctor\n"
			    "tracer doctor --json\n",
	},
	[COMMAND_INSPECT] = {
		.name = "inspect",
		.label = "inspect",
		.summary = "what the kernel itself says about its memory",
		.synopsis = "tracer inspect [OPTIONS]",
		.description =
			"One page of what the kernel's own tables say now: meminfo, slab caches,\n"
			"vmalloc areas by caller, allocation failures in the kernel log. With an\n"
			"interval also what grew since the look before.\n",
		.examples = "sudo tracer inspect\n"
			    "sudo tracer inspect -i 5s -d 1m\n",
	},
	[COMMAND_REPORT] = {
		.name = "report",
		.label = "report",
		.summary = "a snapshot that 'stat --save' wrote, rendered again",
		.synopsis = "tracer report [OPTIONS] FILE",
		.description =
			"Renders a saved snapshot. Needs no privileges and not the kernel that\n"
			"the snapshot was taken on.\n",
		.examples = "sudo tracer stat -d 10s --save run.snapshot\n"
			    "tracer report --sort waste run.snapshot\n",
	},
	[COMMAND_HELP] = {
		.name = "help",
		.label = "help",
		.summary = "this help, or that of a command",
		.synopsis = "tracer help [COMMAND]",
		.description = "Explains a command and its options; without one, tracer itself.\n",
		.examples = "tracer help stat\n",
	},
};
/* clang-format on */

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_JSON] = "json",
	NULL,
};

static const char *const sort_names[] = {
	[SORT_BYTES] = "bytes",
	[SORT_COUNT] = "count",
	[SORT_LIVE] = "live",
	[SORT_WASTE] = "waste",
	NULL,
};

static void *options_field(struct options *options, const struct option_entry *entry)
{
	return (char *)options + entry->field;
}

static int options_set_flag(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	(void)text;
	*(bool *)options_field(options, entry) = true;
	return 0;
}

static int options_set_constant(struct options *options, const struct option_entry *entry,
				const char *text)
{
	(void)text;
	*(int *)options_field(options, entry) = entry->constant;
	return 0;
}

static int options_set_text(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	if (!*text) {
		message_error("--%s: '' is no %s", entry->name, entry->argument);
		options_hint_use(entry);
		return -EINVAL;
	}
	*(const char **)options_field(options, entry) = text;
	return 0;
}

static int options_read_time(const struct option_entry *entry, const char *text, uint64_t *ns)
{
	int err = units_parse_duration(text, ns);

	if (!err && *ns)
		return 0;
	if (err == -ERANGE)
		message_error("--%s: '%s' is too long", entry->name, text);
	else if (err)
		message_error("--%s: '%s' is not a time", entry->name, text);
	else
		message_error("--%s: '%s' is zero", entry->name, text);
	message_hint("valid: a number above 0 and its unit, ns, us, ms, s, m or h: 10s, 250ms");
	return -EINVAL;
}

static int options_set_duration(struct options *options, const struct option_entry *entry,
				const char *text)
{
	return options_read_time(entry, text, &options->duration_ns);
}

static int options_set_interval(struct options *options, const struct option_entry *entry,
				const char *text)
{
	uint64_t ns;

	if (options_read_time(entry, text, &ns))
		return -EINVAL;
	if (ns < MIN_INTERVAL) {
		message_error("--%s: '%s' is too short", entry->name, text);
		message_hint("valid: 10ms and more");
		return -EINVAL;
	}
	options->interval_ns = ns;
	return 0;
}

static int options_set_size(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	uint64_t bytes;
	int err = units_parse_size(text, &bytes);

	if (err) {
		message_error("--%s: '%s' is %s", entry->name, text,
			      err == -ERANGE ? "too large" : "not a size");
		message_hint("valid: a number of bytes, or of K, M, G or T: 64, 4K, 10M");
		return -EINVAL;
	}
	*(uint64_t *)options_field(options, entry) = bytes;
	return 0;
}

static int options_read_count(const struct option_entry *entry, const char *text, uint64_t min,
			      uint64_t max, uint64_t *count)
{
	int err = units_parse_count(text, min, max, count);

	if (!err)
		return 0;
	message_error("--%s: '%s' is %s", entry->name, text,
		      err == -ERANGE ? "out of range" : "not a number");
	message_hint("valid: %llu to %llu", (unsigned long long)min, (unsigned long long)max);
	return -EINVAL;
}

static int options_set_top(struct options *options, const struct option_entry *entry,
			   const char *text)
{
	uint64_t count;
	int err = options_read_count(entry, text, 1, MAX_TOP, &count);

	if (!err)
		options->top = count;
	return err;
}

static int options_set_pid(struct options *options, const struct option_entry *entry,
			   const char *text)
{
	uint64_t pid;
	int err = options_read_count(entry, text, 1, TRACER_MAX_PID - 1, &pid);

	if (!err)
		options->filters.pid = pid;
	return err;
}

static int options_set_objects(struct options *options, const struct option_entry *entry,
			       const char *text)
{
	return options_read_count(entry, text, MIN_OBJECTS, MAX_OBJECTS, &options->max_objects);
}

/* The index of `text` among `words`, or -EINVAL. */
static int options_read_word(const struct option_entry *entry, const char *text,
			     const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	message_error("--%s: '%s' is no %s", entry->name, text, entry->argument);
	options_hint_words(text, "valid", "", words);
	return -EINVAL;
}

static int options_set_format(struct options *options, const struct option_entry *entry,
			      const char *text)
{
	int format = options_read_word(entry, text, format_names);

	if (format < 0)
		return format;
	options->format = format;
	return 0;
}

static int options_set_sort(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	int sort = options_read_word(entry, text, sort_names);

	if (sort < 0)
		return sort;
	options->sort = sort;
	return 0;
}

static int options_set_families(struct options *options, const struct option_entry *entry,
				const char *text)
{
	const char *bad;
	int err = family_parse(text, &options->filters.families, &bad);

	if (!err)
		return 0;
	message_error("--%s: '%s' is no family", entry->name, bad);
	options_hint_words(bad, "valid", "", family_names());
	return -EINVAL;
}

static int options_set_gfp(struct options *options, const struct option_entry *entry,
			   const char *text)
{
	const char *bad;
	int err = gfp_parse(text, &options->filters.gfp_mask, &options->filters.gfp_value, &bad);

	if (!err)
		return 0;
	if (err == -ERANGE) {
		message_error("--%s: '%s' contradicts what stands before it in '%s'", entry->name,
			      bad, text);
		message_hint("a GFP_* name fixes reclaim, IO, FS and HIGH, set or not");
	} else {
		message_error("--%s: '%s' is no GFP flag of this kernel", entry->name, bad);
		options_hint_words(bad, "valid", "", gfp_names());
	}
	return -EINVAL;
}

static int options_set_comm(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	if (strlen(text) > COMM_BYTES) {
		message_error("--%s: '%s' is longer than %d bytes", entry->name, text, COMM_BYTES);
		message_hint("the kernel keeps the first %d bytes of a name: '%.*s'", COMM_BYTES,
			     COMM_BYTES, text);
		return -EINVAL;
	}
	return options_set_text(options, entry, text);
}

/* Only the shape: whether there is such a symbol is not known here. */
static int options_set_site(struct options *options, const struct option_entry *entry,
			    const char *text)
{
	const char *plus = strchr(text, '+'), *digits = plus ? plus + 1 : "0";
	bool hex = strncmp(digits, "0x", 2) == 0;

	digits += hex ? 2 : 0;
	if (plus == text || !*digits || strlen(digits) > 8 ||
	    digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")]) {
		message_error("--%s: '%s' is no call site", entry->name, text);
		message_hint("valid: SYMBOL or SYMBOL+OFFSET: kmemdup_noprof, kmemdup_noprof+0x2a");
		return -EINVAL;
	}
	return options_set_text(options, entry, text);
}

#define LIVE	COMMAND_BIT(COMMAND_LIVE)
#define STAT	COMMAND_BIT(COMMAND_STAT)
#define DOCTOR	COMMAND_BIT(COMMAND_DOCTOR)
#define INSPECT COMMAND_BIT(COMMAND_INSPECT)
#define REPORT	COMMAND_BIT(COMMAND_REPORT)
#define HELP	COMMAND_BIT(COMMAND_HELP)
#define ANY	(LIVE | STAT | DOCTOR | INSPECT | REPORT | HELP)

#define FIELD(name)  offsetof(struct options, name)
#define FILTER(name) (offsetof(struct options, filters) + offsetof(struct filters, name))
#define TRACES	     (LIVE | STAT)
#define REPORTS	     (STAT | DOCTOR | INSPECT | REPORT)

const struct option_entry option_table[] = {
	{'d', "duration", "TIME", "stop after TIME: 10s, 250ms, 1.5m, 2h", SECTION_TRACE,
	 TRACES | INSPECT, options_set_duration, 0, 0},
	{'i', "interval", "TIME", "say every TIME what has changed (10ms and more)", SECTION_TRACE,
	 TRACES | INSPECT, options_set_interval, 0, 0},
	{0, "all", NULL, "with CMD: count everybody, not only CMD and its\ndescendants",
	 SECTION_TRACE, STAT, options_set_flag, FIELD(all), 0},
	{0, "no-live", NULL, "keep no ledger: cheaper, but nothing about what is\nstill in use",
	 SECTION_TRACE, TRACES, options_set_flag, FIELD(no_live), 0},
	{0, "max-objects", "COUNT", "room in the ledger, 4096 to 8388608 live objects",
	 SECTION_TRACE, TRACES, options_set_objects, 0, 0},

	{0, "family", "LIST", "of kmalloc,cache,vmalloc,percpu,pages,mapping", SECTION_FILTER, TRACES,
	 options_set_families, 0, 0},
	{0, "module", "NAME", "what this kernel module's code asks for", SECTION_FILTER, TRACES,
	 options_set_text, FILTER(module), 0},
	{0, "cache", "NAME", "objects of this slab cache", SECTION_FILTER, TRACES, options_set_text,
	 FILTER(cache), 0},
	{0, "site", "SITE", "this call site: SYMBOL or SYMBOL+OFFSET", SECTION_FILTER, TRACES,
	 options_set_site, FILTER(site), 0},
	{0, "pid", "PID", "allocations by this process, all its threads", SECTION_FILTER, TRACES,
	 options_set_pid, 0, 0},
	{0, "comm", "NAME", "allocations by processes of this name", SECTION_FILTER, TRACES,
	 options_set_comm, FILTER(comm), 0},
	{0, "cgroup", "PATH", "allocations in this cgroup v2 directory and below", SECTION_FILTER,
	 TRACES, options_set_text, FILTER(cgroup), 0},
	{0, "min-size", "SIZE", "requests of at least SIZE bytes: 64, 4K, 10M", SECTION_FILTER,
	 TRACES, options_set_size, FILTER(size_min), 0},
	{0, "max-size", "SIZE", "requests of at most SIZE bytes", SECTION_FILTER, TRACES,
	 options_set_size, FILTER(size_max), 0},
	{0, "gfp", "FLAGS",
	 "requests with these flags, joined by ',' or '|':\n"
	 "GFP_ATOMIC, __GFP_ZERO",
	 SECTION_FILTER, TRACES, options_set_gfp, 0, 0},

	{'n', "top", "COUNT", "rows per table, 1 to 10000 (default 20)", SECTION_REPORT,
	 TRACES | INSPECT | REPORT, options_set_top, 0, 0},
	{0, "sort", "KEY", "rank call sites by bytes, count, live or waste", SECTION_REPORT,
	 TRACES | REPORT, options_set_sort, 0, 0},
	{'f', "format", "FORMAT", "text or json (default text)", SECTION_REPORT, REPORTS,
	 options_set_format, 0, 0},
	{0, "json", NULL, "the same as --format json", SECTION_REPORT, REPORTS,
	 options_set_constant, FIELD(format), FORMAT_JSON},
	{'o', "output", "FILE", "write the report there, not to standard output", SECTION_REPORT,
	 REPORTS, options_set_text, FIELD(output), 0},
	{0, "save", "FILE", "also save the last snapshot, for 'tracer report'", SECTION_REPORT,
	 STAT, options_set_text, FIELD(save), 0},

	{'v', "verbose", NULL, "say more on standard error", SECTION_OTHER, ANY & ~HELP,
	 options_set_constant, FIELD(verbosity), MESSAGE_VERBOSE},
	{'q', "quiet", NULL, "say only errors on standard error", SECTION_OTHER, ANY & ~HELP,
	 options_set_constant, FIELD(verbosity), MESSAGE_QUIET},
	{'h', "help", NULL, "show this", SECTION_OTHER, ANY, options_set_constant, FIELD(command),
	 COMMAND_HELP},
	{'V', "version", NULL, "show the version", SECTION_OTHER, LIVE, options_set_constant,
	 FIELD(command), COMMAND_VERSION},
};

const size_t option_count = ARRAY_SIZE(option_table);

_Static_assert(sizeof(enum format) == sizeof(int) && sizeof(enum command) == sizeof(int),
	       "options_set_constant() writes an int");
_Static_assert(ARRAY_SIZE(option_table) <= OPTIONS_MAX, "OPTIONS_MAX is too small");
