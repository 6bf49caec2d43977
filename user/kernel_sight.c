/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Small files below a root, read as they are needed: each is looked at once or twice, so nothing
 * is kept but the config and the rights.
 */
#include "kernel_sight.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The whole of a small file without its last newline; its length or -errno. */
int sight_read(const struct sight *sight, const char *path, char *text, size_t size)
{
	char full[PATH_MAX];
	ssize_t length;
	int fd;

	snprintf(full, sizeof(full), "%s%s", sight->root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = read(fd, text, size - 1);
	if (length < 0)
		length = -errno;
	close(fd);
	if (length < 0)
		return (int)length;
	text[length] = '\0';
	if (length && text[length - 1] == '\n')
		text[--length] = '\0';
	return (int)length;
}

bool sight_has(const struct sight *sight, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", sight->root, path);
	return !access(full, F_OK);
}

/* 0 when the file opens for reading, else -errno. */
int sight_open(const struct sight *sight, const char *path)
{
	char full[PATH_MAX];
	int fd;

	snprintf(full, sizeof(full), "%s%s", sight->root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Whether a namespace of this process is the one the machine started with; false if hidden. */
bool sight_namespace(const struct sight *sight, const char *link, const char *initial, bool *known)
{
	char full[PATH_MAX], target[64];
	ssize_t length;

	snprintf(full, sizeof(full), "%s%s", sight->root, link);
	length = readlink(full, target, sizeof(target) - 1);
	*known = length > 0;
	if (length <= 0)
		return false;
	target[length] = '\0';
	return !strcmp(target, initial);
}

/* The value of a line of /proc/self/status, "Name:\tvalue"; false without it. */
bool sight_status(const struct sight *sight, const char *name, char *value, size_t size)
{
	char text[SIGHT_TEXT], *line, *rest = text;
	size_t length = strlen(name);

	if (sight_read(sight, "/proc/self/status", text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, name, length) || line[length] != ':')
			continue;
		line += length + 1;
		snprintf(value, size, "%s", line + strspn(line, " \t"));
		return true;
	}
	return false;
}

/*
 * Where a filesystem of this type is mounted; false if it is not. A mount point with odd bytes
 * is written in octal by the kernel and then not found: rare enough.
 */
bool sight_mount(const struct sight *sight, const char *type, char *where, size_t size)
{
	char path[PATH_MAX], *line = NULL, *source, *target, *found, *save;
	size_t room = 0;
	FILE *mounts;
	bool is = false;

	snprintf(path, sizeof(path), "%s/proc/self/mounts", sight->root);
	mounts = fopen(path, "re");
	while (mounts && !is && getline(&line, &room, mounts) > 0) {
		source = strtok_r(line, " ", &save);
		target = source ? strtok_r(NULL, " ", &save) : NULL;
		found = target ? strtok_r(NULL, " ", &save) : NULL;
		is = found && !strcmp(found, type);
		if (is)
			snprintf(where, size, "%s", target);
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return is;
}

/* Can a filesystem of this type be mounted: is the word in /proc/filesystems? */
bool sight_filesystem(const struct sight *sight, const char *type)
{
	char text[SIGHT_TEXT], *line, *rest = text, *name;

	if (sight_read(sight, "/proc/filesystems", text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&rest, "\n"))) {
		name = strrchr(line, '\t');
		if (name && !strcmp(name + 1, type))
			return true;
	}
	return false;
}

enum kernel_option sight_option(const struct sight *sight, const char *name)
{
	return kernel_config_lookup(&sight->config, name);
}

bool sight_option_on(const struct sight *sight, const char *name)
{
	return sight_option(sight, name) == OPTION_SET ||
	       sight_option(sight, name) == OPTION_MODULE;
}

/* "CONFIG_X is not set in /proc/config.gz" and the like. */
void sight_say_option(const struct sight *sight, const char *name, char *text, size_t size)
{
	switch (sight_option(sight, name)) {
	case OPTION_UNKNOWN:
		snprintf(text, size,
			 "whether %s is set can't be told: no kernel config is readable", name);
		break;
	case OPTION_ABSENT:
		snprintf(text, size, "%s has no %s", sight->config.source, name);
		break;
	case OPTION_NO:
		snprintf(text, size, "%s is not set in %s", name, sight->config.source);
		break;
	case OPTION_MODULE:
	case OPTION_SET:
		snprintf(text, size, "%s is set in %s", name, sight->config.source);
		break;
	}
}

/* Held; in a user namespace that gives no right over the kernel. */
bool sight_holds(const struct sight *sight, unsigned int capability)
{
	return sight->capabilities >> capability & 1;
}

bool sight_capable(const struct sight *sight, unsigned int capability)
{
	return sight_holds(sight, capability) && !sight->foreign_user;
}

bool sight_command_line(const struct sight *sight, const char *word)
{
	char text[SIGHT_TEXT], *rest = text, *piece;

	if (sight_read(sight, "/proc/cmdline", text, sizeof(text)) < 0)
		return false;
	while ((piece = strsep(&rest, " "))) {
		if (!strcmp(piece, "--"))
			return false;
		if (!strcmp(piece, word))
			return true;
	}
	return false;
}

static void sight_look_rights(struct sight *sight)
{
	char text[64];
	bool known;

	sight->capabilities_known = sight_status(sight, "CapEff", text, sizeof(text));
	if (sight->capabilities_known)
		sight->capabilities = strtoull(text, NULL, 16);
	sight->root_user = sight_status(sight, "Uid", text, sizeof(text)) &&
			   strtoul(text + strcspn(text, "\t"), NULL, 10) == 0;
	sight->foreign_user =
		!sight_namespace(sight, "/proc/self/ns/user", INITIAL_USER_NS, &known) && known;
}

int sight_init(struct sight *sight, const char *root, const char *release,
	       const struct kernel_trials *trials)
{
	int error;

	*sight = (struct sight){.root = root, .trials = trials};
	error = kernel_config_read(&sight->config, root, release);
	if (error == -ENOMEM)
		return error;
	sight_look_rights(sight);
	return 0;
}

void sight_fini(struct sight *sight)
{
	kernel_config_fini(&sight->config);
}
