/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the running kernel looks like, from the names in its BTF.
 */
#ifndef WORKLOAD_SHAPE_H
#define WORKLOAD_SHAPE_H

/*
 * Whether the kernel's own types have a name (of a structure, member or function) that is exactly
 * `word`: 1 or 0; -errno if the kernel has no BTF to tell (-ENOENT) or it can't be read.
 */
int shape_has_word(const char *word);

#endif
