/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Half of the numbers are of the kind that is often handled wrongly (0, -1, powers of two and
 * their neighbours, whole pages), the rest any. Sizes are drawn by their logarithm, so that most
 * are small.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_call.h"
#include "module_scenarios.h"
#include "scenarios.h"

#define LENGTH_MOST (1U << 17)
/* Operations of one RUN, of one that takes longer, and of one that takes long. */
#define COUNT_MOST 64U
#define SLOW_COUNT 4U
#define SLOWEST	   2U
/* A scenario takes long by how few operations it has by default. */
#define SLOW_FROM 300U
#define SLOW_RARE 256U
/* Bytes of one RUN, most of the time. */
#define BYTES_MOST (1U << 18)

uint64_t fuzz_random_next(struct fuzz_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint64_t below(struct fuzz_random *random, uint64_t limit)
{
	return fuzz_random_next(random) % limit;
}

/* Once in so many times. */
static bool once_in(struct fuzz_random *random, unsigned int times)
{
	return below(random, times) == 0;
}

/* 1 to `most`, small ones more often. */
static uint64_t small(struct fuzz_random *random, uint64_t most)
{
	uint64_t bits = 64 - (uint64_t)__builtin_clzll(most);

	return 1 + below(random, most) % ((uint64_t)1 << below(random, bits + 1));
}

static uint64_t wild(struct fuzz_random *random)
{
	switch (below(random, 8)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return (1ULL << below(random, 64)) + below(random, 3) - 1;
	case 3:
		return 4096 * below(random, 64);
	case 4:
		return below(random, 256);
	case 5:
		return below(random, UINT32_MAX);
	default:
		return fuzz_random_next(random);
	}
}

static void fill(struct fuzz_random *random, void *bytes, size_t size)
{
	unsigned char *at = bytes;

	while (size > 0) {
		uint64_t word = wild(random);
		size_t part = size < sizeof(word) ? size : sizeof(word);

		memcpy(at, &word, part);
		at += part;
		size -= part;
	}
}

static const struct scenario *fuzz_scenario(struct fuzz_random *random)
{
	size_t count;
	const struct scenario *all = scenarios_module(&count);

	return &all[below(random, count)];
}

/* Large ones take long, and are rare. */
static uint64_t fuzz_size(struct fuzz_random *random, const struct scenario *scenario)
{
	uint64_t room = scenario->max_size - scenario->min_size + 1;

	if (room > BYTES_MOST && !once_in(random, 16))
		room = BYTES_MOST;
	return scenario->min_size - 1 + small(random, room);
}

/* With the flags, sizes and data that it takes, mostly. */
static void fuzz_run_plausible(struct fuzz_random *random, struct workload_run *run)
{
	const struct scenario *scenario = fuzz_scenario(random);

	while (scenario->flags & WORKLOAD_NOT_RUN && !once_in(random, 16))
		scenario = fuzz_scenario(random);
	memset(run, 0, sizeof(*run));
	run->scenario = scenario->id;
	if (once_in(random, 3) && (scenario->flags & WORKLOAD_CAN_HOLD || once_in(random, 8)))
		run->flags = WORKLOAD_RUN_HOLD;
	run->count = small(random, 24);
	if (scenario->flags & WORKLOAD_TAKES_SIZE && !once_in(random, 8))
		run->size = fuzz_size(random, scenario);
	if (scenario->flags & WORKLOAD_TAKES_DATA)
		run->data = once_in(random, 8) ? FUZZ_EDGE : FUZZ_GOOD;
}

static void fuzz_run_wild(struct fuzz_random *random, struct workload_run *run)
{
	fill(random, run, sizeof(*run));
	if (!once_in(random, 4))
		run->scenario = fuzz_scenario(random)->id;
	if (!once_in(random, 4))
		run->flags = (uint32_t)below(random, 4);
	if (!once_in(random, 4))
		run->reserved = 0;
}

/* How many operations of a scenario are few enough not to take long. */
static uint64_t fuzz_count_most(const struct scenario *scenario, uint64_t size)
{
	uint64_t bytes = size > scenario->size ? size : scenario->size;
	uint64_t most = scenario->default_count <= SLOW_FROM ? SLOW_COUNT : COUNT_MOST;

	if (scenario->default_count < SLOW_FROM)
		return SLOWEST;
	return bytes * most > BYTES_MOST ? BYTES_MOST / bytes + 1 : most;
}

/*
 * Nothing leaks, and no call takes long, whatever the argument is meant for: every ioctl gets the
 * same bytes, and what is no RUN today may be taken for one. Counts that are refused stay. What
 * takes milliseconds each is another most of the time.
 */
static void fuzz_tame(struct fuzz_random *random, struct workload_run *run)
{
	size_t count;
	const struct scenario *all = scenarios_module(&count);
	uint64_t most = COUNT_MOST;
	bool slowest = false;

	run->flags &= ~(uint32_t)WORKLOAD_RUN_LEAK;
	if (run->scenario < count) {
		most = fuzz_count_most(&all[run->scenario], run->size);
		slowest = all[run->scenario].default_count < SLOW_FROM &&
			  !(all[run->scenario].flags & WORKLOAD_NOT_RUN);
	}
	if (run->count > most && run->count <= WORKLOAD_COUNT_MAX)
		run->count = 1 + run->count % most;
	if (slowest && !once_in(random, SLOW_RARE))
		run->scenario = WORKLOAD_KMALLOC_VAR;
	/* It waits for the clock to tick. */
	if (run->scenario == WORKLOAD_KMALLOC_TIMER && !once_in(random, 4))
		run->scenario = WORKLOAD_KMALLOC_IRQ_WORK;
}

static void fuzz_ioctl(struct fuzz_random *random, struct fuzz_call *call)
{
	static const unsigned long commands[] = {
		[FUZZ_INFO] = WORKLOAD_IOC_INFO,     [FUZZ_RUN] = WORKLOAD_IOC_RUN,
		[FUZZ_DROP] = WORKLOAD_IOC_DROP,     [FUZZ_COUNTS] = WORKLOAD_IOC_COUNTS,
		[FUZZ_RESET] = WORKLOAD_IOC_RESET,   [FUZZ_SYNC] = WORKLOAD_IOC_SYNC,
		[FUZZ_BUFFER] = WORKLOAD_IOC_BUFFER,
	};

	fill(random, call->argument.bytes,
	     once_in(random, 32) ? sizeof(call->argument.bytes) : sizeof(call->argument.run));
	if (call->kind == FUZZ_UNKNOWN)
		call->command =
			_IOC(below(random, 4), 'w', below(random, 256), below(random, 1 << 14));
	else
		call->command = commands[call->kind];
	if (call->kind == FUZZ_RUN && !once_in(random, 4))
		fuzz_run_plausible(random, &call->argument.run);
	else if (call->kind == FUZZ_RUN)
		fuzz_run_wild(random, &call->argument.run);
	else if (call->kind == FUZZ_DROP && !once_in(random, 4))
		call->argument.drop = (struct workload_drop){
			.scenario =
				once_in(random, 2) ? WORKLOAD_DROP_ALL : fuzz_scenario(random)->id};
	else if (call->kind == FUZZ_COUNTS && !once_in(random, 4))
		call->argument.counts.scenario = fuzz_scenario(random)->id;
	else if (call->kind == FUZZ_BUFFER && !once_in(random, 4))
		call->argument.buffer = (struct workload_buffer){.size = small(random, 1 << 20)};
	if (call->kind == FUZZ_RUN || call->kind == FUZZ_UNKNOWN)
		fuzz_tame(random, &call->argument.run);
}

static void fuzz_map(struct fuzz_random *random, struct fuzz_call *call)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t id = once_in(random, 8) ? below(random, WORKLOAD_SCENARIO_COUNT + 4)
					 : WORKLOAD_MMAP_ONE + below(random, 8);

	call->offset = WORKLOAD_MMAP_OFFSET(id);
	if (once_in(random, 4))
		call->offset += page * below(random, 20);
	if (once_in(random, 32))
		call->offset = wild(random);
	call->length = once_in(random, 32) ? wild(random) : page * small(random, 20);
	call->protection = once_in(random, 8) ? (int)below(random, 8) : PROT_READ;
	if (once_in(random, 2))
		call->protection |= PROT_WRITE;
	/* Without a reserve the kernel has nothing to say in its log about the length. */
	call->flags = once_in(random, 32) ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED;
}

/* The rare ones are those that wait, or that take the others' work away. */
static enum fuzz_kind fuzz_kind(struct fuzz_random *random)
{
	static const enum fuzz_kind often[] = {
		FUZZ_RUN,   FUZZ_RUN,	FUZZ_RUN,   FUZZ_RUN,	 FUZZ_RUN,     FUZZ_RUN,
		FUZZ_INFO,  FUZZ_DROP,	FUZZ_DROP,  FUZZ_COUNTS, FUZZ_READ,    FUZZ_READ,
		FUZZ_WRITE, FUZZ_WRITE, FUZZ_SEEK,  FUZZ_MAP,	 FUZZ_MAP,     FUZZ_PEEK,
		FUZZ_PEEK,  FUZZ_POKE,	FUZZ_UNMAP, FUZZ_UNMAP,	 FUZZ_UNKNOWN,
	};

	if (once_in(random, 4000))
		return FUZZ_SYNC;
	if (once_in(random, 100))
		return FUZZ_RESET;
	if (once_in(random, 1000))
		return FUZZ_CLEAR;
	if (once_in(random, 100))
		return FUZZ_BUFFER;
	if (once_in(random, 50))
		return FUZZ_REOPEN;
	return often[below(random, sizeof(often) / sizeof(often[0]))];
}

void fuzz_call_next(struct fuzz_random *random, struct fuzz_call *call)
{
	memset(call, 0, sizeof(*call));
	call->kind = fuzz_kind(random);
	call->file = (unsigned int)below(random, FUZZ_FILES);
	call->map = (unsigned int)below(random, FUZZ_MAPS);
	call->pointer = once_in(random, 16) ? (enum fuzz_pointer)below(random, 4) : FUZZ_GOOD;
	call->offset = once_in(random, 8) ? wild(random) : small(random, LENGTH_MOST) - 1;
	call->length = once_in(random, 16) ? wild(random) : small(random, LENGTH_MOST);
	call->flags = (int)(once_in(random, 8) ? below(random, 6) : below(random, 3));
	if (call->kind <= FUZZ_UNKNOWN)
		fuzz_ioctl(random, call);
	else if (call->kind == FUZZ_MAP)
		fuzz_map(random, call);
}

const char *fuzz_kind_name(enum fuzz_kind kind)
{
	static const char *const names[FUZZ_KIND_COUNT] = {
		[FUZZ_INFO] = "INFO",	  [FUZZ_RUN] = "RUN",	    [FUZZ_DROP] = "DROP",
		[FUZZ_COUNTS] = "COUNTS", [FUZZ_RESET] = "RESET",   [FUZZ_SYNC] = "SYNC",
		[FUZZ_BUFFER] = "BUFFER", [FUZZ_UNKNOWN] = "ioctl", [FUZZ_READ] = "read",
		[FUZZ_WRITE] = "write",	  [FUZZ_SEEK] = "seek",	    [FUZZ_MAP] = "mmap",
		[FUZZ_UNMAP] = "munmap",  [FUZZ_PEEK] = "peek",	    [FUZZ_POKE] = "poke",
		[FUZZ_REOPEN] = "reopen", [FUZZ_CLEAR] = "clear",
	};

	return names[kind];
}
