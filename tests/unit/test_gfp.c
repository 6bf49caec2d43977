/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * GFP flags: the layout before the enum, a layout from BTF made here with the bits elsewhere, and
 * the running kernel's, held against what its own tracepoint says if that can be read.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "../../user/gfp.h"

#define ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define BEHAVIOUR      0xce0u /* reclaim, IO, FS, HIGH before the enum */
#define KMALLOC_FORMAT "/sys/kernel/tracing/events/kmem/kmalloc/format"

struct parse_case {
	const char *text;
	uint32_t mask, value;
};

struct format_case {
	uint32_t gfp;
	const char *text;
};

static void check_parse(const struct parse_case *cases, size_t count)
{
	uint32_t mask, value;
	const char *bad;
	size_t i;

	for (i = 0; i < count; i++) {
		assert_int_equal(gfp_parse(cases[i].text, &mask, &value, &bad), 0);
		assert_int_equal(mask, cases[i].mask);
		assert_int_equal(value, cases[i].value);
	}
}

static void check_format(const struct format_case *cases, size_t count)
{
	char text[256];
	size_t i;

	for (i = 0; i < count; i++) {
		assert_int_equal(gfp_format(text, sizeof(text), cases[i].gfp),
				 strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
}

static void test_parse(void **state)
{
	static const struct parse_case cases[] = {
		{"__GFP_ZERO", 0x100, 0x100},
		{"__GFP_ZERO,__GFP_NOWARN", 0x2100, 0x2100},
		{"__GFP_ZERO|__GFP_ZERO", 0x100, 0x100},
		{"__GFP_RECLAIM", 0xc00, 0xc00},
		{"__GFP_ATOMIC", 0x200, 0x200},
		{"GFP_DMA", 0x1, 0x1},
		{"GFP_DMA32", 0x4, 0x4},
		{"GFP_KERNEL", BEHAVIOUR, 0xcc0},
		{"GFP_KERNEL|__GFP_ZERO", BEHAVIOUR | 0x100, 0xdc0},
		{"__GFP_IO,GFP_KERNEL", BEHAVIOUR, 0xcc0},
		{"GFP_KERNEL,GFP_DMA", BEHAVIOUR | 0x1, 0xcc1},
		{"GFP_KERNEL_ACCOUNT", BEHAVIOUR | 0x400000, 0x400cc0},
		{"GFP_KERNEL,GFP_USER", BEHAVIOUR | 0x100000, 0x100cc0},
		{"GFP_NOFS", BEHAVIOUR, 0xc40},
		{"GFP_NOIO", BEHAVIOUR, 0xc00},
		{"GFP_ATOMIC", BEHAVIOUR, 0x820},
		{"GFP_NOWAIT", BEHAVIOUR, 0x800},
		{"GFP_HIGHUSER", BEHAVIOUR | 0x100002, 0x100cc2},
		{"GFP_HIGHUSER_MOVABLE", BEHAVIOUR | 0x10000a, 0x100cca},
		{"GFP_TRANSHUGE_LIGHT", BEHAVIOUR | 0x1c000a, 0x1c00ca},
		{"GFP_TRANSHUGE", BEHAVIOUR | 0x1c000a, 0x1c04ca},
	};

	gfp_use_btf(NULL);
	check_parse(cases, ARRAY_SIZE(cases));
}

static void test_parse_errors(void **state)
{
	static const struct {
		const char *text, *bad;
		int err;
	} cases[] = {
		{"", "", -EINVAL},
		{"GFP_KERNEL,", "", -EINVAL},
		{"GFP_KERNE", "GFP_KERNE", -EINVAL},
		{"GFP_KERNELS", "GFP_KERNELS", -EINVAL},
		{"gfp_kernel", "gfp_kernel", -EINVAL},
		{"__GFP_ZERO,___GFP_IO", "___GFP_IO", -EINVAL},
		{"0123456789012345678901234567890123456789", "0123456789012345678901234567890",
		 -EINVAL},
		{"GFP_KERNEL,GFP_ATOMIC", "GFP_ATOMIC", -ERANGE},
		{"GFP_ATOMIC|GFP_NOWAIT", "GFP_NOWAIT", -ERANGE},
		{"GFP_KERNEL|__GFP_HIGH", "__GFP_HIGH", -ERANGE},
		{"__GFP_FS,GFP_NOFS", "GFP_NOFS", -ERANGE},
	};
	uint32_t mask = 42, value = 43;
	const char *bad;
	size_t i;

	gfp_use_btf(NULL);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(gfp_parse(cases[i].text, &mask, &value, &bad), cases[i].err);
		assert_string_equal(bad, cases[i].bad);
		assert_int_equal(mask, 42);
		assert_int_equal(value, 43);
	}
}

static void test_format(void **state)
{
	static const struct format_case cases[] = {
		{0, "none"},
		{0xcc0, "GFP_KERNEL"},
		{0xdc0, "GFP_KERNEL|__GFP_ZERO"},
		{0xa20, "GFP_ATOMIC"}, /* until 6.2 */
		{0x820, "GFP_ATOMIC"}, /* since */
		{0x2820, "GFP_ATOMIC|__GFP_NOWARN"},
		{0x800, "GFP_NOWAIT"},
		{0x2800, "GFP_NOWAIT"},
		{0xc40, "GFP_NOFS"},
		{0xc00, "GFP_NOIO"},
		{0xcc1, "GFP_KERNEL|__GFP_DMA"},
		{0x100cc0, "GFP_USER"},
		{0x100cca, "GFP_HIGHUSER_MOVABLE"},
		{0x400cc0, "GFP_KERNEL_ACCOUNT"},
		{0x1c24ca, "GFP_TRANSHUGE"},
		{0x1c20ca, "GFP_TRANSHUGE_LIGHT"},
		{0xc20, "__GFP_HIGH|__GFP_DIRECT_RECLAIM|__GFP_KSWAPD_RECLAIM"},
		{0x100, "__GFP_ZERO"},
		{0x80000cc0, "GFP_KERNEL|0x80000000"},
		{0x81000000, "0x81000000"},
	};

	gfp_use_btf(NULL);
	check_format(cases, ARRAY_SIZE(cases));
}

static void test_format_cut(void **state)
{
	static const char whole[] = "GFP_KERNEL|__GFP_ZERO";
	char text[64];
	size_t size, length;

	gfp_use_btf(NULL);
	assert_int_equal(gfp_format(text, 0, 0xdc0), 0);
	for (size = 1; size <= sizeof(whole); size++) {
		memset(text, 'x', sizeof(text));
		length = gfp_format(text, size, 0xdc0);
		assert_int_equal(length, strlen(text));
		assert_true(length < size);
		assert_memory_equal(text, whole, length);
		assert_int_equal(text[size], 'x');
	}
	assert_string_equal(text, whole);
}

/* What is printed can be asked for, and finds what it was printed for. */
static void test_round_trip(void **state)
{
	uint32_t gfp, mask, value, seed = 1;
	const char *bad;
	char text[512];
	int i;

	gfp_use_btf(NULL);
	for (i = 0; i < 10000; i++) {
		seed = seed * 1664525 + 1013904223;
		gfp = seed >> 8;
		if (!gfp)
			continue;
		gfp_format(text, sizeof(text), gfp);
		assert_int_equal(gfp_parse(text, &mask, &value, &bad), 0);
		assert_int_equal(gfp & mask, value);
	}
}

/* An enum as 6.10 has it, with bits in other places, a new flag, and other types around it. */
static struct btf *make_btf(void)
{
	static const char *const names[] = {
		"___GFP_NEW_BIT",
		"___GFP_ZERO_BIT",
		"___GFP_KSWAPD_RECLAIM_BIT",
		"___GFP_DIRECT_RECLAIM_BIT",
		"___GFP_UNUSED_BIT",
		"___GFP_FS_BIT",
		"___GFP_IO_BIT",
		"___GFP_HIGH_BIT",
		"___GFP_LAST_BIT",
	};
	struct btf *btf = btf__new_empty();
	size_t i;

	assert_non_null(btf);
	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_enum(btf, "zone_type", 4);
	btf__add_enum_value(btf, "ZONE_DMA", 0);
	btf__add_enum(btf, NULL, 4);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(btf__add_enum_value(btf, names[i], i), 0);
	btf__add_enum(btf, "empty", 4);
	return btf;
}

static void test_btf(void **state)
{
	static const struct parse_case parse[] = {
		{"__GFP_ZERO", 0x2, 0x2},
		{"__GFP_NEW", 0x1, 0x1},
		{"GFP_KERNEL", 0xec, 0x6c},
		{"GFP_ATOMIC", 0xec, 0x84},
	};
	static const struct format_case format[] = {
		{0x6c, "GFP_KERNEL"}, {0x6f, "GFP_KERNEL|__GFP_NEW|__GFP_ZERO"},
		{0x84, "GFP_ATOMIC"}, {0x10, "0x10"},
		{0x100, "0x100"},
	};
	struct btf *btf = make_btf();
	uint32_t mask, value;
	const char *bad;

	assert_int_equal(gfp_use_btf(btf), 0);
	check_parse(parse, ARRAY_SIZE(parse));
	check_format(format, ARRAY_SIZE(format));
	assert_int_equal(gfp_parse("GFP_USER", &mask, &value, &bad), -EINVAL);
	assert_int_equal(gfp_parse("__GFP_NOWARN", &mask, &value, &bad), -EINVAL);
	btf__free(btf);
}

static void test_btf_without_enum(void **state)
{
	static const struct format_case format[] = {{0xcc0, "GFP_KERNEL"}};
	struct btf *btf = btf__new_empty();

	btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	assert_int_equal(gfp_use_btf(btf), -ENOENT);
	check_format(format, ARRAY_SIZE(format));
	btf__free(btf);
}

static void test_names(void **state)
{
	const char *const *names, *const *other;
	uint32_t mask, value;
	const char *bad;
	size_t count = 0;

	gfp_use_btf(NULL);
	for (names = gfp_names(); *names; names++, count++) {
		assert_int_equal(gfp_parse(*names, &mask, &value, &bad), 0);
		for (other = gfp_names(); other < names; other++)
			assert_string_not_equal(*other, *names);
	}
	assert_true(count > 30);
}

/*
 * The tracepoint lists its flags as "{( unsigned long)(( gfp_t)((((1UL))) << (5))), "NAME"}".
 * Skips what has more than one shift. Returns the number of flags compared.
 */
static int compare_flags(const char *format)
{
	const char *entry, *end, *shift, *name;
	uint32_t mask, value;
	char flag[32];
	int compared = 0;
	const char *bad;

	for (entry = strstr(format, "{("); entry; entry = strstr(end, "{(")) {
		end = strchr(entry, '}');
		shift = strstr(entry, "<< (");
		name = strstr(entry, "\"__GFP_");
		if (!end || !shift || shift > end || !name || name > end ||
		    (strstr(shift + 1, "<< (") && strstr(shift + 1, "<< (") < end))
			continue;
		assert_int_equal(sscanf(name, "\"%31[A-Z0-9_]", flag), 1);
		assert_int_equal(gfp_parse(flag, &mask, &value, &bad), 0);
		assert_int_equal(value, 1u << atoi(shift + 4));
		compared++;
	}
	return compared;
}

static void test_running_kernel(void **state)
{
	struct btf *btf = btf__load_vmlinux_btf();
	static char format[65536];
	FILE *file;

	if (!btf || gfp_use_btf(btf)) {
		btf__free(btf);
		print_message("# no BTF with the enum on this kernel\n");
		skip();
	}
	btf__free(btf);
	file = fopen(KMALLOC_FORMAT, "re");
	if (!file) {
		print_message("# can't read " KMALLOC_FORMAT "\n");
		skip();
	}
	format[fread(format, 1, sizeof(format) - 1, file)] = '\0';
	fclose(file);
	if (!strstr(format, "1UL"))
		skip();
	assert_true(compare_flags(format) >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_errors),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_cut),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_btf),
		cmocka_unit_test(test_btf_without_enum),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_running_kernel),
	};

	return cmocka_run_group_tests_name("gfp", tests, NULL, NULL);
}
