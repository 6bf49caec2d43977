/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each repetition is timed by itself and the median taken: one that was interrupted, by a timer or
 * by another process, then says nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "figures.h"
#include "timed_load.h"

int load_open(struct load *load)
{
	return uring_open(&load->ring);
}

void load_close(struct load *load)
{
	uring_close(&load->ring);
}

uint64_t load_slab_events(void)
{
	return (uint64_t)(LOAD_WARM_UP + LOAD_HOT_TIMES) * LOAD_HOT +
	       (uint64_t)(1 + LOAD_COLD_TIMES) * LOAD_COLD;
}

/* `count` objects made and freed; the nanoseconds of one event of each. */
static int load_time_slab(struct load *load, unsigned int count, double *alloc, double *release)
{
	uint64_t start = clock_ns(), middle;
	int result = uring_provide(&load->ring, count);

	if (result < 0)
		return result;
	middle = clock_ns();
	result = uring_remove(&load->ring, count);
	if (result != (int)count)
		return result < 0 ? result : -EIO;
	*release = (double)(clock_ns() - middle) / count;
	*alloc = (double)(middle - start) / count;
	return 0;
}

static int load_repeat_slab(struct load *load, unsigned int count, unsigned int warm_up,
			    unsigned int times, double *alloc, double *release)
{
	double allocs[LOAD_HOT_TIMES], releases[LOAD_HOT_TIMES];

	for (unsigned int i = 0; i < warm_up + times; i++) {
		unsigned int at = i < warm_up ? 0 : i - warm_up;
		int err = load_time_slab(load, count, &allocs[at], &releases[at]);

		if (err)
			return err;
	}
	*alloc = figures_median(allocs, times);
	*release = figures_median(releases, times);
	return 0;
}

int load_run_slab(struct load *load, struct load_times *times)
{
	int err = load_repeat_slab(load, LOAD_HOT, LOAD_WARM_UP, LOAD_HOT_TIMES,
				   &times->ns[LOAD_HOT_ALLOC], &times->ns[LOAD_HOT_FREE]);

	if (err)
		return err;
	return load_repeat_slab(load, LOAD_COLD, 1, LOAD_COLD_TIMES, &times->ns[LOAD_COLD_ALLOC],
				&times->ns[LOAD_COLD_FREE]);
}

int load_run_exact(struct load *load, uint64_t count)
{
	while (count) {
		unsigned int batch = count < LOAD_HOT ? (unsigned int)count : LOAD_HOT;
		int result = uring_provide(&load->ring, batch);

		if (result >= 0)
			result = uring_remove(&load->ring, batch);
		if (result != (int)batch)
			return result < 0 ? result : -EIO;
		count -= batch;
	}
	return 0;
}

/* O_DIRECT gives every write a page of its own. */
static int load_write_packets(int fd)
{
	for (unsigned int i = 0; i < LOAD_PAGES; i++)
		if (write(fd, "", 1) != 1)
			return -errno;
	return 0;
}

int load_fill_pipe(uint64_t *alloc_ns, uint64_t *free_ns)
{
	uint64_t start, middle;
	int ends[2], err = 0;

	if (pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC))
		return -errno;
	if (fcntl(ends[1], F_SETPIPE_SZ, LOAD_PAGES * sysconf(_SC_PAGESIZE)) < 0)
		err = -errno;
	start = clock_ns();
	if (!err)
		err = load_write_packets(ends[1]);
	middle = clock_ns();
	close(ends[1]);
	close(ends[0]);
	if (!err && alloc_ns)
		*alloc_ns = middle - start;
	if (!err && free_ns)
		*free_ns = clock_ns() - middle;
	return err;
}

/* Without huge pages, of which one would replace all of these. */
static int load_touch_memory(uint64_t *alloc_ns, uint64_t *free_ns)
{
	size_t size = LOAD_PAGES * (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t start, middle;
	int err = 0;

	if (at == MAP_FAILED)
		return -errno;
	/* EINVAL: a kernel that has no huge pages. */
	if (madvise(at, size, MADV_NOHUGEPAGE) && errno != EINVAL)
		err = -errno;
	start = clock_ns();
	if (!err && madvise(at, size, MADV_POPULATE_WRITE))
		err = -errno;
	middle = clock_ns();
	munmap(at, size);
	*free_ns = clock_ns() - middle;
	*alloc_ns = middle - start;
	return err;
}

static int load_repeat_pages(int (*once)(uint64_t *alloc_ns, uint64_t *free_ns), double *alloc,
			     double *release)
{
	double allocs[LOAD_PAGES_TIMES], releases[LOAD_PAGES_TIMES];

	for (unsigned int i = 0; i < LOAD_WARM_UP + LOAD_PAGES_TIMES; i++) {
		unsigned int at = i < LOAD_WARM_UP ? 0 : i - LOAD_WARM_UP;
		uint64_t alloc_ns, free_ns;
		int err = once(&alloc_ns, &free_ns);

		if (err)
			return err;
		allocs[at] = (double)alloc_ns / LOAD_PAGES;
		releases[at] = (double)free_ns / LOAD_PAGES;
	}
	*alloc = figures_median(allocs, LOAD_PAGES_TIMES);
	*release = figures_median(releases, LOAD_PAGES_TIMES);
	return 0;
}

int load_run_pages(struct load_times *times)
{
	int err = load_repeat_pages(load_fill_pipe, &times->ns[LOAD_PIPE_ALLOC],
				    &times->ns[LOAD_PIPE_FREE]);

	if (err)
		return err;
	return load_repeat_pages(load_touch_memory, &times->ns[LOAD_ANON_ALLOC],
				 &times->ns[LOAD_ANON_FREE]);
}
