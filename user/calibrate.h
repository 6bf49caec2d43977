/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A load of known slab events, timed: what one event costs on this machine, now.
 */
#ifndef TRACER_CALIBRATE_H
#define TRACER_CALIBRATE_H

#include <stdint.h>

/*
 * Runs writev() of nine buffers to /dev/null, which is one kmalloc and one kfree each (the
 * kernel keeps eight on its stack), and returns the median nanoseconds per event (two a call);
 * 0 when it could not run. Takes about 2 ms.
 */
double calibrate_run(void);

#endif
