/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A report that could not be written to its end must not look like one that was.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/utsname.h>

#include "report_write.h"

json_t *report_head(const char *schema)
{
	struct utsname kernel;

	uname(&kernel);
	return json_pack("{s:s, s:s, s:s}", "schema", schema, "kernel", kernel.release, "arch",
			 kernel.machine);
}

json_t *report_join(json_t *report, json_t *more)
{
	if (!report || !more || json_object_update(report, more)) {
		json_decref(report);
		report = NULL;
	}
	json_decref(more);
	return report;
}

int report_write_json(json_t *report)
{
	int err = 0;

	if (!report)
		return -ENOMEM;
	errno = 0;
	if (json_dumpf(report, stdout, JSON_INDENT(2)) || putchar('\n') == EOF || fflush(stdout))
		err = errno ? -errno : -EIO;
	json_decref(report);
	return err;
}

int report_flush(void)
{
	return fflush(stdout) || ferror(stdout) ? -(errno ? errno : EIO) : 0;
}
