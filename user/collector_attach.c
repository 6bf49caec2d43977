// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which programs are loaded, on which function each is put, and what came of it: the table of
 * probes, tried on this kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "collector_state.h"
#include "message.h"

#define KPROBE_EVENTS "/sys/bus/event_source/devices/kprobe"
#define NAME_MOST     128

/* ---- before load -------------------------------------------------------------------------- */

static struct probe_wants wants_of(const struct collector *collector)
{
	return (struct probe_wants){
		.families = collector->options.families,
		.process = collector->options.process,
		.live = collector->options.live,
	};
}

/*
 * Would the kernel take a program on a function from us? A policy that refuses says so before it
 * looks at the function: type 1 of the BTF is none. Loading the real ones would fail as a whole.
 */
int collector_try_functions(void)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = 1);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "tracer_try", "Dual BSD/GPL", nothing,
			       sizeof(nothing) / sizeof(nothing[0]), &options);

	if (fd >= 0)
		close(fd);
	return fd == -EPERM || fd == -EACCES ? fd : 0;
}

static bool is_kprobe(const struct probe *probe)
{
	return strstr(probe->kind, "probe") != NULL;
}

/* Puts a fentry or fexit program on the first of its functions that this kernel has. */
static int set_target(struct bpf_program *program, const struct probe *probe)
{
	char name[NAME_MOST];
	int error = -ENOENT;

	for (size_t n = 0; error && probe_target(probe, n, name, sizeof(name)); n++)
		error = bpf_program__set_attach_target(program, 0, name);
	return error ? -ENOENT : 0;
}

/* 0 when the program shall be loaded, else why it can't be. */
static int select_one(struct bpf_program *program, const struct probe *probe, int functions)
{
	if (!probe_on_function(probe))
		return 0;
	if (is_kprobe(probe))
		return access(KPROBE_EVENTS, F_OK) ? -EOPNOTSUPP : 0;
	/* To look a function up takes milliseconds: not where none can be hooked. */
	return functions ?: set_target(program, probe);
}

/* Loads the ways to a hook until one is sure to attach: each costs the verifier's time. */
static void select_hook(struct collector *collector, size_t first, int functions)
{
	size_t end = first + probe_ways(&probes[first]);
	bool sure = false;

	for (size_t i = first; i < end; i++) {
		struct bpf_program *program = collector_program(collector, probes[i].program);

		collector->errors[i] = sure ? -ENOENT : select_one(program, &probes[i], functions);
		bpf_program__set_autoload(program, !collector->errors[i]);
		sure |= !collector->errors[i] && !probes[i].unsure;
	}
}

int collector_select(struct collector *collector, int functions)
{
	struct probe_wants wants = wants_of(collector);

	free(collector->links);
	free(collector->errors);
	collector->links = calloc(probe_count, sizeof(*collector->links));
	collector->errors = calloc(probe_count, sizeof(*collector->errors));
	if (!collector->links || !collector->errors)
		return -ENOMEM;
	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i]))
		if (probe_wanted(&probes[i], &wants))
			select_hook(collector, i, functions);
	return 0;
}

/* ---- after load --------------------------------------------------------------------------- */

static struct bpf_link *attach_kprobe(struct bpf_program *program, const struct probe *probe)
{
	struct bpf_link *link = NULL;
	char name[NAME_MOST];

	errno = ENOENT;
	for (size_t n = 0; !link && probe_target(probe, n, name, sizeof(name)); n++)
		link = bpf_program__attach_kprobe(program, !strcmp(probe->kind, "kretprobe"), name);
	return link;
}

static void attach_one(struct collector *collector, size_t index)
{
	const struct probe *probe = &probes[index];
	struct bpf_program *program = collector_program(collector, probe->program);
	struct bpf_link *link;

	link = is_kprobe(probe) ? attach_kprobe(program, probe) : bpf_program__attach(program);
	collector->links[index] = link;
	if (!link)
		collector->errors[index] = -errno;
	else if (probe->family >= 0)
		collector->hooked |= 1u << probe->family & collector->options.families;
}

int collector_way(const struct collector *collector, size_t first)
{
	for (size_t i = first; i < first + probe_ways(&probes[first]); i++)
		if (collector->links[i])
			return (int)i;
	return -1;
}

/* Is the hook attached that this one must not be without? */
static bool has_company(const struct collector *collector, const struct probe *probe)
{
	if (!probe->with)
		return true;
	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i]))
		if (!strcmp(probes[i].hook, probe->with))
			return collector_way(collector, i) >= 0;
	return false;
}

/* The best way to a hook that works. */
static void attach_hook(struct collector *collector, size_t first)
{
	for (size_t i = first; i < first + probe_ways(&probes[first]); i++) {
		if (!collector->errors[i] && !has_company(collector, &probes[i]))
			collector->errors[i] = -ENOENT;
		if (!collector->errors[i])
			attach_one(collector, i);
		if (collector->links[i])
			return;
	}
}

int collector_attach(struct collector *collector)
{
	struct probe_wants wants = wants_of(collector);

	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i]))
		if (probe_wanted(&probes[i], &wants))
			attach_hook(collector, i);
	if (collector->hooked)
		return 0;
	message_error("none of the hooks could be attached");
	message_hint("`tracer doctor` says which, and why");
	return -ENOENT;
}

void collector_detach(struct collector *collector)
{
	for (size_t i = 0; collector->links && i < probe_count; i++) {
		bpf_link__destroy(collector->links[i]);
		collector->links[i] = NULL;
	}
}

/* ---- what came of it ---------------------------------------------------------------------- */

static uint64_t program_misses(const struct collector *collector, const struct probe *probe)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = bpf_program__fd(collector_program(collector, probe->program));

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.recursion_misses;
}

/* Does a report lack something without the hook that can't be had? */
static bool is_missed(const struct collector *collector, size_t first)
{
	const struct probe *probe = &probes[first];

	if (probe->optional && collector->errors[first] == -ENOENT)
		return false;
	return has_company(collector, probe); /* else it says nothing that its company does not */
}

static int read_hook(const struct collector *collector, size_t first, struct hook_state *hook)
{
	struct probe_wants wants = wants_of(collector);
	int way = collector_way(collector, first);
	const struct probe *probe = &probes[way < 0 ? first : (size_t)way];

	hook->family = probe->family;
	hook->name = strdup(probe->hook);
	hook->kind = strdup(probe->kind);
	if (!hook->name || !hook->kind)
		return -ENOMEM;
	if (way >= 0) {
		hook->status = HOOK_ATTACHED;
		hook->misses = program_misses(collector, probe);
		return 0;
	}
	if (!probe_wanted(probe, &wants) || !is_missed(collector, first)) {
		hook->status = HOOK_UNWANTED;
		return 0;
	}
	hook->status = HOOK_MISSING;
	hook->reason = strdup(probe_reason(probe, collector->errors[first]));
	return hook->reason ? 0 : -ENOMEM;
}

int collector_read_hooks(const struct collector *collector, struct snapshot *snapshot)
{
	int error = 0;

	snapshot->hooks = calloc(probe_count, sizeof(*snapshot->hooks));
	if (!snapshot->hooks)
		return -ENOMEM;
	for (size_t i = 0; i < probe_count && !error; i += probe_ways(&probes[i]))
		error = read_hook(collector, i, &snapshot->hooks[snapshot->hook_count++]);
	return error;
}
