// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Modules come and go while a trace runs. When the one comes that is looked for, its code is
 * where to look from then on. When any goes, the kernel forgets its functions' names: those of
 * the call sites that lie in it are kept, just before.
 *
 * A module's init text goes first, as soon as its init has returned: initcall_finish is then.
 */
#include "tracer.bpf.h"

/* The init text of modules whose init has not returned; as many as load at the same time. */
#define LOADING 16

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LOADING);
	__type(key, __u32);
	__type(value, struct tracer_range);
} loading SEC(".maps");

/* ---- where a module's code is ------------------------------------------------------------- */

/* A constant index, which a relocation can follow: the array's elements are the kernel's. */
#define memory_range(module, type)                                                              \
	((struct tracer_range){ (__u64)BPF_CORE_READ(module, mem[type].base),                   \
				BPF_CORE_READ(module, mem[type].size) })

#define layout_range(old, layout)                                                               \
	((struct tracer_range){ (__u64)BPF_CORE_READ(old, layout.base),                         \
				BPF_CORE_READ(old, layout.text_size) })

static __always_inline struct tracer_range text_range(struct module *module)
{
	struct module___pre_v6_4 *old = (void *)module;

	if (bpf_core_field_exists(old->core_layout))
		return layout_range(old, core_layout);
	return memory_range(module, MOD_TEXT);
}

static __always_inline struct tracer_range init_range(struct module *module)
{
	struct module___pre_v6_4 *old = (void *)module;

	if (bpf_core_field_exists(old->init_layout))
		return layout_range(old, init_layout);
	return memory_range(module, MOD_INIT_TEXT);
}

static __always_inline bool is_wanted(struct module *module)
{
	char name[TRACER_MODULE] = {};

	if (!knobs.filter_module)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name), &module->name);
	for (int i = 0; i < TRACER_MODULE; i++) {
		if (name[i] != knobs.module[i])
			return false;
		if (!name[i])
			break;
	}
	return true;
}

/* ---- names that are about to go ----------------------------------------------------------- */

int name_keep(__u64 address);

__noinline int name_keep(__u64 address)
{
	static const char format[] = "%pS";
	struct symbol_text symbol = {};

	if (bpf_map_lookup_elem(&names, &address))
		return 0;
	bpf_snprintf(symbol.text, sizeof(symbol.text), format, &address, sizeof(address));
	if (bpf_map_update_elem(&names, &address, &symbol, BPF_NOEXIST))
		__sync_fetch_and_add(&control.loss.symbol_lost, 1);
	else
		__sync_fetch_and_add(&control.names, 1);
	return 0;
}

static __always_inline void name_inside(const struct tracer_range *range, __u64 address)
{
	if (address - range->start < range->size)
		name_keep(address);
}

static long row_keep_names(__u32 index, const struct tracer_range *range)
{
	struct row_info *info = info_at(index);

	if (!info || !info->ready)
		return 0;
	if (!(info->flags & ROW_STACK)) {
		name_inside(range, info->site);
		return 0;
	}
	for (int i = 0; i < TRACER_FRAMES; i++)
		name_inside(range, info->frames[i]);
	return 0;
}

int keep_names(__u64 start, __u64 size);

/* Names what rows have in this range. Global: the verifier looks at it once, not in each loop. */
__noinline int keep_names(__u64 start, __u64 size)
{
	struct tracer_range range = { start, size };

	if (size)
		bpf_loop(knobs.row_mask + 1, row_keep_names, &range, 0);
	return 0;
}

/* Puts the range where none is; 1, which ends the loop, when it is done. */
static long range_keep(__u32 slot, const struct tracer_range *range)
{
	struct tracer_range *free = bpf_map_lookup_elem(&loading, &slot);

	if (!free || __sync_val_compare_and_swap(&free->start, 0, range->start))
		return 0;
	free->size = range->size;
	return 1;
}

/* ---- events ------------------------------------------------------------------------------- */

/* The module is complete, nothing of it has run. */
SEC("?raw_tp/module_load")
int BPF_PROG(module_load, struct module *module)
{
	struct tracer_range init = init_range(module);

	if (init.size && bpf_loop(LOADING, range_keep, &init, 0) == LOADING)
		__sync_fetch_and_add(&control.loss.symbol_lost, 1);
	if (!is_wanted(module))
		return 0;
	control.text = text_range(module);
	control.init = init;
	return 0;
}

SEC("?raw_tp/initcall_finish")
int BPF_PROG(module_inited, __u64 function)
{
	if (function - control.init.start < control.init.size)
		control.init.size = 0;
	for (__u32 i = 0; i < LOADING; i++) {
		__u32 slot = i;
		struct tracer_range *range = bpf_map_lookup_elem(&loading, &slot);

		if (!range || function - range->start >= range->size)
			continue;
		keep_names(range->start, range->size);
		range->size = 0;
		range->start = 0;
	}
	return 0;
}

/* Nothing of it runs any more; its names are still known. */
SEC("?raw_tp/module_free")
int BPF_PROG(module_free, struct module *module)
{
	struct tracer_range text = text_range(module);

	keep_names(text.start, text.size);
	if (is_wanted(module))
		control.text.size = control.init.size = 0;
	return 0;
}
