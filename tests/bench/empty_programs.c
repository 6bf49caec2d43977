/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Two programs of the skeleton, loaded without the rest. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include <bpf/libbpf.h>

#include "empty_programs.h"
#include "tracer.h"
#include "tracer.skel.h"

struct empty_programs {
	struct tracer_bpf *bpf;
};

static int empty_programs_say_nothing(enum libbpf_print_level level, const char *format,
				      va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

int empty_programs_load(struct empty_programs **out)
{
	struct empty_programs *programs = calloc(1, sizeof(*programs));
	int err;

	if (!programs)
		return -ENOMEM;
	libbpf_set_print(empty_programs_say_nothing);
	programs->bpf = tracer_bpf__open();
	if (!programs->bpf) {
		err = -errno;
		free(programs);
		return err;
	}
	bpf_program__set_autoload(programs->bpf->progs.empty_alloc, true);
	bpf_program__set_autoload(programs->bpf->progs.empty_free, true);
	err = tracer_bpf__load(programs->bpf);
	if (err) {
		empty_programs_close(programs);
		return err;
	}
	*out = programs;
	return 0;
}

int empty_programs_attach(struct empty_programs *programs)
{
	struct tracer_bpf *bpf = programs->bpf;

	bpf->links.empty_alloc = bpf_program__attach(bpf->progs.empty_alloc);
	if (!bpf->links.empty_alloc)
		return -errno;
	bpf->links.empty_free = bpf_program__attach(bpf->progs.empty_free);
	if (!bpf->links.empty_free) {
		int err = -errno;

		empty_programs_detach(programs);
		return err;
	}
	return 0;
}

void empty_programs_detach(struct empty_programs *programs)
{
	struct tracer_bpf *bpf = programs->bpf;

	bpf_link__destroy(bpf->links.empty_alloc);
	bpf_link__destroy(bpf->links.empty_free);
	bpf->links.empty_alloc = NULL;
	bpf->links.empty_free = NULL;
}

void empty_programs_close(struct empty_programs *programs)
{
	if (!programs)
		return;
	tracer_bpf__destroy(programs->bpf);
	free(programs);
}
