/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What filters name -> what the kernel can compare: modules and symbols become address ranges, a
 * cgroup a file descriptor, a pid is checked to exist.
 */
#ifndef TRACER_TARGETS_H
#define TRACER_TARGETS_H

#include <stdio.h>

#include "collector.h"
#include "options.h"

/*
 * Fills the filter part of *out. Errors are reported, with what exists. 0 or -errno. An opened
 * cgroup is in out->cgroup_fd (else -1); the caller closes it. With `wait` a module need not be
 * loaded yet.
 */
int targets_resolve(struct collector_options *out, const struct filters *filters, bool wait);

/* The filters in words, "CMD and its descendants, family kmalloc, pid 17"; NULL when there are
 * none (or no memory). The caller frees it. */
char *targets_describe(const struct options *options);

/*
 * The ranges of all symbols called `site` ("name" or "name+0x1b") in a file of kallsyms' form, in
 * any order, which is read twice. A name matches with or without a compiler's suffix
 * (".isra.0"); NAME+OFFSET is that one address. Returns how many (at most `most`), -ENOENT if
 * none, -EACCES if the addresses are hidden, -EINVAL for a bad offset. Pure but for reading.
 */
int targets_find_symbol(FILE *kallsyms, const char *site, uint64_t (*ranges)[2], int most);

/*
 * Where `module` begins, which is with its code, and where it would end if all of it lay there, in a
 * file of /proc/modules' form. 0, -ENOENT, -EACCES (hidden).
 */
int targets_find_module(FILE *modules, const char *module, uint64_t range[2]);

#endif
