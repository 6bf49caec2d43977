/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Order statistics of a handful of measurements. */
#include <stdlib.h>
#include <string.h>

#include "figures.h"

void figures_add(struct figures *figures, double value)
{
	if (figures->count < FIGURES_MOST)
		figures->values[figures->count++] = value;
}

static int figures_compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double figures_quantile(const double *sorted, unsigned int count, double part)
{
	double at = part * (count - 1);
	unsigned int below = (unsigned int)at;
	double above = below + 1 < count ? sorted[below + 1] : sorted[below];

	return sorted[below] + (above - sorted[below]) * (at - below);
}

struct summary figures_summarise(const struct figures *figures)
{
	double sorted[FIGURES_MOST];
	unsigned int count = figures->count;

	if (!count)
		return (struct summary){0};
	memcpy(sorted, figures->values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), figures_compare);
	return (struct summary){
		.median = figures_quantile(sorted, count, 0.5),
		.low = figures_quantile(sorted, count, 0.25),
		.high = figures_quantile(sorted, count, 0.75),
		.count = count,
	};
}

double figures_median(const double *values, unsigned int count)
{
	struct figures figures = {.count = 0};

	for (unsigned int i = 0; i < count; i++)
		figures_add(&figures, values[i]);
	return figures_summarise(&figures).median;
}
