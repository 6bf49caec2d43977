/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Looks at who may do what: the rights of this process, and what the kernel forbids to all.
 */
#include "kernel_looks.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAP_ROOT                                                                                   \
	"root has been deprived of it: a container needs --cap-add, a service "                    \
	"CapabilityBoundingSet=, a virtual machine whoever set it up"

static void look_capability(struct feature *feature, const struct sight *sight,
			    unsigned int capability, bool replaced)
{
	if (!sight->capabilities_known) {
		feature_say(feature, FEATURE_UNKNOWN, "/proc/self/status can't be read");
		feature_cure(feature, "mount -t proc proc /proc");
	} else if (sight_holds(sight, capability) && sight->foreign_user) {
		feature_say(feature, FEATURE_LIMITS,
			    "held in a user namespace only, where it gives "
			    "no right over the kernel");
		feature_cure(feature, "run as root outside the user namespace");
	} else if (sight_capable(sight, capability)) {
		feature->status = FEATURE_OK;
	} else if (replaced) {
		feature_say(feature, FEATURE_OK, "not held, and what is held takes its place");
	} else {
		feature_say(feature, FEATURE_MISSING, "not held by this process");
		feature_cure(feature, "%s", sight->root_user ? CAP_ROOT : AS_ROOT);
	}
}

void look_cap_bpf(struct feature *feature, const struct sight *sight)
{
	look_capability(feature, sight, CAP_BPF, sight_capable(sight, CAP_SYS_ADMIN));
}

void look_cap_perfmon(struct feature *feature, const struct sight *sight)
{
	look_capability(feature, sight, CAP_PERFMON, sight_capable(sight, CAP_SYS_ADMIN));
}

void look_cap_sys_admin(struct feature *feature, const struct sight *sight)
{
	look_capability(feature, sight, CAP_SYS_ADMIN,
			sight_capable(sight, CAP_BPF) && sight_capable(sight, CAP_PERFMON));
}

void look_cap_syslog(struct feature *feature, const struct sight *sight)
{
	look_capability(feature, sight, CAP_SYSLOG, sight_capable(sight, CAP_SYS_ADMIN));
}

void look_cap_sys_resource(struct feature *feature, const struct sight *sight)
{
	look_capability(feature, sight, CAP_SYS_RESOURCE, false);
	if (feature->status != FEATURE_MISSING)
		return;
	feature_say(feature, FEATURE_MISSING,
		    "not held by this process: RLIMIT_MEMLOCK can't be raised, which only matters "
		    "where BPF memory is not charged to the cgroup (before 5.11)");
}

void look_user_namespace(struct feature *feature, const struct sight *sight)
{
	bool known, initial = sight_namespace(sight, "/proc/self/ns/user", INITIAL_USER_NS, &known);

	if (initial || !known) {
		feature->status = initial ? FEATURE_OK : FEATURE_UNKNOWN;
		feature_value(feature, initial ? "initial" : "");
		return;
	}
	feature_value(feature, "nested");
	feature_say(feature, FEATURE_LIMITS, "in a user namespace: no capability held here counts");
	feature_cure(feature, "run as root outside the user namespace");
}

void look_pid_namespace(struct feature *feature, const struct sight *sight)
{
	bool known, initial = sight_namespace(sight, "/proc/self/ns/pid", INITIAL_PID_NS, &known);

	if (initial || !known) {
		feature->status = initial ? FEATURE_OK : FEATURE_UNKNOWN;
		feature_value(feature, initial ? "initial" : "");
		return;
	}
	feature_value(feature, "nested");
	feature_say(feature, FEATURE_LIMITS,
		    "in a PID namespace: the kernel's PIDs, which --pid is "
		    "compared with, differ from those seen here");
	feature_cure(feature, "run in the initial PID namespace (docker run --pid=host)");
}

void look_seccomp(struct feature *feature, const struct sight *sight)
{
	char mode[16];

	if (!sight_status(sight, "Seccomp", mode, sizeof(mode))) {
		feature_say(feature, FEATURE_UNKNOWN, "/proc/self/status has no Seccomp line");
		return;
	}
	feature_value(feature, mode);
	feature->status = mode[0] == '0' ? FEATURE_OK : FEATURE_LIMITS;
	if (mode[0] == '0')
		return;
	feature_say(feature, FEATURE_LIMITS,
		    "this process is under a seccomp filter, which may refuse "
		    "bpf() and perf_event_open() whatever its rights");
	feature_cure(feature, "a container: --security-opt seccomp=unconfined; a service: no "
			      "SystemCallFilter=");
}

static const char *const lockdown_names[] = {
	[LOCKDOWN_NONE] = "none",
	[LOCKDOWN_INTEGRITY] = "integrity",
	[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
};

int lockdown_parse(const char *text, enum lockdown_level *level)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return -EINVAL;
	open++;
	for (unsigned int i = 0; i <= LOCKDOWN_CONFIDENTIALITY; i++) {
		if (strlen(lockdown_names[i]) == (size_t)(close - open) &&
		    !strncmp(open, lockdown_names[i], (size_t)(close - open))) {
			*level = i;
			return 0;
		}
	}
	return -EINVAL;
}

static void say_lockdown(struct feature *feature, const struct sight *sight,
			 enum lockdown_level level)
{
	bool forced = sight_option_on(sight, "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY") ||
		      sight_option_on(sight, "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY");

	feature_value(feature, lockdown_names[level]);
	feature->status = level == LOCKDOWN_NONE ? FEATURE_OK : FEATURE_LIMITS;
	if (level == LOCKDOWN_NONE)
		return;
	feature_say(feature, FEATURE_LIMITS, "%s",
		    level == LOCKDOWN_INTEGRITY
			    ? "unsigned modules, writing kernel memory and /dev/mem are refused"
			    : "what integrity refuses, and reading kernel memory: by BPF, tracefs, "
			      "kprobes, perf and /proc/kcore");
	if (forced)
		feature_cure(feature, "a kernel without CONFIG_LOCK_DOWN_KERNEL_FORCE_*: this one "
				      "starts locked down, and it can't be lowered while it runs");
	else
		feature_cure(feature,
			     "boot without lockdown= and, where Secure Boot sets it, without "
			     "Secure Boot; it can't be lowered while the kernel runs");
}

/* What can be said of the level without its file: each step names what it is concluded from. */
static void infer_lockdown(struct feature *feature, const struct sight *sight)
{
	const char *why = NULL, *level = NULL;
	char line[SIGHT_TEXT];

	if (sight_read(sight, "/proc/cmdline", line, sizeof(line)) < 0)
		line[0] = '\0';
	if (sight_option_on(sight, "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY")) {
		level = "confidentiality";
		why = "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY is set";
	} else if (sight->trials->kernel_read.step != TRIAL_DONE &&
		   sight->trials->raw_tp.step == TRIAL_DONE) {
		level = "confidentiality";
		why = "BPF may not read kernel memory (kernel_read)";
	} else if (sight_option_on(sight, "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY")) {
		level = sight->trials->kernel_read.step == TRIAL_DONE ? "integrity"
								      : "integrity or higher";
		why = sight->trials->kernel_read.step == TRIAL_DONE
			      ? "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY is set, and BPF may read "
				"kernel "
				"memory, which confidentiality forbids"
			      : "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY is set";
	} else if (strstr(line, "lockdown=")) {
		level = "integrity or higher";
		why = "lockdown= is on the kernel's command line";
	}
	if (level) {
		snprintf(feature->value, sizeof(feature->value), "%s (inferred)", level);
		feature_say(feature, FEATURE_UNKNOWN,
			    "securityfs is not mounted; concluded to be %s, because %s", level,
			    why);
	} else {
		feature_say(feature, FEATURE_UNKNOWN,
			    "securityfs, which tells the level, is not mounted");
	}
	feature_cure(feature,
		     "to see it: mount -t securityfs securityfs /sys/kernel/security, then "
		     "cat /sys/kernel/security/lockdown");
}

void look_lockdown(struct feature *feature, const struct sight *sight)
{
	char where[SIGHT_PATH], path[PATH_MAX], text[128];
	enum lockdown_level level;
	int length;

	if (sight_option(sight, "CONFIG_SECURITY_LOCKDOWN_LSM") == OPTION_NO) {
		feature_value(feature, lockdown_names[LOCKDOWN_NONE]);
		feature_say(feature, FEATURE_OK, "the kernel is built without it");
		return;
	}
	if (!sight_mount(sight, "securityfs", where, sizeof(where))) {
		infer_lockdown(feature, sight);
		return;
	}
	snprintf(path, sizeof(path), "%s/lockdown", where);
	length = sight_read(sight, path, text, sizeof(text));
	if (length > 0 && !lockdown_parse(text, &level)) {
		say_lockdown(feature, sight, level);
	} else if (length == -ENOENT) {
		feature_value(feature, lockdown_names[LOCKDOWN_NONE]);
		feature_say(feature, FEATURE_OK,
			    "securityfs has no lockdown: the module is not active");
	} else {
		feature_say(feature, FEATURE_UNKNOWN, "%s: %s", path,
			    length < 0 ? strerror(-length) : "not understood");
		feature_cure(feature, "%s", AS_ROOT);
	}
}

/* A number of a sysctl that limits from `limits` on, unless the right to pass it is held. */
static void look_limit(struct feature *feature, const struct sight *sight, const char *path,
		       long limits, bool exempt, const char *meaning)
{
	char text[64], *end;
	long value;

	if (sight_read(sight, path, text, sizeof(text)) <= 0) {
		feature_say(feature, FEATURE_UNKNOWN, "%s is absent", path);
		return;
	}
	value = strtol(text, &end, 10);
	feature_value(feature, text);
	if (*end || end == text)
		feature_say(feature, FEATURE_UNKNOWN, "%s is no number", path);
	else if (value < limits)
		feature->status = FEATURE_OK;
	else if (exempt)
		feature_say(feature, FEATURE_OK, "%s; this process has that right", meaning);
	else
		feature_say(feature, FEATURE_LIMITS, "%s; this process lacks that right", meaning);
}

void look_unprivileged_bpf(struct feature *feature, const struct sight *sight)
{
	look_limit(feature, sight, "/proc/sys/kernel/unprivileged_bpf_disabled", 1,
		   sight_capable(sight, CAP_BPF) || sight_capable(sight, CAP_SYS_ADMIN),
		   "only users with CAP_BPF may call bpf()");
	if (feature->status == FEATURE_LIMITS)
		feature_cure(feature, AS_ROOT ": tracing needs the rights whatever this is set to");
}

void look_kptr_restrict(struct feature *feature, const struct sight *sight)
{
	look_limit(feature, sight, "/proc/sys/kernel/kptr_restrict", 1,
		   sight_capable(sight, CAP_SYSLOG),
		   "addresses in /proc/kallsyms are zero for users without CAP_SYSLOG");
	if (!strcmp(feature->value, "2"))
		feature_say(feature, FEATURE_LIMITS,
			    "addresses in /proc/kallsyms are zero for everybody");
	if (feature->status == FEATURE_LIMITS)
		feature_cure(feature,
			     "sysctl kernel.kptr_restrict=1 and CAP_SYSLOG, for other tools");
}

void look_dmesg_restrict(struct feature *feature, const struct sight *sight)
{
	look_limit(feature, sight, "/proc/sys/kernel/dmesg_restrict", 1,
		   sight_capable(sight, CAP_SYSLOG) || sight_capable(sight, CAP_SYS_ADMIN),
		   "only users with CAP_SYSLOG may read the kernel log");
	if (feature->status == FEATURE_LIMITS)
		feature_cure(feature, AS_ROOT ", or sysctl kernel.dmesg_restrict=0");
}

void look_perf_paranoid(struct feature *feature, const struct sight *sight)
{
	look_limit(feature, sight, "/proc/sys/kernel/perf_event_paranoid", 2,
		   sight_capable(sight, CAP_PERFMON) || sight_capable(sight, CAP_SYS_ADMIN),
		   "only users with CAP_PERFMON may have perf look at the kernel");
	if (feature->status == FEATURE_LIMITS)
		feature_cure(feature, AS_ROOT ", or sysctl kernel.perf_event_paranoid=1, for perf");
}
