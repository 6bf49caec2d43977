/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What must not be possible: to map more than there is, otherwise than allowed, or what is no
 * mapping at all, and to touch what lies behind one.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mmap_attempt.h"
#include "module_scenarios.h"

#define FAR_LENGTH ((size_t)1 << 30)
#define NO_KIND	   200U

/* With a page behind the mapping that nothing else can come to lie in. */
static void try_past_end(struct attempt *attempt)
{
	size_t most = attempt->kind.most, there = attempt->kind.there;
	unsigned char *room = mmap(NULL, most + attempt->kind.page, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int signal = there < most ? SIGBUS : SIGSEGV;
	void *map;

	if (room == MAP_FAILED) {
		*attempt->err = -ENOMEM;
		return;
	}
	map = mmap(room, most, attempt_protection(attempt), MAP_SHARED | MAP_FIXED,
		   attempt->device.fd, attempt_offset(attempt->scenario->id, 0));
	if (map == MAP_FAILED) {
		attempt_note(attempt, "read past the end", "it can be mapped", false, "%s",
			     attempt_error(errno));
	} else {
		attempt_fault(attempt, "read just past the end", room + there, 0, signal);
		attempt_fault(attempt, "read further past the end", room + there, 1234, signal);
		if (there < most)
			attempt_fault(attempt, "read behind the mapping", room + most, 0, SIGSEGV);
	}
	munmap(room, most + attempt->kind.page);
}

static void note_refused(struct attempt *attempt, const char *tried, int wanted, const void *map,
			 size_t length)
{
	int err = errno;

	if (map == MAP_FAILED) {
		attempt_note(attempt, tried, attempt_error(wanted), err == wanted, "%s",
			     attempt_error(err));
		return;
	}
	attempt_note(attempt, tried, attempt_error(wanted), false, "mapped");
	munmap((void *)(uintptr_t)map, length);
}

static void refuse(struct attempt *attempt, const char *tried, int wanted, size_t length,
		   int protection, int flags, off_t offset)
{
	note_refused(attempt, tried, wanted,
		     mmap(NULL, length, protection, flags, attempt->device.fd, offset), length);
}

/* Lengths and offsets that end behind the last page, or are no pages. */
static void try_ranges(struct attempt *attempt)
{
	size_t page = attempt->kind.page, most = attempt->kind.most;
	unsigned int id = attempt->scenario->id;

	refuse(attempt, "map a page too many", EINVAL, most + page, PROT_READ, MAP_SHARED,
	       attempt_offset(id, 0));
	refuse(attempt, "map 1 GiB", EINVAL, FAR_LENGTH, PROT_READ, MAP_SHARED,
	       attempt_offset(id, 0));
	refuse(attempt, "map all from the second page on", EINVAL, most, PROT_READ, MAP_SHARED,
	       attempt_offset(id, page));
	refuse(attempt, "map from behind the last page on", EINVAL, page, PROT_READ, MAP_SHARED,
	       attempt_offset(id, most));
	refuse(attempt, "map nothing", EINVAL, 0, PROT_READ, MAP_SHARED, attempt_offset(id, 0));
	refuse(attempt, "map at an offset that is no page", EINVAL, page, PROT_READ, MAP_SHARED,
	       attempt_offset(id, 512));
	refuse(attempt, "map it private", EINVAL, page, PROT_READ, MAP_PRIVATE,
	       attempt_offset(id, 0));
}

static void try_write_only_read(struct attempt *attempt)
{
	size_t page = attempt->kind.page;
	unsigned char *map = attempt_map(attempt, 0, page, PROT_READ);
	struct fault fault = {.signal = 0};
	int signal;

	if (!map) {
		attempt_note(attempt, "write to a read-only mapping", "it can be mapped", false,
			     "%s", attempt_error(errno));
		return;
	}
	signal = fault_copy(map, "x", 1, &fault) ? 0 : fault.signal;
	attempt_note(attempt, "write to a read-only mapping", "SIGSEGV", signal == SIGSEGV, "%s%s",
		     signal ? "SIG" : "written", signal ? sigabbrev_np(signal) : "");
	if (!attempt->kind.writable) {
		int err = mprotect(map, page, PROT_READ | PROT_WRITE) ? errno : 0;

		attempt_note(attempt, "mprotect() it to be written", "EACCES", err == EACCES, "%s",
			     attempt_error(err));
	}
	munmap(map, page);
}

void mmap_refusals_protection(struct attempt *attempt)
{
	size_t page = attempt->kind.page;
	off_t offset = attempt_offset(attempt->scenario->id, 0);
	int fd = open(WORKLOAD_DEVICE, O_RDONLY | O_CLOEXEC);

	if (!attempt->kind.writable)
		refuse(attempt, "map it to be written", EACCES, page, PROT_READ | PROT_WRITE,
		       MAP_SHARED, offset);
	if (fd >= 0) {
		note_refused(attempt, "map a file that is open for reading to be written", EACCES,
			     mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset),
			     page);
		close(fd);
	}
	try_write_only_read(attempt);
}

void mmap_refusals_ranges(struct attempt *attempt)
{
	try_past_end(attempt);
	try_ranges(attempt);
}

void mmap_refusals_nothing(struct attempt *attempt)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	refuse(attempt, "map a scenario that there is not", EINVAL, page, PROT_READ, MAP_SHARED,
	       attempt_offset(NO_KIND, 0));
	refuse(attempt, "map a scenario that is not mapped", EINVAL, page, PROT_READ, MAP_SHARED,
	       attempt_offset(WORKLOAD_KMALLOC_CONST, 0));
	refuse(attempt, "map at the highest offset", EINVAL, page, PROT_READ, MAP_SHARED,
	       (off_t)(INT64_MAX - (int64_t)page + 1));
}
