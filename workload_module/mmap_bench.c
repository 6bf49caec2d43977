/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Both ways move the same bytes between the same two places: memcpy() from and to the mapping, and
 * pread() and pwrite(), which copy in the kernel. Small operations go through the buffer one after
 * the other, so that neither way works on one warm cache line. The ways take turns, so that what
 * else the machine does falls on all of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "mmap_bench.h"
#include "module_scenarios.h"
#include "runner.h"

#define BUFFER_BYTES ((size_t)1 << 20)
#define ROUNDS	     7
#define WAYS	     4
#define TOUCH_ROUNDS 32
#define LEAST_NS     1000000.0 /* of one round: clock reads must not count */

static const size_t bench_sizes[MMAP_BENCH_SIZES] = {
	64, 256, 1024, 4096, 16384, 65536, 262144, BUFFER_BYTES,
};

struct bench {
	int fd;
	unsigned char *map, *copy;
	size_t size, at;
	int err;
};

/* The compiler must neither leave the copy out nor take it out of the loop. */
static void bench_map_read(struct bench *bench)
{
	memcpy(bench->copy, bench->map + bench->at, bench->size);
	__asm__ volatile("" : : "r"(bench->copy) : "memory");
}

static void bench_map_write(struct bench *bench)
{
	memcpy(bench->map + bench->at, bench->copy, bench->size);
	__asm__ volatile("" : : "r"(bench->map) : "memory");
}

static void bench_done(struct bench *bench, ssize_t done)
{
	if (done != (ssize_t)bench->size)
		bench->err = done < 0 ? -errno : -EIO;
}

static void bench_call_read(struct bench *bench)
{
	bench_done(bench, pread(bench->fd, bench->copy, bench->size, (off_t)bench->at));
}

static void bench_call_write(struct bench *bench)
{
	bench_done(bench, pwrite(bench->fd, bench->copy, bench->size, (off_t)bench->at));
}

/* Nanoseconds for each of `count` operations. */
static double bench_time(struct bench *bench, void (*way)(struct bench *), uint64_t count)
{
	uint64_t i, start = runner_now();

	for (i = 0; i < count; i++) {
		way(bench);
		bench->at += bench->size;
		if (bench->at >= BUFFER_BYTES)
			bench->at = 0;
	}
	return (double)(runner_now() - start) / (double)count;
}

/* So many that they take `ns`, and one at least. */
static uint64_t bench_count(struct bench *bench, void (*way)(struct bench *), double ns)
{
	uint64_t count = 1;
	double each = bench_time(bench, way, count);

	while (each * (double)count < ns / 4 && !bench->err) {
		count *= 2;
		each = bench_time(bench, way, count);
	}
	return each * (double)count > ns ? count : (uint64_t)(ns / each) + 1;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return values[count / 2];
}

/* Each way for `ns` in all. */
static int bench_row(struct bench *bench, double ns, struct mmap_bench_row *row)
{
	void (*const ways[WAYS])(struct bench *) = {bench_map_read, bench_call_read,
						    bench_map_write, bench_call_write};
	double *const results[WAYS] = {&row->map_read, &row->call_read, &row->map_write,
				       &row->call_write};
	double times[WAYS][ROUNDS], round_ns = ns / ROUNDS > LEAST_NS ? ns / ROUNDS : LEAST_NS;
	uint64_t counts[WAYS];
	size_t i, round;

	bench->size = row->size;
	bench->at = 0;
	for (i = 0; i < WAYS; i++)
		counts[i] = bench_count(bench, ways[i], round_ns);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < WAYS; i++)
			times[i][round] = bench_time(bench, ways[i], counts[i]);
		if (bench->err || runner_stopped())
			return bench->err ? bench->err : -EINTR;
	}
	for (i = 0; i < WAYS; i++)
		*results[i] = median(times[i], ROUNDS);
	return 0;
}

/* Nanoseconds to read a byte of each page. */
static double touch_pages(const volatile unsigned char *map, size_t pages, size_t page)
{
	uint64_t start = runner_now();
	size_t i;

	for (i = 0; i < pages; i++)
		(void)map[i * page];
	return (double)(runner_now() - start) / (double)pages;
}

struct touch_times {
	double map[TOUCH_ROUNDS], unmap[TOUCH_ROUNDS], first[TOUCH_ROUNDS], again[TOUCH_ROUNDS];
};

static int touch_round(int fd, unsigned int scenario, size_t pages, struct touch_times *times,
		       size_t round)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t start = runner_now();
	unsigned char *map = mmap(NULL, pages * page, PROT_READ, MAP_SHARED, fd,
				  (off_t)WORKLOAD_MMAP_OFFSET(scenario));

	if (map == MAP_FAILED)
		return -errno;
	times->map[round] = (double)(runner_now() - start);
	times->first[round] = touch_pages(map, pages, page);
	times->again[round] = touch_pages(map, pages, page);
	start = runner_now();
	munmap(map, pages * page);
	times->unmap[round] = (double)(runner_now() - start);
	return 0;
}

static int bench_touch(int fd, const char *kind, unsigned int scenario, size_t pages,
		       struct mmap_bench_touch *touch)
{
	struct touch_times times;
	size_t round;

	for (round = 0; round < TOUCH_ROUNDS; round++) {
		int err = touch_round(fd, scenario, pages, &times, round);

		if (err)
			return err;
	}
	touch->kind = kind;
	touch->pages = pages;
	touch->map = median(times.map, TOUCH_ROUNDS);
	touch->unmap = median(times.unmap, TOUCH_ROUNDS);
	touch->first = median(times.first, TOUCH_ROUNDS);
	touch->again = median(times.again, TOUCH_ROUNDS);
	return 0;
}

static int bench_touches(int fd, struct mmap_bench *bench)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int err = bench_touch(fd, "mmap-buffer", WORKLOAD_MMAP_BUFFER, BUFFER_BYTES / page,
			      &bench->touch[0]);

	return err ? err : bench_touch(fd, "mmap-fault", WORKLOAD_MMAP_FAULT, 16, &bench->touch[1]);
}

static int bench_rows(struct bench *state, struct mmap_bench *bench, uint64_t ns)
{
	size_t i;
	int err = 0;

	memset(state->copy, 1, BUFFER_BYTES);
	bench->buffer = BUFFER_BYTES;
	for (i = 0; !err && i < MMAP_BENCH_SIZES; i++) {
		bench->rows[i].size = bench_sizes[i];
		err = bench_row(state, (double)ns / (MMAP_BENCH_SIZES * WAYS), &bench->rows[i]);
	}
	return err;
}

static int bench_on(int fd, struct mmap_bench *bench, uint64_t ns, const char **call)
{
	struct bench state = {.fd = fd, .copy = malloc(BUFFER_BYTES)};
	int err;

	if (!state.copy)
		return -ENOMEM;
	*call = "mmap";
	state.map = mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 (off_t)WORKLOAD_MMAP_OFFSET(WORKLOAD_MMAP_BUFFER));
	err = state.map == MAP_FAILED ? -errno : bench_touches(fd, bench);
	if (!err) {
		*call = "pread or pwrite";
		err = bench_rows(&state, bench, ns);
	}
	if (state.map != MAP_FAILED)
		munmap(state.map, BUFFER_BYTES);
	free(state.copy);
	return err;
}

int mmap_bench_run(struct mmap_bench *bench, uint64_t ns, const char **call)
{
	struct workload_buffer buffer;
	struct device device;
	int err;

	memset(bench, 0, sizeof(*bench));
	memset(&buffer, 0, sizeof(buffer));
	buffer.size = BUFFER_BYTES;
	*call = "open";
	err = device_open(WORKLOAD_DEVICE, &device);
	if (err)
		return err;
	*call = "ioctl(BUFFER)";
	err = ioctl(device.fd, WORKLOAD_IOC_BUFFER, &buffer) ? -errno : 0;
	if (!err)
		err = bench_on(device.fd, bench, ns, call);
	device_close(&device);
	return err;
}
