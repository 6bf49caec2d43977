/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The module's scenarios, from the table that it is built of as well.
 *
 * What happens by mmap(2) is run as any other: an object is a mapping, SIZE what is mapped of the
 * scenario's memory, in whole pages.
 */
#include <stddef.h>

#include "load.h"
#include "module_scenarios.h"
#include "scenarios.h"
#include "workload_ioctl.h"

#define MAP_PAGE    4096U
#define MAP_COUNT   100U
#define MAP_BATCH   256U
#define FIRST_BATCH 1000U

#define BY_MMAP(flags) (((flags)&WORKLOAD_BY_MMAP) != 0)
/* A mapping that can have one page only has no SIZE to choose. */
#define MAP_SIZED(flags, max) (BY_MMAP(flags) && (max) > MAP_PAGE)
#define RUN_SIZED(flags)      (((flags)&WORKLOAD_TAKES_SIZE) != 0)
#define HOLDS(flags)	      (((flags) & (WORKLOAD_CAN_HOLD | WORKLOAD_BY_MMAP)) != 0)

#define MODULE_SCENARIO(id_, NAME, name_, family_, count_, size_, min_, max_, flags_, summary_)    \
	{                                                                                          \
		.name = (name_),                                                                   \
		.family = FAMILY_##family_,                                                        \
		.summary = (summary_),                                                             \
		.needs = "the module",                                                             \
		.ops = BY_MMAP(flags_) ? &load_device_map_ops : &load_module_ops,                  \
		.live = HOLDS(flags_) ? LIVE_COUNT : LIVE_NONE,                                    \
		.batch = BY_MMAP(flags_) ? MAP_BATCH                                               \
			 : (count_)	 ? (count_)                                                \
					 : FIRST_BATCH,                                                 \
		.default_count = BY_MMAP(flags_) ? MAP_COUNT : (count_),                           \
		.size = MAP_SIZED(flags_, max_) || RUN_SIZED(flags_) ? (size_) : 0,                \
		.min_size = MAP_SIZED(flags_, max_) ? MAP_PAGE                                     \
			    : RUN_SIZED(flags_)	    ? (min_)                                       \
						    : 0,                                               \
		.max_size = MAP_SIZED(flags_, max_) || RUN_SIZED(flags_) ? (max_) : 0,             \
		.size_step = MAP_SIZED(flags_, max_) ? MAP_PAGE : 1,                               \
		.module = true,                                                                    \
		.id = (id_),                                                                       \
		.flags = (flags_),                                                                 \
	},

static const struct scenario module_scenarios[] = {WORKLOAD_SCENARIOS(MODULE_SCENARIO)};

const struct scenario *scenarios_module(size_t *count)
{
	*count = sizeof(module_scenarios) / sizeof(module_scenarios[0]);
	return module_scenarios;
}

const char *scenarios_not_run(const struct scenario *scenario)
{
	if (scenario->flags & WORKLOAD_BY_PARAMETER)
		return "happens when the module is loaded or unloaded, with the parameter of that "
		       "name";
	if (scenario->flags & WORKLOAD_BY_ITSELF)
		return "is what the module allocates for itself, beside every run";
	return NULL;
}
