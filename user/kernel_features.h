/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What this kernel has and allows that matters for tracing its memory: for each feature whether
 * it is there, what it is for, why it is not, and what would change that. Judged from trials
 * (kernel_trials.h) and from files below a root, by presence and never by version.
 */
#ifndef TRACER_KERNEL_FEATURES_H
#define TRACER_KERNEL_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel_trials.h"

enum feature_status {
	FEATURE_OK,
	FEATURE_LIMITS,	 /* there, and in the way of something: the reason says of what */
	FEATURE_MISSING, /* this kernel does not have it, or it is off */
	FEATURE_REFUSED, /* it is there and may not be used */
	FEATURE_UNKNOWN, /* could not be told by this process */
};

/* What tracer does with it. */
enum feature_need {
	NEED_REQUIRED, /* no tracing without it */
	NEED_HELPS,    /* some option or figure, or speed, depends on it */
	NEED_NONE,     /* tracer works without; it is what other tools use */
};

enum feature_id {
	FEATURE_BPF,
	FEATURE_RAW_TP,
	FEATURE_KERNEL_READ,
	FEATURE_BTF,
	FEATURE_JIT,
	FEATURE_FENTRY,
	FEATURE_FEXIT,
	FEATURE_KPROBES,
	FEATURE_FTRACE,
	FEATURE_CAP_BPF,
	FEATURE_CAP_PERFMON,
	FEATURE_CAP_SYS_ADMIN,
	FEATURE_CAP_SYSLOG,
	FEATURE_CAP_SYS_RESOURCE,
	FEATURE_USER_NAMESPACE,
	FEATURE_PID_NAMESPACE,
	FEATURE_SECCOMP,
	FEATURE_LOCKDOWN,
	FEATURE_UNPRIVILEGED_BPF,
	FEATURE_KPTR_RESTRICT,
	FEATURE_DMESG_RESTRICT,
	FEATURE_PERF_PARANOID,
	FEATURE_TRACEFS,
	FEATURE_DEBUGFS,
	FEATURE_SECURITYFS,
	FEATURE_CGROUP2,
	FEATURE_MEMCG,
	FEATURE_MODULES,
	FEATURE_KCORE,
	FEATURE_KMEMLEAK,
	FEATURE_ALLOCINFO,
	FEATURE_SLUB_DEBUG,
	FEATURE_CONFIG,
	FEATURE_COUNT,
};

#define FEATURE_VALUE  128
#define FEATURE_REASON 640
#define FEATURE_CURE   400

/* Texts are clauses without a full stop and may hold bytes of the kernel's: not escaped. */
struct feature {
	const char *name;    /* "raw_tp"; the key of the JSON */
	const char *group;   /* the heading it stands under */
	const char *purpose; /* what it is for */
	enum feature_need need;
	enum feature_status status;
	char value[FEATURE_VALUE];   /* "integrity", "2"; "" where there is none */
	char reason[FEATURE_REASON]; /* what was seen; "" where status says it all */
	char cure[FEATURE_CURE];     /* what would change it; "" when nothing need or can */
};

/*
 * Judges every feature of kernel `release` by `trials` and the files below `root` ("" for this
 * machine). `trials` must be of the same machine. 0 or -ENOMEM.
 */
int kernel_features_look(struct feature features[FEATURE_COUNT], const char *root,
			 const char *release, const struct kernel_trials *trials);

enum lockdown_level {
	LOCKDOWN_NONE,
	LOCKDOWN_INTEGRITY,
	LOCKDOWN_CONFIDENTIALITY,
};

/* Parses "none [integrity] confidentiality". 0, or -EINVAL when no known level is marked. Pure. */
int lockdown_parse(const char *text, enum lockdown_level *level);

#endif
