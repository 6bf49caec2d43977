/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * GFP flags, by name and back. The bits moved between kernels (___GFP_*_BIT became an enum in
 * 6.10, commit 772dd0342727), so they are read from the running kernel's BTF where it has the
 * enum, and from a table of the older layout where it has not. That happens at the first use and
 * takes about 10 ms.
 */
#ifndef TRACER_GFP_H
#define TRACER_GFP_H

#include <stdint.h>
#include <stddef.h>

struct btf;

/*
 * Parses "GFP_ATOMIC", "__GFP_ZERO", several joined by ',' or '|'. A GFP_* name fixes the bits
 * that decide what the allocation may do (reclaim, IO, FS, HIGH): (gfp & *mask) == *value; a
 * __GFP_* name, GFP_DMA and GFP_DMA32 only ask for their bits. 0; -EINVAL for an unknown name;
 * -ERANGE when two names contradict each other. Both set *bad to a static copy of the name (cut
 * at 31 bytes), with -ERANGE the later one.
 */
int gfp_parse(const char *text, uint32_t *mask, uint32_t *value, const char **bad);

/* "GFP_KERNEL|__GFP_ZERO": the composite that fits, then the rest; unknown bits as 0x….
 * No flag at all is "none". Returns the length, cut to `size`. */
size_t gfp_format(char *out, size_t size, uint32_t gfp);

/* All names known, NULL-terminated, for hints. */
const char *const *gfp_names(void);

/*
 * Takes the bits from this BTF from now on instead of the running kernel's; NULL: the older
 * layout. 0, or -ENOENT when the BTF has no enum of them: then the older layout is in use.
 */
int gfp_use_btf(const struct btf *btf);

#endif
