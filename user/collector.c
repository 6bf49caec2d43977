// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Life of the BPF side: knobs and map sizes before load, one attach per probe, a gate.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "calibrate.h"
#include "collector_state.h"
#include "message.h"
#include "privileges.h"

#define DEFAULT_OBJECTS 650000u /* 16 MiB; the most, 2^23, keeps the tables below 512 MiB */
#define ROWS_BUDGET	(64u << 20) /* bytes of own-CPU rows on all CPUs together */
#define ROWS_MOST	8192u
#define ROWS_LEAST	1024u
#define FAMILIES_TRACED                                                                         \
	(1u << FAMILY_KMALLOC | 1u << FAMILY_CACHE | 1u << FAMILY_VMALLOC |                     \
	 1u << FAMILY_PERCPU | 1u << FAMILY_PAGES | 1u << FAMILY_MAPPING)

/* ---- opening ------------------------------------------------------------------------------ */

__attribute__((format(printf, 2, 0)))
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text = NULL, *rest, *line;

	if (level != LIBBPF_WARN || message_get_level() < MESSAGE_VERBOSE)
		return 0;
	if (vasprintf(&text, format, args) < 0)
		return 0;
	rest = text; /* a verifier's log is one message of many lines */
	while ((line = strsep(&rest, "\n")))
		if (*line)
			message_detail("libbpf: %s", line);
	free(text);
	return 0;
}

static uint32_t power_of_two_below(uint64_t value)
{
	uint32_t power = 1;

	while ((uint64_t)power * 2 <= value && power < 1u << 30)
		power *= 2;
	return power;
}

static uint32_t rows_per_cpu(unsigned int cpus)
{
	uint32_t rows = power_of_two_below(ROWS_BUDGET / sizeof(struct row) / cpus);

	if (rows > ROWS_MOST)
		rows = ROWS_MOST;
	return rows < ROWS_LEAST ? ROWS_LEAST : rows;
}

static void set_filters(struct tracer_knobs *knobs, const struct collector_options *options)
{
	bool rows = options->range_count || options->cache[0];
	bool size = options->size_min > 0 || options->size_max < UINT64_MAX;

	knobs->size_min = options->size_min;
	knobs->size_max = options->size_max;
	memcpy(knobs->ranges, options->ranges, sizeof(knobs->ranges));
	knobs->range_count = options->range_count;
	memcpy(knobs->cache, options->cache, sizeof(knobs->cache));
	memcpy(knobs->comm, options->comm, sizeof(knobs->comm));
	knobs->process = options->process;
	knobs->tgid = options->tgid;
	knobs->gfp_mask = options->gfp_mask;
	knobs->gfp_value = options->gfp_value;
	knobs->filter_size = size;
	knobs->filter_rows = rows;
	knobs->filter_module = options->module[0] != '\0';
	memcpy(knobs->module, options->module, sizeof(knobs->module));
	knobs->filtered = rows || size || options->process || options->gfp_mask ||
			  knobs->filter_module;
	knobs->frees_decidable = options->process && !rows && !size && !options->gfp_mask &&
				 !knobs->filter_module;
}

static uint32_t power_of_two_above(uint32_t value)
{
	uint32_t power = power_of_two_below(value);

	return power < value ? power * 2 : power;
}

static void set_knobs(struct collector *collector)
{
	struct tracer_bpf *bpf = collector->bpf;
	struct tracer_knobs *knobs = (struct tracer_knobs *)&bpf->rodata->knobs;
	uint8_t *slots = (uint8_t *)bpf->rodata->slot_table;
	uint32_t cpus = power_of_two_above(collector->cpus), rows = rows_per_cpu(cpus);
	uint64_t objects = collector->options.max_objects ?: DEFAULT_OBJECTS;
	/* Two thirds full is what the ledger holds without losing any. */
	uint32_t buckets = power_of_two_above((uint32_t)(objects * 3 / 2 / LEDGER_WAYS));

	set_filters(knobs, &collector->options);
	knobs->row_mask = rows - 1;
	knobs->dir_mask = rows / DIR_WAYS - 1;
	knobs->rows_at = rows / DIR_WAYS * sizeof(struct dir_bucket);
	knobs->row_shift = (uint32_t)__builtin_ctz(rows);
	knobs->cpu_mask = cpus - 1;
	knobs->ledger = collector->options.live;
	/* Before 6.8 the verifier looks at functions that nobody calls, too: the map has to fit. */
	knobs->ledger_mask =
		knobs->ledger ? (buckets < LEDGER_CHUNKS ? LEDGER_CHUNKS : buckets) - 1 : 0;
	knobs->ledger_at = knobs->rows_at + rows * cpus * sizeof(struct row);
	knobs->cpus_possible = collector->cpus;
	knobs->families = collector->options.families;
	for (uint32_t size = 0; size < SLOT_TABLE; size++)
		slots[size] = slot_of(size);
	collector->row_total = rows;
	collector->options.max_objects = (uint64_t)buckets * LEDGER_WAYS * 2 / 3;
}

/* Tables are one element each, whose size is the table's; the others have elements. */
static void size_maps(struct collector *collector)
{
	struct tracer_bpf *bpf = collector->bpf;
	const struct tracer_knobs *knobs = collector_knobs(collector);
	uint32_t rows = knobs->row_mask + 1;
	uint32_t buckets = knobs->ledger_mask + 1;
	const struct {
		struct bpf_map *map;
		uint32_t bytes, entries;
	} sizes[] = {
		{ bpf->maps.tables, knobs->ledger_at + buckets * sizeof(struct ledger_bucket), 1 },
		{ bpf->maps.rare, rows * sizeof(struct row_rare), 1 },
		{ bpf->maps.infos, rows * sizeof(struct row_info), 1 },
		{ bpf->maps.overflow, 0, buckets > 8 ? buckets / 8 : 1 },
		{ bpf->maps.stats, 0, collector->cpus },
		{ bpf->maps.contexts, 0, collector->cpus },
		{ bpf->maps.pids, 0, knobs->process & PROCESS_TREE ? TRACER_MAX_PID / 64 : 1 },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i].bytes)
			bpf_map__set_value_size(sizes[i].map, sizes[i].bytes);
		bpf_map__set_max_entries(sizes[i].map, sizes[i].entries);
		collector->kernel_bytes +=
			(uint64_t)sizes[i].entries * bpf_map__value_size(sizes[i].map);
	}
}

static void select_helpers(struct collector *collector)
{
	struct tracer_bpf *bpf = collector->bpf;

	bpf_program__set_autoload(bpf->progs.symbol_name, true);
	bpf_program__set_autoload(bpf->progs.process_mark,
				  collector->options.process & PROCESS_TREE);
	bpf_program__set_autoload(bpf->progs.empty_alloc, true);
	bpf_program__set_autoload(bpf->progs.empty_free, true);
}

/* Why the programs did not load, and what would help. */
static void explain_load(int error)
{
	char names[64];

	if (error == -ENOSYS) {
		message_error("this kernel has no bpf(): %s", strerror(ENOSYS));
		message_hint("a kernel with CONFIG_BPF_SYSCALL=y is needed");
	} else if (privileges_missing(names, sizeof(names))) {
		message_error("not allowed to load BPF programs: %s missing", names);
		message_hint("run it as root (sudo tracer …), or grant the capabilities");
	} else if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		message_error("this kernel has no BTF: /sys/kernel/btf/vmlinux: %s", strerror(errno));
		message_hint("a kernel with CONFIG_DEBUG_INFO_BTF=y is needed, and sysfs mounted on /sys");
	} else if (error == -ENOMEM) {
		message_error("not enough memory for the kernel side: %s", strerror(ENOMEM));
		message_hint("--max-objects sets the ledger's size, 16 bytes an object; --no-live does without");
	} else if (error == -EPERM && privileges_in_user_namespace()) {
		message_error("not allowed to load BPF programs in a user namespace");
		message_hint("the capabilities of a user namespace don't reach the kernel's own: run it outside");
	} else if (error == -EPERM) {
		message_error("the kernel refused the BPF programs: %s", strerror(EPERM));
		message_hint("lockdown=confidentiality forbids reading kernel memory; `tracer doctor` tells");
	} else {
		message_error("the BPF programs did not load: %s", strerror(-error));
		message_hint("`tracer doctor` shows what this kernel allows; -v shows libbpf's messages");
	}
}

/* libbpf's error for a kernel without bpf() is that of the first probe; ask directly. */
static bool bpf_missing(void)
{
	return bpf_prog_get_next_id(0, &(uint32_t){ 0 }) == -ENOSYS;
}

int collector_check(void)
{
	char names[64];
	int error = 0;

	if (bpf_missing())
		error = -ENOSYS;
	else if (privileges_missing(names, sizeof(names)))
		error = -EPERM;
	if (error)
		explain_load(error);
	return error;
}

/* `functions`: 0, or why programs on functions can't be had. 0 or -errno, nothing reported. */
static int open_and_load(struct collector *collector, int functions)
{
	int error;

	tracer_bpf__destroy(collector->bpf);
	collector->kernel_bytes = 0;
	collector->bpf = tracer_bpf__open();
	if (!collector->bpf)
		return -errno;
	set_knobs(collector);
	size_maps(collector);
	select_helpers(collector);
	error = collector_select(collector, functions);
	return error ?: tracer_bpf__load(collector->bpf);
}

/*
 * Programs load all or none. One on a function may fail for what this kernel made of the function
 * (BTF has names that kallsyms has not): then tracepoints alone have to do.
 */
static int load(struct collector *collector)
{
	const struct collector_options *options = &collector->options;
	int functions = collector_try_functions(), error;

	libbpf_set_print(print_libbpf);
	error = open_and_load(collector, functions);
	if (error && !functions && !open_and_load(collector, error)) {
		message_warn("programs on functions did not load: %s", strerror(-error));
		message_hint("tracepoints alone are traced; -v shows libbpf's messages");
		error = 0;
	}
	if (error) {
		explain_load(error);
		return error;
	}
	collector->control = &collector->bpf->bss->control;
	if (options->process & PROCESS_CGROUP)
		error = bpf_map_update_elem(bpf_map__fd(collector->bpf->maps.cgroups), &(int){ 0 },
					    &options->cgroup_fd, BPF_ANY);
	if (error)
		message_error("the cgroup can't be used as a filter: %s", strerror(-error));
	return error;
}

/* Maps the first `bytes` of a map. */
static int map_some(struct mapping *mapping, struct bpf_map *map, size_t bytes, int protection)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *at;

	bytes = (bytes + page - 1) & ~(page - 1);
	at = mmap(NULL, bytes, protection, MAP_SHARED, bpf_map__fd(map), 0);
	if (at == MAP_FAILED)
		return -errno;
	*mapping = (struct mapping){ at, bytes };
	return 0;
}

static int map_one(struct mapping *mapping, struct bpf_map *map)
{
	size_t bytes = (size_t)bpf_map__max_entries(map) * bpf_map__value_size(map);

	return map_some(mapping, map, bytes, PROT_READ);
}

/* The rows with fixed indices have their places in the directory, which nobody must claim. */
static void reserve_rows(const struct collector *collector)
{
	struct dir_bucket *directory = collector->tables.at;

	for (int bucket = 0; bucket < DIR_RESERVED; bucket++)
		for (int way = 0; way < DIR_WAYS; way++)
			directory[bucket].site[way] = DIR_NOBODY;
}

static int map_all(struct collector *collector)
{
	struct tracer_bpf *bpf = collector->bpf;
	const struct tracer_knobs *knobs = collector_knobs(collector);
	/* The ledger, behind the rows, is the kernel's alone. */
	int error = map_some(&collector->tables, bpf->maps.tables, knobs->ledger_at,
			     PROT_READ | PROT_WRITE);

	error = error ?: map_one(&collector->rare, bpf->maps.rare);
	error = error ?: map_one(&collector->infos, bpf->maps.infos);
	error = error ?: map_one(&collector->stats, bpf->maps.stats);
	if (error) {
		message_error("can't map what the kernel counts: %s", strerror(-error));
		return error;
	}
	reserve_rows(collector);
	return 0;
}

static int resolve_address(void *context, uint64_t address, char *text, size_t size)
{
	const struct collector *collector = context;
	struct {
		uint64_t address;
		char text[128];
	} request = { .address = address };
	/* A syscall program's context is copied back to where it came from. */
	LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = &request, .ctx_size_in = sizeof(request));
	int error = bpf_prog_test_run_opts(bpf_program__fd(collector->bpf->progs.symbol_name), &run);

	if (error)
		return error;
	snprintf(text, size, "%.*s", (int)sizeof(request.text), request.text);
	return 0;
}

/* Is it one of the module's functions? Where `next` is, the next one begins, if there is any. */
static bool in_function(const struct collector *collector, uint64_t address, uint64_t *next)
{
	const struct symbol *symbol = symbols_get(collector->symbols, address);

	if (!symbol || !symbol->module || strcmp(symbol->module, collector->options.module))
		return false;
	*next = address - symbol->offset + symbol->size;
	return *next > address;
}

/*
 * Where the code of a module ends that is there already: the kernel is asked for one function
 * after the other, a microsecond each. /proc/modules tells but the size of all its parts, which
 * lie apart (since 6.4), and /proc/kallsyms is a hundred times slower.
 */
static int find_module(struct collector *collector)
{
	const uint64_t *range = collector->options.module_range;
	uint64_t end = range[0];

	while (range[0] && end < range[1] && in_function(collector, end, &end))
		;
	if (range[0] && end == range[0]) {
		message_error("the kernel does not name the functions of module \"%s\"",
			      collector->options.module);
		message_hint("a kernel with CONFIG_KALLSYMS=y is needed for --module");
		return -ENOENT;
	}
	collector->control->text = (struct tracer_range){ range[0], end - range[0] };
	return 0;
}

bool collector_module_seen(const struct collector *collector)
{
	return collector->control->text.start != 0;
}

int collector_open(struct collector **out, const struct collector_options *options)
{
	struct collector *collector = calloc(1, sizeof(*collector));
	int cpus = libbpf_num_possible_cpus(), error = -ENOMEM;

	if (!collector)
		return -ENOMEM;
	collector->options = *options;
	if (!collector->options.families)
		collector->options.families = FAMILIES_TRACED;
	collector->cpus = cpus > 0 && cpus <= TRACER_MAX_CPUS ? cpus : TRACER_MAX_CPUS;
	collector->filters = options->filters ? strdup(options->filters) : NULL;
	collector->options.filters = NULL;
	collector->symbols = symbols_new(resolve_address, collector);
	if (!collector->symbols)
		goto fail;
	error = load(collector);
	error = error ?: map_all(collector);
	error = error ?: find_module(collector);
	error = error ?: collector_attach(collector);
	if (error)
		goto fail;
	*out = collector;
	return 0;
fail:
	collector_close(collector);
	return error;
}

static void unmap_one(struct mapping *mapping)
{
	if (mapping->at)
		munmap(mapping->at, mapping->size);
	*mapping = (struct mapping){ 0 };
}

void collector_close(struct collector *collector)
{
	if (!collector)
		return;
	collector_detach(collector);
	unmap_one(&collector->tables);
	unmap_one(&collector->rare);
	unmap_one(&collector->infos);
	unmap_one(&collector->stats);
	tracer_bpf__destroy(collector->bpf);
	symbols_free(collector->symbols);
	free(collector->links);
	free(collector->errors);
	free(collector->filters);
	free(collector);
}

/* ---- running ------------------------------------------------------------------------------ */

int collector_mark_self(const struct collector *collector)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	return bpf_prog_test_run_opts(bpf_program__fd(collector->bpf->progs.process_mark), &run);
}

void collector_start(struct collector *collector)
{
	clock_gettime(CLOCK_REALTIME, &collector->wall_start);
	collector->started_ns = collector_now();
	__atomic_store_n(&collector->control->on, 1, __ATOMIC_SEQ_CST);
}

void collector_stop(struct collector *collector)
{
	__atomic_store_n(&collector->control->on, 0, __ATOMIC_SEQ_CST);
	if (!collector->stopped_ns)
		collector->stopped_ns = collector_now();
}

/* A link of our own on the two empty programs. */
static double measure_empty(struct collector *collector)
{
	struct bpf_link *alloc = bpf_program__attach(collector->bpf->progs.empty_alloc);
	struct bpf_link *release = bpf_program__attach(collector->bpf->progs.empty_free);
	double ns = alloc && release ? calibrate_run() : 0;

	bpf_link__destroy(alloc);
	bpf_link__destroy(release);
	return ns;
}

static uint64_t difference(double ns, double bare)
{
	return ns > bare && bare > 0 ? (uint64_t)(ns - bare + 0.5) : 0;
}

void collector_calibrate(struct collector *collector, struct snapshot_cost *cost)
{
	bool traced = collector->options.families >> FAMILY_KMALLOC & 1;
	double own, empty, bare;

	/* The load's events are kmalloc and kfree: without their hooks it measures nothing. */
	if (!traced) {
		collector_detach(collector);
		return;
	}
	__atomic_store_n(&collector->control->on, 1, __ATOMIC_SEQ_CST);
	own = calibrate_run();
	__atomic_store_n(&collector->control->on, 0, __ATOMIC_SEQ_CST);
	collector_detach(collector);
	empty = measure_empty(collector);
	bare = calibrate_run();
	cost->ns_per_event = difference(own, bare);
	cost->ns_per_event_empty = difference(empty, bare);
}
