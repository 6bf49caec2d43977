/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of features, each with the function that looks at it (look_*.c), and the words that
 * these functions share.
 */
#include "kernel_features.h"

#include <stdarg.h>
#include <stdio.h>

#include "kernel_looks.h"

void feature_say(struct feature *feature, enum feature_status status, const char *format, ...)
{
	va_list args;

	feature->status = status;
	va_start(args, format);
	vsnprintf(feature->reason, sizeof(feature->reason), format, args);
	va_end(args);
}

void feature_cure(struct feature *feature, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(feature->cure, sizeof(feature->cure), format, args);
	va_end(args);
}

void feature_value(struct feature *feature, const char *value)
{
	snprintf(feature->value, sizeof(feature->value), "%.*s", FEATURE_VALUE - 1, value);
}

void feature_trial(struct feature *feature, const struct sight *sight, const struct trial *trial)
{
	static const enum feature_status statuses[] = {
		[VERDICT_OK] = FEATURE_OK,
		[VERDICT_MISSING] = FEATURE_MISSING,
		[VERDICT_REFUSED] = FEATURE_REFUSED,
		[VERDICT_UNKNOWN] = FEATURE_UNKNOWN,
	};

	feature->status =
		statuses[trial_judge(sight->trials, trial, feature->reason, sizeof(feature->reason),
				     feature->cure, sizeof(feature->cure))];
}

/* Because the kernel was built without: a status, what was not there, and the cure. */
void feature_not_built(struct feature *feature, const struct sight *sight, const char *seen,
		       const char *name)
{
	char text[PATH_MAX + 96];

	sight_say_option(sight, name, text, sizeof(text));
	feature_say(feature, FEATURE_MISSING, "%s; %.300s", seen, text);
	feature_cure(feature, "a kernel with %s=y", name);
}

#define GROUP_TRACING	"What tracing needs"
#define GROUP_FUNCTIONS "Hooks on functions"
#define GROUP_RIGHTS	"Rights of this process"
#define GROUP_POLICY	"The kernel's policy"
#define GROUP_FILES	"Filesystems"
#define GROUP_OWN	"The kernel's own means"

static const struct {
	const char *name, *group, *purpose;
	enum feature_need need;
	void (*look)(struct feature *feature, const struct sight *sight);
} kinds[FEATURE_COUNT] = {
	[FEATURE_BPF] = {"bpf", GROUP_TRACING, "the bpf() system call: every hook is a BPF program",
			 NEED_REQUIRED, look_bpf},
	[FEATURE_RAW_TP] = {"raw_tp", GROUP_TRACING,
			    "BPF programs on raw tracepoints: most of tracer's hooks", NEED_REQUIRED,
			    look_raw_tp},
	[FEATURE_KERNEL_READ] = {"kernel_read", GROUP_TRACING,
				 "bpf_probe_read_kernel(): names and sizes of caches",
				 NEED_REQUIRED, look_kernel_read},
	[FEATURE_BTF] = {"btf", GROUP_TRACING, "the kernel's types: where a field of a struct lies",
			 NEED_REQUIRED, look_btf},
	[FEATURE_JIT] = {"bpf_jit", GROUP_TRACING, "BPF as machine code: what an event costs",
			 NEED_HELPS, look_jit},
	[FEATURE_FENTRY] = {"fentry", GROUP_FUNCTIONS,
			    "hooks at a function's entry: kfree_rcu(), bulk frees", NEED_HELPS,
			    look_fentry},
	[FEATURE_FEXIT] = {"fexit", GROUP_FUNCTIONS,
			   "hooks at a function's return: bulk allocations, vmalloc()", NEED_HELPS,
			   look_fexit},
	[FEATURE_KPROBES] = {"kprobes", GROUP_FUNCTIONS,
			     "breakpoints in functions: where fentry can't be had, slower",
			     NEED_HELPS, look_kprobes},
	[FEATURE_FTRACE] = {"ftrace", GROUP_FUNCTIONS,
			    "the function tracer, which fentry stands on", NEED_HELPS, look_ftrace},
	[FEATURE_CAP_BPF] = {"CAP_BPF", GROUP_RIGHTS, "load BPF programs and make maps",
			     NEED_REQUIRED, look_cap_bpf},
	[FEATURE_CAP_PERFMON] = {"CAP_PERFMON", GROUP_RIGHTS,
				 "load programs that trace, and attach them", NEED_REQUIRED,
				 look_cap_perfmon},
	[FEATURE_CAP_SYS_ADMIN] = {"CAP_SYS_ADMIN", GROUP_RIGHTS,
				   "takes the place of both, also before 5.8", NEED_NONE,
				   look_cap_sys_admin},
	[FEATURE_CAP_SYSLOG] = {"CAP_SYSLOG", GROUP_RIGHTS, "the kernel log in tracer inspect",
				NEED_HELPS, look_cap_syslog},
	[FEATURE_CAP_SYS_RESOURCE] = {"CAP_SYS_RESOURCE", GROUP_RIGHTS,
				      "raise RLIMIT_MEMLOCK on old kernels", NEED_NONE,
				      look_cap_sys_resource},
	[FEATURE_USER_NAMESPACE] = {"user_namespace", GROUP_RIGHTS,
				    "rights count in the initial one only", NEED_REQUIRED,
				    look_user_namespace},
	[FEATURE_PID_NAMESPACE] = {"pid_namespace", GROUP_RIGHTS,
				   "whether PIDs seen here are the kernel's", NEED_HELPS,
				   look_pid_namespace},
	[FEATURE_SECCOMP] = {"seccomp", GROUP_RIGHTS, "a filter on this process's system calls",
			     NEED_HELPS, look_seccomp},
	[FEATURE_LOCKDOWN] = {"lockdown", GROUP_POLICY, "what even root may not do", NEED_HELPS,
			      look_lockdown},
	[FEATURE_UNPRIVILEGED_BPF] = {"unprivileged_bpf_disabled", GROUP_POLICY,
				      "who may call bpf() at all", NEED_NONE,
				      look_unprivileged_bpf},
	[FEATURE_KPTR_RESTRICT] = {"kptr_restrict", GROUP_POLICY,
				   "addresses in /proc/kallsyms; tracer has BPF name call sites",
				   NEED_NONE, look_kptr_restrict},
	[FEATURE_DMESG_RESTRICT] = {"dmesg_restrict", GROUP_POLICY,
				    "who may read the kernel log: tracer inspect", NEED_HELPS,
				    look_dmesg_restrict},
	[FEATURE_PERF_PARANOID] = {"perf_event_paranoid", GROUP_POLICY,
				   "who may use perf on the kernel; tracer's kprobes take CAP_PERFMON", NEED_NONE,
				   look_perf_paranoid},
	[FEATURE_TRACEFS] = {"tracefs", GROUP_FILES, "perf and trace-cmd need it; tracer does not",
			     NEED_NONE, look_tracefs},
	[FEATURE_DEBUGFS] = {"debugfs", GROUP_FILES, "kmemleak's report in tracer inspect",
			     NEED_HELPS, look_debugfs},
	[FEATURE_SECURITYFS] = {"securityfs", GROUP_FILES,
				"tells the lockdown level; tracing works "
				"without it",
				NEED_NONE, look_securityfs},
	[FEATURE_CGROUP2] = {"cgroup2", GROUP_FILES, "the filter --cgroup", NEED_HELPS,
			     look_cgroup2},
	[FEATURE_MEMCG] = {"memcg", GROUP_OWN, "memory charged to cgroups, BPF maps among it",
			   NEED_NONE, look_memcg},
	[FEATURE_MODULES] = {"modules", GROUP_OWN, "loading a driver to trace it", NEED_NONE,
			     look_modules},
	[FEATURE_KCORE] = {"kcore", GROUP_OWN,
			   "drgn and crash read live memory by it; tracer does not", NEED_NONE,
			   look_kcore},
	[FEATURE_KMEMLEAK] = {"kmemleak", GROUP_OWN, "the kernel's leak scanner: tracer inspect",
			      NEED_HELPS, look_kmemleak},
	[FEATURE_ALLOCINFO] = {"allocinfo", GROUP_OWN,
			       "the kernel's count per source line: tracer inspect", NEED_HELPS,
			       look_allocinfo},
	[FEATURE_SLUB_DEBUG] = {"slub_debug", GROUP_OWN, "slab poisoning, red zones and slabinfo",
				NEED_HELPS, look_slub_debug},
	[FEATURE_CONFIG] = {"kernel_config", GROUP_OWN,
			    "tells this report why something is missing", NEED_NONE, look_config},
};

int kernel_features_look(struct feature features[FEATURE_COUNT], const char *root,
			 const char *release, const struct kernel_trials *trials)
{
	struct sight sight;
	int error = sight_init(&sight, root, release, trials);

	if (error)
		return error;
	for (int i = 0; i < FEATURE_COUNT; i++) {
		features[i] = (struct feature){
			.name = kinds[i].name,
			.group = kinds[i].group,
			.purpose = kinds[i].purpose,
			.need = kinds[i].need,
		};
		kinds[i].look(&features[i], &sight);
	}
	sight_fini(&sight);
	return 0;
}
