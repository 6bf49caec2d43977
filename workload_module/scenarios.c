/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of the program's scenarios, and how one of either kind is named on the command line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../user/units.h"
#include "load.h"
#include "module_scenarios.h"
#include "scenarios.h"

#define KIB 1024U
#define MIB (1024U * 1024U)

/* clang-format off */
static const struct scenario scenarios[] = {
	{
		.name = "uring-buffers", .family = FAMILY_KMALLOC,
		.summary = "io_uring provided buffers, thousands in one system call",
		.needs = "io_uring", .ops = &load_uring_ops,
		.live = LIVE_BATCH, .batch = URING_MAX_BUFFERS, .default_count = 1000,
		.expected = {{
			.family = FAMILY_KMALLOC,
			.site = "io_manage_buffers_legacy|io_add_buffers|io_provide_buffers",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_FIXED, .bytes = 32,
			.counted = true, .not_with = "io_buffers_cache",
		}, {
			.family = FAMILY_KMALLOC,
			.site = "io_manage_buffers_legacy|io_add_buffers|io_provide_buffers",
			.allocs = 1, .freed = FREED_LATER, .counted = true, .once = true,
			.not_with = "io_buffers_cache",
			.note = "struct io_buffer_list: the group that the buffers are in",
		}},
	},
	{
		.name = "writev", .family = FAMILY_KMALLOC,
		.summary = "writev() of SIZE/16 segments: the array of segments",
		.needs = "", .ops = &load_writev_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 1000,
		.size = 144, .min_size = 144, .max_size = 16 * KIB, .size_step = 16,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "iovec_from_user",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_SIZE, .counted = true,
			.note = "kernels from 6.10 on report each above 8 KiB twice",
		}},
	},
	{
		.name = "writev-large", .family = FAMILY_KMALLOC,
		.summary = "writev() of 1024 segments: a kmalloc of 16 KiB, backed by pages",
		.needs = "", .ops = &load_writev_ops,
		.live = LIVE_NONE, .batch = 64, .default_count = 100,
		.size = 16 * KIB, .min_size = 16 * KIB, .max_size = 16 * KIB, .size_step = 16,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "iovec_from_user",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_SIZE, .counted = true,
			.note = "kernels from 6.10 on report each twice",
		}},
	},
	{
		.name = "message", .family = FAMILY_KMALLOC,
		.summary = "System V messages of SIZE bytes, sent and received",
		.needs = "SysV IPC; kernel.msgmax, msgmnb, msgmni", .ops = &load_message_ops,
		.live = LIVE_COUNT, .batch = 1, .default_count = 300,
		.size = 200, .min_size = 0, .max_size = 3 * KIB, .size_step = 1,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "load_msg|alloc_msg",
			.allocs = 1, .freed = FREED_CALL, .counted = true,
			.note = "SIZE and the kernel's struct msg_msg (48 bytes on 64-bit kernels)",
		}},
	},
	{
		.name = "sysctl", .family = FAMILY_KMALLOC,
		.summary = "reads of a sysctl into a buffer of SIZE bytes: kvzalloc and kvfree",
		.needs = "/proc", .ops = &load_sysctl_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 300,
		.size = 512, .min_size = 2, .max_size = 32 * KIB, .size_step = 1,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "proc_sys_call_handler",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_SIZE, .counted = true,
			.note = "kernels from 6.10 on report each above 8 KiB twice",
		}},
	},
	{
		.name = "kfree-null", .family = FAMILY_KMALLOC,
		.summary = "mount() of nothing: kfree(NULL), three times",
		.needs = "", .ops = &load_kfree_null_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 300,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "__x64_sys_mount|__arm64_sys_mount|__do_sys_mount|__se_sys_mount",
			.null_frees = 3, .freed = FREED_NEVER, .counted = true,
		}},
	},
	{
		.name = "kmalloc-fail", .family = FAMILY_KMALLOC,
		.summary = "a packet ring too large to be described: kmalloc of 8 MiB fails",
		.needs = "CAP_NET_RAW", .ops = &load_kmalloc_fail_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 100,
		.expected = {{
			.family = FAMILY_KMALLOC, .site = "packet_set_ring|alloc_pg_vec",
			.failed = 1, .freed = FREED_NEVER, .request = REQUEST_FIXED,
			.bytes = 8 * MIB, .counted = true,
			.note = "kernels from 6.10 on report each twice",
		}},
	},
	{
		.name = "fcntl-lock", .family = FAMILY_CACHE,
		.summary = "lock and unlock one byte of a file",
		.needs = "", .ops = &load_lock_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 300,
		.expected = {{
			.family = FAMILY_CACHE, .site = "locks_alloc_lock|fcntl_setlk|posix_lock_inode",
			.cache = "file_lock_cache|filelock_cache",
			.allocs = 6, .freed = FREED_CALL, .counted = true,
		}},
	},
	{
		.name = "epoll", .family = FAMILY_CACHE,
		.summary = "add a descriptor to an epoll set and delete it",
		.needs = "", .ops = &load_epoll_ops,
		.live = LIVE_NONE, .batch = 256, .default_count = 300,
		.expected = {{
			.family = FAMILY_CACHE, .site = "ep_insert|do_epoll_ctl|do_epoll_ctl_file",
			.cache = "eventpoll_epi",
			.allocs = 1, .freed = FREED_UNSEEN, .counted = true,
		}, {
			.family = FAMILY_CACHE, .site = "ep_insert|do_epoll_ctl|do_epoll_ctl_file",
			.cache = "ep_head",
			.allocs = 1, .freed = FREED_CALL, .counted = true,
		}, {
			.family = FAMILY_CACHE, .site = "ep_ptable_queue_proc",
			.cache = "eventpoll_pwq",
			.allocs = 1, .freed = FREED_CALL, .counted = true,
		}},
	},
	{
		.name = "open", .family = FAMILY_CACHE,
		.summary = "open and close /dev/null: struct file",
		.needs = "open files (ulimit -n)", .ops = &load_open_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 1, .default_count = 300,
		.expected = {{
			.family = FAMILY_CACHE, .site = "alloc_empty_file|__alloc_file",
			.cache = "filp",
			.allocs = 1, .freed = FREED_CALL, .counted = true, .shared = true,
			.note = "before 6.7 freed after a grace period",
		}},
	},
	{
		.name = "pipe", .family = FAMILY_CACHE,
		.summary = "make and close a pipe",
		.needs = "open files (ulimit -n), fs.pipe-user-pages-hard", .ops = &load_pipe_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 2, .default_count = 100,
		.expected = {{
			.family = FAMILY_CACHE, .site = "alloc_empty_file|__alloc_file",
			.cache = "filp",
			.allocs = 2, .freed = FREED_CALL, .counted = true, .shared = true,
			.note = "before 6.7 freed after a grace period",
		}, {
			.family = FAMILY_KMALLOC, .site = "alloc_pipe_info",
			.allocs = 2, .freed = FREED_CALL, .counted = true,
			.note = "struct pipe_inode_info and the array of its buffers",
		}},
	},
	{
		.name = "eventfd", .family = FAMILY_CACHE,
		.summary = "make and close an eventfd",
		.needs = "open files (ulimit -n)", .ops = &load_eventfd_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 1, .default_count = 100,
		.expected = {{
			.family = FAMILY_CACHE, .site = "alloc_empty_file|__alloc_file",
			.cache = "filp",
			.allocs = 1, .freed = FREED_CALL, .counted = true, .shared = true,
			.note = "before 6.7 freed after a grace period",
		}, {
			.family = FAMILY_KMALLOC, .site = "do_eventfd|__do_sys_eventfd2",
			.allocs = 1, .freed = FREED_CALL, .counted = true,
			.note = "struct eventfd_ctx",
		}},
	},
	{
		.name = "timerfd", .family = FAMILY_CACHE,
		.summary = "make and close a timerfd",
		.needs = "open files (ulimit -n)", .ops = &load_timerfd_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 1, .default_count = 100,
		.expected = {{
			.family = FAMILY_CACHE, .site = "alloc_empty_file|__alloc_file",
			.cache = "filp",
			.allocs = 1, .freed = FREED_CALL, .counted = true, .shared = true,
			.note = "before 6.7 freed after a grace period",
		}, {
			.family = FAMILY_KMALLOC, .site = "__do_sys_timerfd_create|__x64_sys_timerfd_create|__arm64_sys_timerfd_create",
			.allocs = 1, .freed = FREED_UNSEEN, .counted = true,
			.note = "struct timerfd_ctx",
		}},
	},
	{
		.name = "socketpair", .family = FAMILY_CACHE,
		.summary = "make and close a pair of Unix sockets",
		.needs = "open files (ulimit -n)", .ops = &load_socketpair_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 2, .default_count = 100,
		.expected = {{
			.family = FAMILY_CACHE, .site = "sock_alloc_inode", .cache = "sock_inode_cache",
			.allocs = 2, .freed = FREED_LATER, .counted = true,
		}, {
			.family = FAMILY_CACHE, .site = "sk_prot_alloc",
			.cache = "UNIX-STREAM|UNIX",
			.allocs = 2, .freed = FREED_CALL, .counted = true,
		}, {
			.family = FAMILY_CACHE, .site = "alloc_empty_file|__alloc_file",
			.cache = "filp",
			.allocs = 2, .freed = FREED_CALL, .counted = true, .shared = true,
			.note = "before 6.7 freed after a grace period",
		}},
	},
	{
		.name = "tmpfs-files", .family = FAMILY_CACHE,
		.summary = "create and unlink empty files: inode and dentry",
		.needs = "a tmpfs at /dev/shm", .ops = &load_tmpfs_ops,
		.live = LIVE_COUNT, .batch = 1, .default_count = 200, .max_count = 10000000,
		.expected = {{
			.family = FAMILY_CACHE, .site = "shmem_alloc_inode",
			.cache = "shmem_inode_cache",
			.allocs = 1, .freed = FREED_LATER, .counted = true,
		}, {
			.family = FAMILY_CACHE, .site = "shmem_alloc_inode",
			.cache = "shmem_inode_cache",
			.allocs = 1, .freed = FREED_LATER, .counted = true, .once = true,
			.note = "the directory that the files are in",
		}, {
			.family = FAMILY_CACHE, .site = "__d_alloc", .cache = "dentry",
			.allocs = 1, .freed = FREED_LATER, .counted = true, .shared = true,
		}},
	},
	{
		.name = "pipe-pages", .family = FAMILY_PAGES,
		.summary = "pages written into pipes and not read",
		.needs = "open files (ulimit -n), fs.pipe-user-pages-soft", .ops = &load_pipe_pages_ops,
		.live = LIVE_COUNT, .batch = 256, .fds = 2, .default_count = 300,
		.max_count = 100000000,
		.expected = {{
			.family = FAMILY_PAGES, .site = "anon_pipe_get_page|anon_pipe_write|pipe_write",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_PAGES, .bytes = 1,
			.counted = true, .shared = true,
		}},
	},
	{
		.name = "page-tables", .family = FAMILY_PAGES,
		.summary = "reads of memory so far apart that each needs its own page table",
		.needs = "address space (ulimit -v)", .ops = &load_page_table_ops,
		.live = LIVE_BATCH, .batch = 16384, .default_count = 300, .max_count = 100000000,
		.expected = {{
			.family = FAMILY_PAGES, .site = "pte_alloc_one",
			.allocs = 1, .freed = FREED_LATER, .request = REQUEST_PAGES, .bytes = 1,
			.counted = true, .shared = true,
		}},
	},
	{
		.name = "packet-ring", .family = FAMILY_PAGES,
		.summary = "blocks of a packet ring, SIZE rounded up to a power of two",
		.needs = "CAP_NET_RAW", .ops = &load_packet_ops,
		.live = LIVE_BATCH, .batch = 1024, .default_count = 64, .max_count = 100000000,
		.size = 16 * KIB, .min_size = 4 * KIB, .max_size = 64 * KIB, .size_step = 4 * KIB,
		.expected = {{
			.family = FAMILY_PAGES, .site = "packet_set_ring|alloc_pg_vec",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_POWER, .counted = true,
		}},
	},
	{
		.name = "aio-context", .family = FAMILY_PERCPU,
		.summary = "make and destroy an aio context, which waits for a grace period",
		.needs = "CONFIG_AIO; fs.aio-max-nr", .ops = &load_aio_ops,
		/* Destroying one takes some 30 ms: no more than a second's worth at a time. */
		.live = LIVE_BATCH, .batch = 32, .default_count = 10, .max_count = 10000,
		.expected = {{
			.family = FAMILY_PERCPU, .site = "percpu_ref_init",
			.allocs = 2, .freed = FREED_LATER, .counted = true,
		}, {
			.family = FAMILY_PERCPU, .site = "ioctx_alloc",
			.allocs = 1, .freed = FREED_LATER, .counted = true,
			.note = "struct kioctx_cpu",
		}},
	},
	{
		.name = "percpu-map", .family = FAMILY_PERCPU,
		.summary = "entries of a BPF per-CPU array, SIZE bytes on each CPU",
		.needs = "CAP_BPF", .ops = &load_percpu_map_ops,
		.live = LIVE_COUNT, .batch = 1024, .fds = 1, .default_count = 200,
		.max_count = 100000000,
		.size = 64, .min_size = 1, .max_size = 32 * KIB, .size_step = 1,
		.expected = {{
			.family = FAMILY_PERCPU, .site = "bpf_map_alloc_percpu|bpf_array_alloc_percpu",
			.allocs = 1, .freed = FREED_LATER, .request = REQUEST_ROUNDED, .counted = true,
		}},
	},
	{
		.name = "socket-filter", .family = FAMILY_VMALLOC,
		.summary = "attach a classic BPF filter to a socket: vmalloc and per-CPU counters",
		.needs = "open files (ulimit -n), net.core.optmem_max", .ops = &load_filter_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 1, .default_count = 50,
		.expected = {{
			.family = FAMILY_VMALLOC, .site = "bpf_prog_alloc_no_stats",
			.allocs = 1, .freed = FREED_LATER, .request = REQUEST_PAGES, .bytes = 1,
			.counted = true,
		}, {
			.family = FAMILY_PERCPU, .site = "bpf_prog_alloc",
			.allocs = 1, .freed = FREED_LATER, .counted = true,
			.note = "struct bpf_prog_stats",
		}, {
			.family = FAMILY_PERCPU, .site = "bpf_prog_alloc_no_stats",
			.allocs = 1, .freed = FREED_LATER, .request = REQUEST_FIXED, .bytes = 4,
			.counted = true,
		}},
	},
	{
		.name = "mmap-map", .family = FAMILY_VMALLOC,
		.summary = "BPF arrays of SIZE bytes that could be mapped: vmalloc",
		.needs = "CAP_BPF; open files (ulimit -n)", .ops = &load_mmap_map_ops,
		.live = LIVE_COUNT, .batch = 1, .fds = 1, .default_count = 10,
		.max_count = 10000000,
		.size = 1 * MIB, .min_size = 1, .max_size = 1024 * MIB, .size_step = 1,
		.expected = {{
			.family = FAMILY_VMALLOC,
			.site = "bpf_map_area_mmapable_alloc|__bpf_map_area_alloc|array_map_alloc",
			.allocs = 1, .freed = FREED_LATER, .counted = true,
			.note = "SIZE rounded up to pages, and a page or more for struct bpf_array",
		}},
	},
	{
		.name = "packet-vmalloc", .family = FAMILY_VMALLOC,
		.summary = "a packet ring of one block, too large for the page allocator",
		.needs = "CAP_NET_RAW", .ops = &load_packet_ops,
		.live = LIVE_BATCH, .batch = 1, .default_count = 1, .max_count = 100000,
		.size = 10 * MIB, .min_size = 8 * MIB, .max_size = 256 * MIB, .size_step = 4 * KIB,
		.expected = {{
			.family = FAMILY_VMALLOC, .site = "packet_set_ring|alloc_pg_vec",
			.allocs = 1, .freed = FREED_CALL, .request = REQUEST_POWER, .counted = true,
		}},
	},
	{
		.name = "threads", .family = FAMILY_VMALLOC,
		.summary = "threads: kernel stacks, less those that the kernel had kept",
		.needs = "processes (ulimit -u)", .ops = &load_thread_ops,
		.live = LIVE_COUNT, .batch = 16, .default_count = 32, .max_count = 10000000,
		.expected = {{
			.family = FAMILY_VMALLOC,
			.site = "alloc_thread_stack_node|dup_task_struct|copy_process",
			.allocs = 1, .freed = FREED_LATER,
			.note = "at most one for each; the kernel keeps stacks to use them again",
		}},
	},
};
/* clang-format on */

const struct scenario *scenarios_all(size_t *count)
{
	*count = sizeof(scenarios) / sizeof(scenarios[0]);
	return scenarios;
}

const struct scenario *scenarios_at(size_t index)
{
	size_t own, others;
	const struct scenario *all = scenarios_all(&own), *module = scenarios_module(&others);

	if (index < own)
		return &all[index];
	return index - own < others ? &module[index - own] : NULL;
}

const struct scenario *scenarios_find(const char *name, size_t length)
{
	const struct scenario *scenario;
	size_t i;

	for (i = 0; (scenario = scenarios_at(i)); i++) {
		if (strlen(scenario->name) == length && !memcmp(scenario->name, name, length))
			return scenario;
	}
	return NULL;
}

#define NAME_MAX_NEAR 32U

/*
 * Edit distance (insertions, deletions, replacements), by one row of the table. What is longer than
 * any name of ours is near to none.
 */
static size_t scenarios_distance(const char *text, size_t length, const char *name)
{
	size_t row[NAME_MAX_NEAR + 1], i, j, size = strlen(name);

	if (length > NAME_MAX_NEAR || size > NAME_MAX_NEAR)
		return NAME_MAX_NEAR;
	for (j = 0; j <= size; j++)
		row[j] = j;
	for (i = 1; i <= length; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= size; j++) {
			size_t best = corner + (text[i - 1] != name[j - 1]);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[size];
}

/* 0 is best; a beginning or a part of the name is as good as one wrong letter. */
static size_t scenarios_unlike(const char *text, size_t length, const char *name)
{
	if (length >= 3 && memmem(name, strlen(name), text, length))
		return 1;
	return scenarios_distance(text, length, name);
}

size_t scenarios_nearest(const char *text, size_t length, const struct scenario **near, size_t room)
{
	size_t i, distance, found = 0, limit = length < 9 ? length / 3 + 1 : 4;
	const struct scenario *scenario;

	for (distance = 0; distance <= limit; distance++) {
		for (i = 0; found < room && (scenario = scenarios_at(i)); i++) {
			if (scenarios_unlike(text, length, scenario->name) == distance)
				near[found++] = scenario;
		}
	}
	return found;
}

/* A part between colons, copied out to end where it ends. -EINVAL: longer than any number. */
static int scenarios_part(const char *start, const char *end, char out[UNITS_TEXT])
{
	size_t length = (size_t)(end - start);

	if (length >= UNITS_TEXT)
		return -EINVAL;
	memcpy(out, start, length);
	out[length] = '\0';
	return 0;
}

static int scenarios_parse_count(const char *start, const char *end, struct run_item *item)
{
	uint64_t max = item->scenario->max_count;
	char text[UNITS_TEXT];
	int err = scenarios_part(start, end, text);

	if (err)
		return err;
	return units_parse_count(text, 1, max ? max : SCENARIO_MAX_COUNT, &item->count);
}

static int scenarios_parse_size(const char *start, const char *end, struct run_item *item)
{
	const struct scenario *scenario = item->scenario;
	char text[UNITS_TEXT];
	uint64_t size;
	int err = scenarios_part(start, end, text);

	if (!scenario->max_size)
		return -ENOTSUP;
	if (!err)
		err = units_parse_size(text, &size);
	if (err)
		return err;
	if (size < scenario->min_size || size > scenario->max_size)
		return -ERANGE;
	if (size % scenario->size_step)
		return -EINVAL;
	item->size = size;
	return 0;
}

int scenarios_parse(const char *text, struct run_item *item, const char **part)
{
	const char *end = strchrnul(text, ':'), *start = text;
	struct run_item parsed;
	int err;

	*part = start;
	parsed.scenario = scenarios_find(start, (size_t)(end - start));
	if (!parsed.scenario)
		return -ENOENT;
	parsed.count = parsed.scenario->default_count;
	parsed.size = parsed.scenario->size;
	if (*end) {
		*part = start = end + 1;
		end = strchrnul(start, ':');
		err = scenarios_parse_count(start, end, &parsed);
		if (err)
			return err;
	}
	if (*end) {
		*part = start = end + 1;
		end = strchrnul(start, ':');
		err = scenarios_parse_size(start, end, &parsed);
		if (err)
			return err;
	}
	if (*end)
		return -E2BIG;
	*item = parsed;
	return 0;
}

size_t scenarios_expected(const struct scenario *scenario)
{
	size_t rows = 0;

	while (rows < EXPECTED_MAX && scenario->expected[rows].site)
		rows++;
	return rows;
}

int64_t scenarios_bytes(const struct expected *row, uint64_t size)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	switch (row->request) {
	case REQUEST_FIXED:
		return row->bytes;
	case REQUEST_SIZE:
		return (int64_t)(size + row->bytes);
	case REQUEST_ROUNDED:
		return (int64_t)(((size + 7) & ~7ULL) + row->bytes);
	case REQUEST_POWER:
		return size <= 1 ? 1 : (int64_t)1 << (64 - __builtin_clzll(size - 1));
	case REQUEST_PAGES:
		return (int64_t)(((size + page - 1) / page + row->bytes) * page);
	case REQUEST_UNKNOWN:
		break;
	}
	return -1;
}

bool scenarios_exact(const struct scenario *scenario)
{
	size_t i, rows = scenarios_expected(scenario);

	if (scenario->module)
		return !(scenario->flags & WORKLOAD_INEXACT);
	for (i = 0; i < rows; i++) {
		if (!scenario->expected[i].counted)
			return false;
	}
	return true;
}

const char *scenarios_family_name(enum family family)
{
	static const char *const names[] = {"kmalloc", "cache",	  "pages",
					    "percpu",  "vmalloc", "mapping"};

	return names[family];
}

const char *scenarios_freed_name(enum freed freed)
{
	static const char *const names[] = {"never", "call", "later", "unseen"};

	return names[freed];
}
