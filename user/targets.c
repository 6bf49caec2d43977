// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Looks up what filters name in /proc and /sys. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "families.h"
#include "gfp.h"
#include "message.h"
#include "targets.h"

#define NAME_TEXT 512

/* ---- /proc/kallsyms ----------------------------------------------------------------------- */

struct site {
	char name[NAME_TEXT];
	uint64_t offset;
	bool exact; /* an offset was given */
};

static int site_parse(struct site *site, const char *text)
{
	const char *plus = strchr(text, '+');
	size_t length = plus ? (size_t)(plus - text) : strlen(text);
	char *end;

	if (!length || length >= sizeof(site->name))
		return -EINVAL;
	memcpy(site->name, text, length);
	site->name[length] = '\0';
	site->offset = 0;
	site->exact = plus != NULL;
	if (!plus)
		return 0;
	errno = 0;
	site->offset = strtoull(plus + 1, &end, 0);
	return errno || end == plus + 1 || *end ? -EINVAL : 0;
}

static bool same_function(const char *symbol, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(symbol, name, length) && (!symbol[length] || symbol[length] == '.');
}

/* "ffffffff81000000 T name\t[module]" -> address, type, name. */
static bool kallsyms_parse(const char *line, uint64_t *address, char *type, char name[NAME_TEXT])
{
	unsigned long long value;

	if (sscanf(line, "%llx %c %511s", &value, type, name) != 3)
		return false;
	*address = value;
	return true;
}

/* A function ends where the nearest one above it starts; modules' symbols are in no order. */
static void end_ranges(FILE *kallsyms, uint64_t (*ranges)[2], int count)
{
	char line[NAME_TEXT + 64], name[NAME_TEXT], type;
	uint64_t address;

	rewind(kallsyms);
	while (fgets(line, sizeof(line), kallsyms)) {
		if (!kallsyms_parse(line, &address, &type, name) || !strchr("tTwW", type))
			continue;
		for (int i = 0; i < count; i++)
			if (address > ranges[i][0] && address < ranges[i][1])
				ranges[i][1] = address;
	}
}

int targets_find_symbol(FILE *kallsyms, const char *text, uint64_t (*ranges)[2], int most)
{
	char line[NAME_TEXT + 64], name[NAME_TEXT], type;
	bool visible = false;
	struct site site;
	uint64_t address;
	int count = 0;

	if (site_parse(&site, text))
		return -EINVAL;
	while (fgets(line, sizeof(line), kallsyms)) {
		if (!kallsyms_parse(line, &address, &type, name) || !strchr("tTwW", type))
			continue;
		visible |= address != 0;
		if (count >= most || !same_function(name, site.name))
			continue;
		ranges[count][0] = address + site.offset;
		ranges[count][1] = site.exact ? ranges[count][0] + 1 : UINT64_MAX;
		count++;
	}
	if (!visible)
		return -EACCES;
	if (!site.exact)
		end_ranges(kallsyms, ranges, count);
	return count ?: -ENOENT;
}

int targets_find_module(FILE *modules, const char *module, uint64_t range[2])
{
	char line[4096], name[64], address[32];
	unsigned long long size;

	while (fgets(line, sizeof(line), modules)) {
		uint64_t start;

		/* name size refcount users state address */
		if (sscanf(line, "%63s %llu %*s %*s %*s %31s", name, &size, address) != 3 ||
		    strcmp(name, module))
			continue;
		start = strtoull(address, NULL, 16);
		if (!start)
			return -EACCES;
		range[0] = start;
		range[1] = start + size;
		return 0;
	}
	return -ENOENT;
}

/* ---- each filter -------------------------------------------------------------------------- */

static int resolve_site(struct collector_options *out, const char *site)
{
	FILE *kallsyms = fopen("/proc/kallsyms", "re");
	int found;

	if (!kallsyms) {
		found = -errno;
		message_error("--site needs /proc/kallsyms: %s", strerror(errno));
		return found;
	}
	found = targets_find_symbol(kallsyms, site, out->ranges + out->range_count,
				    TRACER_RANGES - (int)out->range_count);
	fclose(kallsyms);
	if (found > 0) {
		out->range_count += (unsigned int)found;
		return 0;
	}
	message_error("--site: no function \"%s\"", site);
	if (found == -EACCES)
		message_hint("/proc/kallsyms hides its addresses: CAP_SYSLOG is missing or kernel.kptr_restrict is 2");
	else if (found == -EINVAL)
		message_hint("valid: SYMBOL or SYMBOL+OFFSET, like kmem_cache_create or do_mmap+0x1b");
	else
		message_hint("`grep -w NAME /proc/kallsyms` shows what this kernel has; inlined functions have no address");
	return found;
}

/* Of the functions that --site gave those inside the module. */
static int keep_inside(struct collector_options *out)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < out->range_count; i++)
		if (out->ranges[i][0] >= out->module_range[0] &&
		    out->ranges[i][0] < out->module_range[1])
			memcpy(out->ranges[kept++], out->ranges[i], sizeof(out->ranges[0]));
	if (!out->range_count || kept) {
		out->range_count = kept;
		return 0;
	}
	message_error("--site: that function is not in module \"%s\"", out->module);
	return -ENOENT;
}

/* The kernel's names have '_' where files may have '-'. */
static int copy_module(char out[TRACER_MODULE], const char *module)
{
	if (!*module || strlen(module) >= TRACER_MODULE) {
		message_error("--module: \"%s\" is no module's name", module);
		return -EINVAL;
	}
	for (size_t i = 0; module[i]; i++)
		out[i] = module[i] == '-' ? '_' : module[i];
	return 0;
}

/* A module that is not there is waited for when there is a CMD, which may load it. */
static int resolve_module(struct collector_options *out, const char *module, bool wait)
{
	FILE *modules = fopen("/proc/modules", "re");
	int error = modules ? copy_module(out->module, module) : -errno;

	if (!modules) {
		message_error("--module needs /proc/modules: %s", strerror(errno));
		message_hint("this kernel has no loadable modules (CONFIG_MODULES, or booted with nomodule)");
		return error;
	}
	if (!error)
		error = targets_find_module(modules, out->module, out->module_range);
	fclose(modules);
	if (!error)
		return keep_inside(out);
	if (error == -EINVAL)
		return error;
	if (error == -ENOENT && wait && !out->range_count) {
		message_note("module \"%s\" is not loaded yet: it is traced from its loading on",
			     out->module);
		return 0;
	}
	message_error("--module: \"%s\" is not loaded", out->module);
	if (error == -EACCES)
		message_hint("/proc/modules hides its address: CAP_SYSLOG is missing or kernel.kptr_restrict is 2");
	else
		message_hint("`lsmod` lists what is loaded; with CMD, a module may be loaded later");
	return error;
}

static int resolve_cgroup(struct collector_options *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	struct statfs fs;

	if (fd < 0) {
		error = -errno;
		message_error("--cgroup: %s: %s", path, strerror(errno));
		return error;
	}
	if (fstatfs(fd, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC) {
		close(fd);
		message_error("--cgroup: %s is not a directory of cgroup v2", path);
		message_hint("give a path below the cgroup2 mount, like /sys/fs/cgroup/system.slice");
		return -EINVAL;
	}
	out->cgroup_fd = fd;
	out->process |= PROCESS_CGROUP;
	return 0;
}

/* The pid must be the one that the kernel's programs see: the initial namespace's. */
static bool in_initial_pid_namespace(void)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);

	if (length < 0)
		return true;
	link[length] = '\0';
	return !strcmp(link, "pid:[4026531836]"); /* PROC_PID_INIT_INO */
}

/* The thread group of a thread, 0 when /proc does not say. */
static uint32_t thread_group(uint32_t pid)
{
	char path[64], line[256];
	uint32_t tgid = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	status = fopen(path, "re");
	if (!status)
		return 0;
	while (!tgid && fgets(line, sizeof(line), status))
		if (sscanf(line, "Tgid: %u", &tgid) != 1)
			tgid = 0;
	fclose(status);
	return tgid;
}

static int resolve_pid(struct collector_options *out, uint32_t pid)
{
	uint32_t group = thread_group(pid);

	if (kill((pid_t)pid, 0) && errno == ESRCH) {
		message_error("--pid: no process %u", pid);
		return -ESRCH;
	}
	if (group && group != pid) {
		message_error("--pid: %u is a thread of process %u", pid, group);
		message_hint("--pid %u counts the process with all its threads", group);
		return -EINVAL;
	}
	if (!in_initial_pid_namespace()) {
		message_error("--pid: this is a pid namespace of its own, whose numbers the kernel's programs don't see");
		message_hint("run tracer in the host's pid namespace, or use --comm or --cgroup");
		return -EINVAL;
	}
	out->tgid = pid;
	out->process |= PROCESS_TGID;
	return 0;
}

int targets_resolve(struct collector_options *out, const struct filters *filters, bool wait)
{
	int error = 0;

	out->cgroup_fd = -1;
	out->families = filters->families;
	out->size_min = filters->size_min;
	out->size_max = filters->size_max;
	out->gfp_mask = filters->gfp_mask;
	out->gfp_value = filters->gfp_value;
	if (filters->comm) {
		strncpy(out->comm, filters->comm, sizeof(out->comm) - 1);
		out->process |= PROCESS_COMM;
	}
	if (filters->cache)
		strncpy(out->cache, filters->cache, sizeof(out->cache) - 1);
	if (filters->site)
		error = resolve_site(out, filters->site);
	if (!error && filters->module)
		error = resolve_module(out, filters->module, wait);
	if (!error && filters->pid)
		error = resolve_pid(out, filters->pid);
	if (!error && filters->cgroup)
		error = resolve_cgroup(out, filters->cgroup);
	return error;
}

/* ---- in words ----------------------------------------------------------------------------- */

static void describe_text(FILE *out, const char *what, const char *value)
{
	if (value)
		fprintf(out, ", %s %s", what, value);
}

static void describe_families(FILE *out, unsigned int families)
{
	const char *separator = ", family ";

	for (int family = 0; family < FAMILY_COUNT; family++) {
		if (!(families >> family & 1))
			continue;
		fprintf(out, "%s%s", separator, family_name(family));
		separator = "/";
	}
}

static void describe_numbers(FILE *out, const struct filters *filters)
{
	char gfp[256];

	if (filters->pid)
		fprintf(out, ", pid %u", filters->pid);
	if (filters->size_min)
		fprintf(out, ", at least %llu bytes", (unsigned long long)filters->size_min);
	if (filters->size_max < UINT64_MAX)
		fprintf(out, ", at most %llu bytes", (unsigned long long)filters->size_max);
	if (!filters->gfp_mask)
		return;
	gfp_format(gfp, sizeof(gfp), filters->gfp_value);
	fprintf(out, ", gfp %s", gfp);
}

char *targets_describe(const struct options *options)
{
	const struct filters *filters = &options->filters;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (options->child_argv && !options->all)
		fputs(", CMD and its descendants", out);
	describe_families(out, filters->families);
	describe_text(out, "module", filters->module);
	describe_text(out, "cache", filters->cache);
	describe_text(out, "site", filters->site);
	describe_text(out, "comm", filters->comm);
	describe_text(out, "cgroup", filters->cgroup);
	describe_numbers(out, filters);
	if (fclose(out) || !size) {
		free(text);
		return NULL;
	}
	memmove(text, text + 2, size - 1); /* the first ", " */
	return text;
}
