/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the tables say to people: the help of a command, and the nearest word to a misspelt one.
 */
#include <ctype.h>
#include <string.h>

#include "message.h"
#include "options_table.h"

#define HINT_COLUMNS  72
#define HELP_COLUMN   28
#define SUGGEST_BYTES 63 /* longer words get no suggestion */

static const char *const section_titles[] = {
	[SECTION_TRACE] = "Tracing",
	[SECTION_FILTER] = "What is counted",
	[SECTION_REPORT] = "The report",
	[SECTION_OTHER] = "Other",
};

static size_t options_smallest(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

static bool options_same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Damerau-Levenshtein in its optimal string alignment form: insert, delete, replace, or swap two
 * neighbours. Case does not count. Both words have at most SUGGEST_BYTES bytes.
 */
static size_t options_distance(const char *a, const char *b)
{
	size_t cost[SUGGEST_BYTES + 1][SUGGEST_BYTES + 1];
	size_t rows = strlen(a), columns = strlen(b), i, j;

	for (i = 0; i <= rows; i++)
		cost[i][0] = i;
	for (j = 0; j <= columns; j++)
		cost[0][j] = j;
	for (i = 1; i <= rows; i++) {
		for (j = 1; j <= columns; j++) {
			cost[i][j] = options_smallest(
				cost[i - 1][j] + 1, cost[i][j - 1] + 1,
				cost[i - 1][j - 1] + !options_same_letter(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && options_same_letter(a[i - 1], b[j - 2]) &&
			    options_same_letter(a[i - 2], b[j - 1]) &&
			    cost[i - 2][j - 2] + 1 < cost[i][j])
				cost[i][j] = cost[i - 2][j - 2] + 1;
		}
	}
	return cost[rows][columns];
}

const char *options_nearest(const char *word, const char *const *candidates)
{
	size_t best = strlen(word) / 3 + 1, distance;
	const char *nearest = NULL;

	if (strlen(word) > SUGGEST_BYTES)
		return NULL;
	for (; *candidates; candidates++) {
		if (strlen(*candidates) > SUGGEST_BYTES)
			continue;
		distance = options_distance(word, *candidates);
		if (distance < best) {
			best = distance;
			nearest = *candidates;
		}
	}
	return nearest;
}

void options_hint_words(const char *word, const char *what, const char *prefix,
			const char *const *words)
{
	const char *nearest = options_nearest(word, words);
	char line[HINT_COLUMNS + SUGGEST_BYTES];
	size_t length;

	if (nearest)
		message_hint("did you mean '%s%s'?", prefix, nearest);
	length = snprintf(line, sizeof(line), "%s:", what);
	for (; *words; words++) {
		if (length + strlen(prefix) + strlen(*words) >= HINT_COLUMNS) {
			message_hint("%s", line);
			length = 0;
		}
		length += snprintf(line + length, sizeof(line) - length, " %s%s", prefix, *words);
	}
	message_hint("%s", line);
}

void options_hint_use(const struct option_entry *entry)
{
	message_hint("valid: --%s %s: %.*s", entry->name, entry->argument,
		     (int)strcspn(entry->help, "\n"), entry->help);
}

/* Each line of `text` on a line of its own, indented. */
static void options_print_lines(const char *text, int indent, FILE *out)
{
	int length;

	for (; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		fprintf(out, "%*s%.*s\n", length ? indent : 0, "", length, text);
	}
}

static void options_print_option(const struct option_entry *entry, FILE *out)
{
	const char *rest = strchr(entry->help, '\n');
	char letter[5] = "    ";
	int width;

	if (entry->letter)
		snprintf(letter, sizeof(letter), "-%c, ", entry->letter);
	width = fprintf(out, "  %s--%s%s%s", letter, entry->name, entry->argument ? " " : "",
			entry->argument ? entry->argument : "");
	fprintf(out, "%*s%.*s\n", HELP_COLUMN - width, "",
		rest ? (int)(rest - entry->help) : (int)strlen(entry->help), entry->help);
	if (rest)
		options_print_lines(rest + 1, HELP_COLUMN, out);
}

static void options_print_section(enum command command, enum section section, FILE *out)
{
	bool titled = false;
	size_t i;

	for (i = 0; i < option_count; i++) {
		if (option_table[i].section != section ||
		    !(option_table[i].commands & COMMAND_BIT(command)))
			continue;
		if (!titled)
			fprintf(out, "\n%s:\n", section_titles[section]);
		titled = true;
		options_print_option(&option_table[i], out);
	}
}

void options_print_help(enum command command, FILE *out)
{
	const struct command_entry *entry = &command_table[command];
	enum section section;
	size_t i;

	fprintf(out, "Usage: %s\n\n%s", entry->synopsis, entry->description);
	if (command == COMMAND_LIVE) {
		fprintf(out, "\nCommands:\n");
		for (i = 0; i < ARRAY_SIZE(command_table); i++) {
			if (command_table[i].name)
				fprintf(out, "  %-10s%s\n", command_table[i].name,
					command_table[i].summary);
		}
	}
	for (section = SECTION_TRACE; section <= SECTION_OTHER; section++)
		options_print_section(command, section, out);
	fprintf(out, "\nExamples:\n");
	options_print_lines(entry->examples, 2, out);
	if (command == COMMAND_LIVE)
		fprintf(out, "\n'tracer help COMMAND' explains one command.\n");
}
