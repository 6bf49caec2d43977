/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Foreign bytes made harmless: process names, cache names and file contents may hold any byte.
 *
 * Valid UTF-8 of printable characters passes; control characters, DEL, C1 controls, bidirectional
 * overrides and bytes that are not UTF-8 become \xNN, and a backslash becomes \\, so that the
 * result is unambiguous. The result is valid UTF-8, fit for a terminal and for a JSON library.
 */
#ifndef TRACER_ESCAPE_H
#define TRACER_ESCAPE_H

#include <stddef.h>

/* The worst case: every byte becomes four. */
#define ESCAPE_BOUND(n) (4 * (n) + 1)

/*
 * Writes the escaped form of the first `length` bytes of `text` (up to its NUL, if one comes
 * first) into `out`, always terminated, cut at a whole character when `size` is too small.
 * Returns the number of bytes written without the terminator.
 */
size_t escape_text(char *out, size_t size, const char *text, size_t length);

/* The same into a new string that the caller frees; NULL when out of memory. */
char *escape_dup(const char *text, size_t length);

#endif
