/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The commands: arguments in, a report out, an exit status back. argv[0] is the command's name.
 */
#ifndef WORKLOAD_COMMANDS_H
#define WORKLOAD_COMMANDS_H

enum status { STATUS_DONE = 0, STATUS_WRONG = 1, STATUS_USAGE = 2, STATUS_UNAVAILABLE = 3 };

int command_list(int argc, char **argv);
int command_run(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_mmap(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_fuzz(int argc, char **argv);

/* STATUS_DONE for 0; else says that the report could not be written, and why. */
int command_output(int err);

/* Says that there is no memory. STATUS_UNAVAILABLE. */
int command_no_memory(void);

#endif
