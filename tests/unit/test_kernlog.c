/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's prose: which lines are events, whose they are, and that programs which write into
 * the log, and logs that end anywhere, cannot make up any.
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

#include "../../user/kernlog.h"

static struct procfs_slice slice(const char *text)
{
	return (struct procfs_slice){text, strlen(text)};
}

static void assert_slice(struct procfs_slice got, const char *expected)
{
	assert_int_equal(got.length, strlen(expected));
	assert_memory_equal(got.text ? got.text : "", expected, got.length);
}

static struct kernlog parse(const char *text)
{
	struct kernlog log;

	assert_int_equal(kernlog_parse(slice(text), &log), 0);
	return log;
}

/* One line alone is exactly this event. */
static void assert_event(const char *line, enum kernlog_kind kind)
{
	char text[512];
	struct kernlog log;

	snprintf(text, sizeof(text), "4,0,17,-;%s\n", line);
	log = parse(text);
	if (log.count != 1 || log.events[0].kind != kind || log.counts[kind] != 1)
		fail_msg("not %s: %s", kernlog_kind_name(kind), line);
	assert_slice(log.events[0].text, line);
	kernlog_free(&log);
}

static void assert_no_event(const char *line)
{
	char text[512];
	struct kernlog log;

	snprintf(text, sizeof(text), "4,0,17,-;%s\n", line);
	log = parse(text);
	if (log.count != 0)
		fail_msg("%s: %s", kernlog_kind_name(log.events[0].kind), line);
	kernlog_free(&log);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_event("x: page allocation failure: order:3, mode:0x1(GFP)", KERNLOG_PAGE_ALLOC);
	assert_event("x: vmalloc error: size 4096, failed to allocate pages", KERNLOG_VMALLOC);
	assert_event("x: vmalloc: allocation failure: 4096 bytes", KERNLOG_VMALLOC);
	assert_event("vmap allocation for size 8192 failed: use vmalloc=<size>", KERNLOG_VMALLOC);
	assert_event("percpu: allocation failed, size=16 align=8 atomic=1", KERNLOG_PERCPU);
	assert_event("SLUB: Unable to allocate memory on node -1, gfp=0x1", KERNLOG_SLAB_ALLOC);
	assert_event("BUG kmalloc-64 (Not tainted): Poison overwritten", KERNLOG_SLAB_ERROR);
	assert_event("kmem_cache_destroy x: Slab cache still has objects", KERNLOG_SLAB_ERROR);
	assert_event("BUG: KASAN: slab-use-after-free in f+0x1/0x2", KERNLOG_MEMORY_ERROR);
	assert_event("BUG: KFENCE: out-of-bounds read in f+0x1/0x2", KERNLOG_MEMORY_ERROR);
	assert_event("BUG: Bad page state in process x  pfn:1", KERNLOG_MEMORY_ERROR);
	assert_event("Out of memory: Killed process 1 (x)", KERNLOG_OOM_KILL);
	assert_event("Memory cgroup out of memory: Killed process 1 (x)", KERNLOG_OOM_KILL);
	assert_event("kmemleak: 3 new suspected memory leaks (see …)", KERNLOG_KMEMLEAK);
	assert_no_event("BUG: unable to handle page fault for address: 1");
	assert_no_event("mydrv: BUG kmalloc-64 (Not tainted): said by a driver");
	assert_no_event("kmemleak: Kernel memory leak detector initialized");
	assert_no_event("");
}

static void test_page_alloc(void **state)
{
	struct kernlog log = parse("4,7,2000000,-;a b: page allocation failure: order:9, mode:0x1\n"
				   " SUBSYSTEM=x\n"
				   "4,8,2000001,-;Call Trace:\n"
				   "4,9,2000002,-; dump_stack_lvl+0x5d/0x80\n"
				   "4,10,2000003,-; ? guess+0x1/0x2\n"
				   "4,11,2000004,-; __alloc_pages_noprof+0x328/0x350\n"
				   "4,12,2000005,-; mydrv_open+0x42/0x100 [mydrv]\n"
				   "4,13,2000006,-; do_dentry_open+0x1/0x2\n");

	(void)state;
	assert_int_equal(log.records, 7);
	assert_int_equal(log.overwritten, 7);
	assert_int_equal(log.count, 1);
	assert_int_equal(log.events[0].order, 9);
	assert_int_equal(log.events[0].time_us, 2000000);
	assert_slice(log.events[0].site, "mydrv_open+0x42/0x100 [mydrv]");
	assert_slice(log.events[0].cache, "");
	kernlog_free(&log);
}

static void test_slab(void **state)
{
	struct kernlog log =
		parse("4,0,1,c;SLUB: Unable to allocate memory on CPU 0\n"
		      "4,1,2,-;  cache: my cache, object size: 8, buffer size: 8\n"
		      "4,2,3,-;  cache: other, object size: 8\n"
		      "3,3,4,-;BUG kmalloc-96 (Tainted: G    B): Redzone overwritten\n"
		      "3,4,5,-;Allocated in mydrv_write+0x30/0x90 [mydrv] age=12 cpu=1\n"
		      "3,5,6,-; f+0x1/0x2\n");

	(void)state;
	assert_int_equal(log.count, 2);
	assert_slice(log.events[0].cache, "my cache");
	assert_slice(log.events[0].site, "");
	assert_slice(log.events[1].cache, "kmalloc-96");
	assert_slice(log.events[1].site, "mydrv_write+0x30/0x90 [mydrv]");
	kernlog_free(&log);
}

/* A stack far below, or below an event that prints none, belongs to something else. */
static void test_foreign_stack(void **state)
{
	char text[8192];
	struct kernlog log;
	size_t n, i;

	(void)state;
	log = parse("4,0,1,-;Out of memory: Killed process 1 (x)\n4,1,2,-; f+0x1/0x2\n");
	assert_slice(log.events[0].site, "");
	kernlog_free(&log);
	n = (size_t)snprintf(text, sizeof(text), "4,0,1,-;x: page allocation failure: order:0\n");
	for (i = 0; i < 200; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "4,1,2,-;other\n");
	snprintf(text + n, sizeof(text) - n, "4,1,2,-; f+0x1/0x2\n");
	log = parse(text);
	assert_int_equal(log.count, 1);
	assert_slice(log.events[0].site, "");
	kernlog_free(&log);
}

/* The facility tells who wrote it; the kernel's is 0, and it lets nobody else use that. */
static void test_not_the_kernel(void **state)
{
	struct kernlog log = parse("12,0,1,-;Out of memory: Killed process 1 (x)\n"
				   "<12>[    1.000000] Out of memory: Killed process 1 (x)\n"
				   "Out of memory: Killed process 1 (x)\n"
				   " Out of memory: Killed process 1 (x)\n");

	(void)state;
	assert_int_equal(log.records, 0);
	assert_int_equal(log.count, 0);
	kernlog_free(&log);
}

static void test_dmesg(void **state)
{
	struct kernlog log = parse("<4>[   12.345678] x: vmalloc error: size 1\n"
				   "[   12.345679][  T123]  warn_alloc+0x1/0x2\n"
				   "[   12.345680][  T123]  [<ffff0000>] drv_init+0x1/0x2 [drv]\n"
				   "<3>Out of memory: Killed process 1 (x)\n");

	(void)state;
	assert_int_equal(log.records, 4);
	assert_int_equal(log.overwritten, 0);
	assert_int_equal(log.count, 2);
	assert_int_equal(log.events[0].time_us, 12345678);
	assert_slice(log.events[0].site, "drv_init+0x1/0x2 [drv]");
	assert_int_equal(log.events[1].time_us, 0);
	kernlog_free(&log);
}

static void test_hostile_log(void **state)
{
	static const char *const bad[] = {
		"99999999999999999999,0,1,-;BUG x (y): z\n",
		"4,x,1,-;BUG x (y): z\n",
		"4,0,1,-BUG x (y): z\n",
		"4,0;BUG x (y): z\n",
		"<4\n",
		"<4>[ 1.1] BUG x (y): z\n",
		"[99999999999999999999.000000] BUG x (y): z\n",
		"[18446744073709551615.000000] BUG x (y): z\n",
		"[\n",
		"[]\n",
		"[ 1.000000\n",
		"<>BUG x (y): z\n",
		",,,;\n",
		"\n",
	};
	struct kernlog log;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		log = parse(bad[i]);
		if (log.records != 0)
			fail_msg("taken for a record: %s", bad[i]);
		kernlog_free(&log);
	}
	log = parse("4,0,1,-;x: page allocation failure: order:99999999999999999999\n"
		    "4,0,1,-;x: page allocation failure: order:64\n"
		    "4,0,1,-;x: page allocation failure: order:\n"
		    "3,0,1,-;BUG unending");
	assert_int_equal(log.count, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(log.events[i].order, -1);
	assert_slice(log.events[3].cache, "");
	kernlog_free(&log);
}

static void test_many_events(void **state)
{
	enum { EVENTS = 500 };
	static const char line[] = "4,0,1,-;Out of memory: Killed process 1 (x)\n";
	char *text = malloc(EVENTS * strlen(line) + 1);
	struct kernlog log;
	size_t i;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < EVENTS; i++)
		memcpy(text + i * strlen(line), line, sizeof(line));
	log = parse(text);
	assert_int_equal(log.count, EVENTS);
	assert_int_equal(log.counts[KERNLOG_OOM_KILL], EVENTS);
	kernlog_free(&log);
	free(text);
}

static void test_kmemleak(void **state)
{
	static const char text[] = "unreferenced object 0xffff888107b0a000 (size 4096):\n"
				   "  comm \"insmod\", pid 4321, jiffies 4294948123\n"
				   "  hex dump (first 32 bytes):\n"
				   "    6b 6b 6b 6b 6b 6b 6b 6b  comm+0x1\n"
				   "  backtrace (crc 9b1a5d4c):\n"
				   "    kmemleak_alloc+0x45/0x80\n"
				   "    __kmalloc_cache_noprof+0x2a0/0x310\n"
				   "    mydrv_init+0x42/0x1000 [mydrv]\n"
				   "    do_one_initcall+0x58/0x310\n"
				   "unreferenced object 0xffff888107b0b000 (size 64):\n"
				   "  comm \"a\", pid 4330, jiffies 4294948200 (age 12.340s)\n"
				   "  backtrace:\n"
				   "    [<00000000f2d9a3c1>] __kmalloc+0x41/0x60\n"
				   "    [<000000001c5e1f3a>] mydrv_ioctl+0x80/0x200 [mydrv]\n"
				   "unreferenced percpu object 0x607f1c2a0010 (size 16):\n"
				   "  comm \"insmod\", pid 4321, jiffies 4294948124\n"
				   "  backtrace (crc 0):\n"
				   "    pcpu_alloc_noprof+0x590/0xb00\n"
				   "    mydrv_init+0x42/0x1000 [mydrv]\n"
				   "unreferenced object 0xffff888107b0c000 (size 512):\n"
				   "  comm \"rmmod\", pid 4321, jiffies 4294948124\n"
				   "  backtrace (crc 0):\n"
				   "    0xffffffffc0b01234\n"
				   "unreferenced object 0xffff888107b0d000 (size 1):\n";
	struct kernlog_kmemleak kmemleak;

	(void)state;
	assert_int_equal(kernlog_parse_kmemleak(slice(text), &kmemleak), 0);
	assert_int_equal(kmemleak.objects, 5);
	assert_int_equal(kmemleak.bytes, 4096 + 64 + 16 + 512 + 1);
	assert_int_equal(kmemleak.count, 4);
	assert_slice(kmemleak.suspects[0].site, "mydrv_init+0x42/0x1000 [mydrv]");
	assert_int_equal(kmemleak.suspects[0].objects, 2);
	assert_int_equal(kmemleak.suspects[0].bytes, 4096 + 16);
	assert_slice(kmemleak.suspects[0].comm, "insmod");
	assert_slice(kmemleak.suspects[1].site, "0xffffffffc0b01234");
	assert_slice(kmemleak.suspects[2].site, "mydrv_ioctl+0x80/0x200 [mydrv]");
	assert_slice(kmemleak.suspects[3].site, "");
	assert_slice(kmemleak.suspects[3].comm, "");
	kernlog_free_kmemleak(&kmemleak);
}

static void test_kmemleak_hostile(void **state)
{
	static const char text[] = "  comm \"early\", pid 1\n    f+0x1/0x2\n"
				   "unreferenced object 0x1 (size 18446744073709551615):\n"
				   "unreferenced object 0x1 (size 18446744073709551615):\n"
				   "unreferenced object 0x1 (size x):\n"
				   "unreferenced object 0x1 (size 99999999999999999999):\n"
				   "unreferenced object 0x1\n  comm \"no end\n    [<\n    [<1>] \n"
				   "    +0x1/0x2\nunreferenced object";
	struct kernlog_kmemleak kmemleak;

	(void)state;
	assert_int_equal(kernlog_parse_kmemleak(slice(text), &kmemleak), 0);
	assert_int_equal(kmemleak.objects, 2);
	assert_true(kmemleak.bytes == UINT64_MAX);
	assert_int_equal(kmemleak.count, 1);
	assert_slice(kmemleak.suspects[0].site, "");
	kernlog_free_kmemleak(&kmemleak);
	assert_int_equal(kernlog_parse_kmemleak(slice(""), &kmemleak), 0);
	assert_int_equal(kmemleak.count, 0);
	kernlog_free_kmemleak(&kmemleak);
}

/* Whatever the place at which a text ends, no byte behind it is read. */
static void test_truncated(void **state)
{
	static const char text[] = "4,7,2000000,-;a: page allocation failure: order:9, mode:0x1\n"
				   "4,8,2000001,-; [<1>] f+0x1/0x2 [m]\n"
				   "<3>[  1.000000][ T1] BUG x (y): z\n"
				   "unreferenced object 0x1 (size 1):\n  comm \"c\", pid 1\n"
				   "    [<1>] f+0x1/0x2\n    0xffffffffc0b01234";
	struct kernlog_kmemleak kmemleak;
	struct procfs_slice part;
	struct kernlog log;
	size_t length;
	char *copy;

	(void)state;
	for (length = 1; length < sizeof(text); length++) {
		copy = malloc(length); /* exactly, so that ASan sees a byte too many */
		assert_non_null(copy);
		memcpy(copy, text, length);
		part = (struct procfs_slice){copy, length};
		assert_int_equal(kernlog_parse(part, &log), 0);
		assert_true(log.count <= 2);
		kernlog_free(&log);
		assert_int_equal(kernlog_parse_kmemleak(part, &kmemleak), 0);
		assert_true(kmemleak.count <= 1);
		kernlog_free_kmemleak(&kmemleak);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	       cmocka_unit_test(test_page_alloc),
		cmocka_unit_test(test_slab),	       cmocka_unit_test(test_foreign_stack),
		cmocka_unit_test(test_not_the_kernel), cmocka_unit_test(test_dmesg),
		cmocka_unit_test(test_hostile_log),    cmocka_unit_test(test_many_events),
		cmocka_unit_test(test_kmemleak),       cmocka_unit_test(test_kmemleak_hostile),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests_name("kernlog", tests, NULL, NULL);
}
