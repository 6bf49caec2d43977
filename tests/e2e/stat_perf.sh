#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The same run counted by perf stat, system wide, at the same time: every event of the slab and
# page tracepoints is somewhere in tracer's figures.
. "$(dirname "$0")/../lib.sh"

# In a mount namespace of its own, because perf wants tracefs, which the host may not have.
case ${1:-} in
exact | whole)
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing || exit 9
	tap_finished=1
	;;
esac
if [ "${1:-}" = exact ]; then
	# A size that nothing else asks for: 1717 bytes and a message's head.
	exec "$TRACER" stat -q -n 10000 -f json -o "$2/report" --family kmalloc \
		--min-size 1750 --max-size 1790 -- perf stat -x, -o "$2/perf" -e kmem:kmalloc \
		--filter 'bytes_req >= 1750 && bytes_req <= 1790' -- \
		"$WORKLOAD" run message:100000:1717
fi
if [ "${1:-}" = whole ]; then
	exec perf stat -x, -o "$2/perf" -e kmem:kmalloc,kmem:kfree,kmem:kmem_cache_alloc,kmem:kmem_cache_free,kmem:mm_page_alloc,kmem:mm_page_free \
		-- "$TRACER" stat -q -n 10000 -f json -o "$2/report" --all -- \
		"$WORKLOAD" run uring-buffers:200000 open:20000 writev-large:2000 pipe-pages:400
fi

need_root "stat beside perf stat" || finish
need "stat beside perf stat" perf unshare || finish

unshare -m "$BASH" "$0" exact "$TMP" >/dev/null 2>"$TMP/err"
if [ ! -s "$TMP/perf" ] || grep -q 'not supported\|not counted' "$TMP/perf"; then
	skip "stat beside perf stat" "perf can't count tracepoints here: $(head -n 1 "$TMP/err")"
	finish
fi
perf_count() { awk -F, -v event="kmem:$1" '$3 == event { print $1 }' "$TMP/perf"; }
tracer_says() { "$ROOT/tests/report.py" -p "$TMP/report" "$1"; }

if [ "$(perf_count kmalloc)" = 100000 ] && [ "$(tracer_says "fam('kmalloc')['allocs']")" = 100000 ]; then
	ok "100000 kmallocs of one size: perf and tracer count the same"
else
	not_ok "100000 kmallocs of one size: perf and tracer count the same" \
		"perf $(perf_count kmalloc), tracer $(tracer_says "fam('kmalloc')['allocs']")"
fi

# agree NAME PERF TRACER: over everything, perf counts the process tree from tracer's own start to
# its end, tracer the whole system while its gate is open: equal but for those edges.
agree()
{
	if awk -v p="$2" -v t="$3" 'BEGIN { d = p > t ? p - t : t - p; exit !(p > 0 && d <= 0.005 * p + 3000) }'; then
		ok "$1: perf $2, tracer $3"
	else
		not_ok "$1" "perf counted $2, tracer $3"
	fi
}

unshare -m "$BASH" "$0" whole "$TMP" >/dev/null 2>"$TMP/err"
agree kmalloc "$(perf_count kmalloc)" \
	"$(tracer_says "fam('kmalloc')['allocs'] + fam('kmalloc')['duplicates'] + fam('kmalloc')['failed']")"
agree kfree "$(perf_count kfree)" \
	"$(tracer_says "fam('kmalloc')['frees'] + fam('kmalloc')['frees_unknown'] + fam('kmalloc')['frees_null']")"
agree kmem_cache_alloc "$(perf_count kmem_cache_alloc)" "$(tracer_says "fam('cache')['allocs']")"
agree mm_page_alloc "$(perf_count mm_page_alloc)" \
	"$(tracer_says "fam('pages')['allocs'] + fam('pages')['movable']['allocs'] +
			sum(b['allocs'] for b in fam('pages')['backing'].values())")"
finish
