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

#define WIDTH  100
#define INDENT 11

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
	[COVERAGE_FULL] = "full",
	[COVERAGE_PARTLY] = "partly",
	[COVERAGE_NONE] = "none",
	[COVERAGE_UNKNOWN] = "unknown",
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

/* "label text", broken into lines below each other; nothing for an empty text. */
static void render_below(const struct page *page, const char *label, const char *text)
{
	char *safe = text[0] ? escape_dup(text, strlen(text)) : NULL, *rest = safe, *word;
	size_t column = INDENT + strlen(label);

	if (!safe)
		return;
	fprintf(page->out, "%*s%s", INDENT, "", label);
	while ((word = strsep(&rest, " "))) {
		if (column + 1 + strlen(word) > WIDTH) {
			fprintf(page->out, "\n%*s", INDENT + 2, "");
			column = INDENT + 2;
		} else {
			fputc(' ', page->out);
			column++;
		}
		fputs(word, page->out);
		column += strlen(word);
	}
	fputc('\n', page->out);
	free(safe);
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

/* The hooks of a family (-1: of none) that are attached, or what is wrong with the others. */
static void render_attached(const struct page *page, const struct doctor_report *report, int family)
{
	const char *before = "raw_tp ";

	for (size_t i = 0; i < probe_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family != family || hook->status != FEATURE_OK)
			continue;
		fprintf(page->out, "%s%s", before, hook->target);
		before = ", ";
	}
	fputs(before[0] == ',' ? "\n" : "no hook\n", page->out);
}

/* What the hooks that did not attach would have shown. One line where all fail alike. */
static void render_others(const struct page *page, const struct doctor_report *report, int family)
{
	bool none = report->features[FEATURE_RAW_TP].status != FEATURE_OK;
	char text[FEATURE_REASON + 96];

	if (none && family != FAMILY_MAPPING)
		render_below(page, "not hooked:", "no program can be loaded (see raw_tp)");
	for (size_t i = 0; i < probe_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family != family || hook->status == FEATURE_OK)
			continue;
		if (!hook->probe->program) {
			snprintf(text, sizeof(text), "%s(): %s", hook->target,
				 hook->probe->without);
			render_below(page, "not seen:", text);
		} else if (!none) {
			snprintf(text, sizeof(text), "%s: %s", hook->target, hook->reason);
			render_below(page, "not hooked:", text);
			render_below(page, "change:", hook->cure);
		}
	}
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
		render_below(page, "why no better:", report->families[family].why);
	}
	render_word(page, "", FEATURE_OK);
	fprintf(page->out, "%-8s  ", "filters");
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

static json_t *json_hook(const struct doctor_hook *hook)
{
	const char *family = hook->probe->family < 0 ? NULL : family_name(hook->probe->family);

	return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:s, s:o, s:o, s:o}", "name",
			 hook->probe->hook, "target", hook->target, "kind", hook->probe->kind,
			 "family", family, "used", hook->probe->program != NULL, "status",
			 hook->status == FEATURE_OK ? "attached" : status_words[hook->status],
			 "allowed", json_allowed(hook->allowed), "reason",
			 json_text_or_null(hook->reason), "cure", json_text_or_null(hook->cure));
}

/* The names of a family's hooks that are attached, or of the others. */
static json_t *json_names(const struct doctor_report *report, int family, bool attached)
{
	json_t *names = json_array();

	for (size_t i = 0; i < probe_count; i++) {
		const struct doctor_hook *hook = &report->hooks[i];

		if (hook->probe->family != family || (hook->status == FEATURE_OK) != attached)
			continue;
		if (json_array_append_new(names, json_string(hook->probe->hook))) {
			json_decref(names);
			return NULL;
		}
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

	for (size_t i = 0; i < probe_count; i++) {
		if (json_array_append_new(hooks, json_hook(&report->hooks[i]))) {
			json_decref(hooks);
			return NULL;
		}
	}
	return hooks;
}

static json_t *json_features(const struct doctor_report *report)
{
	json_t *features = json_array();

	for (int i = 0; i < FEATURE_COUNT; i++) {
		if (json_array_append_new(features, json_feature(&report->features[i]))) {
			json_decref(features);
			return NULL;
		}
	}
	return features;
}

int render_doctor_json(const struct doctor_report *report, FILE *out)
{
	json_t *json = json_pack("{s:s, s:o, s:o, s:I, s:b, s:o, s:o, s:o, s:o, s:o}", "schema",
				 "tracer/doctor/1", "kernel", render_json_text(report->kernel),
				 "arch", render_json_text(report->arch), "uid",
				 (json_int_t)report->uid, "can_trace", report->can_trace, "verdict",
				 render_json_text(report->verdict), "cure",
				 json_text_or_null(report->cure), "families", json_families(report),
				 "hooks", json_hooks(report), "features", json_features(report));
	char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;

	json_decref(json);
	if (!text)
		return -ENOMEM;
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}
