/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hand-written declarations of the kernel types that not every kernel has.
 * make.sh reads this file; no program includes it.
 *
 * A plain name stands in where the BTF lacks a type or a member that types.list
 * marks '?', so that every header offers it. A name with ___ is a CO-RE flavour:
 * libbpf compares it with the kernel's type of the name before the ___, so it
 * gives a second shape to a type whose members have changed. Offsets don't
 * matter, names and kinds of type do.
 */

/* x86, "x86: Put hot per CPU variables into a struct" (v6.2) up to v6.14. */
struct pcpu_hot {
	struct task_struct *current_task;
	int preempt_count;
};

/* Needs CONFIG_CGROUPS. */
struct task_struct {
	struct css_set *cgroups;
};

/* Needs CONFIG_MODULES; mem: "module: replace module_layout with module_memory" (v6.4). */
struct module {
	enum module_state state;
	char name[56];
	struct module_memory mem[7];
};

struct module_memory {
	void *base;
	unsigned int size;
};

enum module_state {
	MODULE_STATE_LIVE = 0,
	MODULE_STATE_COMING = 1,
	MODULE_STATE_GOING = 2,
	MODULE_STATE_UNFORMED = 3,
};

/* The indices of struct module's mem. */
enum mod_mem_type {
	MOD_TEXT = 0,
	MOD_DATA = 1,
	MOD_RODATA = 2,
	MOD_RO_AFTER_INIT = 3,
	MOD_INIT_TEXT = 4,
	MOD_INIT_DATA = 5,
	MOD_INIT_RODATA = 6,
	MOD_MEM_NUM_TYPES = 7,
	MOD_INVALID = -1,
};

/* Up to v6.3: one range for the module, one for its init part, text first in both. */
struct module___pre_v6_4 {
	struct module_layout___pre_v6_4 core_layout;
	struct module_layout___pre_v6_4 init_layout;
};

struct module_layout___pre_v6_4 {
	void *base;
	unsigned int size;
	unsigned int text_size;
};

/* From v6.18, "mm: introduce memdesc_flags_t": the flags moved into a struct. */
struct page___v6_18 {
	struct {
		long unsigned int f;
	} flags;
};

/* What remap_pfn_range_complete() is given by v7.2; before, the values themselves. */
struct mmap_action___v7_1 {
	struct {
		long unsigned int start;
		long unsigned int start_pfn;
		long unsigned int size;
	} remap;
};
