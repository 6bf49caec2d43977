/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The loop of `tracer inspect`: look, compare with the look before, write the page at once, wait.
 * A page is made in memory first, so that it is written whole or the error is known.
 */

#include "inspect.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inspect_growth.h"
#include "inspect_look.h"
#include "message.h"
#include "render_inspect.h"

#define NS_PER_S UINT64_C(1000000000)

static uint64_t inspect_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* EXIT_DONE, with `*closed` set when nobody reads any more; or what is wrong, already reported. */
static int inspect_write(const char *page, size_t length, FILE *out, bool *closed)
{
	errno = 0;
	if (fwrite(page, 1, length, out) == length && fflush(out) == 0)
		return EXIT_DONE;
	if (errno == EPIPE) {
		*closed = true;
		return EXIT_DONE;
	}
	message_error("cannot write the report: %s", strerror(errno));
	message_hint(errno == ENOSPC ? "free some space or write it to another file with -o"
				     : "write it to another file with -o");
	return EXIT_CANNOT_TRACE;
}

static int inspect_show(const struct inspect_options *options, const struct inspect_look *look,
			FILE *out, bool *closed)
{
	char *page = NULL;
	size_t length = 0;
	int status;

	if (options->json)
		page = render_inspect_json(look, options->top, options->interval_ns != 0, &length);
	else
		page = render_inspect_text(look, options->top, options->colour, &length);
	if (!page) {
		message_error("out of memory");
		return EXIT_CANNOT_TRACE;
	}
	status = inspect_write(page, length, out, closed);
	free(page);
	return status;
}

static int inspect_take(const struct inspect_options *options, struct inspect_look *look)
{
	if (inspect_look_take(options->root, look) < 0) {
		message_error("out of memory");
		return EXIT_CANNOT_TRACE;
	}
	return EXIT_DONE;
}

static int inspect_judge(const struct inspect_options *options, const struct inspect_look *look)
{
	if (inspect_look_has_any(look))
		return EXIT_DONE;
	message_error("nothing below %s/ could be read", options->root);
	message_hint("the report names what is missing for each source");
	return EXIT_CANNOT_TRACE;
}

/* Waits for `until` or, blocked in `signals`, for the end. False when it is time to stop. */
static bool inspect_wait(uint64_t until, const sigset_t *signals)
{
	struct timespec rest;
	uint64_t now, left;

	for (;;) {
		now = inspect_now();
		if (now >= until)
			return true;
		left = until - now;
		rest.tv_sec = (time_t)(left / NS_PER_S);
		rest.tv_nsec = (long)(left % NS_PER_S);
		if (sigtimedwait(signals, NULL, &rest) >= 0)
			return false;
	}
}

static int inspect_repeat(const struct inspect_options *options, struct inspect_look *before,
			  FILE *out, const sigset_t *signals)
{
	uint64_t end = options->duration_ns ? before->taken_ns + options->duration_ns : UINT64_MAX;
	uint64_t next = before->taken_ns + options->interval_ns;
	struct inspect_look look;
	bool closed = false;
	int status;

	while (next <= end && inspect_wait(next, signals)) {
		status = inspect_take(options, &look);
		if (status != EXIT_DONE)
			return status;
		inspect_growth_compare(&look, before);
		inspect_look_free(before);
		*before = look;
		status = inspect_show(options, before, out, &closed);
		if (status != EXIT_DONE || closed)
			return status;
		next += options->interval_ns;
		if (next < inspect_now())
			next = inspect_now(); /* a look took longer than the interval */
	}
	return EXIT_DONE;
}

static int inspect_loop(const struct inspect_options *options, FILE *out, const sigset_t *signals)
{
	struct inspect_look look;
	bool closed = false;
	int status;

	status = inspect_take(options, &look);
	if (status != EXIT_DONE)
		return status;
	status = inspect_show(options, &look, out, &closed);
	if (status == EXIT_DONE && !closed)
		status = inspect_judge(options, &look);
	if (status == EXIT_DONE && !closed && options->interval_ns)
		status = inspect_repeat(options, &look, out, signals);
	inspect_look_free(&look);
	return status;
}

int inspect_run(const struct inspect_options *options, FILE *out)
{
	sigset_t signals, previous;
	int status;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &previous);
	status = inspect_loop(options, out, &signals);
	while (sigtimedwait(&signals, NULL, &(struct timespec){0}) >= 0)
		;
	sigprocmask(SIG_SETMASK, &previous, NULL);
	return status;
}
