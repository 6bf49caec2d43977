/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Escaping works character by character: a strict UTF-8 decoder finds where a character ends, a
 * table says which characters change how their neighbours are shown, and a character is written
 * whole or not at all.
 */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct range {
	uint32_t first, last;
};

/* Not printable by themselves, but able to hide, reorder or break the text around them. */
static const struct range unsafe_characters[] = {
	{0x00, 0x1f},	    /* C0 controls */
	{0x7f, 0x9f},	    /* DEL and C1 controls */
	{0xad, 0xad},	    /* soft hyphen */
	{0x61c, 0x61c},	    /* Arabic letter mark */
	{0x180e, 0x180e},   /* Mongolian vowel separator */
	{0x200b, 0x200f},   /* zero width space and joiners, direction marks */
	{0x2028, 0x202e},   /* line and paragraph separators, embeddings and overrides */
	{0x2060, 0x206f},   /* word joiner, invisible operators, isolates, deprecated controls */
	{0xfeff, 0xfeff},   /* byte order mark */
	{0xfff9, 0xfffb},   /* interlinear annotations */
	{0xe0000, 0xe0fff}, /* tags and variation selectors */
};

static bool escape_is_safe(uint32_t character)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(unsafe_characters); i++) {
		if (character >= unsafe_characters[i].first &&
		    character <= unsafe_characters[i].last)
			return false;
	}
	return true;
}

/*
 * Decodes the character that starts at `text`. Returns its length in bytes, or 0 when the bytes
 * are no UTF-8: truncated, overlong, a surrogate or beyond U+10FFFF.
 */
static size_t escape_decode(const unsigned char *text, size_t length, uint32_t *character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t value;
	size_t bytes, i;

	if (text[0] < 0x80) {
		*character = text[0];
		return 1;
	}
	bytes = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
	if (text[0] < 0xc2 || text[0] > 0xf4 || bytes > length)
		return 0;
	value = text[0] & (0x7f >> bytes);
	for (i = 1; i < bytes; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < smallest[bytes] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return bytes;
}

static size_t escape_hex(char *out, const unsigned char *text, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < length; i++) {
		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[text[i] >> 4];
		*out++ = digits[text[i] & 0xf];
	}
	return 4 * length;
}

/* Writes one character's form into `out` (room for 16), tells how many bytes it was made of. */
static size_t escape_character(char *out, const unsigned char *text, size_t length, size_t *used)
{
	uint32_t character;

	*used = escape_decode(text, length, &character);
	if (*used == 0) {
		*used = 1;
		return escape_hex(out, text, 1);
	}
	if (character == '\\') {
		memcpy(out, "\\\\", 2);
		return 2;
	}
	if (!escape_is_safe(character))
		return escape_hex(out, text, *used);
	memcpy(out, text, *used);
	return *used;
}

size_t escape_text(char *out, size_t size, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t written = 0, used, n, i;
	char form[16];

	if (size == 0)
		return 0;
	length = strnlen(text, length);
	for (i = 0; i < length; i += used) {
		n = escape_character(form, bytes + i, length - i, &used);
		if (n >= size - written)
			break;
		memcpy(out + written, form, n);
		written += n;
	}
	out[written] = '\0';
	return written;
}

char *escape_dup(const char *text, size_t length)
{
	size_t size;
	char *out;

	length = strnlen(text, length);
	if (length > (SIZE_MAX - 1) / 4)
		return NULL;
	size = ESCAPE_BOUND(length);
	out = malloc(size);
	if (out)
		escape_text(out, size, text, length);
	return out;
}
