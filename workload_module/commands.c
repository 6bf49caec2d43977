/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the commands share, and `workload list`, which is nothing else.
 */
#include <string.h>

#include "arguments.h"
#include "commands.h"
#include "report.h"
#include "say.h"

int command_output(int err)
{
	if (!err)
		return STATUS_DONE;
	say("the report could not be written: %s", strerror(-err));
	return STATUS_UNAVAILABLE;
}

int command_no_memory(void)
{
	say("out of memory");
	return STATUS_UNAVAILABLE;
}

int command_list(int argc, char **argv)
{
	struct arguments arguments = {.json = false};
	int status = arguments_parse(argc, argv, ARGUMENT_JSON, &arguments);

	if (status == STATUS_DONE)
		status = arguments_refuse_rest(argc, argv);
	return status == STATUS_DONE ? command_output(report_list(arguments.json)) : status;
}
