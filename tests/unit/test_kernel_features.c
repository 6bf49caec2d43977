/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The doctor's judgement without a kernel: parsing, what an errno means, and whole machines made
 * of files and of trials that other kernels would give.
 */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "../../user/doctor_judge.h"
#include "../../user/kernel_config.h"
#include "../../user/kernel_features.h"
#include "../../user/kernel_trials.h"
#include "../../user/probes.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALL_RIGHTS    "CapEff:\t000001ffffffffff\n"
#define NO_RIGHTS     "CapEff:\t0000000000000000\n"

static const struct trial done = {TRIAL_DONE, 0};

/* ---- a machine of files -------------------------------------------------------------------- */

struct machine {
	char root[64];
	struct kernel_trials trials;
	struct feature features[FEATURE_COUNT];
};

static void put_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			fail_msg("mkdir %s: %s", path, strerror(errno));
		*slash = '/';
	}
}

static void put_file(const struct machine *machine, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", machine->root, name);
	put_directories(path);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void put_link(const struct machine *machine, const char *name, const char *target)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", machine->root, name);
	put_directories(path);
	assert_int_equal(symlink(target, path), 0);
}

/* Everything allowed; a test takes away what it is about. */
static void machine_init(struct machine *machine)
{
	*machine = (struct machine){.root = "/tmp/tracer-unit.XXXXXX"};
	assert_non_null(mkdtemp(machine->root));
	machine->trials = (struct kernel_trials){
		.bpf = done,
		.btf = done,
		.raw_tp = done,
		.kernel_read = done,
		.tp_btf = done,
		.fentry = {done, "kvfree_call_rcu"},
		.fexit = {done, "kvfree_call_rcu"},
		.kprobe = {done, "kvfree_call_rcu"},
		.ways = calloc(probe_count, sizeof(struct trial_way)),
	};
	assert_non_null(machine->trials.ways);
	for (size_t i = 0; i < probe_count; i++) {
		struct trial_way *way = &machine->trials.ways[i];

		*way = (struct trial_way){.trial = done, .presence = PRESENCE_YES};
		if (!probe_target(&probes[i], 0, way->target, sizeof(way->target)))
			snprintf(way->target, sizeof(way->target), "%s", probes[i].hook);
	}
	put_file(machine, "/proc/self/status",
		 "Name:\tx\nUid:\t0\t0\t0\t0\n" ALL_RIGHTS "Seccomp:\t0\n");
	put_file(machine, "/proc/self/mounts", "proc /proc proc rw 0 0\n");
	put_file(machine, "/proc/filesystems", "nodev\tproc\nnodev\tsecurityfs\n\text4\n");
	put_link(machine, "/proc/self/ns/user", "user:[4026531837]");
	put_link(machine, "/proc/self/ns/pid", "pid:[4026531836]");
}

static void machine_look(struct machine *machine)
{
	assert_int_equal(kernel_features_look(machine->features, machine->root, "6.0-test",
					      &machine->trials),
			 0);
}

static int take_away(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static void machine_fini(struct machine *machine)
{
	kernel_trials_fini(&machine->trials);
	assert_int_equal(nftw(machine->root, take_away, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static void expect(const struct machine *machine, enum feature_id id, enum feature_status status,
		   const char *reason_has, const char *cure_has)
{
	const struct feature *feature = &machine->features[id];

	if (feature->status != status || !strstr(feature->reason, reason_has) ||
	    !strstr(feature->cure, cure_has))
		fail_msg("%s: status %d, \"%s\", \"%s\"", feature->name, feature->status,
			 feature->reason, feature->cure);
}

/* ---- parsing ------------------------------------------------------------------------------- */

static void test_lockdown(void **state)
{
	static const struct {
		const char *text;
		int status;
		enum lockdown_level level;
	} cases[] = {
		{"[none] integrity confidentiality", 0, LOCKDOWN_NONE},
		{"none [integrity] confidentiality", 0, LOCKDOWN_INTEGRITY},
		{"none integrity [confidentiality]", 0, LOCKDOWN_CONFIDENTIALITY},
		{"none integrity confidentiality", -EINVAL, 0},
		{"none [integrity", -EINVAL, 0},
		{"[integ] none", -EINVAL, 0},
		{"[integrity2]", -EINVAL, 0},
		{"]none[", -EINVAL, 0},
		{"[]", -EINVAL, 0},
		{"", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum lockdown_level level = 7, expected = cases[i].status ? 7 : cases[i].level;

		if (lockdown_parse(cases[i].text, &level) != cases[i].status || level != expected)
			fail_msg("\"%s\": level %d", cases[i].text, (int)level);
	}
}

static void test_config_lookup(void **state)
{
	char text[] = "#\n# Automatically generated\n#\nCONFIG_BPF=y\n# CONFIG_KPROBES is not set\n"
		      "CONFIG_KPROBES_MORE=y\nCONFIG_EXT4=m\nCONFIG_LSM=\"m,n\"\nCONFIG_HZ=250\n"
		      "CONFIG_MASK=n\nCONFIG_LAST=m";
	struct kernel_config config = {.text = text}, none = {0};
	static const struct {
		const char *name;
		enum kernel_option option;
	} cases[] = {
		{"CONFIG_BPF", OPTION_SET},	  {"CONFIG_KPROBES", OPTION_NO},
		{"CONFIG_EXT4", OPTION_MODULE},	  {"CONFIG_LSM", OPTION_SET},
		{"CONFIG_HZ", OPTION_SET},	  {"CONFIG_MASK", OPTION_NO},
		{"CONFIG_LAST", OPTION_MODULE},	  {"CONFIG_B", OPTION_ABSENT},
		{"CONFIG_KPROBE", OPTION_ABSENT}, {"CONFIG_NOT_THERE", OPTION_ABSENT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (kernel_config_lookup(&config, cases[i].name) != cases[i].option)
			fail_msg("%s: not %d", cases[i].name, (int)cases[i].option);
	assert_int_equal(kernel_config_lookup(&none, "CONFIG_BPF"), OPTION_UNKNOWN);
}

/* gzipped in /proc, plain in /boot; an empty or foreign file is no config. */
static void test_config_read(void **state)
{
	struct kernel_config config = {0};
	struct machine machine;
	char path[128];
	gzFile file;

	(void)state;
	machine_init(&machine);
	assert_int_equal(kernel_config_read(&config, machine.root, "6.0-test"), -ENOENT);
	put_file(&machine, "/boot/config-6.0-other", "CONFIG_BPF=y\n");
	put_file(&machine, "/boot/config-6.0-test", "");
	put_file(&machine, "/lib/modules/6.0-test/config", "nothing of that kind\n");
	assert_int_equal(kernel_config_read(&config, machine.root, "6.0-test"), -ENOENT);
	put_file(&machine, "/boot/config-6.0-test", "CONFIG_BOOT=y\n");
	assert_int_equal(kernel_config_read(&config, machine.root, "6.0-test"), 0);
	assert_int_equal(kernel_config_lookup(&config, "CONFIG_BOOT"), OPTION_SET);
	kernel_config_fini(&config);
	snprintf(path, sizeof(path), "%s/proc/config.gz", machine.root);
	file = gzopen(path, "wb");
	assert_true(gzputs(file, "CONFIG_PROC=y\n") > 0);
	assert_int_equal(gzclose(file), Z_OK);
	assert_int_equal(kernel_config_read(&config, machine.root, "6.0-test"), 0);
	assert_int_equal(kernel_config_lookup(&config, "CONFIG_PROC"), OPTION_SET);
	assert_non_null(strstr(config.source, "/proc/config.gz"));
	kernel_config_fini(&config);
	machine_fini(&machine);
}

/* ---- what an errno means ------------------------------------------------------------------- */

static void test_trial_judge(void **state)
{
	static const struct {
		struct trial trial;
		const char *missing_rights;
		bool foreign_user;
		enum trial_verdict verdict;
		const char *reason_has, *cure_has;
	} cases[] = {
		{{TRIAL_DONE, 0}, "", false, VERDICT_OK, "", ""},
		{{TRIAL_NOT_MADE, 0}, "", false, VERDICT_UNKNOWN, "not tried", ""},
		{{TRIAL_LOAD, -EPERM}, "CAP_BPF", false, VERDICT_UNKNOWN, "needs CAP_BPF", "sudo"},
		{{TRIAL_ATTACH, -EACCES},
		 "CAP_PERFMON",
		 false,
		 VERDICT_UNKNOWN,
		 "needs CAP_PERFMON",
		 "CAP_PERFMON"},
		{{TRIAL_LOAD, -EPERM}, "", true, VERDICT_UNKNOWN, "user namespace", "outside"},
		{{TRIAL_LOAD, -EPERM}, "", false, VERDICT_REFUSED, "EPERM", ""},
		{{TRIAL_LOAD, -EACCES}, "", false, VERDICT_REFUSED, "EACCES", ""},
		{{TRIAL_ATTACH, -ENOENT}, "", false, VERDICT_MISSING, "ENOENT", ""},
		{{TRIAL_LOAD, -ENOSYS}, "CAP_BPF", false, VERDICT_MISSING, "ENOSYS", ""},
		{{TRIAL_ATTACH, -EOPNOTSUPP}, "", false, VERDICT_MISSING, "95", ""},
		{{TRIAL_ATTACH, -KERNEL_ENOTSUPP}, "", false, VERDICT_MISSING, "524", ""},
		{{TRIAL_ATTACH, -EBUSY}, "", false, VERDICT_UNKNOWN, "in use", ""},
		{{TRIAL_LOAD, -EINVAL}, "", false, VERDICT_MISSING, "Invalid argument", ""},
	};
	char reason[256], cure[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_trials trials = {.foreign_user = cases[i].foreign_user};
		enum trial_verdict verdict;

		strcpy(trials.missing_rights, cases[i].missing_rights);
		verdict = trial_judge(&trials, &cases[i].trial, reason, sizeof(reason), cure,
				      sizeof(cure));
		if (verdict != cases[i].verdict || !strstr(reason, cases[i].reason_has) ||
		    !strstr(cure, cases[i].cure_has) ||
		    (verdict == VERDICT_OK && (*reason || *cure)))
			fail_msg("case %zu: verdict %d, \"%s\", \"%s\"", i, (int)verdict, reason,
				 cure);
	}
}

/* ---- whole machines ------------------------------------------------------------------------ */

static void test_lockdown_seen(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine);
	put_file(&machine, "/proc/self/mounts", "s /security securityfs rw 0 0\n");
	put_file(&machine, "/security/lockdown", "none integrity [confidentiality]\n");
	machine.trials.kernel_read = (struct trial){TRIAL_LOAD, -EINVAL};
	machine_look(&machine);
	assert_string_equal(machine.features[FEATURE_LOCKDOWN].value, "confidentiality");
	expect(&machine, FEATURE_LOCKDOWN, FEATURE_LIMITS, "reading kernel memory", "Secure Boot");
	expect(&machine, FEATURE_KERNEL_READ, FEATURE_REFUSED, "confidentiality", "lockdown");
	assert_string_equal(machine.features[FEATURE_SECURITYFS].value, "/security");
	put_file(&machine, "/security/lockdown", "[none] integrity confidentiality\n");
	put_file(&machine, "/boot/config-6.0-test", "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n");
	machine_look(&machine);
	expect(&machine, FEATURE_LOCKDOWN, FEATURE_OK, "", "");
	put_file(&machine, "/security/lockdown", "gibberish\n");
	machine_look(&machine);
	expect(&machine, FEATURE_LOCKDOWN, FEATURE_UNKNOWN, "not understood", "");
	machine_fini(&machine);
}

/* Without securityfs nothing is known, and what is concluded is said to be. */
static void test_lockdown_inferred(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine);
	machine_look(&machine);
	expect(&machine, FEATURE_LOCKDOWN, FEATURE_UNKNOWN, "not mounted", "mount -t securityfs");
	assert_string_equal(machine.features[FEATURE_LOCKDOWN].value, "");
	put_file(&machine, "/proc/cmdline", "quiet lockdown=integrity\n");
	machine_look(&machine);
	assert_string_equal(machine.features[FEATURE_LOCKDOWN].value,
			    "integrity or higher (inferred)");
	put_file(&machine, "/boot/config-6.0-test", "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n");
	machine_look(&machine);
	assert_string_equal(machine.features[FEATURE_LOCKDOWN].value, "integrity (inferred)");
	machine.trials.kernel_read = (struct trial){TRIAL_LOAD, -EINVAL};
	machine_look(&machine);
	assert_string_equal(machine.features[FEATURE_LOCKDOWN].value, "confidentiality (inferred)");
	put_file(&machine, "/boot/config-6.0-test", "# CONFIG_SECURITY_LOCKDOWN_LSM is not set\n");
	machine_look(&machine);
	expect(&machine, FEATURE_LOCKDOWN, FEATURE_OK, "built without", "");
	machine_fini(&machine);
}

static void test_functions(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine);
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_OK, "", "");
	machine.trials.fentry.trial = (struct trial){TRIAL_LOAD, -EPERM};
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_REFUSED, "tracepoint loads", "policy");
	machine.trials.fentry.trial = machine.trials.fexit.trial =
		(struct trial){TRIAL_ATTACH, -KERNEL_ENOTSUPP};
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_MISSING, "does not attach", "DIRECT_CALLS=y");
	expect(&machine, FEATURE_FEXIT, FEATURE_MISSING, "as for fentry", "see fentry");
	/* When nothing loads, that says nothing of functions. */
	machine.trials.raw_tp = machine.trials.fentry.trial = machine.trials.kprobe.trial =
		(struct trial){TRIAL_LOAD, -EPERM};
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_UNKNOWN, "no program", "raw_tp");
	expect(&machine, FEATURE_KPROBES, FEATURE_UNKNOWN, "no program", "raw_tp");
	machine.trials.fentry.trial = (struct trial){TRIAL_NOT_MADE, 0};
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_UNKNOWN, "none of the functions", "btf");
	machine.trials.btf = (struct trial){TRIAL_LOAD, -ENOENT};
	machine_look(&machine);
	expect(&machine, FEATURE_FENTRY, FEATURE_UNKNOWN, "BTF, which is missing", "btf");
	machine.trials.kprobe.trial = (struct trial){TRIAL_LOAD, -ENOENT};
	put_file(&machine, "/boot/config-6.0-test", "CONFIG_KPROBES=y\n");
	machine_look(&machine);
	expect(&machine, FEATURE_KPROBES, FEATURE_MISSING, "", "CONFIG_KPROBE_EVENTS=y");
	machine_fini(&machine);
}

static void test_rights(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine);
	put_file(&machine, "/proc/sys/kernel/dmesg_restrict", "1\n");
	machine_look(&machine);
	expect(&machine, FEATURE_CAP_BPF, FEATURE_OK, "", "");
	expect(&machine, FEATURE_DMESG_RESTRICT, FEATURE_OK, "has that right", "");
	put_file(&machine, "/proc/self/status", "Uid:\t0\t0\t0\t0\n" NO_RIGHTS "Seccomp:\t2\n");
	machine_look(&machine);
	expect(&machine, FEATURE_CAP_BPF, FEATURE_MISSING, "not held", "deprived");
	expect(&machine, FEATURE_DMESG_RESTRICT, FEATURE_LIMITS, "lacks that right", "sudo");
	expect(&machine, FEATURE_SECCOMP, FEATURE_LIMITS, "seccomp filter", "seccomp=unconfined");
	put_file(&machine, "/proc/self/status", "Uid:\t7\t7\t7\t7\n" NO_RIGHTS);
	machine_look(&machine);
	expect(&machine, FEATURE_CAP_BPF, FEATURE_MISSING, "not held", "sudo");
	/* CAP_SYS_ADMIN (bit 21) alone takes the place of both. */
	put_file(&machine, "/proc/self/status", "Uid:\t7\t7\t7\t7\nCapEff:\t0000000000200000\n");
	machine_look(&machine);
	expect(&machine, FEATURE_CAP_BPF, FEATURE_OK, "takes its place", "");
	expect(&machine, FEATURE_CAP_PERFMON, FEATURE_OK, "takes its place", "");
	expect(&machine, FEATURE_CAP_SYS_RESOURCE, FEATURE_MISSING, "", "");
	machine_fini(&machine);
}

static void test_user_namespace(void **state)
{
	struct machine machine;
	char path[128];

	(void)state;
	machine_init(&machine);
	snprintf(path, sizeof(path), "%s/proc/self/ns/user", machine.root);
	assert_int_equal(unlink(path), 0);
	put_link(&machine, "/proc/self/ns/user", "user:[4026532000]");
	put_file(&machine, "/proc/sys/kernel/dmesg_restrict", "1\n");
	machine_look(&machine);
	expect(&machine, FEATURE_USER_NAMESPACE, FEATURE_LIMITS, "no capability", "outside");
	expect(&machine, FEATURE_CAP_BPF, FEATURE_LIMITS, "user namespace only", "outside");
	expect(&machine, FEATURE_DMESG_RESTRICT, FEATURE_LIMITS, "lacks that right", "");
	machine_fini(&machine);
}

static void test_files(void **state)
{
	struct machine machine;

	(void)state;
	machine_init(&machine);
	put_file(&machine, "/proc/sys/net/core/bpf_jit_enable", "0\n");
	put_file(&machine, "/proc/modules", "");
	put_file(&machine, "/proc/cmdline", "ro -- nomodule\n");
	put_file(&machine, "/proc/allocinfo", "");
	put_file(&machine, "/proc/sys/vm/mem_profiling", "0\n");
	machine_look(&machine);
	expect(&machine, FEATURE_JIT, FEATURE_LIMITS, "interpreted", "bpf_jit_enable=1");
	expect(&machine, FEATURE_MODULES, FEATURE_OK, "", "");
	expect(&machine, FEATURE_ALLOCINFO, FEATURE_MISSING, "off", "vm.mem_profiling=1");
	expect(&machine, FEATURE_SECURITYFS, FEATURE_MISSING, "the kernel has it", "mount -t");
	expect(&machine, FEATURE_DEBUGFS, FEATURE_MISSING, "no kernel config", "CONFIG_DEBUG_FS=y");
	expect(&machine, FEATURE_KMEMLEAK, FEATURE_UNKNOWN, "debugfs", "mount -t debugfs");
	put_file(&machine, "/proc/sys/net/core/bpf_jit_enable", "1\n");
	put_file(&machine, "/proc/sys/kernel/modules_disabled", "1\n");
	put_file(&machine, "/boot/config-6.0-test", "# CONFIG_DEBUG_KMEMLEAK is not set\n");
	machine_look(&machine);
	expect(&machine, FEATURE_JIT, FEATURE_OK, "= 1", "");
	expect(&machine, FEATURE_MODULES, FEATURE_REFUSED, "modules_disabled", "reboot");
	expect(&machine, FEATURE_KMEMLEAK, FEATURE_MISSING, "not set", "CONFIG_DEBUG_KMEMLEAK=y");
	put_file(&machine, "/proc/cmdline", "ro nomodule\n");
	machine_look(&machine);
	expect(&machine, FEATURE_MODULES, FEATURE_REFUSED, "nomodule", "boot without nomodule");
	machine_fini(&machine);
}

/* ---- the verdict --------------------------------------------------------------------------- */

static void judge(struct machine *machine, struct doctor_report *report)
{
	*report = (struct doctor_report){.kernel = "6.0-test", .arch = "x86_64"};
	machine_look(machine);
	memcpy(report->features, machine->features, sizeof(report->features));
	/* Looked up in a tree without sysfs. */
	report->features[FEATURE_BTF].status =
		machine->trials.btf.step == TRIAL_DONE ? FEATURE_OK : FEATURE_MISSING;
	assert_int_equal(doctor_judge(report, &machine->trials), 0);
}

static const struct doctor_hook *hook_of(const struct doctor_report *report, const char *name)
{
	const struct doctor_hook *hook = doctor_hooks_find(report->hooks, report->hook_count, name);

	if (!hook)
		fail_msg("no hook %s", name);
	return hook;
}

/* What the trial of one way came to; the kind tells it from the other ways of the hook. */
static void set_trial(struct machine *machine, const char *name, const char *kind,
		      enum trial_step step, int error)
{
	for (size_t i = 0; i < probe_count; i++) {
		if (strcmp(probes[i].hook, name) || strcmp(probes[i].kind, kind))
			continue;
		machine->trials.ways[i].trial = (struct trial){step, error};
		return;
	}
	fail_msg("no %s on %s", kind, name);
}

static void set_absent(struct machine *machine, const char *name)
{
	for (size_t i = 0; i < probe_count; i++) {
		if (strcmp(probes[i].hook, name))
			continue;
		machine->trials.ways[i].presence = PRESENCE_NO;
		machine->trials.ways[i].trial = probe_on_function(&probes[i])
							? (struct trial){TRIAL_NOT_MADE, 0}
							: (struct trial){TRIAL_ATTACH, -ENOENT};
	}
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static enum doctor_coverage call_of(const struct doctor_report *report, const char *name)
{
	for (size_t i = 0; i < doctor_call_count; i++)
		if (!strcmp(doctor_calls[i].names, name))
			return report->calls[i];
	fail_msg("no call %s", name);
	return COVERAGE_NONE;
}

static bool hook_has(const struct doctor_hook *hook, enum feature_status status, const char *kind,
		     const char *reason_has)
{
	if (hook->status == status && !strcmp(hook->way->probe->kind, kind) &&
	    strstr(hook->reason, reason_has))
		return true;
	print_message("%s: status %d, %s, \"%s\"\n", hook->probe->hook, (int)hook->status,
		      hook->way->probe->kind, hook->reason);
	return false;
}

/* What the judgement takes for granted of the tables. */
static void test_tables(void **state)
{
	static const char *const kinds[] = {"raw_tp", "fentry", "fexit", "kprobe", "kretprobe"};

	(void)state;
	for (size_t i = 0; i < probe_count; i += probe_ways(&probes[i])) {
		bool with = !probes[i].with;

		assert_non_null(probes[i].without);
		for (size_t j = 0; j < i; j++) {
			with |= probes[i].with && !strcmp(probes[j].hook, probes[i].with);
			if (!strcmp(probes[j].hook, probes[i].hook))
				fail_msg("the ways of %s do not stand together", probes[i].hook);
		}
		if (!with)
			fail_msg("%s stands before the hook that it goes with", probes[i].hook);
		for (size_t j = i; j < i + probe_ways(&probes[i]); j++) {
			assert_int_equal(probes[j].family, probes[i].family);
			assert_true(is_one_of(probes[j].kind, kinds, ARRAY_SIZE(kinds)));
			assert_int_equal(probe_on_function(&probes[j]), probes[j].targets != NULL);
		}
	}
	for (size_t i = 0; i < doctor_call_count; i++) {
		for (int j = 0; j < DOCTOR_CALL_HOOKS && doctor_calls[i].hooks[j]; j++) {
			bool found = false;

			for (size_t k = 0; k < probe_count; k++)
				found |= !strcmp(probes[k].hook, doctor_calls[i].hooks[j]);
			if (!found)
				fail_msg("%s: there is no hook %s", doctor_calls[i].names,
					 doctor_calls[i].hooks[j]);
		}
	}
}

/* Every hook of a family is some call's, or nobody would learn what it is for. */
static void test_calls_name_hooks(void **state)
{
	(void)state;
	for (size_t i = 0; i < probe_count; i++) {
		bool found = probes[i].family < 0;

		for (size_t j = 0; j < doctor_call_count; j++)
			for (int k = 0; k < DOCTOR_CALL_HOOKS && doctor_calls[j].hooks[k]; k++)
				found |= !strcmp(probes[i].hook, doctor_calls[j].hooks[k]);
		if (!found)
			fail_msg("no call is seen by %s", probes[i].hook);
	}
}

/* Everything is allowed: the first way serves each hook, whatever the others would do. */
static void test_verdict_good(void **state)
{
	struct doctor_report report;
	struct machine machine;

	(void)state;
	machine_init(&machine);
	judge(&machine, &report);
	assert_true(report.can_trace);
	assert_int_equal(report.hooks_attached, report.hooks_wanted);
	assert_int_equal(report.hooks_attached, report.hook_count);
	for (size_t i = 0; i < report.hook_count; i++) {
		assert_ptr_equal(report.hooks[i].way->probe, report.hooks[i].probe);
		assert_null(report.hooks[i].lost);
		assert_string_equal(report.hooks[i].reason, "");
		for (size_t j = 1; j < report.hooks[i].way_count; j++)
			assert_false(report.hooks[i].ways[j].tried);
	}
	for (int family = 0; family < FAMILY_MAPPING; family++) {
		assert_int_equal(report.families[family].coverage, COVERAGE_FULL);
		assert_string_equal(report.families[family].why, "");
	}
	assert_int_equal(report.families[FAMILY_MAPPING].coverage, COVERAGE_PARTLY);
	assert_non_null(strstr(report.families[FAMILY_MAPPING].why, "see the calls"));
	assert_int_equal(call_of(&report, "kfree_rcu, kvfree_rcu"), COVERAGE_FULL);
	doctor_report_fini(&report);
	machine_fini(&machine);
}

/*
 * A kernel such as 6.1: no tracepoints for areas, trampolines of six arguments, no
 * kmalloc_nolock(). Other ways do it all, and what is not there is not missed.
 */
static void test_verdict_other_ways(void **state)
{
	struct doctor_report report;
	struct machine machine;
	const struct doctor_hook *hook;

	(void)state;
	machine_init(&machine);
	set_trial(&machine, "alloc_vmap_area", "raw_tp", TRIAL_ATTACH, -ENOENT);
	set_trial(&machine, "free_vmap_area_noflush", "raw_tp", TRIAL_ATTACH, -ENOENT);
	for (size_t i = 0; i < probe_count; i++)
		if (!strncmp(probes[i].hook, "__vmalloc_node_range", 20))
			machine.trials.ways[i].arguments = 9;
	set_trial(&machine, "__vmalloc_node_range", "fexit", TRIAL_ATTACH, -KERNEL_ENOTSUPP);
	set_trial(&machine, "__vmalloc_node_range (entry)", "fentry", TRIAL_ATTACH,
		  -KERNEL_ENOTSUPP);
	set_absent(&machine, "kmalloc_nolock");
	set_absent(&machine, "kfree_nolock");
	set_absent(&machine, "module_load");
	judge(&machine, &report);
	assert_true(report.can_trace);
	assert_int_equal(report.hooks_attached, report.hooks_wanted);
	assert_int_equal(report.hooks_wanted, report.hook_count - 3);
	assert_true(hook_has(hook_of(&report, "alloc_vmap_area"), FEATURE_OK, "fexit", ""));
	hook = hook_of(&report, "__vmalloc_node_range");
	assert_true(hook_has(hook, FEATURE_OK, "kretprobe", ""));
	assert_non_null(strstr(hook->ways[0].reason, "9 arguments"));
	assert_int_equal(hook->ways[0].status, FEATURE_MISSING);
	assert_true(hook_has(hook_of(&report, "__vmalloc_node_range (entry)"), FEATURE_OK, "kprobe",
			     ""));
	hook = hook_of(&report, "kmalloc_nolock");
	assert_true(hook_has(hook, FEATURE_MISSING, "fexit", "nothing is missed"));
	assert_null(hook->lost);
	assert_null(hook_of(&report, "module_load")->lost);
	assert_int_equal(report.families[FAMILY_KMALLOC].coverage, COVERAGE_FULL);
	assert_string_equal(report.families[FAMILY_KMALLOC].why, "");
	assert_int_equal(report.families[FAMILY_VMALLOC].coverage, COVERAGE_FULL);
	assert_non_null(strstr(report.families[FAMILY_VMALLOC].why,
			       "fexit __vmalloc_node_range_noprof, fentry "
			       "__vmalloc_node_range_noprof: the function has 9 arguments"));
	assert_non_null(strstr(report.families[FAMILY_VMALLOC].why, "other ways"));
	assert_int_equal(call_of(&report, "kmalloc_nolock"), COVERAGE_ABSENT);
	assert_int_equal(call_of(&report, "vmap, ioremap"), COVERAGE_FULL);
	doctor_report_fini(&report);
	machine_fini(&machine);
}

/* fentry is refused to all and there are no kprobes: the tracepoints are all there is. */
static void test_verdict_no_functions(void **state)
{
	struct doctor_report report;
	struct machine machine;
	const struct doctor_hook *hook;

	(void)state;
	machine_init(&machine);
	for (size_t i = 0; i < probe_count; i++)
		if (probe_on_function(&probes[i]))
			machine.trials.ways[i].trial = (struct trial){
				TRIAL_LOAD, strstr(probes[i].kind, "probe") ? -ENOENT : -EPERM};
	judge(&machine, &report);
	assert_true(report.can_trace);
	assert_true(report.hooks_attached < report.hooks_wanted);
	assert_non_null(strstr(report.verdict, "does not see all"));
	hook = hook_of(&report, "kvfree_call_rcu");
	assert_true(hook_has(hook, FEATURE_REFUSED, "fentry", "fentry: refused (EPERM)"));
	assert_true(hook_has(hook, FEATURE_REFUSED, "fentry", "kprobe: this kernel has no kprob"));
	assert_int_equal(hook->allowed, PRESENCE_NO);
	assert_non_null(strstr(hook->lost, "kfree_rcu"));
	assert_non_null(strstr(hook->cure, "policy"));
	assert_non_null(strstr(hook->cure, "kprobes"));
	hook = hook_of(&report, "__vmalloc_node_range (entry)");
	assert_true(hook_has(hook, FEATURE_REFUSED, "fentry", "of no use without"));
	assert_false(hook->ways[0].tried);
	assert_ptr_equal(hook->with, hook_of(&report, "__vmalloc_node_range"));
	assert_ptr_equal(hook->lost, hook->with->lost);
	assert_int_equal(report.families[FAMILY_KMALLOC].coverage, COVERAGE_PARTLY);
	assert_non_null(strstr(report.families[FAMILY_KMALLOC].why, "refused (EPERM)"));
	assert_null(strstr(report.families[FAMILY_KMALLOC].why, "other ways"));
	assert_int_equal(report.families[FAMILY_PERCPU].coverage, COVERAGE_FULL);
	assert_string_equal(report.families[FAMILY_PERCPU].why, "");
	assert_int_equal(call_of(&report, "kfree_rcu, kvfree_rcu"), COVERAGE_NONE);
	assert_int_equal(call_of(&report, "vmalloc, vzalloc, vmalloc_user, __vmalloc"),
			 COVERAGE_PARTLY);
	assert_int_equal(call_of(&report, "kfree, kfree_sensitive"), COVERAGE_FULL);
	doctor_report_fini(&report);
	machine_fini(&machine);
}

/* A hook is not served without the one that it goes with, though it could be attached. */
static void test_verdict_alone(void **state)
{
	struct doctor_report report;
	struct machine machine;

	(void)state;
	machine_init(&machine);
	set_trial(&machine, "kmalloc_nolock", "fexit", TRIAL_ATTACH, -EBUSY);
	judge(&machine, &report);
	assert_true(
		hook_has(hook_of(&report, "kmalloc_nolock"), FEATURE_UNKNOWN, "fexit", "in use"));
	assert_true(hook_has(hook_of(&report, "kfree_nolock"), FEATURE_UNKNOWN, "fentry",
			     "of no use without the hook kmalloc_nolock"));
	assert_int_equal(report.families[FAMILY_KMALLOC].coverage, COVERAGE_PARTLY);
	doctor_report_fini(&report);
	machine_fini(&machine);
}

/* Neither tracepoint nor function of that name: the rest goes on. */
static void test_verdict_without_place(void **state)
{
	struct doctor_report report;
	struct machine machine;
	const struct doctor_hook *hook;

	(void)state;
	machine_init(&machine);
	set_absent(&machine, "alloc_vmap_area");
	set_absent(&machine, "kmem_cache_free_bulk");
	judge(&machine, &report);
	assert_true(report.can_trace);
	assert_int_equal(report.hooks_attached, report.hooks_wanted - 2);
	assert_int_equal(report.families[FAMILY_VMALLOC].coverage, COVERAGE_PARTLY);
	hook = hook_of(&report, "alloc_vmap_area");
	assert_true(hook_has(hook, FEATURE_MISSING, "raw_tp",
			     "raw_tp: this kernel has no such "
			     "tracepoint; fexit: "));
	assert_non_null(hook->lost);
	assert_true(hook_has(hook_of(&report, "kmem_cache_free_bulk"), FEATURE_MISSING, "fentry",
			     "fentry, kprobe: this kernel has no such function"));
	doctor_report_fini(&report);
	machine_fini(&machine);
}

static void test_verdict_bad(void **state)
{
	struct doctor_report report;
	struct machine machine;
	const struct doctor_hook *hook;

	(void)state;
	machine_init(&machine);
	machine.trials.btf = (struct trial){TRIAL_LOAD, -ENOENT};
	judge(&machine, &report);
	assert_false(report.can_trace);
	assert_non_null(strstr(report.verdict, "btf"));
	doctor_report_fini(&report);
	machine.trials.btf = done;
	strcpy(machine.trials.missing_rights, "CAP_BPF");
	machine.trials.raw_tp = (struct trial){TRIAL_LOAD, -EPERM};
	for (size_t i = 0; i < probe_count; i++)
		machine.trials.ways[i].trial = machine.trials.raw_tp;
	judge(&machine, &report);
	assert_false(report.can_trace);
	assert_non_null(strstr(report.verdict, "needs CAP_BPF"));
	assert_int_equal(report.families[FAMILY_KMALLOC].coverage, COVERAGE_UNKNOWN);
	assert_int_equal(call_of(&report, "kvfree"), COVERAGE_UNKNOWN);
	hook = hook_of(&report, "kmalloc");
	assert_int_equal(hook->allowed, PRESENCE_UNKNOWN);
	assert_non_null(strstr(hook->reason, "the tracepoint is there"));
	doctor_report_fini(&report);
	/* Rights held, and every attach fails: loaded programs alone don't trace. */
	machine.trials.missing_rights[0] = '\0';
	machine.trials.raw_tp = done;
	for (size_t i = 0; i < probe_count; i++)
		machine.trials.ways[i].trial = (struct trial){TRIAL_ATTACH, -EPERM};
	judge(&machine, &report);
	assert_false(report.can_trace);
	assert_int_equal(hook_of(&report, "kmalloc")->status, FEATURE_REFUSED);
	doctor_report_fini(&report);
	machine_fini(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lockdown),
		cmocka_unit_test(test_config_lookup),
		cmocka_unit_test(test_config_read),
		cmocka_unit_test(test_trial_judge),
		cmocka_unit_test(test_lockdown_seen),
		cmocka_unit_test(test_lockdown_inferred),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_user_namespace),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_calls_name_hooks),
		cmocka_unit_test(test_verdict_good),
		cmocka_unit_test(test_verdict_other_ways),
		cmocka_unit_test(test_verdict_no_functions),
		cmocka_unit_test(test_verdict_alone),
		cmocka_unit_test(test_verdict_without_place),
		cmocka_unit_test(test_verdict_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
