/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Trials by bpf(2) and perf_event_open(2). Everything that is opened is closed before the next
 * trial; a program that only returns 0 changes nothing for the moment it is attached.
 */
#include "kernel_trials.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "privileges.h"
#include "probes.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NO_SUCH_COMMAND 0xffff	    /* newer kernels have flags from bit 16 up */
#define INITIAL_USER_NS 0xeffffffdu /* PROC_USER_INIT_INO */
#define LICENSE		"Dual BSD/GPL"
#define KPROBE_PMU	"/sys/bus/event_source/devices/kprobe"

static const struct bpf_insn return_zero[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

/* bpf_probe_read_kernel(stack, 8, NULL): never attached, so never run. */
static const struct bpf_insn read_kernel[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
	{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
	{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

static struct trial trial_of(enum trial_step failed, int result)
{
	if (result >= 0)
		return (struct trial){TRIAL_DONE, 0};
	return (struct trial){failed, result};
}

/* A descriptor or -errno. */
static int load_raw_tp(const struct bpf_insn *program, size_t count)
{
	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "tracer_trial", LICENSE, program, count,
			     NULL);
}

static struct trial try_load(const struct bpf_insn *program, size_t count)
{
	int fd = load_raw_tp(program, count);

	if (fd >= 0)
		close(fd);
	return trial_of(TRIAL_LOAD, fd);
}

static struct trial try_attach(const char *tracepoint, int program)
{
	int link = bpf_raw_tracepoint_open(tracepoint, program);

	if (link >= 0)
		close(link);
	return trial_of(TRIAL_ATTACH, link);
}

/* The tracepoint or function is given by its BTF id. */
static struct trial try_tracing(enum bpf_attach_type type, int id)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = type,
		    .attach_btf_id = (uint32_t)id);
	struct trial trial;
	int program;

	if (id <= 0)
		return (struct trial){TRIAL_NOT_MADE, 0};
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "tracer_trial", LICENSE, return_zero,
				ARRAY_SIZE(return_zero), &options);
	if (program < 0)
		return trial_of(TRIAL_LOAD, program);
	trial = try_attach(NULL, program);
	close(program);
	return trial;
}

/* A command that no kernel has: EINVAL comes from the system call itself. */
static struct trial try_bpf(void)
{
	union bpf_attr attr = {0};

	if (syscall(SYS_bpf, NO_SUCH_COMMAND, &attr, sizeof(attr)) >= 0 || errno == EINVAL)
		return (struct trial){TRIAL_DONE, 0};
	return trial_of(TRIAL_LOAD, -errno);
}

/* The number in a file of the kernel's PMU for kprobes, "8" or "config:0"; -errno without it. */
static int kprobe_number(const char *path)
{
	FILE *file = fopen(path, "re");
	char text[32], *got, *digit;

	if (!file)
		return -errno;
	got = fgets(text, sizeof(text), file);
	fclose(file);
	digit = got ? strpbrk(text, "0123456789") : NULL;
	return digit ? atoi(digit) : -EINVAL;
}

/* A descriptor or -errno. */
static int open_kprobe(const char *function, int type, int return_bit)
{
	struct perf_event_attr attr = {.size = sizeof(attr)};
	int fd;

	attr.type = (uint32_t)type;
	attr.kprobe_func = (uint64_t)(uintptr_t)function;
	if (return_bit >= 0)
		attr.config = 1ull << return_bit;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static struct trial try_kprobe(const char *function, bool at_return)
{
	int type = kprobe_number(KPROBE_PMU "/type"), bit = -1, program, event;
	struct trial trial = {TRIAL_DONE, 0};

	if (type >= 0 && at_return)
		bit = kprobe_number(KPROBE_PMU "/format/retprobe");
	if (type < 0 || (at_return && bit < 0))
		return trial_of(TRIAL_LOAD, type < 0 ? type : bit);
	program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "tracer_trial", LICENSE, return_zero,
				ARRAY_SIZE(return_zero), NULL);
	if (program < 0)
		return trial_of(TRIAL_LOAD, program);
	event = open_kprobe(function, type, bit);
	if (event < 0)
		trial = trial_of(TRIAL_ATTACH, event);
	else if (ioctl(event, PERF_EVENT_IOC_SET_BPF, program))
		trial = trial_of(TRIAL_ATTACH, -errno);
	if (event >= 0)
		close(event);
	close(program);
	return trial;
}

/* ---- what BTF knows ------------------------------------------------------------------------- */

static int find_tracepoint(const struct btf *btf, const char *name)
{
	char type[80];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
}

static unsigned int count_arguments(const struct btf *btf, int function)
{
	const struct btf_type *type = btf__type_by_id(btf, (uint32_t)function);

	type = type ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) : 0;
}

/* Which of the functions this kernel has, with its BTF id; 0 and the first when none is known. */
static int find_target(const struct probe *probe, const struct btf *btf, struct trial_way *way)
{
	char name[sizeof(way->target)];
	int id = 0;

	probe_target(probe, 0, way->target, sizeof(way->target));
	for (size_t i = 0; btf && id <= 0 && probe_target(probe, i, name, sizeof(name)); i++) {
		id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
		if (id > 0)
			memcpy(way->target, name, sizeof(name));
	}
	if (btf)
		way->presence = id > 0 ? PRESENCE_YES : PRESENCE_NO;
	if (id > 0)
		way->arguments = count_arguments(btf, id);
	return id > 0 ? id : 0;
}

/* ---- the ways of a hook --------------------------------------------------------------------- */

/* Finds what the way is on. Its BTF id, or 0. */
static int find_place(struct trial_way *way, const struct probe *probe, const struct btf *btf)
{
	if (probe_on_function(probe))
		return find_target(probe, btf, way);
	snprintf(way->target, sizeof(way->target), "%s", probe->hook);
	if (btf)
		way->presence = find_tracepoint(btf, probe->hook) > 0 ? PRESENCE_YES : PRESENCE_NO;
	return 0;
}

static struct trial try_way(const struct trial_way *way, const struct probe *probe, int id,
			    int raw_tp)
{
	if (!probe_on_function(probe))
		return raw_tp < 0 ? trial_of(TRIAL_LOAD, raw_tp) : try_attach(way->target, raw_tp);
	if (way->presence == PRESENCE_NO)
		return (struct trial){TRIAL_NOT_MADE, 0};
	if (!strcmp(probe->kind, "fentry"))
		return try_tracing(BPF_TRACE_FENTRY, id);
	if (!strcmp(probe->kind, "fexit"))
		return try_tracing(BPF_TRACE_FEXIT, id);
	return try_kprobe(way->target, !strcmp(probe->kind, "kretprobe"));
}

/* Is there a way of this hook that was attached? */
static bool hook_served(const struct kernel_trials *trials, const char *hook)
{
	for (size_t i = 0; i < probe_count; i++)
		if (!strcmp(probes[i].hook, hook) && trials->ways[i].trial.step == TRIAL_DONE)
			return true;
	return false;
}

/* The ways from the nth line on, the best first, up to the one that does it. */
static void try_ways(struct kernel_trials *trials, size_t nth, const struct btf *btf, int raw_tp)
{
	bool wanted = !probes[nth].with || hook_served(trials, probes[nth].with);

	for (size_t end = nth + probe_ways(&probes[nth]); nth < end; nth++) {
		struct trial_way *way = &trials->ways[nth];
		int id = find_place(way, &probes[nth], btf);

		if (!wanted)
			continue;
		way->trial = try_way(way, &probes[nth], id, raw_tp);
		wanted = way->trial.step != TRIAL_DONE;
	}
}

static void try_hooks(struct kernel_trials *trials, const struct btf *btf)
{
	int raw_tp = load_raw_tp(return_zero, ARRAY_SIZE(return_zero));

	trials->raw_tp = trial_of(TRIAL_LOAD, raw_tp);
	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i]))
		try_ways(trials, i, btf, raw_tp);
	if (raw_tp >= 0)
		close(raw_tp);
}

/* The first of those that came farthest; not made, one that could be. */
static struct trial_kind best_of_kind(const struct kernel_trials *trials, const char *kind)
{
	struct trial_kind best = {0};

	for (size_t i = 0; i < probe_count; i++) {
		const struct trial_way *way = &trials->ways[i];

		if (strcmp(probes[i].kind, kind) || way->presence == PRESENCE_NO ||
		    (best.function[0] && way->trial.step <= best.trial.step))
			continue;
		best.trial = way->trial;
		memcpy(best.function, way->target, sizeof(best.function));
	}
	return best;
}

/* Each trampoline that is taken away again costs up to a quarter of a second: none more is made. */
static void try_kinds(struct kernel_trials *trials, const struct btf *btf)
{
	trials->fentry = best_of_kind(trials, "fentry");
	trials->fexit = best_of_kind(trials, "fexit");
	trials->kprobe = best_of_kind(trials, "kprobe");
	if (trials->kprobe.trial.step == TRIAL_NOT_MADE && trials->kprobe.function[0])
		trials->kprobe.trial = try_kprobe(trials->kprobe.function, false);
	if (btf && trials->fentry.trial.step != TRIAL_DONE)
		trials->tp_btf = try_tracing(BPF_TRACE_RAW_TP, find_tracepoint(btf, "kfree"));
}

static bool user_is_foreign(void)
{
	struct stat space;

	return !stat("/proc/self/ns/user", &space) && space.st_ino != INITIAL_USER_NS;
}

int kernel_trials_run(struct kernel_trials *trials)
{
	libbpf_print_fn_t before = libbpf_set_print(NULL);
	struct btf *btf;

	*trials = (struct kernel_trials){.foreign_user = user_is_foreign()};
	trials->ways = calloc(probe_count, sizeof(*trials->ways));
	if (!trials->ways) {
		libbpf_set_print(before);
		return -ENOMEM;
	}
	privileges_missing(trials->missing_rights, sizeof(trials->missing_rights));
	btf = btf__load_vmlinux_btf();
	trials->btf = trial_of(TRIAL_LOAD, btf ? 0 : -errno);
	trials->bpf = try_bpf();
	trials->kernel_read = try_load(read_kernel, ARRAY_SIZE(read_kernel));
	try_hooks(trials, btf);
	try_kinds(trials, btf);
	btf__free(btf);
	libbpf_set_print(before);
	return 0;
}

void kernel_trials_fini(struct kernel_trials *trials)
{
	free(trials->ways);
	trials->ways = NULL;
}

/* ---- what a trial means --------------------------------------------------------------------- */

static enum trial_verdict judge_denied(const struct kernel_trials *trials, int error, char *reason,
				       size_t reason_size, char *cure, size_t cure_size)
{
	const char *text = error == -EPERM ? "EPERM" : "EACCES";

	if (trials->missing_rights[0]) {
		snprintf(reason, reason_size, "needs %s", trials->missing_rights);
		snprintf(cure, cure_size, "run as root (sudo), or grant %s",
			 trials->missing_rights);
		return VERDICT_UNKNOWN;
	}
	if (trials->foreign_user) {
		snprintf(reason, reason_size,
			 "refused (%s): the capabilities of a user namespace don't reach the "
			 "kernel's own",
			 text);
		snprintf(cure, cure_size, "run as root outside the user namespace");
		return VERDICT_UNKNOWN;
	}
	snprintf(reason, reason_size, "refused (%s) although this process has the rights", text);
	return VERDICT_REFUSED;
}

enum trial_verdict trial_judge(const struct kernel_trials *trials, const struct trial *trial,
			       char *reason, size_t reason_size, char *cure, size_t cure_size)
{
	*reason = *cure = '\0';
	if (trial->step == TRIAL_DONE)
		return VERDICT_OK;
	if (trial->step == TRIAL_NOT_MADE) {
		snprintf(reason, reason_size, "not tried");
		return VERDICT_UNKNOWN;
	}
	switch (-trial->error) {
	case EPERM:
	case EACCES:
		return judge_denied(trials, trial->error, reason, reason_size, cure, cure_size);
	case ENOENT:
		snprintf(reason, reason_size, "this kernel has no such place (ENOENT)");
		return VERDICT_MISSING;
	case ENOSYS:
		snprintf(reason, reason_size, "this kernel has no such system call (ENOSYS)");
		return VERDICT_MISSING;
	case EOPNOTSUPP:
	case KERNEL_ENOTSUPP:
		snprintf(reason, reason_size, "this kernel can't do that here (error %d)",
			 -trial->error);
		return VERDICT_MISSING;
	case EBUSY:
		snprintf(reason, reason_size, "in use by another tracer or a live patch (EBUSY)");
		return VERDICT_UNKNOWN;
	default:
		snprintf(reason, reason_size, "failed: %s", strerror(-trial->error));
		return VERDICT_MISSING;
	}
}
