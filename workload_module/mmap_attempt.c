/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the tries of mappings share: the device, a row of the table, a map and a fault.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmap_attempt.h"

struct mmap_try *attempt_row(struct attempt *attempt, const char *tried, const char *expected)
{
	struct mmap_tries *tries = attempt->tries;
	struct mmap_try *row;

	if (tries->count == tries->room) {
		size_t room = 2 * tries->room + 32;
		struct mmap_try *list = reallocarray(tries->list, room, sizeof(*list));

		if (!list) {
			*attempt->err = -ENOMEM;
			return NULL;
		}
		tries->list = list;
		tries->room = room;
	}
	row = &tries->list[tries->count++];
	memset(row, 0, sizeof(*row));
	row->kind = attempt->scenario;
	row->tried = tried;
	snprintf(row->expected, sizeof(row->expected), "%s", expected);
	return row;
}

void attempt_note(struct attempt *attempt, const char *tried, const char *expected, bool ok,
		  const char *format, ...)
{
	struct mmap_try *row = attempt_row(attempt, tried, expected);
	va_list arguments;

	if (!row)
		return;
	row->ok = ok;
	va_start(arguments, format);
	vsnprintf(row->got, sizeof(row->got), format, arguments);
	va_end(arguments);
}

const char *attempt_error(int err)
{
	const char *name = err ? strerrorname_np(err) : "no error";

	return name ? name : "an unknown error";
}

off_t attempt_offset(unsigned int scenario, size_t bytes)
{
	return (off_t)(WORKLOAD_MMAP_OFFSET(scenario) + bytes);
}

unsigned char *attempt_map(const struct attempt *attempt, size_t from, size_t length,
			   int protection)
{
	void *map = mmap(NULL, length, protection, MAP_SHARED, attempt->device.fd,
			 attempt_offset(attempt->scenario->id, from));

	return map == MAP_FAILED ? NULL : map;
}

int attempt_protection(const struct attempt *attempt)
{
	return attempt->kind.writable ? PROT_READ | PROT_WRITE : PROT_READ;
}

unsigned char *attempt_map_all(struct attempt *attempt, const char *tried)
{
	unsigned char *map =
		attempt_map(attempt, 0, attempt->kind.most, attempt_protection(attempt));

	if (!map)
		attempt_note(attempt, tried, "it can be mapped", false, "%s", attempt_error(errno));
	return map;
}

void attempt_unmap(const struct attempt *attempt, unsigned char *map)
{
	munmap(map, attempt->kind.most);
}

void attempt_fault(struct attempt *attempt, const char *tried, const unsigned char *end,
		   size_t beyond, int wanted)
{
	struct mmap_try *row;
	struct fault fault = {.signal = 0};
	char expected[32];
	bool there = fault_copy(attempt->page, end + beyond, 1, &fault);

	snprintf(expected, sizeof(expected), "SIG%s", sigabbrev_np(wanted));
	row = attempt_row(attempt, tried, expected);
	if (!row)
		return;
	if (there) {
		snprintf(row->got, sizeof(row->got), "a byte, %#x", attempt->page[0]);
		return;
	}
	row->fault = fault;
	row->distance = (int64_t)(fault.address - (uintptr_t)end);
	row->ok = fault.signal == wanted && row->distance == (int64_t)beyond;
	snprintf(row->got, sizeof(row->got),
		 "SIG%s at %#" PRIxPTR ", %" PRId64 " bytes past the end",
		 sigabbrev_np(fault.signal), fault.address, row->distance);
}

int attempt_open(struct attempt *attempt, struct mmap_tries *tries)
{
	int err;

	memset(attempt, 0, sizeof(*attempt));
	attempt->tries = tries;
	attempt->page = malloc(2 * (size_t)sysconf(_SC_PAGESIZE));
	if (!attempt->page)
		return -ENOMEM;
	err = device_open(WORKLOAD_DEVICE, &attempt->device);
	if (err)
		free(attempt->page);
	return err;
}

void attempt_close(struct attempt *attempt)
{
	device_close(&attempt->device);
	free(attempt->page);
}
