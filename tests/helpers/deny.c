/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * deny SYSCALL ERRNO -- CMD [ARG...]
 *
 * Runs CMD with one system call that fails with ERRNO, by a seccomp filter, which CMD's own
 * children inherit: a machine without the call, or a container that forbids it. Its own failures
 * are exit status 125 (usage, no seccomp) and 126 (CMD can't be run).
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define LARGEST_ERRNO 4095

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "the audit number of this architecture is not known here"
#endif

enum { STATUS_FAILED = 125, STATUS_NOT_RUN = 126 };

static const struct {
	const char *name;
	int number;
} calls[] = {
	{"bpf", SYS_bpf},
	{"perf_event_open", SYS_perf_event_open},
	{"mmap", SYS_mmap},
	{"prlimit64", SYS_prlimit64},
	{"capset", SYS_capset},
	{"epoll_create1", SYS_epoll_create1},
	{"signalfd4", SYS_signalfd4},
	{"timerfd_create", SYS_timerfd_create},
	{"pidfd_open", SYS_pidfd_open},
	{"execve", SYS_execve},
};

/* A whole decimal in [0, most], or -1. */
static int parse_number(const char *text, int most)
{
	char *end;
	long value = strtol(text, &end, 10);

	return end == text || *end || value < 0 || value > most ? -1 : (int)value;
}

static int parse_call(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, text))
			return calls[i].number;
	return parse_number(text, 1 << 16);
}

/* "ENOSYS", or its number. */
static int parse_error(const char *text)
{
	const char *name;

	for (int error = 1; error < 256; error++) {
		name = strerrorname_np(error);
		if (name && !strcmp(name, text))
			return error;
	}
	return parse_number(text, LARGEST_ERRNO);
}

static int deny(int call, int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? -errno : 0;
}

int main(int argc, char **argv)
{
	int call, error, failed;

	if (argc < 5 || strcmp(argv[3], "--")) {
		fprintf(stderr, "usage: deny SYSCALL ERRNO -- CMD [ARG...]\n");
		return STATUS_FAILED;
	}
	call = parse_call(argv[1]);
	error = parse_error(argv[2]);
	if (call < 0 || error < 0) {
		fprintf(stderr, "deny: '%s' is not known here\n", call < 0 ? argv[1] : argv[2]);
		return STATUS_FAILED;
	}
	failed = deny(call, error);
	if (failed) {
		fprintf(stderr, "deny: no seccomp filter: %s\n", strerror(-failed));
		return STATUS_FAILED;
	}
	execvp(argv[4], argv + 4);
	fprintf(stderr, "deny: %s: %s\n", argv[4], strerror(errno));
	return STATUS_NOT_RUN;
}
