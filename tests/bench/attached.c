/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walks /proc/PID/fd; only perf events and BPF links are asked about. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "attached.h"

#define ON_KMALLOC 1u
#define ON_KFREE   2u

static bool attached_may_be(pid_t pid, const char *fd)
{
	char path[64], target[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/fd/%.10s", (int)pid, fd);
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return false;
	target[length] = '\0';
	return strstr(target, "perf_event") || strstr(target, "bpf");
}

static unsigned int attached_by_fd(pid_t pid, int fd)
{
	uint32_t length, program, type;
	__u64 offset, address;
	char name[128] = "";

	length = sizeof(name);
	if (bpf_task_fd_query(pid, fd, 0, name, &length, &program, &type, &offset, &address))
		return 0;
	if (type != BPF_FD_TYPE_RAW_TRACEPOINT && type != BPF_FD_TYPE_TRACEPOINT)
		return 0;
	if (strcmp(name, "kmalloc") == 0)
		return ON_KMALLOC;
	return strcmp(name, "kfree") == 0 ? ON_KFREE : 0;
}

static unsigned int attached_by(pid_t pid)
{
	unsigned int found = 0;
	struct dirent *entry;
	char path[32];
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	files = opendir(path);
	if (!files)
		return 0;
	while ((entry = readdir(files)))
		if (entry->d_name[0] != '.' && attached_may_be(pid, entry->d_name))
			found |= attached_by_fd(pid, atoi(entry->d_name));
	closedir(files);
	return found;
}

bool attached_both(pid_t pid)
{
	return attached_by(pid) == (ON_KMALLOC | ON_KFREE);
}

unsigned int attached_others(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	unsigned int count = 0;

	if (!processes)
		return 0;
	while ((entry = readdir(processes))) {
		pid_t pid = atoi(entry->d_name);

		if (pid > 0 && pid != getpid() && attached_by(pid))
			count++;
	}
	closedir(processes);
	return count;
}
