/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who runs where: the load has a CPU of its own, tracers run on the others, so that what is
 * measured is what their hooks cost and not the time they take away by running themselves.
 */
#ifndef BENCH_PIN_H
#define BENCH_PIN_H

/*
 * Takes the last CPU that this process may use for the load; call once, before the others.
 * 0 or -errno.
 */
int pin_choose(void);

/* The load's CPU. */
int pin_load_cpu(void);

/* How many CPUs this process was allowed at its start. */
int pin_cpus(void);

/* Binds the caller to the load's CPU, to all but that (to it too, if it is the only one), to all
 * again, or to the n-th allowed CPU. 0 or -errno. */
int pin_to_load(void);
int pin_to_others(void);
int pin_to_all(void);
int pin_to_nth(int n);

#endif
