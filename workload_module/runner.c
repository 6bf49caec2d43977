/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One thread works through the items in order; a plan of one thread is run in the caller's, so that
 * the kernel sees no other task.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "load.h"
#include "runner.h"

#define NS_PER_S     1000000000ULL
#define SLICE_NS     20000000ULL
#define THREAD_STACK (256UL * 1024)
/* What the process needs besides: standard files, a ring, a socket and a directory per thread. */
#define SPARE_FDS 64U

static volatile sig_atomic_t stopped;

void runner_stop(void)
{
	stopped = 1;
}

int runner_stopped(void)
{
	return stopped;
}

uint64_t runner_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* In slices, because a signal may have been taken by another thread. */
void runner_sleep_until(uint64_t ns)
{
	uint64_t now;

	while (!stopped && (now = runner_now()) < ns) {
		uint64_t slice = ns - now < SLICE_NS ? ns - now : SLICE_NS;
		struct timespec wait = {.tv_nsec = (long)slice};

		nanosleep(&wait, NULL);
	}
}

/* One item in one thread. */
struct job {
	const struct run_plan *plan;
	const struct run_item *item;
	struct load load;
	struct run_result *result;
	uint64_t due; /* when the next batch may begin, under a rate */
};

static int job_keeps(const struct job *job)
{
	return job->plan->hold_ns && job->item->scenario->live != LIVE_NONE;
}

static void job_fail(struct job *job, int err)
{
	const char *call = job->load.failed_call;

	job->result->outcome = OUTCOME_UNAVAILABLE;
	if (job->load.reason) {
		snprintf(job->result->problem, sizeof(job->result->problem), "%s",
			 job->load.reason);
		return;
	}
	snprintf(job->result->problem, sizeof(job->result->problem), "%s%s%s", call ? call : "",
		 call ? ": " : "", strerror(-err));
}

/* Descriptors that all threads together will hold. */
static uint64_t job_fds(const struct job *job)
{
	uint64_t batches = (job->item->count + job->load.batch - 1) / job->load.batch;

	return batches * job->item->scenario->fds * job->plan->threads;
}

/* Says so before the start, rather than half-way, when the objects can't all be live at a time. */
static int job_check_live(struct job *job)
{
	struct run_result *result = job->result;
	struct rlimit files;

	if (!job_keeps(job))
		return 0;
	if (job->item->scenario->live == LIVE_BATCH && job->item->count > job->load.batch) {
		result->outcome = OUTCOME_REFUSED;
		snprintf(result->problem, sizeof(result->problem),
			 "at most %u objects can be held at a time, not %llu", job->load.batch,
			 (unsigned long long)job->item->count);
		return -EINVAL;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && job_fds(job) + SPARE_FDS > files.rlim_cur) {
		result->outcome = OUTCOME_UNAVAILABLE;
		snprintf(
			result->problem, sizeof(result->problem),
			"holding %llu objects takes %llu open files, the limit is %llu (ulimit -n)",
			(unsigned long long)job->item->count, (unsigned long long)job_fds(job),
			(unsigned long long)files.rlim_cur);
		return -EMFILE;
	}
	return 0;
}

/* Objects of the next batch: about twenty batches a second under a rate. */
static unsigned int job_batch(const struct job *job)
{
	uint64_t left = job->item->count - job->load.made, most = job->load.batch;
	uint64_t paced = job->plan->rate / job->plan->threads / 20;

	if (job->plan->rate && paced < most)
		most = paced ? paced : 1;
	return (unsigned int)(left < most ? left : most);
}

static void job_pace(struct job *job, unsigned int batch)
{
	const struct run_plan *plan = job->plan;

	if (!plan->rate)
		return;
	job->due += (uint64_t)((double)batch * NS_PER_S * plan->threads / (double)plan->rate);
	runner_sleep_until(job->due);
}

static int job_make(struct job *job)
{
	const struct load_ops *ops = job->item->scenario->ops;
	struct load *load = &job->load;

	job->due = runner_now();
	while (load->made < job->item->count && !stopped) {
		unsigned int batch = job_batch(job);
		int err = ops->make(load, batch);

		if (!err && ops->drop && !job_keeps(job))
			err = ops->drop(load);
		if (err)
			return err;
		job_pace(job, batch);
	}
	return 0;
}

static int job_run(struct job *job)
{
	const struct load_ops *ops = job->item->scenario->ops;
	int err, drop_err = 0;

	err = job_make(job);
	if (!err && job_keeps(job))
		runner_sleep_until(runner_now() + job->plan->hold_ns);
	if (ops->drop && load_live(&job->load) > 0)
		drop_err = ops->drop(&job->load);
	return err ? err : drop_err;
}

static void job_do(struct job *job)
{
	const struct load_ops *ops = job->item->scenario->ops;
	struct load *load = &job->load;
	int err = ops->open ? ops->open(load) : 0;

	if (err) {
		job_fail(job, err);
	} else if (!job_check_live(job)) {
		err = job_run(job);
		if (err)
			job_fail(job, err);
		else if (load->made < job->item->count)
			job->result->outcome = OUTCOME_STOPPED;
	}
	job->result->made = load->made;
	job->result->dropped = load->dropped;
	job->result->calls = load->calls;
	job->result->begun = load->made > 0;
	if (ops->close)
		ops->close(load);
	free(load->ids);
}

/* One thread's share: its own results, added up later. */
struct worker {
	pthread_t thread;
	const struct run_plan *plan;
	struct run_result *results;
	pthread_mutex_t *gate; /* held until all threads are there; NULL: begin at once */
	const int *abandoned;  /* read behind the gate */
	unsigned int number;   /* from 0 */
};

static void worker_run(const struct worker *worker)
{
	size_t i;

	for (i = 0; i < worker->plan->count; i++) {
		const struct run_item *item = &worker->plan->items[i];
		struct job job = {
			.plan = worker->plan,
			.item = item,
			.result = &worker->results[i],
			.load =
				{
					.scenario = item->scenario,
					.size = item->size,
					.batch = item->scenario->batch,
					.fd = -1,
					.ring = {.fd = -1},
				},
		};

		job.load.keep = job_keeps(&job);
		job.load.leak = worker->plan->leak;
		if (stopped)
			job.result->outcome = OUTCOME_STOPPED;
		else
			job_do(&job);
	}
}

/*
 * Each thread keeps to one CPU, one after the other of those there are: what happens on all at once
 * is what is wanted, not what the scheduler makes of it. If it can't be, it isn't.
 */
static void worker_settle(const struct worker *worker)
{
	unsigned int turn;
	cpu_set_t all, own;
	int cpu;

	if (sched_getaffinity(0, sizeof(all), &all) || !CPU_COUNT(&all))
		return;
	turn = worker->number % (unsigned int)CPU_COUNT(&all);
	for (cpu = 0; turn || !CPU_ISSET(cpu, &all); cpu++)
		turn -= CPU_ISSET(cpu, &all) ? 1 : 0;
	CPU_ZERO(&own);
	CPU_SET(cpu, &own);
	sched_setaffinity(0, sizeof(own), &own);
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	int abandoned;

	worker_settle(worker);
	pthread_mutex_lock(worker->gate);
	abandoned = *worker->abandoned;
	pthread_mutex_unlock(worker->gate);
	if (!abandoned)
		worker_run(worker);
	return NULL;
}

static void result_add(struct run_result *sum, const struct run_result *part)
{
	sum->made += part->made;
	sum->dropped += part->dropped;
	sum->calls += part->calls;
	sum->begun += part->begun;
	if (part->outcome > sum->outcome) {
		sum->outcome = part->outcome;
		memcpy(sum->problem, part->problem, sizeof(sum->problem));
	}
}

/* Starts all workers together, or none, and waits for them. 0 or -errno. */
static int workers_run(struct worker *workers, unsigned int threads)
{
	pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
	int err = 0, abandoned = 0;
	unsigned int i, started;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	pthread_mutex_lock(&gate);
	for (started = 0; started < threads; started++) {
		workers[started].gate = &gate;
		workers[started].abandoned = &abandoned;
		workers[started].number = started;
		err = pthread_create(&workers[started].thread, &attr, worker_main,
				     &workers[started]);
		if (err)
			break;
	}
	abandoned = err != 0;
	pthread_mutex_unlock(&gate);
	for (i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

static int runner_run_threads(const struct run_plan *plan, struct run_result *results)
{
	struct run_result *parts = calloc(plan->threads * plan->count, sizeof(*parts));
	struct worker *workers = calloc(plan->threads, sizeof(*workers));
	int err = parts && workers ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !err && i < plan->threads; i++) {
		workers[i].plan = plan;
		workers[i].results = parts + i * plan->count;
	}
	if (!err)
		err = workers_run(workers, plan->threads);
	for (i = 0; !err && i < plan->threads * plan->count; i++)
		result_add(&results[i % plan->count], &parts[i]);
	free(workers);
	free(parts);
	return err;
}

int runner_run(const struct run_plan *plan, struct run_result *results)
{
	struct worker worker = {.plan = plan, .results = results};

	memset(results, 0, plan->count * sizeof(*results));
	if (plan->threads > 1)
		return runner_run_threads(plan, results);
	worker_run(&worker);
	return 0;
}
