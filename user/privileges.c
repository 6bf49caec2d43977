// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Capabilities through libcap; CAP_BPF and CAP_PERFMON exist since 5.8, before that SYS_ADMIN. */
#include <errno.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/prctl.h>

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

int privileges_drop(void)
{
	const cap_value_t kept[] = { CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN };
	cap_t caps = cap_get_proc(), reduced = cap_init();
	int count, error = -ENOMEM;

	if (!caps || !reduced)
		goto out;
	/* CAP_SYS_ADMIN only where the two that replace it are not there. */
	count = has(caps, CAP_BPF) && has(caps, CAP_PERFMON) ? 2 : 3;
	for (int i = 0; i < count; i++) {
		if (!has(caps, kept[i]))
			continue;
		if (cap_set_flag(reduced, CAP_PERMITTED, 1, &kept[i], CAP_SET) ||
		    cap_set_flag(reduced, CAP_EFFECTIVE, 1, &kept[i], CAP_SET))
			goto out;
	}
	error = cap_set_proc(reduced) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
out:
	cap_free(caps);
	cap_free(reduced);
	return error;
}
