/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A fault is told by its signal and address, and leaves the program as it was. cmocka catches the
 * signals in each test itself, so each has to take them back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../workload_module/fault.h"

/* Two pages of a file of one page: the second is SIGBUS. */
static unsigned char *map_of_one_page(size_t page)
{
	char path[] = "/tmp/test_fault.XXXXXX";
	int fd = mkstemp(path);
	void *map;

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(ftruncate(fd, (off_t)page), 0);
	map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	close(fd);
	return map;
}

static void test_copies(void **state)
{
	struct fault fault = {.signal = 99};
	char to[8];

	fault_install();
	assert_true(fault_copy(to, "1234567", 8, &fault));
	assert_string_equal(to, "1234567");
	assert_int_equal(fault.signal, 99);
}

static void test_bus_error(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *map = map_of_one_page(page), byte;
	struct fault fault;

	fault_install();
	assert_true(fault_copy(&byte, map + page - 1, 1, &fault));
	assert_false(fault_copy(&byte, map + page + 5, 1, &fault));
	assert_int_equal(fault.signal, SIGBUS);
	assert_int_equal(fault.address, (uintptr_t)(map + page + 5));
	munmap(map, 2 * page);
}

static void test_segmentation_fault(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *map = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct fault fault;
	unsigned char byte;

	fault_install();
	assert_true(map != MAP_FAILED);
	assert_true(fault_copy(&byte, map, 1, &fault));
	assert_false(fault_copy(map + 7, "x", 1, &fault));
	assert_int_equal(fault.signal, SIGSEGV);
	assert_int_equal(fault.address, (uintptr_t)(map + 7));
	munmap(map, page);
}

/* The signal must not stay blocked after the first. */
static void test_again_and_again(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *map = map_of_one_page(page), byte;
	struct fault fault;
	int i;

	fault_install();
	for (i = 0; i < 3; i++)
		assert_false(fault_copy(&byte, map + page, 1, &fault));
	munmap(map, 2 * page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_bus_error),
		cmocka_unit_test(test_segmentation_fault),
		cmocka_unit_test(test_again_and_again),
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
