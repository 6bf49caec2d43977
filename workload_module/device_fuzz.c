/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Each thread has files and mappings of its own, so that what is wrong in the end is not theirs.
 * The memory for arguments is followed by much that can't be touched: whatever the module writes
 * too far ends there and not in this program.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "device_fuzz.h"
#include "fault.h"
#include "module_counts.h"
#include "runner.h"
#include "scenarios.h"

#define AREA_BYTES  ((size_t)1 << 17)
#define GUARD_BYTES ((size_t)64 << 20)
#define EDGE_BYTES  20
#define KERNEL_HALF ((uintptr_t)INTPTR_MIN)

struct fuzz_map {
	unsigned char *at; /* NULL: none */
	size_t length;
};

/* The module's counts by a file that no fuzzer has: as they were at first, and as they are. */
struct fuzz_judge {
	const struct device *device;
	struct module_counts before, now;
};

struct fuzzer {
	pthread_t thread;
	const struct fuzz_plan *plan;
	struct fuzz_judge *judge;
	struct fuzz_random random;
	int files[FUZZ_FILES];
	struct fuzz_map maps[FUZZ_MAPS];
	unsigned char *area; /* AREA_BYTES, then GUARD_BYTES that can't be touched */
	struct fuzz_result result;
	int err;
};

static void fuzzer_wrong(struct fuzz_result *result, const char *words)
{
	if (result->wrong < FUZZ_WRONG_MAX)
		snprintf(result->words[result->wrong], sizeof(result->words[0]), "%s", words);
	result->wrong++;
}

/*
 * With nothing held and nothing mapped, what is not free was leaked before. What comes with the
 * parameters of the module is not freed before it goes, and of its own there is this file.
 */
static void judge_row(const struct scenario *scenario, const struct workload_row *row,
		      const struct workload_row *before, struct fuzz_result *result)
{
	int64_t live = (int64_t)(row->allocs - row->frees);
	int64_t wanted = (int64_t)row->leaked;
	char words[160];

	if (scenario->flags & (WORKLOAD_BY_ITSELF | WORKLOAD_BY_PARAMETER))
		wanted = (int64_t)(before->allocs - before->frees);
	if (live != wanted) {
		snprintf(words, sizeof(words), "%s, %s: %" PRId64 " live, not %" PRId64,
			 scenario->name, row->site, live, wanted);
		fuzzer_wrong(result, words);
	}
	if (live == 0 && row->bytes != row->bytes_freed) {
		snprintf(words, sizeof(words),
			 "%s, %s: %" PRIu64 " bytes allocated, %" PRIu64 " freed", scenario->name,
			 row->site, (uint64_t)row->bytes, (uint64_t)row->bytes_freed);
		fuzzer_wrong(result, words);
	}
}

/* 0 or -errno of the device. Only right when nothing is held, mapped or running. */
static int judge_counts(struct fuzz_judge *judge, struct fuzz_result *result)
{
	size_t i, j, count;
	const struct scenario *all = scenarios_module(&count);
	int err = module_counts_read(judge->device, &judge->now);

	for (i = 0; !err && i < count; i++) {
		for (j = 0; j < judge->now.of[i].rows; j++)
			judge_row(&all[i], &judge->now.of[i].row[j], &judge->before.of[i].row[j],
				  result);
	}
	return err;
}

static void *fuzzer_pointer(const struct fuzzer *fuzzer, uint64_t pointer)
{
	switch (pointer) {
	case FUZZ_GOOD:
		return fuzzer->area;
	case FUZZ_NULL:
		return NULL;
	case FUZZ_KERNEL:
		return (void *)(KERNEL_HALF + 4096);
	case FUZZ_EDGE:
		return fuzzer->area + AREA_BYTES - EDGE_BYTES;
	default:
		return (void *)(uintptr_t)pointer;
	}
}

/* Whether the answer to a RUN can be true. */
static void fuzzer_check_run(struct fuzzer *fuzzer, const struct workload_run *asked, int status)
{
	struct workload_run answer;

	memcpy(&answer, fuzzer->area, sizeof(answer));
	if (status == 0 && answer.done != asked->count)
		fuzzer_wrong(&fuzzer->result, "RUN succeeded, but did not do all");
	if (status < 0 && errno != EINVAL && errno != EOPNOTSUPP && errno != EFAULT &&
	    answer.done > asked->count)
		fuzzer_wrong(&fuzzer->result, "RUN says that it did more than was asked for");
}

static int fuzzer_ioctl(struct fuzzer *fuzzer, struct fuzz_call *call)
{
	unsigned char *pointer = fuzzer_pointer(fuzzer, call->pointer);
	struct workload_run *run = &call->argument.run;
	size_t size = sizeof(call->argument);
	int status;

	if (call->pointer == FUZZ_EDGE)
		size = EDGE_BYTES;
	if (call->kind == FUZZ_RUN)
		run->data = (uintptr_t)fuzzer_pointer(fuzzer, run->data);
	if (call->pointer == FUZZ_GOOD || call->pointer == FUZZ_EDGE)
		memcpy(pointer, &call->argument, size);
	status = ioctl(fuzzer->files[call->file], call->command, pointer);
	if (call->kind == FUZZ_RUN && call->pointer == FUZZ_GOOD)
		fuzzer_check_run(fuzzer, run, status);
	return status;
}

/* With a position of its own or at the file's. */
static ssize_t fuzzer_transfer(struct fuzzer *fuzzer, const struct fuzz_call *call)
{
	int fd = fuzzer->files[call->file];
	void *pointer = fuzzer_pointer(fuzzer, call->pointer);
	size_t length = (size_t)call->length;
	bool own = call->flags & 1;
	ssize_t done;

	if (call->kind == FUZZ_READ)
		done = own ? pread(fd, pointer, length, (off_t)call->offset)
			   : read(fd, pointer, length);
	else
		done = own ? pwrite(fd, pointer, length, (off_t)call->offset)
			   : write(fd, pointer, length);
	if (done > 0 && (size_t)done > length)
		fuzzer_wrong(&fuzzer->result, "more was read or written than was asked for");
	return done;
}

static void map_forget(struct fuzz_map *map)
{
	if (map->at)
		munmap(map->at, map->length);
	map->at = NULL;
}

static int fuzzer_map(struct fuzzer *fuzzer, const struct fuzz_call *call)
{
	struct fuzz_map *map = &fuzzer->maps[call->map];
	size_t length = (size_t)call->length;
	void *at;

	map_forget(map);
	at = mmap(NULL, length, call->protection, call->flags, fuzzer->files[call->file],
		  (off_t)call->offset);
	if (at == MAP_FAILED)
		return -1;
	map->at = at;
	map->length = length;
	return 0;
}

/* All of it, or its end. */
static int fuzzer_unmap(struct fuzzer *fuzzer, const struct fuzz_call *call)
{
	struct fuzz_map *map = &fuzzer->maps[call->map];
	size_t page = (size_t)sysconf(_SC_PAGESIZE), keep = call->offset % 8 * page;

	if (!map->at)
		return -1;
	if (keep == 0 || keep >= map->length) {
		map_forget(map);
		return 0;
	}
	munmap(map->at + keep, map->length - keep);
	map->length = keep;
	return 0;
}

static int fuzzer_touch(struct fuzzer *fuzzer, const struct fuzz_call *call)
{
	const struct fuzz_map *map = &fuzzer->maps[call->map];
	struct fault fault;
	unsigned char *at;

	if (!map->at)
		return -1;
	at = map->at + call->offset % map->length;
	return (call->kind == FUZZ_PEEK ? fault_copy(fuzzer->area, at, 1, &fault)
					: fault_copy(at, fuzzer->area, 1, &fault))
		       ? 0
		       : -1;
}

static int fuzzer_reopen(struct fuzzer *fuzzer, unsigned int file)
{
	int *fd = &fuzzer->files[file];

	if (*fd >= 0)
		close(*fd);
	*fd = open(WORKLOAD_DEVICE, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		fuzzer->err = -errno;
	return *fd < 0 ? -1 : 0;
}

static void fuzzer_drop_all(struct fuzzer *fuzzer)
{
	unsigned int i;

	for (i = 0; i < FUZZ_MAPS; i++)
		map_forget(&fuzzer->maps[i]);
	for (i = 0; i < FUZZ_FILES; i++) {
		if (fuzzer->files[i] >= 0)
			close(fuzzer->files[i]);
		fuzzer->files[i] = -1;
	}
}

/*
 * A RESET can only succeed when nothing is held, and takes away what would tell of an error before:
 * the counts are judged first. One of several threads just begins anew.
 */
static int fuzzer_clear(struct fuzzer *fuzzer)
{
	unsigned int i;
	int reset = 0;

	fuzzer_drop_all(fuzzer);
	if (fuzzer->plan->threads == 1) {
		fuzzer->err = judge_counts(fuzzer->judge, &fuzzer->result);
		reset = ioctl(fuzzer->judge->device->fd, WORKLOAD_IOC_RESET);
	}
	for (i = 0; i < FUZZ_FILES && !fuzzer->err; i++)
		fuzzer_reopen(fuzzer, i);
	return fuzzer->err ? -1 : reset;
}

static ssize_t fuzzer_do(struct fuzzer *fuzzer, struct fuzz_call *call)
{
	switch (call->kind) {
	case FUZZ_READ:
	case FUZZ_WRITE:
		return fuzzer_transfer(fuzzer, call);
	case FUZZ_SEEK:
		return lseek(fuzzer->files[call->file], (off_t)call->offset, call->flags) < 0 ? -1
											      : 0;
	case FUZZ_MAP:
		return fuzzer_map(fuzzer, call);
	case FUZZ_UNMAP:
		return fuzzer_unmap(fuzzer, call);
	case FUZZ_PEEK:
	case FUZZ_POKE:
		return fuzzer_touch(fuzzer, call);
	case FUZZ_REOPEN:
		return fuzzer_reopen(fuzzer, call->file);
	case FUZZ_CLEAR:
		return fuzzer_clear(fuzzer);
	default:
		return fuzzer_ioctl(fuzzer, call);
	}
}

static void *fuzzer_main(void *argument)
{
	struct fuzzer *fuzzer = argument;
	struct fuzz_call call;
	uint64_t i;

	for (i = 0; i < fuzzer->plan->calls && !fuzzer->err && !runner_stopped(); i++) {
		struct fuzz_tally *tally;

		fuzz_call_next(&fuzzer->random, &call);
		tally = &fuzzer->result.kinds[call.kind];
		if (fuzzer_do(fuzzer, &call) < 0)
			tally->refused++;
		else
			tally->done++;
	}
	return NULL;
}

/* 0 or -errno; fuzzer_close() either way. */
static int fuzzer_open(struct fuzzer *fuzzer, const struct fuzz_plan *plan,
		       struct fuzz_judge *judge, unsigned int number)
{
	unsigned int i;

	fuzzer->plan = plan;
	fuzzer->judge = judge;
	fuzzer->random.state = plan->seed ^ (uint64_t)number << 32;
	for (i = 0; i < FUZZ_FILES; i++)
		fuzzer->files[i] = -1;
	fuzzer->area = mmap(NULL, AREA_BYTES + GUARD_BYTES, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (fuzzer->area == MAP_FAILED ||
	    mprotect(fuzzer->area, AREA_BYTES, PROT_READ | PROT_WRITE))
		return -errno;
	for (i = 0; i < FUZZ_FILES; i++) {
		fuzzer->files[i] = open(WORKLOAD_DEVICE, O_RDWR | O_CLOEXEC);
		if (fuzzer->files[i] < 0)
			return -errno;
	}
	return 0;
}

static void fuzzer_close(struct fuzzer *fuzzer)
{
	fuzzer_drop_all(fuzzer);
	if (fuzzer->area != MAP_FAILED)
		munmap(fuzzer->area, AREA_BYTES + GUARD_BYTES);
}

static void result_add(struct fuzz_result *sum, const struct fuzz_result *part)
{
	unsigned int i;

	for (i = 0; i < FUZZ_KIND_COUNT; i++) {
		sum->kinds[i].done += part->kinds[i].done;
		sum->kinds[i].refused += part->kinds[i].refused;
	}
	for (i = 0; i < part->wrong; i++)
		fuzzer_wrong(sum, part->words[i < FUZZ_WRONG_MAX ? i : FUZZ_WRONG_MAX - 1]);
}

static int fuzzers_run(struct fuzzer *fuzzers, const struct fuzz_plan *plan,
		       struct fuzz_judge *judge, struct fuzz_result *result)
{
	unsigned int i, opened, started = 0;
	int err = 0;

	for (opened = 0; opened < plan->threads && !err; opened++)
		err = fuzzer_open(&fuzzers[opened], plan, judge, opened);
	for (; started < plan->threads && !err; started++)
		err = -pthread_create(&fuzzers[started].thread, NULL, fuzzer_main,
				      &fuzzers[started]);
	if (err && started > 0)
		started--;
	for (i = 0; i < started; i++)
		pthread_join(fuzzers[i].thread, NULL);
	for (i = 0; i < opened; i++) {
		result_add(result, &fuzzers[i].result);
		if (!err)
			err = fuzzers[i].err;
		fuzzer_close(&fuzzers[i]);
	}
	return err;
}

static int fuzz_and_judge(const struct device *device, const struct fuzz_plan *plan,
			  struct fuzz_result *result)
{
	struct fuzzer *fuzzers = calloc(plan->threads, sizeof(*fuzzers));
	struct fuzz_judge *judge = calloc(1, sizeof(*judge));
	int err = -ENOMEM;

	if (fuzzers && judge) {
		judge->device = device;
		err = module_counts_read(device, &judge->before);
	}
	if (!err)
		err = fuzzers_run(fuzzers, plan, judge, result);
	if (!err)
		err = device_sync(device);
	if (!err)
		err = judge_counts(judge, result);
	free(judge);
	free(fuzzers);
	return err;
}

int device_fuzz_run(const struct fuzz_plan *plan, struct fuzz_result *result)
{
	struct device device;
	int err = device_open(WORKLOAD_DEVICE, &device);

	if (err)
		return err;
	memset(result, 0, sizeof(*result));
	err = fuzz_and_judge(&device, plan, result);
	device_close(&device);
	return err;
}
