/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Repeated measurements of one thing, and what is said about them. A median and the quartiles,
 * because a shared machine disturbs single rounds by any amount. Pure.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#define FIGURES_MOST 500U

struct figures {
	double values[FIGURES_MOST];
	unsigned int count;
};

struct summary {
	double median, low, high; /* low and high are the quartiles */
	unsigned int count;	  /* 0: nothing was measured, the rest is 0 */
};

/* Adds a value; those beyond FIGURES_MOST are left out. */
void figures_add(struct figures *figures, double value);

/* Median and quartiles, interpolated between neighbours. */
struct summary figures_summarise(const struct figures *figures);

/* The median of `count` values; 0 of none. */
double figures_median(const double *values, unsigned int count);

#endif
