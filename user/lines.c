// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Widths come from the C library's table, in a locale of our own: tracer's texts are UTF-8
 * whatever the user's locale says.
 */
#include "lines.h"

#include <limits.h>
#include <locale.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* (locale_t)0 where the C library has no such locale; then a character is one column wide. */
static locale_t lines_locale(void)
{
	static locale_t locale;
	static bool tried;

	if (!tried)
		locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	tried = true;
	return locale;
}

/* The length of the character at `text`, and its columns. */
static size_t lines_step(const char *text, size_t *columns)
{
	mbstate_t state = {0};
	wchar_t character;
	size_t length = mbrtowc(&character, text, MB_LEN_MAX, &state);
	int width;

	if (length == 0 || length > MB_LEN_MAX) {
		*columns = (*text & 0xc0) != 0x80;
		return 1;
	}
	width = wcwidth(character);
	*columns = width < 0 ? 1 : width;
	return length;
}

/* Bytes that fit into `limit` columns; *used says how many columns they take. */
static size_t lines_measure(const char *text, size_t limit, size_t *used)
{
	locale_t before = uselocale(lines_locale());
	size_t bytes = 0, step, columns;

	*used = 0;
	while (text[bytes]) {
		step = lines_step(text + bytes, &columns);
		if (columns > limit - *used)
			break;
		bytes += step;
		*used += columns;
	}
	uselocale(before);
	return bytes;
}

size_t lines_fit(const char *text, size_t columns)
{
	size_t used;

	return lines_measure(text, columns, &used);
}

size_t lines_width(const char *text)
{
	size_t used;

	lines_measure(text, SIZE_MAX, &used);
	return used;
}

void lines_print(struct lines *lines, enum lines_emphasis emphasis, const char *format, ...)
{
	static const char *const starts[] = {
		[LINES_PLAIN] = "",
		[LINES_HEADING] = "\033[1m",
		[LINES_ALARM] = "\033[31m",
	};
	bool colour = lines->colour && emphasis != LINES_PLAIN;
	va_list arguments;
	size_t length;
	char *text;

	if (!lines->left)
		return;
	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (!text)
		return;
	length = lines->columns ? lines_fit(text, lines->columns) : strlen(text);
	while (length && text[length - 1] == ' ')
		length--;
	fprintf(lines->out, "%s%.*s%s\n", colour ? starts[emphasis] : "", (int)length, text,
		colour ? "\033[0m" : "");
	if (lines->left != UINT_MAX)
		lines->left--;
	free(text);
}
