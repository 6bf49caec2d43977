/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looks at what tracing stands on: BPF itself, and hooks on functions.
 */
#include "kernel_looks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NO_PROGRAM "no program at all can be loaded (see raw_tp)"

void look_bpf(struct feature *feature, const struct sight *sight)
{
	feature_trial(feature, sight, &sight->trials->bpf);
	if (feature->status == FEATURE_MISSING && sight_option_on(sight, "CONFIG_BPF_SYSCALL"))
		feature_say(
			feature, FEATURE_REFUSED,
			"bpf() answers ENOSYS although CONFIG_BPF_SYSCALL is set: a seccomp filter "
			"hides it");
	if (feature->status == FEATURE_REFUSED)
		feature_cure(feature,
			     "run outside the container or service whose seccomp filter or "
			     "security module forbids bpf()");
	else if (feature->status == FEATURE_MISSING)
		feature_cure(feature, "a kernel with CONFIG_BPF_SYSCALL=y, or no seccomp filter "
				      "that hides bpf()");
}

void look_raw_tp(struct feature *feature, const struct sight *sight)
{
	feature_trial(feature, sight, &sight->trials->raw_tp);
	if (feature->status == FEATURE_OK)
		snprintf(feature->reason, sizeof(feature->reason),
			 "a program was loaded; each hook's own line says whether it attaches");
	else if (sight->trials->bpf.step != TRIAL_DONE)
		feature_cure(feature, "see bpf");
	else if (feature->status != FEATURE_UNKNOWN)
		feature_cure(feature,
			     "a kernel with CONFIG_BPF_EVENTS=y; in a container, a seccomp filter "
			     "that lets bpf() pass");
}

/* Lockdown in confidentiality mode takes the helper away, which the verifier reports as EINVAL. */
void look_kernel_read(struct feature *feature, const struct sight *sight)
{
	feature_trial(feature, sight, &sight->trials->kernel_read);
	if (feature->status != FEATURE_OK && sight->trials->raw_tp.step != TRIAL_DONE)
		feature_cure(feature, "see raw_tp");
	if (feature->status != FEATURE_MISSING || sight->trials->raw_tp.step != TRIAL_DONE)
		return;
	feature_say(feature, FEATURE_REFUSED,
		    "a program without this helper loads, one with it does not (%s): either "
		    "lockdown is at confidentiality, or the kernel is older than the helper",
		    strerror(-sight->trials->kernel_read.error));
	feature_cure(feature, "boot with lockdown=integrity or without lockdown, where the "
			      "platform's policy allows it");
}

void look_btf(struct feature *feature, const struct sight *sight)
{
	bool parsed = sight->trials->btf.step == TRIAL_DONE;
	int error = sight_open(sight, "/sys/kernel/btf/vmlinux");

	feature->status = parsed ? FEATURE_OK : FEATURE_MISSING;
	if (parsed && !error) {
		feature_value(feature, "/sys/kernel/btf/vmlinux");
	} else if (parsed) {
		feature_say(feature, FEATURE_OK,
			    "not in /sys/kernel/btf/vmlinux (%s), found beside the kernel image",
			    strerror(-error));
	} else if (error == -EACCES || error == -EPERM) {
		feature_say(feature, FEATURE_UNKNOWN, "/sys/kernel/btf/vmlinux: %s",
			    strerror(-error));
		feature_cure(feature, "%s", AS_ROOT);
	} else if (error && sight_option_on(sight, "CONFIG_DEBUG_INFO_BTF")) {
		feature_say(feature, FEATURE_MISSING,
			    "/sys/kernel/btf/vmlinux: %s, although CONFIG_DEBUG_INFO_BTF is set: "
			    "sysfs is not mounted there or something is mounted over it",
			    strerror(-error));
		feature_cure(feature,
			     "mount -t sysfs sysfs /sys, and nothing over /sys/kernel/btf");
	} else if (error) {
		feature_not_built(feature, sight, "/sys/kernel/btf/vmlinux is absent",
				  "CONFIG_DEBUG_INFO_BTF");
	} else {
		feature_say(feature, FEATURE_MISSING, "/sys/kernel/btf/vmlinux can't be parsed: %s",
			    strerror(-sight->trials->btf.error));
		feature_cure(feature,
			     "a kernel whose BTF this libbpf understands, or a newer libbpf");
	}
}

/* The sysctl is only shown in the initial network namespace. */
void look_jit(struct feature *feature, const struct sight *sight)
{
	bool always = sight_option(sight, "CONFIG_BPF_JIT_ALWAYS_ON") == OPTION_SET;
	char text[64];

	if (sight_read(sight, "/proc/sys/net/core/bpf_jit_enable", text, sizeof(text)) > 0) {
		feature_value(feature, text);
		if (text[0] != '0') {
			feature_say(feature, FEATURE_OK, "net.core.bpf_jit_enable = %s%s", text,
				    always ? "; built in for good (CONFIG_BPF_JIT_ALWAYS_ON)" : "");
			return;
		}
		feature_say(feature, FEATURE_LIMITS,
			    "off: programs are interpreted, each event costs "
			    "several times as much, and fentry can't be had");
		feature_cure(feature, "sysctl net.core.bpf_jit_enable=1");
	} else if (always) {
		feature_say(feature, FEATURE_OK,
			    "built in for good (CONFIG_BPF_JIT_ALWAYS_ON); the "
			    "sysctl is not visible here");
	} else if (sight_option_on(sight, "CONFIG_BPF_JIT") || !sight->config.text) {
		feature_say(feature, FEATURE_UNKNOWN,
			    "net.core.bpf_jit_enable is not visible here: "
			    "another network namespace, or no /proc/sys");
		feature_cure(feature, "look from the initial network namespace");
	} else {
		feature_not_built(feature, sight, "net.core.bpf_jit_enable is absent",
				  "CONFIG_BPF_JIT");
	}
}

/* `control`: what differs in nothing but the place is allowed. */
static void explain_refused_function(struct feature *feature, bool control)
{
	size_t length = strlen(feature->reason);

	snprintf(feature->reason + length, sizeof(feature->reason) - length,
		 "%s. Concluded: a policy forbids it to everybody, be it lockdown (see there), a "
		 "security module or a restriction that was built in",
		 control ? "; a program of the same type on a tracepoint loads and attaches" : "");
	feature_cure(feature,
		     "a kernel whose policy allows hooks on functions; no right and no sysctl "
		     "does");
}

static void explain_missing_function(struct feature *feature, const struct sight *sight,
				     const struct trial *trial)
{
	char text[PATH_MAX + 96];

	sight_say_option(sight, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS", text, sizeof(text));
	feature_say(feature, FEATURE_MISSING, "%s: %s; %.300s",
		    trial->step == TRIAL_LOAD ? "does not load" : "does not attach",
		    trial->error == -KERNEL_ENOTSUPP ? "not supported (error 524)"
						     : strerror(-trial->error),
		    text);
	feature_cure(feature,
		     "a kernel with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y and the BPF JIT "
		     "on, and kernel.ftrace_enabled=1");
}

static void look_function(struct feature *feature, const struct sight *sight,
			  const struct trial_kind *kind)
{
	const struct trial *trial = &kind->trial;

	feature_trial(feature, sight, trial);
	if (trial->step == TRIAL_NOT_MADE) {
		feature_say(feature, FEATURE_UNKNOWN,
			    sight->trials->btf.step == TRIAL_DONE
				    ? "none of the functions to hook is in the kernel's BTF"
				    : "functions are found by BTF, which is missing");
		feature_cure(feature, "see btf");
		return;
	}
	feature_value(feature, kind->function);
	if (feature->status == FEATURE_OK || feature->status == FEATURE_UNKNOWN)
		return;
	if (sight->trials->raw_tp.step != TRIAL_DONE) {
		feature_say(feature, FEATURE_UNKNOWN, NO_PROGRAM);
		feature_cure(feature, "see raw_tp");
	} else if (feature->status == FEATURE_REFUSED) {
		explain_refused_function(feature, sight->trials->tp_btf.step == TRIAL_DONE);
	} else {
		explain_missing_function(feature, sight, trial);
	}
}

void look_fentry(struct feature *feature, const struct sight *sight)
{
	look_function(feature, sight, &sight->trials->fentry);
}

void look_fexit(struct feature *feature, const struct sight *sight)
{
	const struct trial *fentry = &sight->trials->fentry.trial;
	const struct trial *fexit = &sight->trials->fexit.trial;

	look_function(feature, sight, &sight->trials->fexit);
	if (feature->status == FEATURE_OK || fentry->step != fexit->step ||
	    fentry->error != fexit->error)
		return;
	snprintf(feature->reason, sizeof(feature->reason), "as for fentry");
	feature_cure(feature, "see fentry");
}

void look_kprobes(struct feature *feature, const struct sight *sight)
{
	const struct trial *trial = &sight->trials->kprobe.trial;
	const char *name = sight_option_on(sight, "CONFIG_KPROBES") ? "CONFIG_KPROBE_EVENTS"
								    : "CONFIG_KPROBES";

	feature_trial(feature, sight, trial);
	if (trial->step == TRIAL_ATTACH || trial->step == TRIAL_DONE)
		feature_value(feature, sight->trials->kprobe.function);
	if (trial->step == TRIAL_LOAD && trial->error == -ENOENT) {
		feature_not_built(
			feature, sight,
			"no /sys/bus/event_source/devices/kprobe: perf has no kprobe events", name);
	} else if (feature->status == FEATURE_OK || feature->status == FEATURE_UNKNOWN) {
		return;
	} else if (sight->trials->raw_tp.step != TRIAL_DONE) {
		feature_say(feature, FEATURE_UNKNOWN, NO_PROGRAM);
		feature_cure(feature, "see raw_tp");
	} else if (feature->status == FEATURE_REFUSED) {
		explain_refused_function(feature, false);
	}
}

/* "; available_tracers: …" and whether the list of functions may be read, where tracefs is. */
static void look_ftrace_files(struct feature *feature, const struct sight *sight)
{
	char where[SIGHT_PATH], path[PATH_MAX], tracers[64];
	size_t length = strlen(feature->reason);
	int error;

	if (!sight_mount(sight, "tracefs", where, sizeof(where)))
		return;
	snprintf(path, sizeof(path), "%s/available_tracers", where);
	if (sight_read(sight, path, tracers, sizeof(tracers)) > 0)
		length +=
			(size_t)snprintf(feature->reason + length, sizeof(feature->reason) - length,
					 "; tracers: %s", tracers);
	snprintf(path, sizeof(path), "%s/available_filter_functions", where);
	error = sight_open(sight, path);
	if (error != -EPERM)
		return;
	feature->status = FEATURE_LIMITS;
	snprintf(feature->reason + length, sizeof(feature->reason) - length,
		 "; the files that name functions are refused (available_filter_functions: EPERM)");
	feature_cure(feature, "see fentry");
}

void look_ftrace(struct feature *feature, const struct sight *sight)
{
	char text[64];

	if (sight_read(sight, "/proc/sys/kernel/ftrace_enabled", text, sizeof(text)) <= 0) {
		feature_not_built(feature, sight, "kernel.ftrace_enabled is absent",
				  "CONFIG_FUNCTION_TRACER");
		return;
	}
	feature_value(feature, text);
	feature_say(feature, FEATURE_OK, "kernel.ftrace_enabled = %s", text);
	look_ftrace_files(feature, sight);
	if (text[0] == '0') {
		feature->status = FEATURE_LIMITS;
		feature_cure(feature, "sysctl kernel.ftrace_enabled=1");
	}
}
