/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The table, and how a row of it becomes a process. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "variants.h"

#define READY_MS 30000

const struct variant variants[] = {
	{.name = "empty", .label = "empty program", .kind = VARIANT_EMPTY, .frees = true},
	{.name = "stat",
	 .label = "tracer stat",
	 .kind = VARIANT_TRACER,
	 .program = "tracer",
	 .command = true,
	 .frees = true,
	 .pages = true,
	 .arguments = {"stat", "--all", "-o", "@file", "--", "@held"}},
	{.name = "stat-no-live",
	 .label = "tracer stat --no-live",
	 .kind = VARIANT_TRACER,
	 .program = "tracer",
	 .command = true,
	 .frees = true,
	 .pages = true,
	 .arguments = {"stat", "--no-live", "--all", "-o", "@file", "--", "@held"}},
	{.name = "stat-kmalloc",
	 .label = "tracer stat --family kmalloc",
	 .kind = VARIANT_TRACER,
	 .program = "tracer",
	 .command = true,
	 .frees = true,
	 .arguments = {"stat", "--family", "kmalloc", "--all", "-o", "@file", "--", "@held"}},
	{.name = "bpftrace-count",
	 .label = "bpftrace: count by call site",
	 .kind = VARIANT_PEER,
	 .program = "bpftrace",
	 .package = "bpftrace",
	 .tracefs = true,
	 .command = true,
	 .frees = true,
	 .arguments = {"-e",
		       "tracepoint:kmem:kmalloc { @a[args->call_site] = count(); } "
		       "tracepoint:kmem:kfree { @f[args->call_site] = count(); }",
		       "-c", "@held-line"}},
	{.name = "bpftrace-hist",
	 .label = "bpftrace: histogram of sizes",
	 .kind = VARIANT_PEER,
	 .program = "bpftrace",
	 .package = "bpftrace",
	 .tracefs = true,
	 .command = true,
	 .arguments = {"-e", "tracepoint:kmem:kmalloc { @ = hist(args->bytes_req); }", "-c",
		       "@held-line"}},
	{.name = "bpftrace-stack",
	 .label = "bpftrace: pointer -> stack",
	 .kind = VARIANT_PEER,
	 .program = "bpftrace",
	 .package = "bpftrace",
	 .tracefs = true,
	 .command = true,
	 .frees = true,
	 .environment = "BPFTRACE_MAP_KEYS_MAX=131072",
	 .arguments = {"-e",
		       "tracepoint:kmem:kmalloc { @[args->ptr] = kstack; } "
		       "tracepoint:kmem:kfree { delete(@[args->ptr]); }",
		       "-c", "@held-line"}},
	{.name = "perf-record",
	 .label = "perf record -a",
	 .kind = VARIANT_PEER,
	 .program = "perf",
	 .package = "linux-perf",
	 .tracefs = true,
	 .command = true,
	 .frees = true,
	 .arguments = {"record", "-a", "-e", "kmem:kmalloc", "-e", "kmem:kfree", "-o", "@file",
		       "--", "@held"}},
	{.name = "perf-kmem",
	 .label = "perf kmem record",
	 .kind = VARIANT_PEER,
	 .program = "perf",
	 .package = "linux-perf",
	 .tracefs = true,
	 .command = true,
	 .frees = true,
	 .arguments = {"kmem", "record", "-o", "@file", "--", "@held"}},
	{.name = "memleak",
	 .label = "bcc memleak",
	 .kind = VARIANT_PEER,
	 .program = "memleak-bpfcc",
	 .package = "bpfcc-tools and the headers of this kernel",
	 .tracefs = true,
	 .frees = true,
	 .arguments = {"3600", "1"}},
};

const size_t variant_count = sizeof(variants) / sizeof(variants[0]);

static bool variant_search(const char *program, char *path, size_t size)
{
	const char *search = getenv("PATH");
	char *list, *rest, *directory;
	bool found = false;

	if (asprintf(&list, "%s:/usr/sbin:/sbin:/usr/bin", search ?: "") < 0)
		return false;
	rest = list;
	while (!found && (directory = strsep(&rest, ":"))) {
		snprintf(path, size, "%s/%s", directory, program);
		found = *directory == '/' && !access(path, X_OK);
	}
	free(list);
	return found;
}

bool variant_find(const struct variant *variant, const struct variant_paths *paths, char *path,
		  size_t size)
{
	if (variant->kind == VARIANT_PEER)
		return variant_search(variant->program, path, size);
	snprintf(path, size, "%s", paths->tracer);
	return !access(path, X_OK);
}

struct argument_texts {
	char program[256], held_line[300], file[128];
};

static void variant_arguments(const struct variant *variant, const struct variant_paths *paths,
			      const struct argument_texts *texts,
			      const char *argv[VARIANT_ARGUMENTS + 2])
{
	size_t count = 0;

	argv[count++] = texts->program;
	for (size_t i = 0; variant->arguments[i] && count < VARIANT_ARGUMENTS; i++) {
		const char *argument = variant->arguments[i];

		if (strcmp(argument, "@held") == 0) {
			argv[count++] = paths->self;
			argv[count++] = "--held";
		} else if (strcmp(argument, "@held-line") == 0) {
			argv[count++] = texts->held_line;
		} else if (strcmp(argument, "@file") == 0) {
			argv[count++] = texts->file;
		} else {
			argv[count++] = argument;
		}
	}
	argv[count] = NULL;
}

static void variant_set_environment(const char *setting)
{
	const char *equals = strchr(setting, '=');
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(equals - setting), setting);
	setenv(name, equals + 1, 1);
}

static int variant_wait(const struct variant *variant, struct tool *tool, char *why, size_t size)
{
	char byte, said[160];
	int err = variant->command ? tool_wait_command(tool, &byte, 1, READY_MS)
				   : tool_wait_attached(tool, READY_MS);

	if (!err)
		return 0;
	tool_end(tool, false, 1000, NULL);
	if (err == -ESRCH)
		tool_last_line(tool, said, sizeof(said));
	else
		snprintf(said, sizeof(said), "not ready: %s", strerror(-err));
	snprintf(why, size, "%s%s%s", said, variant->package ? "; it needs " : "",
		 variant->package ?: "");
	return err;
}

int variant_start(const struct variant *variant, const struct variant_paths *paths,
		  struct tool *tool, char *why, size_t size)
{
	static char log[128];
	const char *argv[VARIANT_ARGUMENTS + 2];
	struct argument_texts texts;
	int err;

	if (!variant_find(variant, paths, texts.program, sizeof(texts.program)))
		return -ENOENT;
	snprintf(texts.held_line, sizeof(texts.held_line), "%s --held", paths->self);
	snprintf(texts.file, sizeof(texts.file), "%s/written", paths->directory);
	snprintf(log, sizeof(log), "%s/log", paths->directory);
	variant_arguments(variant, paths, &texts, argv);
	if (variant->environment)
		variant_set_environment(variant->environment);
	err = tool_start(tool, argv, log, TOOL_BESIDE_LOAD);
	if (err) {
		snprintf(why, size, "it can't be run: %s", strerror(-err));
		return err;
	}
	return variant_wait(variant, tool, why, size);
}
