/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * workload: makes the kernel allocate, by system calls or by its module, and knows how much.
 *
 * The JSON of `run` and `demo` is one object: `schema` "workload/1", `kernel`, `arch`, `threads`,
 * `duration_ns`, `module` (its counters are in it), `left_out` (why not, of a demo without it);
 * `scenarios`, what was run: `scenario, family, count, size, status
 * (done|stopped|refused|unavailable), reason, calls, objects, freed`; and `expected`, what an exact
 * tracer has to find at the call sites of the scenario: `scenario`, `source` (program: worked out
 * from what was done; module: counted by it, the difference of before and after, once for each
 * scenario however often it was run), `family, site` (functions, '|' between, because kernels
 * differ), `cache`, `allocs, frees, live, leaked, failed, null_frees` (kfree(NULL)), `size` of one
 * allocation as requested (for pages in bytes; for per-CPU memory on each CPU), `bytes_requested`,
 * `bytes_freed` (of the module), `freed` (call|later|unseen|never: enum freed of scenarios.h),
 * `exact`, `shared` (the process makes a few more at this site to start and to write), `helper` (a
 * function of the kernel allocates on behalf of the site), `fails_silently` (the failures fire no
 * tracepoint), `note`. null is what is not known: a size that depends on a structure of the kernel,
 * a count that depends on its caches. The scenario "own" is what the module allocated for itself.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "arguments.h"
#include "commands.h"
#include "runner.h"
#include "say.h"

static volatile sig_atomic_t signal_taken;

static void on_signal(int signal)
{
	signal_taken = signal;
	runner_stop();
}

/*
 * Queues and files would outlive the process, so it never ends before it has given them back. Under
 * nohup it goes on.
 */
static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal}, hangup;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

/* After the report: the caller shall see that a signal ended us. */
static void pass_signal_on(void)
{
	if (!signal_taken)
		return;
	signal(signal_taken, SIG_DFL);
	raise(signal_taken);
}

/* What is held by descriptors needs many; the soft limit is only a default. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"list", command_list}, {"run", command_run},	  {"demo", command_demo},
	{"mmap", command_mmap}, {"bench", command_bench}, {"fuzz", command_fuzz},
};

static int command_by_name(int argc, char **argv)
{
	char quoted[SAY_QUOTE];
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(argc, argv);
	}
	say("no command is called \"%s\": list, run, demo, mmap, bench or fuzz",
	    say_quote(quoted, argv[0], strlen(argv[0])));
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		fputs(arguments_usage, stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		fputs(arguments_usage, stdout);
		return STATUS_DONE;
	}
	catch_signals();
	raise_file_limit();
	status = command_by_name(argc - 1, argv + 1);
	pass_signal_on();
	return status;
}
