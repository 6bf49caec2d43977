#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The same run counted by perf stat at the same time: an independent reader of the same
# tracepoints, and what it saw must be somewhere in tracer's figures.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# In a mount namespace of its own, because perf wants tracefs, which the host may not have.
with_tracefs()
{
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mountpoint -q /sys/kernel/tracing ||
		mount -t tracefs tracefs /sys/kernel/tracing || exit 9; exec "$@"' sh "$@" \
		>/dev/null 2>"$TMP/err"
}

# perf_count EVENT [FILE]
perf_count() { awk -F, -v event="kmem:$1" '$3 == event { print $1 }' "${2:-$TMP/perf}"; }
tracer_says() { "$ROOT/tests/report.py" -p "$TMP/report" "$1"; }

need_root "stat beside perf stat" || finish
need "stat beside perf stat" perf unshare || finish

# A size that nothing else asks for: 1717 bytes and a message's head.
with_tracefs "$TRACER" stat -q -n 10000 -f json -o "$TMP/report" --family kmalloc \
	--min-size 1750 --max-size 1790 -- perf stat -x, -o "$TMP/perf" -e kmem:kmalloc \
	--filter 'bytes_req >= 1750 && bytes_req <= 1790' -- \
	"$WORKLOAD" run message:100000:1717
if ! grep -q kmem:kmalloc "$TMP/perf" || grep -q 'not supported\|not counted' "$TMP/perf"; then
	skip "stat beside perf stat" "perf can't count tracepoints here: $(head -n 1 "$TMP/err")"
	finish
fi
perf=$(perf_count kmalloc) tracer=$(tracer_says "fam('kmalloc')['allocs']")
if [ "$perf" = 100000 ] && [ "$tracer" = 100000 ]; then
	ok "100000 kmallocs of one size: perf and tracer count the same"
else
	not_ok "100000 kmallocs of one size: perf and tracer count the same" "perf $perf, tracer $tracer"
fi

# Everything, on the whole system: one perf stat around tracer and one inside it, so that what
# tracer counts lies between the two, however busy the machine is.
between()
{
	local inner outer

	inner=$(perf_count "$1" "$TMP/inner") outer=$(perf_count "$1" "$TMP/outer")
	if [ "${inner:-0}" -gt 0 ] && [ "${inner:-0}" -le "$2" ] && [ "$2" -le "${outer:-0}" ]; then
		ok "$1: inner perf $inner, tracer $2, outer perf $outer"
	else
		not_ok "$1" "inner perf ${inner:-none}, tracer ${2:-none}, outer perf ${outer:-none}"
	fi
}

events=kmem:kmalloc,kmem:kfree,kmem:kmem_cache_alloc,kmem:kmem_cache_free,kmem:mm_page_alloc
with_tracefs perf stat -a -x, -o "$TMP/outer" -e $events -- \
	"$TRACER" stat -q -n 10000 -f json -o "$TMP/report" --all -- \
	perf stat -a -x, -o "$TMP/inner" -e $events -- \
	"$WORKLOAD" run uring-buffers:200000 open:20000 writev-large:2000 pipe-pages:2000
# Events that the kernel skipped while the program ran are reported, and belong to the sum.
missed() { echo "sum(h['misses'] for h in r['hooks'] if h['name'] == '$1')"; }
between kmalloc "$(tracer_says "fam('kmalloc')['allocs'] + fam('kmalloc')['duplicates'] +
	fam('kmalloc')['failed'] + $(missed kmalloc)")"
between kfree "$(tracer_says "fam('kmalloc')['frees'] + fam('kmalloc')['frees_unknown'] +
	fam('kmalloc')['frees_null'] + $(missed kfree)")"
between kmem_cache_alloc "$(tracer_says "fam('cache')['allocs'] + fam('cache')['failed'] +
	$(missed kmem_cache_alloc)")"
between kmem_cache_free "$(tracer_says "fam('cache')['frees'] + fam('cache')['frees_unknown'] +
	fam('cache')['frees_null'] + $(missed kmem_cache_free)")"
between mm_page_alloc "$(tracer_says "fam('pages')['allocs'] + fam('pages')['failed'] +
	fam('pages')['movable']['allocs'] + $(missed mm_page_alloc) +
	sum(b['allocs'] for b in fam('pages')['backing'].values())")"
finish
