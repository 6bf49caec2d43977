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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "privileges.h"
#include "probes.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NO_SUCH_COMMAND 0xffff /* newer kernels have flags from bit 16 up */
#define INITIAL_USER_NS 0xeffffffdu /* PROC_USER_INIT_INO */
#define LICENSE		"Dual BSD/GPL"
#define KPROBE_TYPE	"/sys/bus/event_source/devices/kprobe/type"

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

/* The number of the kernel's PMU for kprobes; -errno where it has none. */
static int kprobe_type(void)
{
	FILE *file = fopen(KPROBE_TYPE, "re");
	int type, got;

	if (!file)
		return -errno;
	got = fscanf(file, "%d", &type);
	fclose(file);
	return got == 1 ? type : -EINVAL;
}

static struct trial try_kprobe(const char *function)
{
	struct perf_event_attr attr = {.size = sizeof(attr)};
	int type = kprobe_type(), fd;

	if (type < 0)
		return trial_of(TRIAL_LOAD, type);
	attr.type = (uint32_t)type;
	attr.kprobe_func = (uint64_t)(uintptr_t)function;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return trial_of(TRIAL_ATTACH, -errno);
	close(fd);
	return (struct trial){TRIAL_DONE, 0};
}

/* ---- what BTF knows ------------------------------------------------------------------------- */

static int find_tracepoint(const struct btf *btf, const char *name)
{
	char type[80];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
}

/* The function under the name that this kernel has for it, which goes into `target`. */
static int find_function(const struct btf *btf, const char *name, char *target, size_t size)
{
	static const char *const shapes[][2] = {
		{"", ""}, {"", "_noprof"}, {"__", ""}, {"__", "_noprof"}};
	int id = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(shapes) && id <= 0; i++) {
		snprintf(target, size, "%s%s%s", shapes[i][0], name, shapes[i][1]);
		id = btf__find_by_name_kind(btf, target, BTF_KIND_FUNC);
	}
	if (id <= 0)
		snprintf(target, size, "%s", name);
	return id;
}

static void try_tracepoint(struct trial_hook *hook, const char *name, const struct btf *btf,
			   int raw_tp)
{
	snprintf(hook->target, sizeof(hook->target), "%s", name);
	if (btf)
		hook->presence = find_tracepoint(btf, name) > 0 ? PRESENCE_YES : PRESENCE_NO;
	hook->trial = raw_tp < 0 ? trial_of(TRIAL_LOAD, raw_tp) : try_attach(name, raw_tp);
}

static void try_function(struct trial_hook *hook, const char *name, const struct btf *btf)
{
	int id;

	snprintf(hook->target, sizeof(hook->target), "%s", name);
	if (!btf)
		return;
	id = find_function(btf, name, hook->target, sizeof(hook->target));
	hook->presence = id > 0 ? PRESENCE_YES : PRESENCE_NO;
	hook->trial = try_tracing(BPF_TRACE_FENTRY, id);
}

static void try_hooks(struct kernel_trials *trials, const struct btf *btf)
{
	int raw_tp = load_raw_tp(return_zero, ARRAY_SIZE(return_zero));

	trials->raw_tp = trial_of(TRIAL_LOAD, raw_tp);
	for (size_t i = 0; i < probe_count; i++) {
		if (!strcmp(probes[i].kind, "raw_tp"))
			try_tracepoint(&trials->hooks[i], probes[i].hook, btf, raw_tp);
		else
			try_function(&trials->hooks[i], probes[i].hook, btf);
	}
	if (raw_tp >= 0)
		close(raw_tp);
}

/* Functions that tracer would hook and whose hooks cost nobody much, the rarest first. */
static void try_functions(struct kernel_trials *trials, const struct btf *btf)
{
	static const char *const harmless[] = {"kvfree_call_rcu", "kmem_cache_free_bulk",
					       "kmem_cache_free", "kfree"};
	int id = -ENOENT;

	snprintf(trials->function, sizeof(trials->function), "kfree");
	for (size_t i = 0; btf && i < ARRAY_SIZE(harmless) && id <= 0; i++)
		id = find_function(btf, harmless[i], trials->function, sizeof(trials->function));
	trials->tp_btf = try_tracing(BPF_TRACE_RAW_TP, btf ? find_tracepoint(btf, "kfree") : 0);
	trials->fentry = try_tracing(BPF_TRACE_FENTRY, id);
	trials->fexit = try_tracing(BPF_TRACE_FEXIT, id);
	trials->kprobe = try_kprobe(trials->function);
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
	trials->hooks = calloc(probe_count, sizeof(*trials->hooks));
	if (!trials->hooks) {
		libbpf_set_print(before);
		return -ENOMEM;
	}
	privileges_missing(trials->missing_rights, sizeof(trials->missing_rights));
	btf = btf__load_vmlinux_btf();
	trials->btf = trial_of(TRIAL_LOAD, btf ? 0 : -errno);
	trials->bpf = try_bpf();
	trials->kernel_read = try_load(read_kernel, ARRAY_SIZE(read_kernel));
	try_hooks(trials, btf);
	try_functions(trials, btf);
	btf__free(btf);
	libbpf_set_print(before);
	return 0;
}

void kernel_trials_fini(struct kernel_trials *trials)
{
	free(trials->hooks);
	trials->hooks = NULL;
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
