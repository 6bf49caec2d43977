/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sources in a table: where each is, who parses it, and what to tell the user when it is not
 * there. Everything that is read is bounded and kept, because the parsed rows point into it.
 */

#include "inspect_look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "inspect_growth.h"

#define FIRST_READ	65536
#define LARGEST_READ	(64u << 20) /* a vmallocinfo of half a million areas */
#define RECORD_ROOM	8192	    /* no record of /dev/kmsg is larger */
#define SYSLOG_READ_ALL 3	    /* syslog(2) */
#define SYSLOG_SIZE	10
#define NS_PER_S	UINT64_C(1000000000)
#define FILE_RIGHT	"run as root, or with CAP_DAC_READ_SEARCH"
#define MOUNT_PROC	"mount -t proc proc /proc"
#define KMEMLEAK_KERNEL "a kernel with CONFIG_DEBUG_KMEMLEAK=y"

struct text {
	char *data;
	size_t length;
};

struct source_kind {
	const char *name, *path;
	int (*parse)(struct inspect_look *look, struct procfs_slice text);
	const char *absent, *enable_absent;   /* ENOENT */
	const char *refused, *enable_refused; /* EACCES */
};

static int look_parse_meminfo(struct inspect_look *look, struct procfs_slice text)
{
	return procfs_parse_meminfo(text, &look->meminfo);
}

static int look_parse_slabinfo(struct inspect_look *look, struct procfs_slice text)
{
	return procfs_parse_slabinfo(text, look->page_size, &look->slabinfo);
}

static int look_parse_vmallocinfo(struct inspect_look *look, struct procfs_slice text)
{
	return procfs_parse_vmallocinfo(text, &look->vmallocinfo);
}

static int look_parse_log(struct inspect_look *look, struct procfs_slice text)
{
	return kernlog_parse(text, &look->log);
}

static int look_parse_kmemleak(struct inspect_look *look, struct procfs_slice text)
{
	return kernlog_parse_kmemleak(text, &look->kmemleak);
}

static int look_parse_allocinfo(struct inspect_look *look, struct procfs_slice text)
{
	return procfs_parse_allocinfo(text, &look->allocinfo);
}

static const struct source_kind kinds[INSPECT_SOURCES] = {
	[SOURCE_MEMINFO] =
		{
			.name = "meminfo",
			.path = "/proc/meminfo",
			.parse = look_parse_meminfo,
			.absent = "proc is not mounted",
			.enable_absent = MOUNT_PROC,
			.refused = "permission denied",
			.enable_refused = FILE_RIGHT,
		},
	[SOURCE_SLABINFO] =
		{
			.name = "slab",
			.path = "/proc/slabinfo",
			.parse = look_parse_slabinfo,
			.absent = "not in this kernel, or proc is not mounted",
			.enable_absent = "a kernel with CONFIG_SLUB_DEBUG=y",
			.refused = "permission denied: the file is root's alone (0400)",
			.enable_refused = FILE_RIGHT,
		},
	[SOURCE_VMALLOCINFO] =
		{
			.name = "vmalloc",
			.path = "/proc/vmallocinfo",
			.parse = look_parse_vmallocinfo,
			.absent = "not in this kernel, or proc is not mounted",
			.enable_absent = "a kernel with CONFIG_MMU=y, and " MOUNT_PROC,
			.refused = "permission denied: the file is root's alone (0400)",
			.enable_refused = FILE_RIGHT,
		},
	[SOURCE_LOG] =
		{
			.name = "log",
			.path = "/dev/kmsg",
			.parse = look_parse_log,
			.absent = "no such device",
			.enable_absent = "a kernel with CONFIG_PRINTK=y, and "
					 "mknod /dev/kmsg c 1 11",
			.refused = "permission denied",
			.enable_refused =
				"run as root, or with CAP_SYSLOG and the right to read the file",
		},
	[SOURCE_KMEMLEAK] =
		{
			.name = "kmemleak",
			.path = "/sys/kernel/debug/kmemleak",
			.parse = look_parse_kmemleak,
			.absent = "not in this kernel",
			.enable_absent = KMEMLEAK_KERNEL,
			.refused = "permission denied: debugfs is root's alone (0700)",
			.enable_refused = FILE_RIGHT,
		},
	[SOURCE_ALLOCINFO] =
		{
			.name = "allocinfo",
			.path = "/proc/allocinfo",
			.parse = look_parse_allocinfo,
			.absent = "not in this kernel",
			.enable_absent = "Linux 6.10 or later with CONFIG_MEM_ALLOC_PROFILING=y",
			.refused = "permission denied: the file is root's alone (0400)",
			.enable_refused = FILE_RIGHT,
		},
};

static const char *const status_names[] = {
	[SOURCE_READ] = "read", [SOURCE_ABSENT] = "absent",	    [SOURCE_REFUSED] = "refused",
	[SOURCE_OFF] = "off",	[SOURCE_UNREADABLE] = "unreadable",
};

const char *inspect_status_name(enum inspect_status status)
{
	return status_names[status];
}

/* Room for one more read of RECORD_ROOM and the terminator. */
static int text_reserve(struct text *text, size_t *room)
{
	char *bigger;

	if (*room - text->length > RECORD_ROOM)
		return 0;
	if (*room >= LARGEST_READ)
		return -EFBIG;
	*room = *room ? 2 * *room : FIRST_READ;
	bigger = realloc(text->data, *room);
	if (!bigger)
		return -ENOMEM;
	text->data = bigger;
	return 0;
}

/*
 * Reads `fd` to its end. For /dev/kmsg, opened non-blocking, that is EAGAIN, and EPIPE only says
 * that records were overwritten before they could be read.
 */
static int text_read_all(struct text *text, int fd)
{
	size_t room = 0;
	ssize_t n;
	int err;

	for (;;) {
		err = text_reserve(text, &room);
		if (err < 0)
			return err;
		n = read(fd, text->data + text->length, room - text->length - 1);
		if (n > 0)
			text->length += n;
		else if (n == 0 || errno == EAGAIN)
			break;
		else if (errno != EINTR && errno != EPIPE)
			return -errno;
	}
	text->data[text->length] = '\0';
	return 0;
}

static int text_read_file(const char *root, const char *path, struct text *text)
{
	char full[PATH_MAX];
	int fd, err;

	if (snprintf(full, sizeof(full), "%s%s", root, path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	fd = open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = text_read_all(text, fd);
	close(fd);
	if (err < 0) {
		free(text->data);
		*text = (struct text){0};
	}
	return err;
}

/* The log where there is no /dev/kmsg, or not for us, as in many containers. */
static int text_read_syslog(struct text *text)
{
	int size = klogctl(SYSLOG_SIZE, NULL, 0), n;

	if (size < 0)
		return -errno;
	text->data = malloc((size_t)size + 1);
	if (!text->data)
		return -ENOMEM;
	n = klogctl(SYSLOG_READ_ALL, text->data, size);
	if (n < 0) {
		n = -errno;
		free(text->data);
		*text = (struct text){0};
		return n;
	}
	text->data[n] = '\0';
	text->length = n;
	return 0;
}

/* First line of a small file into `out`; "" when it cannot be read. */
static void text_read_line(const char *root, const char *path, char *out, size_t size)
{
	struct text text = {0};

	out[0] = '\0';
	if (text_read_file(root, path, &text) < 0)
		return;
	snprintf(out, size, "%.*s", (int)strcspn(text.data, "\n"), text.data);
	free(text.data);
}

static bool look_path_exists(const char *root, const char *path)
{
	char full[PATH_MAX];

	return snprintf(full, sizeof(full), "%s%s", root, path) < (int)sizeof(full) &&
	       access(full, F_OK) == 0;
}

/* Without debugfs its mount point is an empty directory. */
static bool look_debugfs_is_mounted(const char *root)
{
	const struct dirent *entry = NULL;
	char full[PATH_MAX];
	DIR *directory;

	if (snprintf(full, sizeof(full), "%s/sys/kernel/debug", root) >= (int)sizeof(full))
		return false;
	directory = opendir(full);
	if (!directory)
		return false;
	do
		entry = readdir(directory);
	while (entry && entry->d_name[0] == '.');
	closedir(directory);
	return entry != NULL;
}

static void look_say(struct inspect_source *source, enum inspect_status status, const char *reason,
		     const char *enable)
{
	source->status = status;
	source->enable = enable;
	snprintf(source->reason, sizeof(source->reason), "%s", reason);
}

static void look_explain_absent(const char *root, enum inspect_source_id id,
				struct inspect_source *source)
{
	look_say(source, SOURCE_ABSENT, kinds[id].absent, kinds[id].enable_absent);
	if (id != SOURCE_MEMINFO && kinds[id].path[1] == 'p' &&
	    !look_path_exists(root, kinds[SOURCE_MEMINFO].path))
		look_say(source, SOURCE_ABSENT, kinds[SOURCE_MEMINFO].absent, MOUNT_PROC);
	if (id == SOURCE_KMEMLEAK && !look_debugfs_is_mounted(root))
		look_say(source, SOURCE_ABSENT, "debugfs is not mounted",
			 "mount -t debugfs debugfs /sys/kernel/debug, and " KMEMLEAK_KERNEL);
	if (id == SOURCE_ALLOCINFO && look_path_exists(root, "/proc/sys/vm/mem_profiling"))
		look_say(source, SOURCE_ABSENT, "built in, but switched off for good at boot",
			 "boot parameter sysctl.vm.mem_profiling=1");
}

/* EPERM is never the mode of a file: a capability is missing or a policy forbids it. */
static void look_explain_refused(const char *root, enum inspect_source_id id, int err,
				 struct inspect_source *source)
{
	char restricted[16];

	text_read_line(root, "/proc/sys/kernel/dmesg_restrict", restricted, sizeof(restricted));
	look_say(source, SOURCE_REFUSED, kinds[id].refused, kinds[id].enable_refused);
	if (id == SOURCE_LOG && strcmp(restricted, "1") == 0)
		look_say(source, SOURCE_REFUSED, "not permitted: kernel.dmesg_restrict is 1",
			 "run as root or with CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0");
	else if (err == -EPERM && id != SOURCE_LOG)
		look_say(source, SOURCE_REFUSED, "not permitted, even with the right to the file",
			 "boot without kernel lockdown (cat /sys/kernel/security/lockdown)");
}

static void look_explain(const char *root, enum inspect_source_id id, int err,
			 struct inspect_source *source)
{
	if (err == -ENOENT || err == -ENOTDIR || err == -ENXIO || err == -ENODEV)
		look_explain_absent(root, id, source);
	else if (err == -EACCES || err == -EPERM)
		look_explain_refused(root, id, err, source);
	else if (err == -EINVAL)
		look_say(source, SOURCE_UNREADABLE, "its format is not known to this version",
			 NULL);
	else
		look_say(source, SOURCE_UNREADABLE, strerror(-err), NULL);
}

/* Sources that are there and readable but do not measure now. */
static void look_check_switches(const char *root, struct inspect_look *look)
{
	struct inspect_source *source = &look->sources[SOURCE_ALLOCINFO];
	char value[16];

	text_read_line(root, "/proc/sys/vm/mem_profiling", value, sizeof(value));
	if (source->status == SOURCE_READ && strcmp(value, "0") == 0) {
		procfs_free_allocinfo(&look->allocinfo);
		look_say(source, SOURCE_OFF, "allocation profiling is switched off",
			 "sysctl vm.mem_profiling=1, or boot with sysctl.vm.mem_profiling=1");
	}
	source = &look->sources[SOURCE_KMEMLEAK];
	if (source->status == SOURCE_READ && look->kmemleak.count == 0 && look->log.kmemleak_off) {
		kernlog_free_kmemleak(&look->kmemleak);
		look_say(source, SOURCE_OFF, "built in, but disabled",
			 "boot parameter kmemleak=on");
	}
}

static void look_note_skipped(struct inspect_source *source, size_t skipped)
{
	if (skipped)
		snprintf(source->reason, sizeof(source->reason),
			 "%zu lines were not understood and are left out", skipped);
}

/* 0, or -ENOMEM; everything else that goes wrong is what the source then says. */
static int look_read_source(const char *root, enum inspect_source_id id, struct inspect_look *look)
{
	struct inspect_source *source = &look->sources[id];
	struct text text = {0};
	int err;

	source->name = kinds[id].name;
	source->path = kinds[id].path;
	err = text_read_file(root, source->path, &text);
	if (id == SOURCE_LOG && err < 0 && root[0] == '\0' && text_read_syslog(&text) == 0) {
		source->path = "syslog(2)";
		err = 0;
	}
	look->texts[id] = text.data;
	if (err == 0)
		err = kinds[id].parse(look, (struct procfs_slice){text.data, text.length});
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		look_explain(root, id, err, source);
	return 0;
}

static void look_name_machine(const char *root, struct inspect_look *look)
{
	struct utsname name;

	if (root[0]) {
		text_read_line(root, "/proc/sys/kernel/osrelease", look->kernel,
			       sizeof(look->kernel));
		text_read_line(root, "/proc/sys/kernel/arch", look->arch, sizeof(look->arch));
		return;
	}
	if (uname(&name) < 0)
		return;
	snprintf(look->kernel, sizeof(look->kernel), "%s", name.release);
	snprintf(look->arch, sizeof(look->arch), "%s", name.machine);
}

static void look_note_time(struct inspect_look *look)
{
	struct timespec now;
	char date[24];
	struct tm utc;

	clock_gettime(CLOCK_MONOTONIC, &now);
	look->taken_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &utc) && strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc))
		snprintf(look->started, sizeof(look->started), "%s.%03uZ", date,
			 (unsigned int)(now.tv_nsec / 1000000));
}

int inspect_look_take(const char *root, struct inspect_look *out)
{
	struct inspect_look look = {.page_size = (uint64_t)sysconf(_SC_PAGESIZE)};
	int id, err;

	look_note_time(&look);
	look_name_machine(root, &look);
	for (id = 0; id < INSPECT_SOURCES; id++) {
		err = look_read_source(root, id, &look);
		if (err < 0) {
			inspect_look_free(&look);
			return err;
		}
	}
	look_note_skipped(&look.sources[SOURCE_SLABINFO], look.slabinfo.skipped);
	look_note_skipped(&look.sources[SOURCE_VMALLOCINFO], look.vmallocinfo.skipped);
	look_note_skipped(&look.sources[SOURCE_ALLOCINFO], look.allocinfo.skipped);
	look_check_switches(root, &look);
	inspect_growth_sort(&look);
	*out = look;
	return 0;
}

void inspect_look_free(struct inspect_look *look)
{
	int id;

	procfs_free_slabinfo(&look->slabinfo);
	procfs_free_vmallocinfo(&look->vmallocinfo);
	procfs_free_allocinfo(&look->allocinfo);
	kernlog_free(&look->log);
	kernlog_free_kmemleak(&look->kmemleak);
	for (id = 0; id < INSPECT_SOURCES; id++) {
		free(look->texts[id]);
		look->texts[id] = NULL;
	}
}

bool inspect_look_has_any(const struct inspect_look *look)
{
	int id;

	for (id = 0; id < INSPECT_SOURCES; id++) {
		if (look->sources[id].status == SOURCE_READ)
			return true;
	}
	return false;
}
