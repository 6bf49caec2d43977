/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Between the table of features and the functions that look at one feature each: those, and how
 * they say what they found. A look sets the status, and the texts where there is something to say.
 */
#ifndef TRACER_KERNEL_LOOKS_H
#define TRACER_KERNEL_LOOKS_H

#include "kernel_features.h"
#include "kernel_sight.h"

#define AS_ROOT "run as root (sudo)"

/* Sets the status and the reason; printf-like. */
void feature_say(struct feature *feature, enum feature_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Sets what would change it; printf-like. */
void feature_cure(struct feature *feature, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void feature_value(struct feature *feature, const char *value);
/* Takes status, reason and cure from a trial. */
void feature_trial(struct feature *feature, const struct sight *sight, const struct trial *trial);
/* Missing: what was `seen`, what the config says of option `name`, and that option as the cure. */
void feature_not_built(struct feature *feature, const struct sight *sight, const char *seen,
		       const char *name);

void look_bpf(struct feature *feature, const struct sight *sight);
void look_raw_tp(struct feature *feature, const struct sight *sight);
void look_kernel_read(struct feature *feature, const struct sight *sight);
void look_btf(struct feature *feature, const struct sight *sight);
void look_jit(struct feature *feature, const struct sight *sight);
void look_fentry(struct feature *feature, const struct sight *sight);
void look_fexit(struct feature *feature, const struct sight *sight);
void look_kprobes(struct feature *feature, const struct sight *sight);
void look_ftrace(struct feature *feature, const struct sight *sight);
void look_cap_bpf(struct feature *feature, const struct sight *sight);
void look_cap_perfmon(struct feature *feature, const struct sight *sight);
void look_cap_sys_admin(struct feature *feature, const struct sight *sight);
void look_cap_syslog(struct feature *feature, const struct sight *sight);
void look_cap_sys_resource(struct feature *feature, const struct sight *sight);
void look_user_namespace(struct feature *feature, const struct sight *sight);
void look_pid_namespace(struct feature *feature, const struct sight *sight);
void look_seccomp(struct feature *feature, const struct sight *sight);
void look_lockdown(struct feature *feature, const struct sight *sight);
void look_unprivileged_bpf(struct feature *feature, const struct sight *sight);
void look_kptr_restrict(struct feature *feature, const struct sight *sight);
void look_dmesg_restrict(struct feature *feature, const struct sight *sight);
void look_perf_paranoid(struct feature *feature, const struct sight *sight);
void look_tracefs(struct feature *feature, const struct sight *sight);
void look_debugfs(struct feature *feature, const struct sight *sight);
void look_securityfs(struct feature *feature, const struct sight *sight);
void look_cgroup2(struct feature *feature, const struct sight *sight);
void look_memcg(struct feature *feature, const struct sight *sight);
void look_modules(struct feature *feature, const struct sight *sight);
void look_kcore(struct feature *feature, const struct sight *sight);
void look_kmemleak(struct feature *feature, const struct sight *sight);
void look_allocinfo(struct feature *feature, const struct sight *sight);
void look_slub_debug(struct feature *feature, const struct sight *sight);
void look_config(struct feature *feature, const struct sight *sight);

#endif
