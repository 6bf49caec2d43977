/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A config is text, gzipped in /proc; zlib reads both kinds alike. What is no config at all is
 * not taken for one: it would make every option look absent.
 */
#include "kernel_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define CONFIG_CHUNK   65536
#define CONFIG_LARGEST (8u << 20)

static char *config_load(const char *path)
{
	gzFile file = gzopen(path, "re");
	char *text = NULL, *grown;
	size_t length = 0;
	int got = 1;

	while (file && got > 0 && length < CONFIG_LARGEST) {
		grown = realloc(text, length + CONFIG_CHUNK + 1);
		if (!grown) {
			got = -1;
			break;
		}
		text = grown;
		got = gzread(file, text + length, CONFIG_CHUNK);
		if (got > 0)
			length += (size_t)got;
		text[length] = '\0';
	}
	if (file)
		gzclose_r(file);
	if (!text || got < 0 || !strstr(text, "CONFIG_")) {
		free(text);
		return NULL;
	}
	return text;
}

int kernel_config_read(struct kernel_config *config, const char *root, const char *release)
{
	/* In front of and behind the release; config.gz is the running kernel's own. */
	static const char *const places[][2] = {
		{"/boot/config-", ""},
		{"/lib/modules/", "/config"},
		{"/usr/lib/modules/", "/config"},
	};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/config.gz", root);
	config->text = config_load(path);
	for (size_t i = 0; !config->text && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s%s%s%s", root, places[i][0], release, places[i][1]);
		config->text = config_load(path);
	}
	if (config->text) {
		snprintf(config->source, sizeof(config->source), "%s", path);
		return 0;
	}
	return -ENOENT;
}

void kernel_config_fini(struct kernel_config *config)
{
	free(config->text);
	config->text = NULL;
}

/* The line that says what `name` is, at "CONFIG_" or "# CONFIG_"; NULL without one. */
static const char *config_line(const char *text, const char *name)
{
	size_t length = strlen(name);
	const char *line = text, *start;

	while (line && *line) {
		start = strncmp(line, "# ", 2) ? line : line + 2;
		if (!strncmp(start, name, length) && strchr("= ", start[length]) && start[length])
			return line;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

enum kernel_option kernel_config_lookup(const struct kernel_config *config, const char *name)
{
	const char *line, *value;

	if (!config->text)
		return OPTION_UNKNOWN;
	line = config_line(config->text, name);
	if (!line)
		return OPTION_ABSENT;
	value = line + strlen(name);
	if (*line == '#' || *value != '=' || value[1] == 'n')
		return OPTION_NO;
	return value[1] == 'm' && (value[2] == '\n' || !value[2]) ? OPTION_MODULE : OPTION_SET;
}
