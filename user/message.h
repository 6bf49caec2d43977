/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What tracer says about the run itself: one line each, on standard error, prefixed with the
 * program's name. Reports never come through here; they go to the output file.
 *
 * Every error is reported once, where it is known what the user can do about it; functions below
 * that place only return 0 or -errno.
 */
#ifndef TRACER_MESSAGE_H
#define TRACER_MESSAGE_H

/* Exit statuses; the contract of tracer(1). */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_BAD_ANSWER = 1,
	EXIT_USAGE = 2,
	EXIT_CANNOT_TRACE = 3,
	EXIT_CANNOT_RUN = 4,
	EXIT_COMMAND_FAILED = 5,
};

enum message_level {
	MESSAGE_QUIET = 0,   /* errors only (-q) */
	MESSAGE_NORMAL = 1,  /* errors, warnings and notes */
	MESSAGE_VERBOSE = 2, /* and details (-v) */
};

/* Sets how much is said from now on; process-wide. */
void message_set_level(enum message_level level);
enum message_level message_get_level(void);

/* printf-like; the text ends without a newline and is escaped for a terminal. Always printed. */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Continuation of an error: what to do about it, indented below it. Always printed. */
void message_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Not fatal, but the report suffers; silent under -q. */
void message_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What is going on; silent under -q. */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Only under -v. */
void message_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
