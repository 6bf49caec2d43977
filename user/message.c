/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages to the person at the terminal: one line, one write, nothing that the terminal could
 * take for a control sequence.
 */

#include "message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"

static enum message_level current_level = MESSAGE_NORMAL;

void message_set_level(enum message_level level)
{
	current_level = level;
}

enum message_level message_get_level(void)
{
	return current_level;
}

/* Out of memory must not silence the message that says so: its format is then shown as it is. */
static void __attribute__((format(printf, 2, 0)))
message_print(const char *prefix, const char *format, va_list args)
{
	int saved_errno = errno;
	char *text = NULL, *safe = NULL;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	if (text)
		safe = escape_dup(text, strlen(text));
	fprintf(stderr, "%s%s\n", prefix, safe ? safe : format);
	free(safe);
	free(text);
	errno = saved_errno;
}

void message_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_print("tracer: ", format, args);
	va_end(args);
}

void message_hint(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	message_print("        ", format, args);
	va_end(args);
}

void message_warn(const char *format, ...)
{
	va_list args;

	if (current_level < MESSAGE_NORMAL)
		return;
	va_start(args, format);
	message_print("tracer: warning: ", format, args);
	va_end(args);
}

void message_note(const char *format, ...)
{
	va_list args;

	if (current_level < MESSAGE_NORMAL)
		return;
	va_start(args, format);
	message_print("tracer: ", format, args);
	va_end(args);
}

void message_detail(const char *format, ...)
{
	va_list args;

	if (current_level < MESSAGE_VERBOSE)
		return;
	va_start(args, format);
	message_print("tracer: ", format, args);
	va_end(args);
}
