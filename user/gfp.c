/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * GFP flags. A layout says which name each bit has. The composites (GFP_KERNEL, ...) are written
 * down once, in the bits of 6.1, and translated by name into the layout in use.
 */
#include "gfp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define GFP_BITS      32
#define NAME_SIZE     32

/* 6.1, include/linux/gfp_types.h. The bits above depend on the configuration: left as numbers. */
static const char *const bits_before_enum[] = {
	"__GFP_DMA",
	"__GFP_HIGHMEM",
	"__GFP_DMA32",
	"__GFP_MOVABLE",
	"__GFP_RECLAIMABLE",
	"__GFP_HIGH",
	"__GFP_IO",
	"__GFP_FS",
	"__GFP_ZERO",
	"__GFP_ATOMIC",
	"__GFP_DIRECT_RECLAIM",
	"__GFP_KSWAPD_RECLAIM",
	"__GFP_WRITE",
	"__GFP_NOWARN",
	"__GFP_RETRY_MAYFAIL",
	"__GFP_NOFAIL",
	"__GFP_NORETRY",
	"__GFP_MEMALLOC",
	"__GFP_COMP",
	"__GFP_NOMEMALLOC",
	"__GFP_HARDWALL",
	"__GFP_THISNODE",
	"__GFP_ACCOUNT",
	"__GFP_ZEROTAGS",
};

/* The bits of that table that composites are made of. */
enum {
	OLD_DMA = 0x1,
	OLD_HIGHMEM = 0x2,
	OLD_DMA32 = 0x4,
	OLD_MOVABLE = 0x8,
	OLD_HIGH = 0x20,
	OLD_IO = 0x40,
	OLD_FS = 0x80,
	OLD_ATOMIC = 0x200,
	OLD_DIRECT = 0x400,
	OLD_KSWAPD = 0x800,
	OLD_NOWARN = 0x2000,
	OLD_COMP = 0x40000,
	OLD_NOMEMALLOC = 0x80000,
	OLD_HARDWALL = 0x100000,
	OLD_ACCOUNT = 0x400000,

	OLD_RECLAIM = OLD_DIRECT | OLD_KSWAPD,
	OLD_USER = OLD_RECLAIM | OLD_IO | OLD_FS | OLD_HARDWALL,
	OLD_THP = OLD_IO | OLD_FS | OLD_HARDWALL | OLD_HIGHMEM | OLD_MOVABLE | OLD_COMP |
		  OLD_NOMEMALLOC | OLD_NOWARN,

	/* What an allocation may do; a composite fixes all of them, set or not. */
	OLD_BEHAVIOUR = OLD_RECLAIM | OLD_IO | OLD_FS | OLD_HIGH,
	/* Came into or left a composite between kernels ("gfp: include __GFP_NOWARN in
	 * GFP_NOWAIT", "mm: discard __GFP_ATOMIC"): consumed when formatting, never asked for. */
	OLD_CHANGED = OLD_NOWARN | OLD_ATOMIC,
};

/* In the order in which gfp_format() tries them: more bits first. */
static const struct composite {
	const char *name;
	uint32_t bits;
	bool fixes; /* false: only another name for its bits */
} composites[] = {
	{"GFP_TRANSHUGE", OLD_THP | OLD_DIRECT, true},
	{"GFP_TRANSHUGE_LIGHT", OLD_THP, true},
	{"GFP_HIGHUSER_MOVABLE", OLD_USER | OLD_HIGHMEM | OLD_MOVABLE, true},
	{"GFP_HIGHUSER", OLD_USER | OLD_HIGHMEM, true},
	{"GFP_USER", OLD_USER, true},
	{"GFP_KERNEL_ACCOUNT", OLD_RECLAIM | OLD_IO | OLD_FS | OLD_ACCOUNT, true},
	{"GFP_KERNEL", OLD_RECLAIM | OLD_IO | OLD_FS, true},
	{"GFP_NOFS", OLD_RECLAIM | OLD_IO, true},
	{"GFP_NOIO", OLD_RECLAIM, true},
	{"GFP_ATOMIC", OLD_HIGH | OLD_KSWAPD | OLD_ATOMIC, true},
	{"GFP_ATOMIC", OLD_HIGH | OLD_KSWAPD, true},
	{"GFP_NOWAIT", OLD_KSWAPD | OLD_NOWARN, true},
	{"GFP_NOWAIT", OLD_KSWAPD, true},
	{"GFP_DMA", OLD_DMA, false},
	{"GFP_DMA32", OLD_DMA32, false},
	{"__GFP_RECLAIM", OLD_RECLAIM, false},
};

/* The layout in use; an empty name is a bit that is not named. */
static struct {
	bool ready;
	char names[GFP_BITS][NAME_SIZE];
} layout;

/* "___GFP_ZERO_BIT" -> "__GFP_ZERO"; false for what is not the bit of a flag. */
static bool gfp_name_of_bit(const char *enumerator, char name[NAME_SIZE])
{
	static const char prefix[] = "___GFP_", suffix[] = "_BIT";
	size_t length = strlen(enumerator);

	if (strncmp(enumerator, prefix, strlen(prefix)) != 0 ||
	    length <= strlen(prefix) + strlen(suffix) || length > NAME_SIZE ||
	    strcmp(enumerator + length - strlen(suffix), suffix) != 0)
		return false;
	if (strcmp(enumerator, "___GFP_LAST_BIT") == 0 ||
	    strcmp(enumerator, "___GFP_UNUSED_BIT") == 0)
		return false;
	snprintf(name, NAME_SIZE, "%.*s", (int)(length - 1 - strlen(suffix)), enumerator + 1);
	return true;
}

/* Takes the names from one type; false when it is not the enum of the bits. */
static bool gfp_take_enum(const struct btf *btf, const struct btf_type *type)
{
	const struct btf_enum *value = btf_enum(type);
	char name[NAME_SIZE];
	bool taken = false;
	int i;

	for (i = 0; i < btf_vlen(type); i++, value++) {
		if (!gfp_name_of_bit(btf__str_by_offset(btf, value->name_off), name)) {
			if (!taken)
				return false;
			continue;
		}
		if (value->val >= 0 && value->val < GFP_BITS)
			memcpy(layout.names[value->val], name, NAME_SIZE);
		taken = true;
	}
	return taken;
}

int gfp_use_btf(const struct btf *btf)
{
	const struct btf_type *type;
	unsigned int id, i;

	memset(&layout, 0, sizeof(layout));
	layout.ready = true;
	for (id = 1; btf && id < btf__type_cnt(btf); id++) {
		type = btf__type_by_id(btf, id);
		if (btf_is_enum(type) && gfp_take_enum(btf, type))
			return 0;
	}
	for (i = 0; i < ARRAY_SIZE(bits_before_enum); i++)
		snprintf(layout.names[i], NAME_SIZE, "%s", bits_before_enum[i]);
	return btf ? -ENOENT : 0;
}

/* A kernel without BTF is no error here; libbpf's own complaint about it would only confuse. */
static void gfp_load(void)
{
	libbpf_print_fn_t print;
	struct btf *btf;

	if (layout.ready)
		return;
	print = libbpf_set_print(NULL);
	btf = btf__load_vmlinux_btf();
	libbpf_set_print(print);
	gfp_use_btf(btf);
	btf__free(btf);
}

static uint32_t gfp_bit(const char *name, size_t length)
{
	unsigned int bit;

	for (bit = 0; bit < GFP_BITS; bit++) {
		if (layout.names[bit][0] && strlen(layout.names[bit]) == length &&
		    memcmp(layout.names[bit], name, length) == 0)
			return 1u << bit;
	}
	return 0;
}

/* From 6.1's bits to the layout's; those that it lacks are left out. */
static uint32_t gfp_translate(uint32_t old)
{
	uint32_t now = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits_before_enum); i++) {
		if (old & 1u << i)
			now |= gfp_bit(bits_before_enum[i], strlen(bits_before_enum[i]));
	}
	return now;
}

/* A kernel that lacks one of its bits does not have the composite either. */
static bool gfp_has(const struct composite *composite)
{
	uint32_t bits = composite->bits & ~OLD_CHANGED;

	return __builtin_popcount(gfp_translate(bits)) == __builtin_popcount(bits);
}

static bool gfp_lookup(const char *name, size_t length, uint32_t *mask, uint32_t *value)
{
	const struct composite *composite;

	for (composite = composites; composite < composites + ARRAY_SIZE(composites); composite++) {
		if (strlen(composite->name) != length ||
		    memcmp(composite->name, name, length) != 0 || !gfp_has(composite))
			continue;
		*value = gfp_translate(composite->bits & ~OLD_CHANGED);
		*mask = *value | (composite->fixes ? gfp_translate(OLD_BEHAVIOUR) : 0);
		return true;
	}
	*mask = *value = gfp_bit(name, length);
	return *mask != 0;
}

int gfp_parse(const char *text, uint32_t *mask, uint32_t *value, const char **bad)
{
	static char rejected[NAME_SIZE];
	uint32_t all_mask = 0, all_value = 0, one_mask, one_value;
	size_t length;
	bool known;

	gfp_load();
	for (;; text += length + 1) {
		length = strcspn(text, ",|");
		known = gfp_lookup(text, length, &one_mask, &one_value);
		if (!known || (all_mask & one_mask & (all_value ^ one_value))) {
			snprintf(rejected, sizeof(rejected), "%.*s", (int)length, text);
			*bad = rejected;
			return known ? -ERANGE : -EINVAL;
		}
		all_mask |= one_mask;
		all_value |= one_value;
		if (!text[length])
			break;
	}
	*mask = all_mask;
	*value = all_value;
	return 0;
}

/* Appends "|name", cut; returns the new length. */
static size_t gfp_append(char *out, size_t size, size_t length, const char *name)
{
	int written;

	if (length + 1 >= size)
		return length;
	written = snprintf(out + length, size - length, "%s%s", length ? "|" : "", name);
	return length + written < size ? length + written : size - 1;
}

static const struct composite *gfp_composite(uint32_t gfp)
{
	uint32_t behaviour = gfp_translate(OLD_BEHAVIOUR), bits;
	const struct composite *composite;

	for (composite = composites; composite < composites + ARRAY_SIZE(composites); composite++) {
		bits = gfp_translate(composite->bits);
		if (composite->fixes && (gfp & (bits | behaviour)) == bits && gfp_has(composite))
			return composite;
	}
	return NULL;
}

size_t gfp_format(char *out, size_t size, uint32_t gfp)
{
	const struct composite *composite;
	char number[NAME_SIZE];
	size_t length = 0;
	unsigned int bit;

	if (size == 0)
		return 0;
	gfp_load();
	out[0] = '\0';
	if (!gfp)
		return gfp_append(out, size, 0, "none");
	composite = gfp_composite(gfp);
	if (composite) {
		length = gfp_append(out, size, 0, composite->name);
		gfp &= ~gfp_translate(composite->bits);
	}
	for (bit = 0; bit < GFP_BITS; bit++) {
		if (!(gfp & 1u << bit) || !layout.names[bit][0])
			continue;
		length = gfp_append(out, size, length, layout.names[bit]);
		gfp &= ~(1u << bit);
	}
	if (!gfp)
		return length;
	snprintf(number, sizeof(number), "0x%x", gfp);
	return gfp_append(out, size, length, number);
}

const char *const *gfp_names(void)
{
	static const char *names[ARRAY_SIZE(composites) + GFP_BITS + 1];
	size_t count = 0, i;

	gfp_load();
	for (i = 0; i < ARRAY_SIZE(composites); i++) {
		if (gfp_has(&composites[i]) &&
		    (i == 0 || strcmp(composites[i].name, composites[i - 1].name) != 0))
			names[count++] = composites[i].name;
	}
	for (i = 0; i < GFP_BITS; i++) {
		if (layout.names[i][0])
			names[count++] = layout.names[i];
	}
	names[count] = NULL;
	return names;
}
