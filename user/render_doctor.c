/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The doctor's report. For people: the verdict, then families, then features, each with why and
 * cure below it, broken at blanks. Nothing is cut: a reason that is cut is none.
 */
#include "render_doctor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "escape.h"
#include "families.h"
#include "render.h"

#define WIDTH	  100
#define INDENT	  11
#define FAMILY_AT (INDENT + 10) /* the column behind a family's name */

static const char *const status_words[] = {
	[FEATURE_OK] = "ok",	       [FEATURE_LIMITS] = "limits",   [FEATURE_MISSING] = "missing",
	[FEATURE_REFUSED] = "refused", [FEATURE_UNKNOWN] = "unknown",
};

static const char *const status_colours[] = {
	[FEATURE_OK] = "\033[32m",	[FEATURE_LIMITS] = "\033[33m",
	[FEATURE_MISSING] = "\033[31m", [FEATURE_REFUSED] = "\033[31m",
	[FEATURE_UNKNOWN] = "\033[33m",
};

static const char *const need_words[] = {
	[NEED_REQUIRED] = "required",
	[NEED_HELPS] = "helps",
	[NEED_NONE] = "none",
};

static const char *const coverage_words[] = {
	[COVERAGE_FULL] = "full",	[COVERAGE_PARTLY] = "partly", [COVERAGE_NONE] = "none",
	[COVERAGE_UNKNOWN] = "unknown", [COVERAGE_ABSENT] = "absent",
};

/* A coverage is coloured as the status that it amounts to. */
static const enum feature_status coverage_statuses[] = {
	[COVERAGE_FULL] = FEATURE_OK,
	[COVERAGE_PARTLY] = FEATURE_LIMITS,
	[COVERAGE_NONE] = FEATURE_MISSING,
	[COVERAGE_UNKNOWN] = FEATURE_UNKNOWN,
};

/* ---- text ---------------------------------------------------------------------------------- */

struct page {
	FILE *out;
	bool colour;
};

static void render_heading(const struct page *page, const char *title)
{
	fprintf(page->out, "\n%s%s%s\n", page->colour ? "\033[1m" : "", title,
		page->colour ? "\033[0m" : "");
}

static void render_word(const struct page *page, const char *word, enum feature_status status)
{
	fprintf(page->out, "  %s%-*s%s", page->colour ? status_colours[status] : "", INDENT - 2,
		word, page->colour ? "\033[0m" : "");
}

/* Prints `text`, which begins in `column`, broken at blanks into lines below each other. */
static void render_broken(const struct page *page, const char *text, size_t column, int below)
{
	char *safe = escape_dup(text, strlen(text)), *rest = safe, *word;
	bool first = true;

	while (safe && (word = strsep(&rest, " "))) {
		if (!first && column + 1 + strlen(word) > WIDTH) {
			fprintf(page->out, "\n%*s", below, "");
			column = (size_t)below;
		} else if (!first) {
			fputc(' ', page->out);
			column++;
		}
		fputs(word, page->out);
		column += strlen(word);
		first = false;
	}
	fputc('\n', page->out);
	free(safe);
}

/* "label text", below what it is about; nothing for an empty text. */
static void render_below(const struct page *page, const char *label, const char *text)
{
	if (!text[0])
		return;
	fprintf(page->out, "%*s%s ", INDENT, "", label);
	render_broken(page, text, INDENT + strlen(label) + 1, INDENT + 2);
}

static void render_feature(const struct page *page, const struct feature *feature)
{
	char value[ESCAPE_BOUND(FEATURE_VALUE)], name[sizeof(value) + 64];

	escape_text(value, sizeof(value), feature->value, sizeof(feature->value));
	snprintf(name, sizeof(name), "%s%s%s", feature->name, value[0] ? " = " : "", value);
	render_word(page, status_words[feature->status], feature->status);
	fprintf(page->out, "%-30s  %s%s\n", name, feature->purpose,
		feature->need == NEED_REQUIRED ? " [required]" : "");
	render_below(page, "why:", feature->reason);
	render_below(page, "change:", feature->cure);
}

static void render_features(const struct page *page, const struct doctor_report *report)
{
	const char *group = "";

	for (int i = 0; i < FEATURE_COUNT; i++) {
		const struct feature *feature = &report->features[i];

		if (strcmp(group, feature->group))
			render_heading(page, feature->group);
		group = feature->group;
		render_feature(page, feature);
	}
}

/* "raw_tp kmalloc, kfree; fentry kvfree_call_rcu": the hooks of a family (-1: of none). */
static void render_attached(const struct page *page, const struct doctor_report *report, int family)
{
	const char *kind = "";
	char text[1024] = "";

	for (size_t i = 0; i < report->hook_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];
		const struct doctor_way *way = hook->way;

		if (hook->probe->family != family || hook->status != FEATURE_OK)
			continue;
		if (strcmp(kind, way->probe->kind))
			doctor_append(text, sizeof(text), "%s%s %s", text[0] ? "; " : "",
				      way->probe->kind, way->target);
		else
			doctor_append(text, sizeof(text), ", %s", way->target);
		kind = way->probe->kind;
	}
	render_broken(page, text[0] ? text : "no hook", FAMILY_AT, INDENT + 2);
}

/* What the hooks that are not served would have shown. One line where all fail alike. */
static void render_others(const struct page *page, const struct doctor_report *report, int family)
{
	bool none = report->features[FEATURE_RAW_TP].status != FEATURE_OK;
	char text[FEATURE_REASON + 300];

	if (none && family != FAMILY_MAPPING)
		render_below(page, "not hooked:", "no program can be loaded (see raw_tp)");
	for (size_t i = 0; i < report->hook_count && !none; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family != family || !hook->lost || hook->with)
			continue;
		snprintf(text, sizeof(text), "%s: %s", hook->probe->hook, hook->lost);
		render_below(page, "not seen:", text);
		if (family >= 0)
			continue; /* the family says why */
		render_below(page, "why:", hook->reason);
		render_below(page, "change:", hook->cure);
	}
	if (!none && family >= 0)
		render_below(page, "why no better:", report->families[family].why);
}

static void render_families(const struct page *page, const struct doctor_report *report)
{
	render_heading(page, "Families, and the hooks they get");
	for (int family = 0; family < FAMILY_COUNT; family++) {
		enum doctor_coverage coverage = report->families[family].coverage;

		render_word(page, coverage_words[coverage], coverage_statuses[coverage]);
		fprintf(page->out, "%-8s  ", family_name(family));
		render_attached(page, report, family);
		render_others(page, report, family);
	}
	render_word(page, "", FEATURE_OK);
	fprintf(page->out, "%-8s  ", "others");
	render_attached(page, report, -1);
	render_others(page, report, -1);
}

void render_doctor_text(const struct doctor_report *report, bool colour, FILE *out)
{
	struct page page = {out, colour};
	char kernel[260], arch[260];

	escape_text(kernel, sizeof(kernel), report->kernel, strlen(report->kernel));
	escape_text(arch, sizeof(arch), report->arch, strlen(report->arch));
	fprintf(out, "kernel %s, %s, run by uid %u\n", kernel, arch, report->uid);
	fprintf(out, "%s%s.%s\n", colour ? "\033[1m" : "", report->verdict,
		colour ? "\033[0m" : "");
	if (report->cure[0])
		fprintf(out, "What would change it: %s.\n", report->cure);
	render_families(&page, report);
	render_features(&page, report);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *json_text_or_null(const char *text)
{
	return text[0] ? render_json_text(text) : json_null();
}

static json_t *json_feature(const struct feature *feature)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o}", "name", feature->name, "group",
			 feature->group, "need", need_words[feature->need], "status",
			 status_words[feature->status], "value", json_text_or_null(feature->value),
			 "purpose", feature->purpose, "reason", json_text_or_null(feature->reason),
			 "cure", json_text_or_null(feature->cure));
}

static json_t *json_allowed(enum trial_presence allowed)
{
	return allowed == PRESENCE_UNKNOWN ? json_null() : json_boolean(allowed == PRESENCE_YES);
}

static const char *way_word(const struct doctor_way *way)
{
	if (way->status == FEATURE_OK)
		return "attached";
	return way->tried || way->status != FEATURE_UNKNOWN ? status_words[way->status] : "untried";
}

static json_t *json_way(const struct doctor_way *way)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "kind", way->probe->kind, "target", way->target,
			 "status", way_word(way), "reason", json_text_or_null(way->reason));
}

/* Appends a value that was just made. Takes `list` away and returns NULL when there is no memory.
 */
static json_t *json_grow(json_t *list, json_t *value)
{
	if (!list || !json_array_append_new(list, value))
		return list;
	json_decref(list);
	return NULL;
}

static json_t *json_ways(const struct doctor_hook *hook)
{
	json_t *ways = json_array();

	for (size_t i = 0; i < hook->way_count; i++)
		ways = json_grow(ways, json_way(&hook->ways[i]));
	return ways;
}

static json_t *json_reason(const struct doctor_hook *hook)
{
	char text[FEATURE_REASON + 256];

	snprintf(text, sizeof(text), "%s%s%s", hook->reason, hook->lost ? "; " : "",
		 hook->lost ? hook->lost : "");
	return json_text_or_null(text);
}

static json_t *json_hook(const struct doctor_hook *hook)
{
	const char *family = hook->probe->family < 0 ? NULL : family_name(hook->probe->family);

	return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:s, s:o, s:o, s:o, s:s?, s:o}", "name",
			 hook->probe->hook, "target", hook->way->target, "kind",
			 hook->way->probe->kind, "family", family, "used", 1, "status",
			 hook->status == FEATURE_OK ? "attached" : status_words[hook->status],
			 "allowed", json_allowed(hook->allowed), "reason", json_reason(hook),
			 "cure", json_text_or_null(hook->cure), "lost", hook->lost, "ways",
			 json_ways(hook));
}

/* The names of a family's hooks that are attached, or of those that something is lost without. */
static json_t *json_names(const struct doctor_report *report, int family, bool attached)
{
	json_t *names = json_array();

	for (size_t i = 0; i < report->hook_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family == family &&
		    (attached ? hook->status == FEATURE_OK : hook->lost != NULL))
			names = json_grow(names, json_string(hook->probe->hook));
	}
	return names;
}

static json_t *json_families(const struct doctor_report *report)
{
	json_t *families = json_object();

	for (int i = 0; i < FAMILY_COUNT; i++) {
		const struct doctor_family *family = &report->families[i];
		json_t *one = json_pack("{s:s, s:o, s:o, s:o}", "coverage",
					coverage_words[family->coverage], "attached",
					json_names(report, i, true), "missing",
					json_names(report, i, false), "why_no_better",
					json_text_or_null(family->why));

		if (json_object_set_new(families, family_name(i), one)) {
			json_decref(families);
			return NULL;
		}
	}
	return families;
}

static json_t *json_hooks(const struct doctor_report *report)
{
	json_t *hooks = json_array();

	for (size_t i = 0; i < report->hook_count; i++)
		hooks = json_grow(hooks, json_hook(&report->hooks[i]));
	return hooks;
}

/* The words between ", ". */
static json_t *json_words(const char *text)
{
	json_t *words = json_array();

	while (*text) {
		size_t length = strcspn(text, ",");

		words = json_grow(words, json_stringn(text, length));
		text += length;
		text += strspn(text, ", ");
	}
	return words;
}

static json_t *json_call(const struct doctor_call *call, enum doctor_coverage coverage)
{
	json_t *hooks = json_array();

	for (int i = 0; i < DOCTOR_CALL_HOOKS && call->hooks[i]; i++)
		hooks = json_grow(hooks, json_string(call->hooks[i]));
	return json_pack("{s:o, s:s, s:s, s:o}", "names", json_words(call->names), "family",
			 family_name(call->family), "seen", coverage_words[coverage], "hooks",
			 hooks);
}

static json_t *json_calls(const struct doctor_report *report)
{
	json_t *calls = json_array();

	for (size_t i = 0; i < doctor_call_count; i++)
		calls = json_grow(calls, json_call(&doctor_calls[i], report->calls[i]));
	return calls;
}

static json_t *json_features(const struct doctor_report *report)
{
	json_t *features = json_array();

	for (int i = 0; i < FEATURE_COUNT; i++)
		features = json_grow(features, json_feature(&report->features[i]));
	return features;
}

int render_doctor_json(const struct doctor_report *report, FILE *out)
{
	json_t *json = json_pack(
		"{s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
		"tracer/doctor/1", "kernel", render_json_text(report->kernel), "arch",
		render_json_text(report->arch), "uid", (json_int_t)report->uid, "can_trace",
		report->can_trace, "verdict", render_json_text(report->verdict), "cure",
		json_text_or_null(report->cure), "families", json_families(report), "calls",
		json_calls(report), "hooks", json_hooks(report), "features", json_features(report));
	char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;

	json_decref(json);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
