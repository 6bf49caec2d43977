/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* CPU masks, all made from the one that the process was started with. */
#include <errno.h>
#include <sched.h>

#include "pin.h"

static cpu_set_t allowed;
static int load_cpu;

int pin_choose(void)
{
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return -errno;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			load_cpu = cpu;
	return 0;
}

int pin_load_cpu(void)
{
	return load_cpu;
}

int pin_cpus(void)
{
	return CPU_COUNT(&allowed);
}

static int pin_set(const cpu_set_t *set)
{
	return sched_setaffinity(0, sizeof(*set), set) ? -errno : 0;
}

static int pin_one(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return pin_set(&set);
}

int pin_to_load(void)
{
	return pin_one(load_cpu);
}

int pin_to_others(void)
{
	cpu_set_t set = allowed;

	if (CPU_COUNT(&set) > 1)
		CPU_CLR(load_cpu, &set);
	return pin_set(&set);
}

int pin_to_all(void)
{
	return pin_set(&allowed);
}

int pin_to_nth(int n)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !n--)
			return pin_one(cpu);
	return -EINVAL;
}
