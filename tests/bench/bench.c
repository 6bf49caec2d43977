/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What tracing costs: `make bench` as root. docs/PERFORMANCE.md says how to read it.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "pin.h"
#include "report.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_CANNOT = 3 };

struct settings {
	unsigned int rounds, peer_rounds, starts, seconds;
	uint64_t exact;
	const char *only;
	bool json;
};

static const struct settings normal = {
	.rounds = 15, .peer_rounds = 5, .starts = 15, .seconds = 170, .exact = 1000003};
static const struct settings quick = {
	.rounds = 5, .peer_rounds = 1, .starts = 10, .seconds = 35, .exact = 100003};

static const char usage_text[] =
	"usage: bench [--quick] [--rounds N] [--only VARIANT,...] [--json]\n"
	"\n"
	"Measures, as root, what tracing adds to an allocation and to a free, beside an empty\n"
	"BPF program and the tools that are installed; what tracer loses, how soon it counts\n"
	"and how much memory it takes.\n"
	"\n"
	"  --quick            fewer rounds, at most 40 seconds instead of 3 minutes\n"
	"  --rounds N         so many rounds, 1 to 500\n"
	"  --only VARIANT,... only these of the variants below\n"
	"  --tracer FILE      that binary (default: the one beside this program's directory)\n"
	"  --json             one JSON object instead of the table\n"
	"  --list             the variants\n"
	"\n"
	"Exit status: 0 measured, whatever the figures; 1 something failed; 2 wrong usage;\n"
	"3 can't measure here.\n";

static volatile int stopped;

static void on_signal(int number)
{
	stopped = number;
}

/* ---- arguments ---------------------------------------------------------------------------- */

static void list_variants(FILE *out)
{
	for (size_t i = 0; i < variant_count; i++)
		fprintf(out, "  %-16s %s\n", variants[i].name, variants[i].label);
}

static int want_one(const char *name, bool wanted[])
{
	for (size_t i = 0; i < variant_count; i++) {
		if (strcmp(variants[i].name, name) == 0) {
			wanted[i] = true;
			return 0;
		}
	}
	fprintf(stderr, "bench: no variant is called '%s'; there are:\n", name);
	list_variants(stderr);
	return -EINVAL;
}

static int want(const char *only, bool wanted[])
{
	char *list, *rest, *name;
	int err = 0;

	if (!only) {
		for (size_t i = 0; i < variant_count; i++)
			wanted[i] = true;
		return 0;
	}
	list = rest = strdup(only);
	while (!err && (name = strsep(&rest, ",")))
		err = want_one(name, wanted);
	free(list);
	return err;
}

static int read_rounds(const char *text, struct settings *settings)
{
	char *end;
	unsigned long rounds = strtoul(text, &end, 10);

	if (*end || end == text || *text == '-' || !rounds || rounds > FIGURES_MOST) {
		fprintf(stderr, "bench: --rounds: '%s' is not 1 to %u\n", text, FIGURES_MOST);
		return -EINVAL;
	}
	settings->rounds = (unsigned int)rounds;
	if (settings->peer_rounds > settings->rounds)
		settings->peer_rounds = settings->rounds;
	return 0;
}

enum { OPT_QUICK = 1, OPT_ROUNDS, OPT_ONLY, OPT_TRACER, OPT_JSON, OPT_LIST, OPT_HELP };

static const struct option long_options[] = {
	{"quick", no_argument, NULL, OPT_QUICK},
	{"rounds", required_argument, NULL, OPT_ROUNDS},
	{"only", required_argument, NULL, OPT_ONLY},
	{"tracer", required_argument, NULL, OPT_TRACER},
	{"json", no_argument, NULL, OPT_JSON},
	{"list", no_argument, NULL, OPT_LIST},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

/* --quick first, wherever it stands: it sets what the others change. */
static void read_quick(int argc, char **argv, struct settings *settings)
{
	*settings = normal;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--quick") == 0)
			*settings = quick;
}

/* -1: go on; else an exit status. */
static int read_option(int option, struct settings *settings, struct variant_paths *paths)
{
	switch (option) {
	case OPT_QUICK:
		return -1;
	case OPT_ROUNDS:
		return read_rounds(optarg, settings) ? STATUS_USAGE : -1;
	case OPT_ONLY:
		settings->only = optarg;
		return -1;
	case OPT_TRACER:
		snprintf(paths->tracer, sizeof(paths->tracer), "%s", optarg);
		return -1;
	case OPT_JSON:
		settings->json = true;
		return -1;
	case OPT_LIST:
		list_variants(stdout);
		return STATUS_DONE;
	case OPT_HELP:
		fputs(usage_text, stdout);
		return STATUS_DONE;
	default:
		fputs(usage_text, stderr);
		return STATUS_USAGE;
	}
}

static int read_arguments(int argc, char **argv, struct settings *settings,
			  struct variant_paths *paths)
{
	int option, status = -1;

	read_quick(argc, argv, settings);
	while (status < 0 && (option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		status = read_option(option, settings, paths);
	if (status < 0 && optind < argc) {
		fprintf(stderr, "bench: '%s' is too much\n", argv[optind]);
		return STATUS_USAGE;
	}
	return status;
}

/* ---- surroundings ------------------------------------------------------------------------- */

/* BUILD/tests/bench lies two below the tracer that was built with it. */
static int find_self(struct variant_paths *paths)
{
	ssize_t length = readlink("/proc/self/exe", paths->self, sizeof(paths->self) - 1);
	char *slash;

	if (length <= 0)
		return -errno;
	paths->self[length] = '\0';
	snprintf(paths->tracer, sizeof(paths->tracer), "%s", paths->self);
	for (int i = 0; i < 2; i++) {
		slash = strrchr(paths->tracer, '/');
		if (slash)
			*slash = '\0';
	}
	strncat(paths->tracer, "/tracer", sizeof(paths->tracer) - strlen(paths->tracer) - 1);
	return 0;
}

static bool mounted(const char *directory, const char *inside, const char *type)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", directory, inside);
	return !access(path, R_OK) ||
	       (!mount("none", directory, type, 0, NULL) && !access(path, R_OK));
}

/* For this process and its children alone: the machine's mounts stay as they are. */
static void mount_tracefs(struct variant_paths *paths)
{
	if (!unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		paths->tracefs = mounted("/sys/kernel/tracing", "events/kmem", "tracefs");
		/* Older tools look for it below debugfs only. */
		mounted("/sys/kernel/debug", "tracing", "debugfs");
	} else {
		paths->tracefs = !access("/sys/kernel/tracing/events/kmem", R_OK);
	}
}

static int make_directory(struct variant_paths *paths)
{
	const char *parent = getenv("TMPDIR") ?: "/tmp";

	if (snprintf(paths->directory, sizeof(paths->directory), "%s/tracer-bench.XXXXXX",
		     parent) >= (int)sizeof(paths->directory))
		return -ENAMETOOLONG;
	return mkdtemp(paths->directory) ? 0 : -errno;
}

static void remove_directory(const struct variant_paths *paths)
{
	static const char *const files[] = {"log", "report.json", "written", "written.old"};
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", paths->directory, files[i]);
		unlink(path);
	}
	rmdir(paths->directory);
}

static int prepare(struct variant_paths *paths)
{
	struct sigaction action = {.sa_handler = on_signal};
	int err = make_directory(paths);

	if (err) {
		fprintf(stderr, "bench: no scratch directory: %s\n", strerror(-err));
		return err;
	}
	mount_tracefs(paths);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	err = pin_to_load();
	if (err)
		fprintf(stderr, "bench: can't bind to a CPU: %s\n", strerror(-err));
	return err;
}

/* ---- the whole ---------------------------------------------------------------------------- */

static void check(const struct settings *settings, const struct variant_paths *paths,
		  struct report *report)
{
	if (access(paths->tracer, X_OK)) {
		fprintf(stderr, "bench: %s: %s; `make` builds it\n", paths->tracer,
			strerror(errno));
		return;
	}
	checks_loss(paths, settings->exact, &report->loss);
	checks_start(paths, settings->starts, &report->start);
	checks_memory(paths, &report->memory);
	report->checked = true;
}

static int measure(const struct settings *settings, const struct variant_paths *paths,
		   struct report *report)
{
	uint64_t start = clock_ns();
	int err;

	report->plan.rounds = settings->rounds;
	report->plan.peer_rounds = settings->peer_rounds;
	report->plan.end_ns = start + (uint64_t)settings->seconds * 1000000000;
	report->plan.stopped = &stopped;
	check(settings, paths, report);
	err = rounds_run(&report->plan, paths, &report->rounds);
	report->seconds = (double)(clock_ns() - start) / 1e9;
	if (err == -ENOSYS || err == -EPERM)
		fprintf(stderr,
			"bench: io_uring or BPF is not allowed here: %s\n"
			"       root, and kernel.io_uring_disabled=0, are needed\n",
			strerror(-err));
	else if (err)
		fprintf(stderr, "bench: the load failed: %s\n", strerror(-err));
	return err;
}

static int run(const struct settings *settings, struct variant_paths *paths)
{
	static struct report report;
	int err;

	if (want(settings->only, report.plan.wanted))
		return STATUS_USAGE;
	if (geteuid() != 0) {
		fprintf(stderr, "bench: needs root: it loads BPF programs\n");
		return STATUS_CANNOT;
	}
	err = prepare(paths);
	if (!err)
		err = measure(settings, paths, &report);
	remove_directory(paths);
	if (err)
		return STATUS_CANNOT;
	if (settings->json)
		err = report_json(&report, stdout);
	else
		report_text(&report, stdout);
	return err || fflush(stdout) || stopped ? STATUS_FAILED : STATUS_DONE;
}

/* What this program is as somebody's command; not for people. -1: it is none. */
static int run_as_command(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--held") == 0)
		return tool_held_main();
	if (argc == 2 && strcmp(argv[1], "--stamp") == 0)
		return checks_stamp_main();
	if (argc == 3 && strcmp(argv[1], "--exact") == 0)
		return checks_exact_main(strtoull(argv[2], NULL, 10));
	return -1;
}

int main(int argc, char **argv)
{
	struct variant_paths paths = {.tracefs = false};
	struct settings settings;
	int status;

	if (pin_choose() || find_self(&paths)) {
		perror("bench");
		return STATUS_CANNOT;
	}
	status = run_as_command(argc, argv);
	if (status < 0)
		status = read_arguments(argc, argv, &settings, &paths);
	return status < 0 ? run(&settings, &paths) : status;
}
