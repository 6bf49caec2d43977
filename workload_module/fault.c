/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The handler leaves by siglongjmp(): to return would touch the same address again. What is copied
 * is copied by nothing that holds a lock.
 */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "fault.h"

static __thread sigjmp_buf *volatile fault_return;
static __thread volatile struct fault fault_taken;

static void fault_handle(int signal, siginfo_t *info, void *context)
{
	if (!fault_return) {
		struct sigaction action = {.sa_handler = SIG_DFL};

		sigaction(signal, &action, NULL);
		return;
	}
	fault_taken.signal = signal;
	fault_taken.address = (uintptr_t)info->si_addr;
	siglongjmp(*fault_return, 1);
}

void fault_install(void)
{
	struct sigaction action = {.sa_sigaction = fault_handle, .sa_flags = SA_SIGINFO};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

bool fault_copy(void *to, const void *from, size_t length, struct fault *fault)
{
	sigjmp_buf here;

	if (sigsetjmp(here, 1)) {
		fault_return = NULL;
		fault->signal = fault_taken.signal;
		fault->address = fault_taken.address;
		return false;
	}
	fault_return = &here;
	memcpy(to, from, length);
	__asm__ volatile("" ::: "memory");
	fault_return = NULL;
	return true;
}
