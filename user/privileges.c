// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Capabilities through libcap; CAP_BPF and CAP_PERFMON exist since 5.8, before that SYS_ADMIN. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "privileges.h"

static bool has(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;

	return !cap_get_flag(caps, cap, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

bool privileges_missing(char *names, size_t size)
{
	cap_t caps = cap_get_proc();
	bool bpf, perfmon;

	if (!caps) {
		snprintf(names, size, "CAP_BPF and CAP_PERFMON");
		return true;
	}
	bpf = has(caps, CAP_BPF) || has(caps, CAP_SYS_ADMIN);
	perfmon = has(caps, CAP_PERFMON) || has(caps, CAP_SYS_ADMIN);
	cap_free(caps);
	snprintf(names, size, "%s%s%s", bpf ? "" : "CAP_BPF", bpf || perfmon ? "" : " and ",
		 perfmon ? "" : "CAP_PERFMON");
	return !bpf || !perfmon;
}

bool privileges_in_user_namespace(void)
{
	char link[64];
	ssize_t length = readlink("/proc/self/ns/user", link, sizeof(link) - 1);

	if (length < 0)
		return false;
	link[length] = '\0';
	return strcmp(link, "user:[4026531837]") != 0; /* PROC_USER_INIT_INO */
}

static int keep(cap_t reduced, cap_t caps, cap_value_t cap)
{
	if (!has(caps, cap))
		return 0;
	return cap_set_flag(reduced, CAP_PERMITTED, 1, &cap, CAP_SET) ||
	       cap_set_flag(reduced, CAP_EFFECTIVE, 1, &cap, CAP_SET);
}

int privileges_drop(bool keep_kill)
{
	cap_t caps = cap_get_proc(), reduced = cap_init();
	int error = -ENOMEM;

	if (!caps || !reduced)
		goto out;
	if (keep(reduced, caps, CAP_BPF) || keep(reduced, caps, CAP_PERFMON) ||
	    (keep_kill && keep(reduced, caps, CAP_KILL)))
		goto out;
	/* Only where the two that replace it are not there. */
	if (!(has(caps, CAP_BPF) && has(caps, CAP_PERFMON)) && keep(reduced, caps, CAP_SYS_ADMIN))
		goto out;
	error = cap_set_proc(reduced) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
out:
	cap_free(caps);
	cap_free(reduced);
	return error;
}
