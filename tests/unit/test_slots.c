// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The log-linear slots of tracer.h: every value lies in its slot, and no slot is too wide. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tracer.h"

static void test_bounds_meet(void **state)
{
	(void)state;
	for (uint32_t slot = 0; slot + 1 < SLOT_COUNT; slot++) {
		if (slot_low(slot) >> 46)
			break;
		assert_true(slot_low(slot + 1) == slot_high(slot) + 1);
	}
}

static void test_value_in_its_slot(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 1 << 20; value++) {
		uint32_t slot = slot_of(value);

		if (value < slot_low(slot) || value > slot_high(slot))
			fail_msg("%llu is not in slot %u", (unsigned long long)value, slot);
	}
	for (int bit = 20; bit < 48; bit++) {
		uint64_t value = (1ull << bit) + 12345;

		assert_true(slot_low(slot_of(value)) <= value);
		assert_true(slot_high(slot_of(value)) >= value);
		assert_true(slot_of(value) < SLOT_COUNT);
	}
}

static void test_width(void **state)
{
	(void)state;
	for (uint32_t slot = 0; slot < SLOT_COUNT && !(slot_low(slot) >> 46); slot++) {
		uint64_t width = slot_high(slot) - slot_low(slot) + 1;

		assert_true(width == 1 || width * 8 <= slot_low(slot)); /* 12.5 % */
	}
}

static void test_table_fits(void **state)
{
	(void)state;
	/* The kernel side keeps the slots of small sizes in bytes. */
	assert_true(slot_of(SLOT_TABLE - 1) <= 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds_meet),
		cmocka_unit_test(test_value_in_its_slot),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_table_fits),
	};

	return cmocka_run_group_tests_name("slots", tests, NULL, NULL);
}
