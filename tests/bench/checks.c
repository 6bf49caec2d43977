/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Each check runs the binary as a user would and reads its JSON. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "checks.h"
#include "clock.h"
#include "pin.h"
#include "timed_load.h"

#define RUN_MS	     30000
#define OBJECT_BYTES 32	  /* of an io_uring buffer */
#define STAMP_EVENTS 1777 /* a number that no other call site has by chance */
#define PIPES	     41

struct check_run {
	char report[128], log[128];
	struct tool tool;
};

/* ---- running tracer ----------------------------------------------------------------------- */

static int check_begin(struct check_run *run, const struct variant_paths *paths,
		       const char *const command[], bool all, char *why, size_t size)
{
	const char *argv[16] = {paths->tracer,
				"stat",
				"-q",
				"-n",
				"1000",
				"-f",
				"json",
				"-o",
				run->report,
				all ? "--all" : "--",
				all ? "--" : NULL};
	size_t count = all ? 11 : 10;
	int err;

	snprintf(run->report, sizeof(run->report), "%s/report.json", paths->directory);
	snprintf(run->log, sizeof(run->log), "%s/log", paths->directory);
	for (size_t i = 0; command[i]; i++)
		argv[count++] = command[i];
	argv[count] = NULL;
	unlink(run->report);
	err = tool_start(&run->tool, argv, run->log, all ? TOOL_BESIDE_LOAD : TOOL_EVERYWHERE);
	if (err)
		snprintf(why, size, "tracer can't be run: %s", strerror(-err));
	return err;
}

/* Its parsed report, or NULL with the reason. */
static json_t *check_finish(struct check_run *run, struct rusage *usage, char *why, size_t size)
{
	int status = tool_end(&run->tool, true, RUN_MS, usage);
	json_error_t error;
	json_t *report;

	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		tool_last_line(&run->tool, why, size);
		return NULL;
	}
	report = json_load_file(run->report, 0, &error);
	if (!report)
		snprintf(why, size, "its report is no JSON: %s", error.text);
	return report;
}

static int check_await(struct check_run *run, void *said, size_t said_size, char *why, size_t size)
{
	int err = tool_wait_command(&run->tool, said, said_size, RUN_MS);

	if (!err)
		return 0;
	tool_end(&run->tool, true, RUN_MS, NULL);
	tool_last_line(&run->tool, why, size);
	return err;
}

/* ---- reading its report ------------------------------------------------------------------- */

static uint64_t check_number(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static const char *check_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "?";
}

/* The family's site with exactly that many allocations; else the one that comes nearest. */
static const json_t *check_find_site(const json_t *report, const char *family, uint64_t expected)
{
	const json_t *site, *nearest = NULL;
	uint64_t least = UINT64_MAX;
	size_t i;

	json_array_foreach(json_object_get(report, "sites"), i, site)
	{
		uint64_t allocs = check_number(site, "allocs");
		uint64_t off = allocs > expected ? allocs - expected : expected - allocs;

		if (strcmp(check_text(site, "family"), family) || off >= least)
			continue;
		least = off;
		nearest = site;
	}
	return nearest;
}

static const json_t *check_site(const json_t *report, const char *family, uint64_t expected,
				struct checks_site *out)
{
	const json_t *site = check_find_site(report, family, expected);

	out->expected = expected;
	if (!site)
		return NULL;
	out->allocs = check_number(site, "allocs");
	out->frees = check_number(site, "frees");
	out->found = out->allocs == expected && out->frees == expected;
	snprintf(out->name, sizeof(out->name), "%s+0x%" PRIx64, check_text(site, "symbol"),
		 check_number(site, "offset"));
	return site;
}

static void check_lost(const json_t *report, struct checks_loss *out)
{
	json_t *loss = json_object_get(report, "loss"), *value;
	const char *key;

	json_object_foreach(loss, key, value) out->lost += (uint64_t)json_integer_value(value);
	out->skipped = check_number(loss, "recursion_misses");
	out->lost -= out->skipped;
}

/* ---- the checks --------------------------------------------------------------------------- */

void checks_loss(const struct variant_paths *paths, uint64_t count, struct checks_loss *loss)
{
	char number[32];
	const char *const command[] = {paths->self, "--exact", number, NULL};
	uint64_t cpus = (uint64_t)pin_cpus(), elapsed = 0;
	struct check_run run;
	const json_t *site;
	json_t *report;

	snprintf(number, sizeof(number), "%" PRIu64, count);
	if (check_begin(&run, paths, command, false, loss->why, sizeof(loss->why)) ||
	    check_await(&run, &elapsed, sizeof(elapsed), loss->why, sizeof(loss->why)))
		return;
	report = check_finish(&run, NULL, loss->why, sizeof(loss->why));
	if (!report)
		return;
	site = check_site(report, "kmalloc", count * cpus, &loss->slab);
	loss->bytes_expected = count * cpus * OBJECT_BYTES;
	loss->bytes_requested = check_number(site, "bytes_requested");
	check_site(report, "pages", (uint64_t)PIPES * LOAD_PAGES * cpus, &loss->pages);
	check_lost(report, loss);
	if (elapsed)
		loss->events_per_s = (double)count * (double)cpus * 2e9 / (double)elapsed;
	json_decref(report);
}

static int check_start_once(const struct variant_paths *paths, struct checks_start *start)
{
	const char *const command[] = {paths->self, "--stamp", NULL};
	struct checks_site site = {.found = false};
	struct check_run run;
	uint64_t begun = clock_ns(), stamp = 0;
	json_t *report;

	if (check_begin(&run, paths, command, false, start->why, sizeof(start->why)) ||
	    check_await(&run, &stamp, sizeof(stamp), start->why, sizeof(start->why)))
		return -EIO;
	report = check_finish(&run, NULL, start->why, sizeof(start->why));
	if (!report)
		return -EIO;
	check_site(report, "kmalloc", STAMP_EVENTS, &site);
	json_decref(report);
	if (site.found)
		figures_add(&start->ms, (double)(stamp - begun) / 1e6);
	else
		start->incomplete++;
	return 0;
}

void checks_start(const struct variant_paths *paths, unsigned int times, struct checks_start *start)
{
	for (unsigned int i = 0; i < times; i++)
		if (check_start_once(paths, start))
			return;
	if (!start->ms.count)
		snprintf(start->why, sizeof(start->why),
			 "no report had the %d events after the stamp", STAMP_EVENTS);
}

/* A field of /proc/PID/status in bytes; 0 if it isn't there. */
static uint64_t check_status_bytes(pid_t pid, const char *field)
{
	char path[48], line[256];
	uint64_t kilobytes = 0;
	size_t length = strlen(field);
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, field, length) == 0 && line[length] == ':')
			kilobytes = strtoull(line + length + 1, NULL, 10);
	if (status)
		fclose(status);
	return kilobytes * 1024;
}

static int check_load_beside(void)
{
	struct load_times times;
	struct load load;
	int err = load_open(&load);

	if (err)
		return err;
	err = load_run_slab(&load, &times);
	load_close(&load);
	return err;
}

void checks_memory(const struct variant_paths *paths, struct checks_memory *memory)
{
	const char *const command[] = {paths->self, "--held", NULL};
	struct check_run run;
	struct rusage usage;
	json_t *report;
	char byte;
	int err;

	if (check_begin(&run, paths, command, true, memory->why, sizeof(memory->why)) ||
	    check_await(&run, &byte, 1, memory->why, sizeof(memory->why)))
		return;
	err = check_load_beside();
	memory->resident = check_status_bytes(run.tool.pid, "VmRSS");
	memory->resident_peak = check_status_bytes(run.tool.pid, "VmHWM");
	report = check_finish(&run, &usage, memory->why, sizeof(memory->why));
	json_decref(report);
	if (err)
		snprintf(memory->why, sizeof(memory->why), "the load failed: %s", strerror(-err));
	memory->whole_peak = (uint64_t)usage.ru_maxrss * 1024;
}

/* ---- their commands ----------------------------------------------------------------------- */

static int check_exact_one(int cpu, uint64_t count)
{
	struct load load;
	int err = pin_to_nth(cpu);

	if (err)
		return err;
	err = load_open(&load);
	if (err)
		return err;
	err = load_run_exact(&load, count);
	for (int i = 0; !err && i < PIPES; i++)
		err = load_fill_pipe(NULL, NULL);
	load_close(&load);
	return err;
}

static int check_wait_children(void)
{
	int status, failed = 0;

	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}

/* The duration is told when all are done: it also says that the command ran. */
int checks_exact_main(uint64_t count)
{
	uint64_t start = clock_ns(), elapsed;
	int failed;

	for (int cpu = 0; cpu < pin_cpus(); cpu++) {
		pid_t pid = fork();

		if (!pid)
			_exit(check_exact_one(cpu, count) ? 1 : 0);
		if (pid < 0)
			return 1;
	}
	failed = check_wait_children();
	elapsed = clock_ns() - start;
	return failed || write(TOOL_SAY_FD, &elapsed, sizeof(elapsed)) != sizeof(elapsed);
}

int checks_stamp_main(void)
{
	uint64_t stamp = clock_ns();
	struct load load;
	int err;

	if (write(TOOL_SAY_FD, &stamp, sizeof(stamp)) != sizeof(stamp))
		return 1;
	err = load_open(&load);
	if (err)
		return 1;
	err = load_run_exact(&load, STAMP_EVENTS);
	load_close(&load);
	return err ? 1 : 0;
}
