/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Lines for standard error. Longer ones are cut.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "say.h"

/* One write for one line, so that lines of several processes stay whole. */
__attribute__((format(printf, 2, 0))) static void say_line(const char *prefix, const char *format,
							   va_list arguments)
{
	char line[1024];
	int length = snprintf(line, sizeof(line), "%s", prefix);

	length += vsnprintf(line + length, sizeof(line) - (size_t)length - 1, format, arguments);
	if (length > (int)sizeof(line) - 2)
		length = (int)sizeof(line) - 2;
	line[length] = '\n';
	fwrite(line, 1, (size_t)length + 1, stderr);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line("workload: ", format, arguments);
	va_end(arguments);
}

void say_hint(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line("          ", format, arguments);
	va_end(arguments);
}

const char *say_quote(char out[SAY_QUOTE], const char *text, size_t length)
{
	size_t i, used = 0;

	for (i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (used + sizeof("\\xNN...") > SAY_QUOTE) {
			strcpy(out + used, "...");
			return out;
		}
		if (byte >= 0x20 && byte < 0x7f)
			out[used++] = text[i];
		else
			used += (size_t)snprintf(out + used, SAY_QUOTE - used, "\\x%02x", byte);
	}
	out[used] = '\0';
	return out;
}
