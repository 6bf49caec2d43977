/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The command: try, look, judge, render. Nothing it does outlives it.
 */
#include "doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor_judge.h"
#include "message.h"
#include "render_doctor.h"

static int doctor_examine(struct doctor_report *report, struct kernel_trials *trials,
			  const struct utsname *system)
{
	int error = kernel_trials_run(trials);

	error = error ?: kernel_features_look(report->features, "", system->release, trials);
	return error ?: doctor_judge(report, trials);
}

/* Under -v: what was tried for a hook before the way that serves it, or in vain. */
static void doctor_tell_failed(const struct doctor_report *report)
{
	for (size_t i = 0; i < probe_count; i++) {
		const struct doctor_way *way = &report->ways[i];

		if (way->tried && way->status != FEATURE_OK)
			message_detail("%s: %s on %s: %s", way->probe->hook, way->probe->kind,
				       way->target, way->reason);
	}
}

int doctor_run(bool json, bool colour, FILE *out)
{
	struct kernel_trials trials = {0};
	struct utsname system = {0};
	struct doctor_report report = {
		.kernel = system.release,
		.arch = system.machine,
		.uid = geteuid(),
	};
	int error, status = EXIT_CANNOT_TRACE;

	uname(&system);
	error = doctor_examine(&report, &trials, &system);
	if (!error)
		doctor_tell_failed(&report);
	if (!error && json)
		error = render_doctor_json(&report, out);
	else if (!error)
		render_doctor_text(&report, colour, out);
	if (error)
		message_error("no report: %s", strerror(-error));
	else if (report.can_trace)
		status = EXIT_DONE;
	doctor_report_fini(&report);
	kernel_trials_fini(&trials);
	return status;
}
