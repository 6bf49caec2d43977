// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The load that the cost line of a report is measured with. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "calibrate.h"

#define ROUNDS	 15
#define CALLS	 400
#define VECTORS	 9 /* UIO_FASTIOV is 8 */
#define EVENTS	 2 /* kmalloc, kfree */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double round_ns(int null, const struct iovec *vectors)
{
	uint64_t start = now_ns();

	for (int i = 0; i < CALLS; i++)
		if (writev(null, vectors, VECTORS) != VECTORS)
			return 0;
	return (double)(now_ns() - start) / (CALLS * EVENTS);
}

double calibrate_run(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct iovec vectors[VECTORS];
	double rounds[ROUNDS];
	char byte = 0;

	if (null < 0)
		return 0;
	for (int i = 0; i < VECTORS; i++)
		vectors[i] = (struct iovec){ &byte, 1 };
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = round_ns(null, vectors);
	close(null);
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	return rounds[ROUNDS / 2];
}
