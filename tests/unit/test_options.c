/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The command line: every option does what it says, and every mistake is answered with the word
 * that is wrong, what is valid and the nearest suggestion.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/gfp.h"
#include "../../user/message.h"
#include "../../user/options.h"
#include "tracer.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n)	      (1u << (n))
#define MAX_ARGS      16
#define SECOND	      UINT64_C(1000000000)
#define FIELD(name)   offsetof(struct options, name), sizeof(((struct options *)0)->name)
#define FILTER(name)                                                                               \
	offsetof(struct options, filters.name), sizeof(((struct options *)0)->filters.name)

/* Splits at single blanks; "%" stands for an empty argument. */
static int split(char *line, char **argv)
{
	int argc = 0;
	char *word;

	for (word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		assert_true(argc < MAX_ARGS);
		argv[argc++] = strcmp(word, "%") == 0 ? word + 1 : word;
	}
	argv[argc] = NULL;
	return argc;
}

/* Parses "tracer ARGUMENTS" and catches what is said on standard error. */
static int parse(struct options *options, const char *arguments, char *said, size_t size)
{
	static char line[1024];
	static char *argv[MAX_ARGS + 1];
	int catcher = memfd_create("stderr", MFD_CLOEXEC), saved = dup(STDERR_FILENO), err;
	ssize_t length;

	snprintf(line, sizeof(line), "tracer %s", arguments);
	assert_true(catcher >= 0 && saved >= 0);
	fflush(stderr);
	dup2(catcher, STDERR_FILENO);
	err = options_parse(options, split(line, argv), argv);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	length = pread(catcher, said, size - 1, 0);
	close(catcher);
	close(saved);
	assert_true(length >= 0);
	said[length] = '\0';
	return err;
}

static void parse_good(struct options *options, const char *arguments)
{
	char said[4096];
	int err = parse(options, arguments, said, sizeof(said));

	if (err || said[0])
		fail_msg("'%s': %d, %s", arguments, err, said);
}

static void test_commands(void **state)
{
	static const struct {
		const char *arguments;
		enum command command, help_of;
	} cases[] = {
		{"", COMMAND_LIVE, COMMAND_LIVE},
		{"-n 5", COMMAND_LIVE, COMMAND_LIVE},
		{"stat", COMMAND_STAT, COMMAND_LIVE},
		{"doctor", COMMAND_DOCTOR, COMMAND_LIVE},
		{"inspect", COMMAND_INSPECT, COMMAND_LIVE},
		{"report file", COMMAND_REPORT, COMMAND_LIVE},
		{"report -n 5 file", COMMAND_REPORT, COMMAND_LIVE},
		{"report file -n 5", COMMAND_REPORT, COMMAND_LIVE},
		{"-- ls", COMMAND_STAT, COMMAND_LIVE},
		{"-n 5 -- ls", COMMAND_STAT, COMMAND_LIVE},
		{"-n 5 stat", COMMAND_STAT, COMMAND_LIVE},
		{"--save x stat", COMMAND_STAT, COMMAND_LIVE},
		{"-o stat doctor", COMMAND_DOCTOR, COMMAND_LIVE},
		{"--help", COMMAND_HELP, COMMAND_LIVE},
		{"-h", COMMAND_HELP, COMMAND_LIVE},
		{"-vh", COMMAND_HELP, COMMAND_LIVE},
		{"help", COMMAND_HELP, COMMAND_LIVE},
		{"help stat", COMMAND_HELP, COMMAND_STAT},
		{"help help", COMMAND_HELP, COMMAND_HELP},
		{"stat --help", COMMAND_HELP, COMMAND_STAT},
		{"stat -h -- ls", COMMAND_HELP, COMMAND_STAT},
		{"--help stat", COMMAND_HELP, COMMAND_STAT},
		{"doctor -h", COMMAND_HELP, COMMAND_DOCTOR},
		{"report --help", COMMAND_HELP, COMMAND_REPORT},
		{"help --help", COMMAND_HELP, COMMAND_LIVE},
		{"stat --duration 10 --help", COMMAND_HELP, COMMAND_STAT},
		{"--version", COMMAND_VERSION, COMMAND_LIVE},
		{"-V", COMMAND_VERSION, COMMAND_LIVE},
		{"stat -V", COMMAND_VERSION, COMMAND_LIVE},
		{"stat -- ls --help", COMMAND_STAT, COMMAND_LIVE},
		{"stat -- ls -V", COMMAND_STAT, COMMAND_LIVE},
	};
	struct options options;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		parse_good(&options, cases[i].arguments);
		if (options.command != cases[i].command || options.help_of != cases[i].help_of)
			fail_msg("'%s': command %d, help of %d", cases[i].arguments,
				 options.command, options.help_of);
	}
}

static void test_defaults(void **state)
{
	struct options options;

	parse_good(&options, "stat");
	assert_int_equal(options.command, COMMAND_STAT);
	assert_int_equal(options.top, 20);
	assert_int_equal(options.verbosity, MESSAGE_NORMAL);
	assert_int_equal(options.filters.size_max, UINT64_MAX);
	assert_int_equal(options.filters.families, 0);
	assert_int_equal(options.filters.size_min, 0);
	assert_int_equal(options.duration_ns | options.interval_ns | options.max_objects, 0);
	assert_null(options.child_argv);
	assert_null(options.output);
	assert_false(options.all || options.no_live);
}

/* Each option in each of its spellings sets its field. */
static void test_numbers(void **state)
{
	static const struct {
		const char *arguments;
		size_t offset, size;
		uint64_t value;
	} cases[] = {
		{"stat -d 10s", FIELD(duration_ns), 10 * SECOND},
		{"stat -d10s", FIELD(duration_ns), 10 * SECOND},
		{"stat --duration 250ms", FIELD(duration_ns), SECOND / 4},
		{"stat --duration=1ns", FIELD(duration_ns), 1},
		{"stat -d 1s -d 2s", FIELD(duration_ns), 2 * SECOND},
		{"stat -d 2s -- sleep 9", FIELD(duration_ns), 2 * SECOND},
		{"-d 2s", FIELD(duration_ns), 2 * SECOND},
		{"inspect -d 2s -i 1s", FIELD(duration_ns), 2 * SECOND},
		{"stat -i 10ms", FIELD(interval_ns), SECOND / 100},
		{"stat --interval 1s -d 1s", FIELD(interval_ns), SECOND},
		{"-i 2s", FIELD(interval_ns), 2 * SECOND},
		{"inspect --interval=1m", FIELD(interval_ns), 60 * SECOND},
		{"stat -n 1", FIELD(top), 1},
		{"stat -n10000", FIELD(top), 10000},
		{"stat --top=7", FIELD(top), 7},
		{"inspect --top 8", FIELD(top), 8},
		{"report x -n 9", FIELD(top), 9},
		{"stat -f json", FIELD(format), FORMAT_JSON},
		{"stat -fjson", FIELD(format), FORMAT_JSON},
		{"stat --format=json", FIELD(format), FORMAT_JSON},
		{"stat --json", FIELD(format), FORMAT_JSON},
		{"doctor --json", FIELD(format), FORMAT_JSON},
		{"doctor -f json", FIELD(format), FORMAT_JSON},
		{"inspect --json", FIELD(format), FORMAT_JSON},
		{"report x --json", FIELD(format), FORMAT_JSON},
		{"stat --json -f text", FIELD(format), FORMAT_TEXT},
		{"stat --sort bytes", FIELD(sort), SORT_BYTES},
		{"stat --sort count", FIELD(sort), SORT_COUNT},
		{"stat --sort=live", FIELD(sort), SORT_LIVE},
		{"report --sort waste x", FIELD(sort), SORT_WASTE},
		{"--sort live", FIELD(sort), SORT_LIVE},
		{"stat --all -- ls", FIELD(all), true},
		{"--all -- ls", FIELD(all), true},
		{"stat --no-live", FIELD(no_live), true},
		{"--no-live --sort count", FIELD(no_live), true},
		{"stat --max-objects 4096", FIELD(max_objects), 4096},
		{"stat --max-objects 8388608", FIELD(max_objects), 8388608},
		{"stat -v", FIELD(verbosity), MESSAGE_VERBOSE},
		{"stat --verbose", FIELD(verbosity), MESSAGE_VERBOSE},
		{"doctor -q", FIELD(verbosity), MESSAGE_QUIET},
		{"inspect --quiet", FIELD(verbosity), MESSAGE_QUIET},
		{"-qv", FIELD(verbosity), MESSAGE_VERBOSE},
		{"-vqn3", FIELD(top), 3},
		{"stat --family kmalloc", FILTER(families), BIT(FAMILY_KMALLOC)},
		{"stat --family=pages,percpu", FILTER(families),
		 BIT(FAMILY_PAGES) | BIT(FAMILY_PERCPU)},
		{"--family cache,vmalloc", FILTER(families),
		 BIT(FAMILY_CACHE) | BIT(FAMILY_VMALLOC)},
		{"stat --pid 1", FILTER(pid), 1},
		{"stat --pid=4194303", FILTER(pid), 4194303},
		{"stat --min-size 4K", FILTER(size_min), 4096},
		{"stat --max-size 10M", FILTER(size_max), 10 << 20},
		{"stat --min-size 64 --max-size 64", FILTER(size_max), 64},
		{"stat --gfp GFP_ATOMIC", FILTER(gfp_value), 0x820},
		{"stat --gfp GFP_KERNEL|__GFP_ZERO", FILTER(gfp_value), 0xdc0},
		{"stat --gfp GFP_KERNEL,__GFP_ZERO", FILTER(gfp_mask), 0xde0},
	};
	struct options options;
	uint64_t value;
	size_t i;

	gfp_use_btf(NULL);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		parse_good(&options, cases[i].arguments);
		value = 0;
		memcpy(&value, (char *)&options + cases[i].offset, cases[i].size);
		if (value != cases[i].value)
			fail_msg("'%s': %llu", cases[i].arguments, (unsigned long long)value);
	}
}

static void test_texts(void **state)
{
	static const struct {
		const char *arguments;
		size_t offset, size;
		const char *value;
	} cases[] = {
		{"stat -o file", FIELD(output), "file"},
		{"stat -ofile", FIELD(output), "file"},
		{"stat --output=a=b", FIELD(output), "a=b"},
		{"doctor -o -x", FIELD(output), "-x"},
		{"inspect --output file", FIELD(output), "file"},
		{"report in -o out", FIELD(output), "out"},
		{"report in -o out", FIELD(input), "in"},
		{"report -", FIELD(input), "-"},
		{"stat --save snap", FIELD(save), "snap"},
		{"stat --module nf_tables", FILTER(module), "nf_tables"},
		{"stat --cache dentry", FILTER(cache), "dentry"},
		{"--comm 123456789012345", FILTER(comm), "123456789012345"},
		{"stat --cgroup /sys/fs/cgroup/x", FILTER(cgroup), "/sys/fs/cgroup/x"},
		{"stat --site kmemdup_noprof", FILTER(site), "kmemdup_noprof"},
		{"stat --site kmemdup_noprof+0x2a", FILTER(site), "kmemdup_noprof+0x2a"},
		{"stat --site kmemdup_noprof+42", FILTER(site), "kmemdup_noprof+42"},
	};
	struct options options;
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		parse_good(&options, cases[i].arguments);
		assert_int_equal(cases[i].size, sizeof(value));
		memcpy(&value, (char *)&options + cases[i].offset, sizeof(value));
		assert_non_null(value);
		assert_string_equal(value, cases[i].value);
	}
}

static void test_child(void **state)
{
	struct options options;

	parse_good(&options, "stat -n 5 -- ls -n 7 -- x");
	assert_int_equal(options.top, 5);
	assert_string_equal(options.child_argv[0], "ls");
	assert_string_equal(options.child_argv[1], "-n");
	assert_string_equal(options.child_argv[3], "--");
	assert_string_equal(options.child_argv[4], "x");
	assert_null(options.child_argv[5]);
}

/* `said` lists pieces that must all be in the message, joined by '\n'. */
static void check_said(const char *arguments, const char *said, const char *pieces)
{
	char copy[512], *piece;

	snprintf(copy, sizeof(copy), "%s", pieces);
	for (piece = strtok(copy, "\n"); piece; piece = strtok(NULL, "\n")) {
		if (!strstr(said, piece))
			fail_msg("'%s': no \"%s\" in: %s", arguments, piece, said);
	}
}

struct error_case {
	const char *arguments;
	const char *pieces;
};

static void check_errors(const struct error_case *cases, size_t count)
{
	struct options options, untouched;
	char said[8192];
	size_t i;
	int err;

	memset(&untouched, 0x5a, sizeof(untouched));
	for (i = 0; i < count; i++) {
		options = untouched;
		err = parse(&options, cases[i].arguments, said, sizeof(said));
		if (err != -EINVAL)
			fail_msg("'%s': %d", cases[i].arguments, err);
		assert_memory_equal(&options, &untouched, sizeof(options));
		assert_true(strncmp(said, "tracer: ", 8) == 0);
		assert_null(strstr(said + 1, "\ntracer: "));
		check_said(cases[i].arguments, said, cases[i].pieces);
	}
}

static void test_word_errors(void **state)
{
	static const struct error_case cases[] = {
		{"stta", "unknown command 'stta'\ndid you mean 'stat'?\n"
			 "valid: stat doctor inspect report help"},
		{"Doctor", "unknown command 'Doctor'\ndid you mean 'doctor'?"},
		{"frobnicate", "unknown command 'frobnicate'\nvalid: stat"},
		{"%", "unknown command ''\nvalid: stat"},
		{"help stt", "unknown command 'stt'\ndid you mean 'stat'?"},
		{"bogus --help", "unknown command 'bogus'"},
		{"bogus --version", "unknown command 'bogus'"},
		{"help stat x", "unexpected word 'x'\nvalid: tracer help [COMMAND]"},
		{"stat ls", "unexpected word 'ls'\ntracer stat -- ls"},
		{"doctor x", "unexpected word 'x'\nvalid: tracer doctor [OPTIONS]"},
		{"report a b", "unexpected word 'b'\nvalid: tracer report [OPTIONS] FILE"},
		{"report", "report needs the FILE\ntracer stat --save FILE"},
		{"report %", "unexpected word ''\nvalid: tracer report [OPTIONS] FILE"},
		{"stat --", "no command after '--'\nvalid: tracer stat [OPTIONS] [-- CMD"},
		{"--", "no command after '--'"},
		{"stat -- %", "no command after '--'"},
		{"doctor -- ls", "doctor does not take '--'\ntaken by: stat"},
		{"report x -- ls", "report does not take '--'"},
	};

	check_errors(cases, ARRAY_SIZE(cases));
}

static void test_option_errors(void **state)
{
	static const struct error_case cases[] = {
		{"stat --durration 5s", "unknown option '--durration'\n"
					"did you mean '--duration'?\n"
					"options of stat: --duration --interval"},
		{"stat --durration=5s", "unknown option '--durration'\n"
					"did you mean '--duration'?"},
		{"doctor --jsno", "unknown option '--jsno'\ndid you mean '--json'?\n"
				  "options of doctor: --format --json --output"},
		{"--frobnicate", "unknown option '--frobnicate'\noptions of the live view:"},
		{"stat -x", "unknown option '-x'\noptions of stat:"},
		{"stat -vx", "unknown option '-x' in '-vx'"},
		{"stat -json", "unknown option '-j' in '-json'\ndid you mean '--json'?"},
		{"stat ---top", "unknown option '---top'\ndid you mean '--top'?"},
		{"help --bogus", "unknown option '--bogus'\noptions of help: --help"},
		{"stat -d", "'-d' needs a value\nvalid: --duration TIME"},
		{"stat --gfp", "'--gfp' needs a value\nvalid: --gfp FLAGS: requests"},
		{"stat -d -- ls", "'-d' needs a value"},
		{"stat --all=1 -- ls", "--all takes no value, but has '1'\nvalid: --all alone"},
		{"stat --json=", "--json takes no value, but has ''"},
		{"doctor --save x", "doctor does not take '--save'\ntaken by: stat"},
		{"--save x", "the live view does not take '--save'\ntaken by: stat"},
		{"-f json", "the live view does not take '--format'\n"
			    "taken by: stat, doctor, inspect and report"},
		{"-o x", "the live view does not take '--output'"},
		{"--all", "the live view does not take '--all'"},
		{"report x -d 5s", "report does not take '--duration'\n"
				   "taken by: the live view, stat and inspect"},
		{"inspect --pid 1", "inspect does not take '--pid'\n"
				    "taken by: the live view and stat"},
		{"inspect --sort bytes", "inspect does not take '--sort'"},
		{"report x --cache y", "report does not take '--cache'"},
		{"doctor -n 1", "doctor does not take '--top'"},
		{"doctor -i 1s", "doctor does not take '--interval'"},
		{"help -v", "help does not take '--verbose'"},
	};

	check_errors(cases, ARRAY_SIZE(cases));
}

static void test_value_errors(void **state)
{
	static const struct error_case cases[] = {
		{"stat -d 10", "--duration: '10' is not a time\nvalid: a number\n250ms"},
		{"stat -d -1s", "--duration: '-1s' is not a time"},
		{"stat -d 0s", "--duration: '0s' is zero\nvalid: a number above 0"},
		{"stat -d 9999999999h", "--duration: '9999999999h' is too long"},
		{"stat -d %", "--duration: '' is not a time"},
		{"stat -i 10", "--interval: '10' is not a time"},
		{"stat -i 0ms", "--interval: '0ms' is zero"},
		{"stat -i 9999us", "--interval: '9999us' is too short\nvalid: 10ms"},
		{"stat -n 0", "--top: '0' is out of range\nvalid: 1 to 10000"},
		{"stat -n 10001", "--top: '10001' is out of range"},
		{"stat -n ten", "--top: 'ten' is not a number\nvalid: 1 to 10000"},
		{"stat -n -1", "--top: '-1' is not a number"},
		{"stat -f jsno", "--format: 'jsno' is no FORMAT\ndid you mean 'json'?\n"
				 "valid: text json"},
		{"doctor -f xml", "--format: 'xml' is no FORMAT\nvalid: text json"},
		{"stat --sort byte", "--sort: 'byte' is no KEY\ndid you mean 'bytes'?\n"
				     "valid: bytes count live waste"},
		{"stat --family kmaloc", "--family: 'kmaloc' is no family\n"
					 "did you mean 'kmalloc'?\n"
					 "valid: kmalloc cache vmalloc percpu pages mapping"},
		{"stat --family cache,", "--family: '' is no family"},
		{"stat --gfp GFP_KERNL", "--gfp: 'GFP_KERNL' is no GFP flag\n"
					 "did you mean 'GFP_KERNEL'?\n__GFP_ZERO"},
		{"stat --gfp gfp_atomic", "--gfp: 'gfp_atomic'\ndid you mean 'GFP_ATOMIC'?"},
		{"stat --gfp GFP_KERNEL,GFP_ATOMIC",
		 "--gfp: 'GFP_ATOMIC' contradicts\n'GFP_KERNEL,GFP_ATOMIC'"},
		{"stat --pid 0", "--pid: '0' is out of range\nvalid: 1 to 4194303"},
		{"stat --pid init", "--pid: 'init' is not a number"},
		{"stat --comm 1234567890123456", "--comm: '1234567890123456' is longer than 15\n"
						 "'123456789012345'"},
		{"stat --comm %", "--comm: '' is no NAME\nvalid: --comm NAME"},
		{"stat --module %", "--module: '' is no NAME"},
		{"stat --cache=", "--cache: '' is no NAME"},
		{"stat --cgroup=", "--cgroup: '' is no PATH"},
		{"stat -o %", "--output: '' is no FILE"},
		{"stat --save=", "--save: '' is no FILE"},
		{"stat --site %", "--site: '' is no SITE"},
		{"stat --site foo+", "--site: 'foo+' is no call site\nSYMBOL+OFFSET"},
		{"stat --site +0x10", "--site: '+0x10' is no call site"},
		{"stat --site foo+0x", "--site: 'foo+0x' is no call site"},
		{"stat --site foo+2a", "--site: 'foo+2a' is no call site"},
		{"stat --site foo+0x123456789", "--site: 'foo+0x123456789' is no call site"},
		{"stat --min-size 4X", "--min-size: '4X' is not a size\nvalid: a number of bytes"},
		{"stat --max-size 99999999T", "--max-size: '99999999T' is too large"},
		{"stat --max-objects 4095", "--max-objects: '4095' is out of range\n"
					    "valid: 4096 to 8388608"},
		{"stat --max-objects 8388609", "--max-objects: '8388609' is out of range"},
		{"stat --max-objects 4K", "--max-objects: '4K' is not a number"},
		{"stat -n \033[31m", "--top: '\\x1b[31m' is not a number"},
	};

	gfp_use_btf(NULL);
	check_errors(cases, ARRAY_SIZE(cases));
}

static void test_conflicts(void **state)
{
	static const struct error_case cases[] = {
		{"stat -i 10s -d 5s", "--interval '10s' is longer than --duration '5s'"},
		{"inspect -d 5s -i 5001ms", "--interval '5001ms' is longer than --duration '5s'"},
		{"inspect -d 5s",
		 "--duration '5s' without --interval\n--interval 1s --duration 5s"},
		{"stat --min-size 2K --max-size 1K",
		 "--min-size '2K' is more than --max-size '1K'"},
		{"stat --all", "'--all' needs a command to run\ntracer stat --all -- CMD"},
		{"stat --sort live --no-live", "--sort 'live': --no-live\nbytes, count or waste"},
		{"--no-live --sort live", "--sort 'live': --no-live"},
		{"stat --no-live --max-objects 5000", "--max-objects '5000': --no-live"},
	};

	check_errors(cases, ARRAY_SIZE(cases));
}

static void test_nearest(void **state)
{
	static const char *const words[] = {"kmalloc", "vmalloc", "cache", "percpu", NULL};
	char word[200];

	assert_string_equal(options_nearest("kmalloc", words), "kmalloc");
	assert_string_equal(options_nearest("kmaloc", words), "kmalloc");
	assert_string_equal(options_nearest("vamlloc", words), "vmalloc"); /* a swap is one */
	assert_string_equal(options_nearest("KMALLOC", words), "kmalloc");
	assert_string_equal(options_nearest("cahce", words), "cache");
	assert_string_equal(options_nearest("prcp", (const char *const[]){"prcpu", NULL}), "prcpu");
	assert_null(options_nearest("ca", words));
	assert_null(options_nearest("ehcac", words));
	assert_null(options_nearest("", words));
	assert_null(options_nearest("x", (const char *const[]){NULL}));
	memset(word, 'k', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	assert_null(options_nearest(word, words));
	assert_string_equal(options_nearest("cache", (const char *const[]){word, "cache", NULL}),
			    "cache");
}

/* Every command's help starts with its usage, fits 80 columns, and names --help. */
static void test_help(void **state)
{
	enum command command;
	char *text, *line;
	size_t size;
	FILE *out;

	for (command = COMMAND_LIVE; command <= COMMAND_HELP; command++) {
		out = open_memstream(&text, &size);
		assert_non_null(out);
		options_print_help(command, out);
		fclose(out);
		assert_true(strncmp(text, "Usage: tracer ", 14) == 0);
		assert_non_null(strstr(text, "  -h, --help  "));
		assert_true((strstr(text, "      --save FILE ") != NULL) ==
			    (command == COMMAND_STAT));
		for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
			if (strlen(line) > 80)
				fail_msg("too long: %s", line);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),      cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_numbers),	      cmocka_unit_test(test_texts),
		cmocka_unit_test(test_child),	      cmocka_unit_test(test_word_errors),
		cmocka_unit_test(test_option_errors), cmocka_unit_test(test_value_errors),
		cmocka_unit_test(test_conflicts),     cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
