// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The order of a trace: output, filters, hooks, command, rights away, gate open, loop, gate
 * closed, last snapshot, cost, report.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "collector.h"
#include "families.h"
#include "message.h"
#include "output.h"
#include "privileges.h"
#include "render.h"
#include "session.h"
#include "snapshot_file.h"
#include "targets.h"

#define LIVE_INTERVAL_NS 1000000000ull
#define CHILD_GRACE_NS	 2000000000ull /* for CMD to end after a signal was passed on */

struct session {
	const struct options *options;
	struct collector *collector;
	struct output output, save; /* save.file: NULL without --save */
	struct child child;
	struct snapshot previous, current;
	int epoll, signals, interval, deadline;
	unsigned int interval_number;
	bool live_view;
	bool done;
	int child_status; /* wait status; -1 while it runs or when there is none */
	int status;	  /* enum exit_status */
};

/* ---- reports ------------------------------------------------------------------------------ */

static void describe(const struct session *session, struct render_options *render)
{
	*render = (struct render_options){
		.top = session->options->top,
		.sort = session->options->sort,
		.colour = output_colour(&session->output),
		.interval_number = session->interval_number,
	};
	output_size(&session->output, &render->columns, &render->lines);
	if (!session->live_view)
		render->lines = 0;
}

static int render_model(struct session *session, const struct model *model, FILE *out)
{
	struct render_options render;

	describe(session, &render);
	if (session->options->format == FORMAT_JSON)
		return render_stat_json(model, &render, out);
	if (session->live_view)
		fputs("\033[H\033[2J", out);
	render_stat_text(model, &render, out);
	return 0;
}

/* The report as text, which the caller frees. 0 or -errno. */
static int make_report(struct session *session, const struct snapshot *previous, char **text,
		       size_t *size)
{
	FILE *out = open_memstream(text, size);
	struct model model;
	int error;

	if (!out)
		return -errno;
	error = model_build(&model, previous, &session->current, session->options->sort);
	if (!error) {
		error = render_model(session, &model, out);
		model_fini(&model);
	}
	return fclose(out) && !error ? -ENOMEM : error;
}

/* Renders `current`, or what changed since `previous`. A broken output ends the session. */
static void report(struct session *session, const struct snapshot *previous)
{
	char *text = NULL;
	size_t size = 0;
	int error = make_report(session, previous, &text, &size);

	if (error)
		message_error("can't make the report: %s", strerror(-error));
	else
		error = output_begin(&session->output) ?:
			output_write(&session->output, text, size);
	free(text);
	if (error) {
		session->done = true;
		session->status = error == -EPIPE ? EXIT_DONE : EXIT_CANNOT_TRACE;
	}
}

static int take_snapshot(struct session *session)
{
	struct snapshot taken;
	int error = collector_read(session->collector, &taken);

	if (error) {
		message_error("can't read what was counted: %s", strerror(-error));
		session->status = EXIT_CANNOT_TRACE;
		session->done = true;
		return error;
	}
	snapshot_fini(&session->previous);
	session->previous = session->current;
	session->current = taken;
	return 0;
}

static void on_interval(struct session *session)
{
	if (take_snapshot(session))
		return;
	session->interval_number++;
	report(session, session->live_view ? NULL : &session->previous);
}

static int save(struct session *session)
{
	int error = output_begin(&session->save);

	error = error ?: snapshot_save(&session->current, session->save.file);
	error = output_close(&session->save) ?: error;
	return error;
}

/* The end: everything counted, the cost measured, the whole reported. */
static void finish(struct session *session)
{
	bool broken = session->done && session->status != EXIT_DONE;

	collector_stop(session->collector);
	if (broken || session->output.closed || take_snapshot(session))
		return;
	collector_calibrate(session->collector, &session->current.cost);
	session->interval_number = 0;
	report(session, NULL);
	if (session->save.file && save(session))
		session->status = EXIT_CANNOT_TRACE;
}

/* ---- events ------------------------------------------------------------------------------- */

static int arm(int timer, uint64_t first_ns, uint64_t every_ns)
{
	struct itimerspec when = {
		.it_value = { (time_t)(first_ns / 1000000000), (long)(first_ns % 1000000000) },
		.it_interval = { (time_t)(every_ns / 1000000000), (long)(every_ns % 1000000000) },
	};

	return timerfd_settime(timer, 0, &when, NULL) ? -errno : 0;
}

static void reap(struct session *session)
{
	int status = 0;
	pid_t pid = session->child.pid;

	if (pid <= 0 || waitpid(pid, &status, WNOHANG) != pid)
		return;
	session->child.pid = 0;
	session->child_status = status;
	session->done = true;
}

/*
 * The first SIGINT or SIGTERM is CMD's: what comes from the terminal it got itself, any other is
 * passed on. The report follows when CMD ends, after a grace time, or at a second signal.
 */
static void on_stop(struct session *session, const struct signalfd_siginfo *info)
{
	static bool asked;

	if (session->child.pid <= 0 || asked) {
		session->done = true;
		return;
	}
	asked = true;
	if (info->ssi_code != SI_KERNEL && kill(session->child.pid, (int)info->ssi_signo))
		message_warn("can't pass the signal on to %s: %s", session->options->child_argv[0],
			     strerror(errno));
	arm(session->deadline, CHILD_GRACE_NS, 0);
}

static void on_signal(struct session *session)
{
	struct signalfd_siginfo info;

	if (read(session->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		reap(session);
		break;
	case SIGWINCH:
		if (session->live_view)
			on_interval(session);
		break;
	default:
		on_stop(session, &info);
	}
}

static void on_event(struct session *session, int fd)
{
	uint64_t expirations;

	if (fd == session->signals) {
		on_signal(session);
		return;
	}
	if (read(fd, &expirations, sizeof(expirations)) != sizeof(expirations))
		return;
	if (fd == session->interval)
		on_interval(session);
	else
		session->done = true;
}

static void loop(struct session *session)
{
	struct epoll_event event;

	while (!session->done) {
		int ready = epoll_wait(session->epoll, &event, 1, -1);

		if (ready < 0 && errno != EINTR)
			break;
		if (ready == 1)
			on_event(session, event.data.fd);
	}
}

/* ---- setting up --------------------------------------------------------------------------- */

static int watch(struct session *session, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd < 0 || epoll_ctl(session->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

/* nohup has us ignore SIGHUP; a signalfd would see it all the same. */
static void want_hangup(sigset_t *set)
{
	struct sigaction action;

	if (!sigaction(SIGHUP, NULL, &action) && action.sa_handler != SIG_IGN)
		sigaddset(set, SIGHUP);
}

static int open_events(struct session *session)
{
	sigset_t set;
	int error;

	/* A parent that ignores it would have CMD reaped behind our back. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	want_hangup(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	session->epoll = epoll_create1(EPOLL_CLOEXEC);
	session->signals = signalfd(-1, &set, SFD_CLOEXEC);
	session->interval = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	session->deadline = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	error = watch(session, session->signals);
	error = error ?: watch(session, session->interval);
	return error ?: watch(session, session->deadline);
}

static void close_events(struct session *session)
{
	const int fds[] = { session->epoll, session->signals, session->interval,
			    session->deadline };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] > 0)
			close(fds[i]);
}

static int open_collector(struct session *session)
{
	const struct options *options = session->options;
	struct collector_options wanted = { 0 };
	char *filters;
	int error = collector_check();

	if (error)
		return error;
	error = targets_resolve(&wanted, &options->filters, options->child_argv);
	if (error) {
		session->status = EXIT_USAGE;
		return error;
	}
	filters = targets_describe(options);
	wanted.live = !options->no_live;
	wanted.max_objects = options->max_objects;
	wanted.filters = filters;
	if (options->child_argv && !options->all)
		wanted.process |= PROCESS_TREE;
	error = collector_open(&session->collector, &wanted);
	if (wanted.cgroup_fd >= 0)
		close(wanted.cgroup_fd);
	free(filters);
	session->status = error ? EXIT_CANNOT_TRACE : EXIT_DONE;
	return error;
}

static int mark_child(void *context)
{
	const struct session *session = context;

	return session->options->all ? 0 : collector_mark_self(session->collector);
}

static int spawn_child(struct session *session)
{
	int error;

	if (!session->options->child_argv)
		return 0;
	error = child_spawn(&session->child, session->options->child_argv, mark_child, session);
	if (error) {
		message_error("can't start %s: %s", session->options->child_argv[0],
			      strerror(-error));
		session->status = EXIT_CANNOT_RUN;
	}
	return error;
}

static int release_child(struct session *session)
{
	int error;

	if (session->child.pid <= 0)
		return 0;
	error = child_release(&session->child);
	if (!error)
		return 0;
	message_error("can't run %s: %s", session->options->child_argv[0], strerror(-error));
	if (error == -ENOENT)
		message_hint("no such file, or not in PATH");
	session->status = EXIT_CANNOT_RUN;
	return error;
}

static int start(struct session *session)
{
	const struct options *options = session->options;
	uint64_t interval = options->interval_ns;
	int error = spawn_child(session);

	if (error)
		return error;
	if (privileges_drop(session->child.pid > 0))
		message_warn("can't give up rights that are no longer needed: %s", strerror(errno));
	if (session->live_view && !interval)
		interval = LIVE_INTERVAL_NS;
	collector_start(session->collector);
	if (interval)
		error = take_snapshot(session) ?: arm(session->interval, interval, interval);
	if (!error && options->duration_ns)
		error = arm(session->deadline, options->duration_ns, 0);
	return error ?: release_child(session);
}

/* A name with a slip in it gives no figures: that must not look like a module without any. */
static void judge_module(struct session *session)
{
	const char *module = session->options->filters.module;

	if (!module || !session->collector || collector_module_seen(session->collector))
		return;
	message_error("--module: \"%s\" was never loaded while the trace ran", module);
	if (session->status == EXIT_DONE)
		session->status = EXIT_USAGE;
}

/* CMD's own failure is passed on, and said. */
static void judge_child(struct session *session)
{
	char text[64];

	if (session->child.pid > 0)
		message_note("%s goes on without being traced", session->options->child_argv[0]);
	if (session->child_status < 0 || !child_failure(session->child_status, text, sizeof(text)))
		return;
	message_note("%s %s", session->options->child_argv[0], text);
	if (session->status == EXIT_DONE)
		session->status = EXIT_COMMAND_FAILED;
}

static void session_fini(struct session *session)
{
	int error;

	child_cancel(&session->child);
	collector_close(session->collector);
	snapshot_fini(&session->previous);
	snapshot_fini(&session->current);
	close_events(session);
	if (session->save.file)
		output_close(&session->save);
	if (!session->output.file)
		return;
	error = output_close(&session->output);
	if (error && error != -EPIPE && session->status == EXIT_DONE)
		session->status = EXIT_CANNOT_TRACE;
}

int session_run(const struct options *options)
{
	struct session session = {
		.options = options,
		.live_view = options->command == COMMAND_LIVE,
		.child_status = -1,
		.status = EXIT_CANNOT_TRACE,
	};

	if (output_open(&session.output, options->output))
		return EXIT_USAGE;
	if (options->save && output_open(&session.save, options->save)) {
		output_close(&session.output);
		return EXIT_USAGE;
	}
	if (open_events(&session))
		message_error("can't set up the event loop: %s", strerror(errno));
	else if (!open_collector(&session) && !start(&session)) {
		loop(&session);
		finish(&session);
		judge_child(&session);
		judge_module(&session);
	}
	session_fini(&session);
	return session.status;
}

/* ---- saved snapshots ---------------------------------------------------------------------- */

static int load(struct snapshot *snapshot, struct symbols *symbols, const char *name)
{
	FILE *file = fopen(name, "re");
	char why[256] = "";
	int error;

	if (!file) {
		error = -errno;
		message_error("can't read %s: %s", name, strerror(errno));
		return error;
	}
	error = snapshot_load(snapshot, symbols, file, why, sizeof(why));
	fclose(file);
	if (!error)
		return 0;
	message_error("%s is not a snapshot: %s", name, why);
	message_hint("`tracer stat --save FILE` writes one");
	return error;
}

int session_report(const struct options *options)
{
	struct session session = { .options = options, .child_status = -1, .status = EXIT_DONE };
	struct symbols *symbols = symbols_new(NULL, NULL);

	if (!symbols || load(&session.current, symbols, options->input) ||
	    output_open(&session.output, options->output)) {
		session.status = EXIT_USAGE;
	} else {
		session.current.symbols = symbols;
		report(&session, NULL);
	}
	session_fini(&session);
	symbols_free(symbols);
	return session.status;
}
