/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is in a mapping: as the module made it, as it was written, by whichever way, and still there
 * when half of the mapping or its file is gone. What it has to be is worked out from the kind and
 * the interface's words, never from what was read before.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mmap_attempt.h"

/* Copies one page of a mapping to the scratch page. */
static bool page_read(const struct attempt *attempt, const unsigned char *map, size_t index,
		      struct fault *fault)
{
	return fault_copy(attempt->page, map + index * attempt->kind.page, attempt->kind.page,
			  fault);
}

/* Whether the scratch page is as the module made page `index`. */
static bool page_is_as_made(const struct attempt *attempt, uint64_t index)
{
	struct workload_page mark;
	size_t i = 0;

	if (!attempt->kind.buffer) {
		memcpy(&mark, attempt->page, sizeof(mark));
		return mark.magic == WORKLOAD_PAGE_MAGIC &&
		       mark.scenario == attempt->scenario->id && mark.index == index;
	}
	while (i < attempt->kind.page && attempt->page[i] == 0)
		i++;
	return i == attempt->kind.page;
}

/* Pages `first` and following of the kind, which begin at `map`: all as the module made them? */
static void note_contents(struct attempt *attempt, const char *tried, const unsigned char *map,
			  size_t first, size_t pages)
{
	const char *expected = attempt->kind.buffer ? "zeroes" : "each page has its mark";
	struct workload_page mark;
	struct fault fault;
	size_t i;

	for (i = 0; i < pages; i++) {
		if (!page_read(attempt, map, i, &fault)) {
			attempt_note(attempt, tried, expected, false, "SIG%s in page %zu",
				     sigabbrev_np(fault.signal), first + i);
			return;
		}
		if (page_is_as_made(attempt, first + i))
			continue;
		memcpy(&mark, attempt->page, sizeof(mark));
		attempt_note(attempt, tried, expected, false, "page %zu: %#x, %u, %" PRIu64,
			     first + i, mark.magic, mark.scenario, (uint64_t)mark.index);
		return;
	}
	attempt_note(attempt, tried, expected, true, "%zu of %zu pages", pages, pages);
}

/* A page that no other page, kind or round has. */
static void page_fill(struct attempt *attempt, size_t index, unsigned int round)
{
	size_t i;

	for (i = 0; i < attempt->kind.page; i++)
		attempt->page[i] = (unsigned char)(i * 7 + i / 256 + index * 31 + round * 101 +
						   attempt->scenario->id + 1);
}

static bool pages_write(struct attempt *attempt, unsigned char *map, unsigned int round)
{
	size_t i, page = attempt->kind.page;
	struct fault fault;

	for (i = 0; i < attempt->kind.there / page; i++) {
		page_fill(attempt, i, round);
		if (!fault_copy(map + i * page, attempt->page, page, &fault))
			return false;
	}
	return true;
}

/* How many pages from the start on are as pages_write() wrote them; `from` is read like memory. */
static size_t pages_same(struct attempt *attempt, const unsigned char *from, unsigned int round)
{
	size_t i, page = attempt->kind.page;
	unsigned char *seen = attempt->page + page;
	struct fault fault;

	for (i = 0; i < attempt->kind.there / page; i++) {
		page_fill(attempt, i, round);
		if (!fault_copy(seen, from + i * page, page, &fault) ||
		    memcmp(seen, attempt->page, page))
			break;
	}
	return i;
}

static void note_same(struct attempt *attempt, const char *tried, const unsigned char *from,
		      unsigned int round)
{
	size_t pages = attempt->kind.there / attempt->kind.page;
	size_t same = pages_same(attempt, from, round);

	attempt_note(attempt, tried, "the same bytes", same == pages, "%zu of %zu pages", same,
		     pages);
}

static void try_contents(struct attempt *attempt)
{
	unsigned char *map = attempt_map_all(attempt, "map all, read");

	if (!map)
		return;
	note_contents(attempt, "map all, read", map, 0, attempt->kind.there / attempt->kind.page);
	attempt_unmap(attempt, map);
}

/* A child has the same pages; it writes and ends, and the parent reads. */
static void try_child(struct attempt *attempt, unsigned char *map)
{
	const char *tried = "a child process writes, its parent reads";
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(pages_write(attempt, map, 2) ? 0 : 1);
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		attempt_note(attempt, tried, "the same bytes", false, "the child ended with %#x",
			     (unsigned int)status);
		return;
	}
	note_same(attempt, tried, map, 2);
}

static void try_writing(struct attempt *attempt)
{
	const char *again = attempt->kind.buffer ? "another mapping has the same memory"
						 : "another mapping has pages of its own";
	unsigned char *map, *other;

	if (!attempt->kind.writable)
		return;
	map = attempt_map_all(attempt, "write, read back");
	if (!map)
		return;
	pages_write(attempt, map, 1);
	note_same(attempt, "write, read back", map, 1);
	other = attempt_map_all(attempt, again);
	if (other) {
		if (attempt->kind.buffer)
			note_same(attempt, again, other, 1);
		else
			note_contents(attempt, again, other, 0,
				      attempt->kind.there / attempt->kind.page);
		attempt_unmap(attempt, other);
	}
	try_child(attempt, map);
	attempt_unmap(attempt, map);
}

static void try_read_calls(struct attempt *attempt, unsigned char *map, unsigned char *copy)
{
	int fd = attempt->device.fd;
	size_t size = attempt->kind.there;
	ssize_t done;

	pages_write(attempt, map, 3);
	done = pread(fd, copy, size, 0);
	if (done == (ssize_t)size)
		note_same(attempt, "write to the mapping, read() it", copy, 3);
	else
		attempt_note(attempt, "write to the mapping, read() it", "the same bytes", false,
			     "%zd bytes, %s", done, attempt_error(done < 0 ? errno : 0));
	done = pread(fd, copy, 1, (off_t)size);
	attempt_note(attempt, "read() behind the end", "0 bytes", done == 0, "%zd bytes", done);
}

static void try_write_calls(struct attempt *attempt, unsigned char *map, unsigned char *copy)
{
	int fd = attempt->device.fd;
	size_t size = attempt->kind.there;
	ssize_t done;

	pages_write(attempt, copy, 4);
	done = pwrite(fd, copy, size, 0);
	if (done == (ssize_t)size)
		note_same(attempt, "write(), read the mapping", map, 4);
	else
		attempt_note(attempt, "write(), read the mapping", "the same bytes", false,
			     "%zd bytes, %s", done, attempt_error(done < 0 ? errno : 0));
	done = pwrite(fd, copy, 1, (off_t)size);
	attempt_note(attempt, "write() behind the end", "ENOSPC", done < 0 && errno == ENOSPC, "%s",
		     done < 0 ? attempt_error(errno) : "written");
}

static void try_calls(struct attempt *attempt)
{
	unsigned char *map, *copy;

	if (!attempt->kind.buffer)
		return;
	map = attempt_map_all(attempt, "write to the mapping, read() it");
	copy = malloc(attempt->kind.there);
	if (map && copy) {
		try_read_calls(attempt, map, copy);
		try_write_calls(attempt, map, copy);
	}
	if (!copy)
		*attempt->err = -ENOMEM;
	if (map)
		attempt_unmap(attempt, map);
	free(copy);
}

static void try_later_page(struct attempt *attempt)
{
	size_t page = attempt->kind.page, last = attempt->kind.there / page - 1;
	unsigned char *map;

	if (last == 0)
		return;
	map = attempt_map(attempt, last * page, page, PROT_READ);
	if (!map) {
		attempt_note(attempt, "map the last page alone", "it can be mapped", false, "%s",
			     attempt_error(errno));
		return;
	}
	note_contents(attempt, "map the last page alone", map, last, 1);
	munmap(map, page);
}

/* Half of a mapping goes: the other half stays as it is. */
static void try_half(struct attempt *attempt)
{
	size_t pages = attempt->kind.there / attempt->kind.page, half = pages / 2;
	unsigned char *map, *end;

	if (half == 0)
		return;
	map = attempt_map_all(attempt, "unmap the second half, read the first");
	if (!map)
		return;
	end = map + half * attempt->kind.page;
	munmap(end, attempt->kind.most - half * attempt->kind.page);
	note_contents(attempt, "unmap the second half, read the first", map, 0, half);
	attempt_fault(attempt, "read where the second half was", end, 0, SIGSEGV);
	munmap(map, half * attempt->kind.page);
}

/* The pages belong to the mapping, not to the file. */
static void try_closed(struct attempt *attempt)
{
	const char *tried = "close the file, read the mapping";
	struct attempt other = *attempt;
	unsigned char *map;

	other.device.fd = open(WORKLOAD_DEVICE, O_RDWR | O_CLOEXEC);
	map = other.device.fd < 0
		      ? NULL
		      : attempt_map(&other, 0, attempt->kind.most, attempt_protection(attempt));
	if (other.device.fd >= 0)
		close(other.device.fd);
	if (!map) {
		attempt_note(attempt, tried, "it can be mapped", false, "%s", attempt_error(errno));
		return;
	}
	note_contents(attempt, tried, map, 0, attempt->kind.there / attempt->kind.page);
	attempt_unmap(attempt, map);
}

void mmap_contents_write(struct attempt *attempt)
{
	try_writing(attempt);
	try_calls(attempt);
}

void mmap_contents_read(struct attempt *attempt)
{
	try_contents(attempt);
	try_later_page(attempt);
	try_half(attempt);
	try_closed(attempt);
}
