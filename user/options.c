/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reads argv by the tables of options_table.h, twice. The first reading only looks for the
 * command, because options may stand before it; the second one applies the options, knowing who
 * has to take them.
 */
#include "options.h"

#include <errno.h>
#include <string.h>

#include "message.h"
#include "options_table.h"

#define DEFAULT_TOP 20

/* ---- argv, one piece after the other ---- */

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_OPTION,
	TOKEN_CHILD,	/* "--": what follows is CMD */
	TOKEN_UNKNOWN,	/* no such option */
	TOKEN_NO_VALUE, /* an option that needs one */
	TOKEN_VALUE,	/* a flag that was given one */
};

struct token {
	enum token_kind kind;
	const char *text;		  /* as it was typed; of "-xyz" all of it */
	char letter;			  /* of a short option */
	const struct option_entry *entry; /* NULL: unknown */
	const char *value;
};

struct cursor {
	char **argv;	     /* the next one */
	const char *cluster; /* rest of "-abc"; NULL or "": none */
	const char *cluster_text;
};

static const struct option_entry *options_find_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < option_count; i++) {
		if (strlen(option_table[i].name) == length &&
		    memcmp(option_table[i].name, name, length) == 0)
			return &option_table[i];
	}
	return NULL;
}

static const struct option_entry *options_find_letter(char letter)
{
	size_t i;

	for (i = 0; i < option_count; i++) {
		if (option_table[i].letter == letter)
			return &option_table[i];
	}
	return NULL;
}

/* The value in the next argument; "--" ends the options, it is never a value. */
static enum token_kind options_take_value(struct cursor *cursor, struct token *token)
{
	if (!*cursor->argv || strcmp(*cursor->argv, "--") == 0)
		return TOKEN_NO_VALUE;
	token->value = *cursor->argv++;
	return TOKEN_OPTION;
}

static enum token_kind options_next_long(struct cursor *cursor, struct token *token)
{
	const char *name = token->text + 2;
	size_t length = strcspn(name, "=");

	token->entry = options_find_name(name, length);
	if (!token->entry)
		return TOKEN_UNKNOWN;
	if (name[length] == '=') {
		token->value = name + length + 1;
		return token->entry->argument ? TOKEN_OPTION : TOKEN_VALUE;
	}
	return token->entry->argument ? options_take_value(cursor, token) : TOKEN_OPTION;
}

static enum token_kind options_next_letter(struct cursor *cursor, struct token *token)
{
	token->text = cursor->cluster_text;
	token->letter = *cursor->cluster++;
	token->entry = options_find_letter(token->letter);
	if (!token->entry)
		return TOKEN_UNKNOWN;
	if (!token->entry->argument)
		return TOKEN_OPTION;
	if (!*cursor->cluster)
		return options_take_value(cursor, token);
	token->value = cursor->cluster;
	cursor->cluster = NULL;
	return TOKEN_OPTION;
}

static struct token options_next(struct cursor *cursor)
{
	struct token token = {.kind = TOKEN_END};

	if (cursor->cluster && *cursor->cluster) {
		token.kind = options_next_letter(cursor, &token);
		return token;
	}
	if (!*cursor->argv)
		return token;
	token.text = *cursor->argv++;
	if (strcmp(token.text, "--") == 0) {
		token.kind = TOKEN_CHILD;
	} else if (strncmp(token.text, "--", 2) == 0) {
		token.kind = options_next_long(cursor, &token);
	} else if (token.text[0] == '-' && token.text[1]) {
		cursor->cluster_text = token.text;
		cursor->cluster = token.text + 1;
		token.kind = options_next_letter(cursor, &token);
	} else {
		token.kind = TOKEN_WORD;
	}
	return token;
}

/* ---- the first reading: which command ---- */

struct outline {
	const char *words[2]; /* the first two that are neither options nor values */
	bool help, version, child;
};

/* Stops where argv can't be understood; the second reading says why. */
static void options_outline(struct outline *outline, char **argv)
{
	struct cursor cursor = {.argv = argv};
	struct token token;

	memset(outline, 0, sizeof(*outline));
	for (;;) {
		token = options_next(&cursor);
		if (token.kind == TOKEN_WORD) {
			if (!outline->words[0])
				outline->words[0] = token.text;
			else if (!outline->words[1])
				outline->words[1] = token.text;
		} else if (token.kind == TOKEN_OPTION) {
			outline->help |= token.entry->letter == 'h';
			outline->version |= token.entry->letter == 'V';
		} else {
			outline->child = token.kind == TOKEN_CHILD;
			return;
		}
	}
}

static int options_find_command(const char *word, enum command *command)
{
	const char *names[ARRAY_SIZE(command_table) + 1];
	size_t count = 0, i;

	for (i = 0; i < ARRAY_SIZE(command_table); i++) {
		if (!command_table[i].name)
			continue;
		if (strcmp(word, command_table[i].name) == 0) {
			*command = i;
			return 0;
		}
		names[count++] = command_table[i].name;
	}
	names[count] = NULL;
	message_error("unknown command '%s'", word);
	options_hint_words(word, "valid", "", names);
	return -EINVAL;
}

static int options_choose(struct options *options, const struct outline *outline)
{
	enum command command = outline->child ? COMMAND_STAT : COMMAND_LIVE;
	enum command topic = COMMAND_LIVE;

	if (outline->words[0] && options_find_command(outline->words[0], &command))
		return -EINVAL;
	if (outline->version) {
		command = COMMAND_VERSION;
	} else if (command == COMMAND_HELP) {
		if (outline->words[1] && options_find_command(outline->words[1], &topic))
			return -EINVAL;
	} else if (outline->help) {
		topic = outline->words[0] ? command : COMMAND_LIVE;
		command = COMMAND_HELP;
	}
	options->command = command;
	options->help_of = topic;
	return 0;
}

/* ---- the second reading: options, words and CMD ---- */

struct parser {
	struct options options;
	const char *given[OPTIONS_MAX]; /* the value as typed, "" for a flag; NULL: not given */
	unsigned int words;
};

/* "stat, doctor and report" */
static void options_list_commands(unsigned int commands, char *out, size_t size)
{
	const char *joint = "";
	size_t length = 0, i;

	for (i = 0; commands && length < size; i++) {
		if (!(commands & COMMAND_BIT(i)))
			continue;
		commands &= ~COMMAND_BIT(i);
		length += snprintf(out + length, size - length, "%s%s", joint,
				   command_table[i].label);
		joint = commands & (commands - 1) ? ", " : " and ";
	}
}

static int options_reject_unknown(const struct options *options, const struct token *token)
{
	const char *names[OPTIONS_MAX + 1], *word = token->text + strspn(token->text, "-");
	char lettered[3] = {'-', token->letter}, typed[64], what[32];
	size_t count = 0, i;

	for (i = 0; i < option_count; i++) {
		if (option_table[i].commands & COMMAND_BIT(options->command))
			names[count++] = option_table[i].name;
	}
	names[count] = NULL;
	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="), word);
	if (token->letter && strlen(token->text) > 2)
		message_error("unknown option '%s' in '%s'", lettered, token->text);
	else
		message_error("unknown option '%.*s'", (int)strcspn(token->text, "="), token->text);
	snprintf(what, sizeof(what), "options of %s", command_table[options->command].label);
	options_hint_words(typed, what, "--", names);
	return -EINVAL;
}

static int options_reject_value(const struct token *token)
{
	const struct option_entry *entry = token->entry;

	if (token->kind == TOKEN_VALUE) {
		message_error("--%s takes no value, but has '%s'", entry->name, token->value);
		message_hint("valid: --%s alone", entry->name);
		return -EINVAL;
	}
	message_error("'%s' needs a value", token->text);
	options_hint_use(entry);
	return -EINVAL;
}

static int options_apply_option(struct parser *parser, const struct token *token)
{
	const struct option_entry *entry = token->entry;
	struct options *options = &parser->options;
	char takers[128];

	if (!(entry->commands & COMMAND_BIT(options->command))) {
		options_list_commands(entry->commands, takers, sizeof(takers));
		message_error("%s does not take '--%s'", command_table[options->command].label,
			      entry->name);
		message_hint("taken by: %s", takers);
		return -EINVAL;
	}
	parser->given[entry - option_table] = token->value ? token->value : "";
	return entry->set(options, entry, token->value);
}

/* The outline has understood the first word, the command, and what help is asked about. */
static int options_apply_word(struct parser *parser, const char *word)
{
	struct options *options = &parser->options;

	if (parser->words++ == 0 || (options->command == COMMAND_HELP && parser->words == 2))
		return 0;
	if (options->command == COMMAND_REPORT && !options->input && *word) {
		options->input = word;
		return 0;
	}
	message_error("unexpected word '%s'", word);
	if (options->command == COMMAND_STAT)
		message_hint("the command to trace comes after '--': tracer stat -- %s", word);
	else
		message_hint("valid: %s", command_table[options->command].synopsis);
	return -EINVAL;
}

static int options_apply_child(struct options *options, char **argv)
{
	if (options->command != COMMAND_STAT) {
		message_error("%s does not take '--' and a command to run",
			      command_table[options->command].label);
		message_hint("taken by: stat");
		return -EINVAL;
	}
	if (!argv[0] || !*argv[0]) {
		message_error("no command after '--'");
		message_hint("valid: %s", command_table[options->command].synopsis);
		return -EINVAL;
	}
	options->child_argv = argv;
	return 0;
}

static int options_apply(struct parser *parser, char **argv)
{
	struct cursor cursor = {.argv = argv};
	struct token token;
	int err = 0;

	while (!err) {
		token = options_next(&cursor);
		switch (token.kind) {
		case TOKEN_END:
			return 0;
		case TOKEN_WORD:
			err = options_apply_word(parser, token.text);
			break;
		case TOKEN_OPTION:
			err = options_apply_option(parser, &token);
			break;
		case TOKEN_CHILD:
			return options_apply_child(&parser->options, cursor.argv);
		case TOKEN_UNKNOWN:
			return options_reject_unknown(&parser->options, &token);
		case TOKEN_NO_VALUE:
		case TOKEN_VALUE:
			return options_reject_value(&token);
		}
	}
	return err;
}

/* ---- what can only be judged together ---- */

/* An option's value as it was typed; NULL when it was not given. */
static const char *options_given(const struct parser *parser, const char *name)
{
	return parser->given[options_find_name(name, strlen(name)) - option_table];
}

static int options_check_time(const struct parser *parser)
{
	const struct options *options = &parser->options;

	if (options->command == COMMAND_INSPECT && options->duration_ns && !options->interval_ns) {
		message_error("--duration '%s' without --interval: inspect would look only once",
			      options_given(parser, "duration"));
		message_hint("valid: tracer inspect --interval 1s --duration %s",
			     options_given(parser, "duration"));
		return -EINVAL;
	}
	if (!options->duration_ns || options->interval_ns <= options->duration_ns)
		return 0;
	message_error("--interval '%s' is longer than --duration '%s'",
		      options_given(parser, "interval"), options_given(parser, "duration"));
	message_hint("no interval would ever end; shorten it, or leave it out");
	return -EINVAL;
}

static int options_check_ledger(const struct parser *parser)
{
	const struct options *options = &parser->options;

	if (!options->no_live)
		return 0;
	if (options->sort == SORT_LIVE) {
		message_error("--sort 'live': --no-live keeps no ledger of live objects");
		message_hint("valid with --no-live: --sort bytes, count or waste");
		return -EINVAL;
	}
	if (options->max_objects) {
		message_error("--max-objects '%s': --no-live keeps no ledger of that size",
			      options_given(parser, "max-objects"));
		message_hint("leave out one of the two");
		return -EINVAL;
	}
	return 0;
}

static int options_check(const struct parser *parser)
{
	const struct options *options = &parser->options;

	if (options->filters.size_min > options->filters.size_max) {
		message_error("--min-size '%s' is more than --max-size '%s'",
			      options_given(parser, "min-size"), options_given(parser, "max-size"));
		message_hint("no request has such a size");
		return -EINVAL;
	}
	if (options->all && !options->child_argv) {
		message_error("'--all' needs a command to run");
		message_hint("valid: tracer stat --all -- CMD; without CMD everybody is counted");
		return -EINVAL;
	}
	if (options->command == COMMAND_REPORT && !options->input) {
		message_error("report needs the FILE to read");
		message_hint("valid: %s, with a FILE that 'tracer stat --save FILE' wrote",
			     command_table[COMMAND_REPORT].synopsis);
		return -EINVAL;
	}
	return options_check_time(parser) ? -EINVAL : options_check_ledger(parser);
}

int options_parse(struct options *options, int argc, char **argv)
{
	struct parser parser = {
		.options.top = DEFAULT_TOP,
		.options.filters.size_max = UINT64_MAX,
		.options.verbosity = MESSAGE_NORMAL,
	};
	char **arguments = argc > 0 ? argv + 1 : argv;
	struct outline outline;

	options_outline(&outline, arguments);
	if (options_choose(&parser.options, &outline))
		return -EINVAL;
	if (!outline.help && !outline.version &&
	    (options_apply(&parser, arguments) || options_check(&parser)))
		return -EINVAL;
	*options = parser.options;
	return 0;
}
