// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options -> command -> exit status. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "doctor.h"
#include "inspect.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "session.h"

static int run_inspect(const struct options *options)
{
	struct inspect_options wanted = {
		.root = "",
		.top = options->top,
		.interval_ns = options->interval_ns,
		.duration_ns = options->duration_ns,
		.json = options->format == FORMAT_JSON,
	};
	struct output output;
	int status, error;

	if (output_open(&output, options->output))
		return EXIT_USAGE;
	output_begin(&output);
	wanted.colour = output_colour(&output);
	status = inspect_run(&wanted, output.file);
	if (!output.name || status != EXIT_DONE)
		return status;
	error = output_close(&output);
	return error && error != -EPIPE ? EXIT_CANNOT_TRACE : status;
}

/* Rendered into memory first, so that a failed write is known by its own error. */
static int run_doctor(const struct options *options)
{
	struct output output;
	char *text = NULL;
	size_t size = 0;
	int status, error;
	FILE *page;

	if (output_open(&output, options->output))
		return EXIT_USAGE;
	page = open_memstream(&text, &size);
	if (!page)
		return EXIT_CANNOT_TRACE;
	status = doctor_run(options->format == FORMAT_JSON, output_colour(&output), page);
	fclose(page);
	output_begin(&output);
	error = output_write(&output, text, size);
	free(text);
	error = error ?: output_close(&output);
	return error && error != -EPIPE ? EXIT_CANNOT_TRACE : status;
}

/* Plain `tracer` off a terminal, where a live view makes no sense. */
static int print_usage(void)
{
	options_print_help(COMMAND_LIVE, stderr);
	return EXIT_USAGE;
}

/* Help and version are output too. */
static int end_output(void)
{
	struct output output;
	int error = output_open(&output, NULL);

	error = error ?: output_close(&output);
	return error && error != -EPIPE ? EXIT_CANNOT_TRACE : EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct options options;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error like any other */
	if (options_parse(&options, argc, argv))
		return EXIT_USAGE;
	message_set_level(options.verbosity);
	switch (options.command) {
	case COMMAND_LIVE:
		if (!isatty(STDOUT_FILENO))
			return print_usage();
		return session_run(&options);
	case COMMAND_STAT:
		return session_run(&options);
	case COMMAND_REPORT:
		return session_report(&options);
	case COMMAND_DOCTOR:
		return run_doctor(&options);
	case COMMAND_INSPECT:
		return run_inspect(&options);
	case COMMAND_VERSION:
		printf("tracer %s\n", TRACER_VERSION);
		return end_output();
	case COMMAND_HELP:
		options_print_help(options.help_of, stdout);
		return end_output();
	}
	return EXIT_USAGE;
}
