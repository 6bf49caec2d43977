#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Each filter keeps what it names and nothing else.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

report()
{
	"$TRACER" stat -q -n 10000 -f json -o "$TMP/report" "$@" >/dev/null
}

holds()
{
	"$ROOT/tests/report.py" "$TMP/report" "$1"
}

need_root "filters" || finish
load=("$WORKLOAD" run message:300:100 message:300:1000 open:200 pipe-pages:50)

report --family cache -- "${load[@]}"
check "--family leaves one family" holds "list(r['families']) == ['cache']"
check "--family attaches only its hooks" holds "
	all(h['status'] != 'attached' for h in r['hooks'] if h['name'] in ('kmalloc', 'mm_page_alloc'))"

report --min-size 1000 --max-size 2000 --family kmalloc -- "${load[@]}"
check "--min-size and --max-size keep sizes between" holds "
	fam('kmalloc')['size']['min'] >= 1000 and fam('kmalloc')['size']['max'] <= 2000 and
	fam('kmalloc')['allocs'] >= 300"
check "frees that can't be told under a size filter are null" \
	holds "fam('kmalloc')['frees_unknown'] is None"

report --cache filp -- "${load[@]}"
check "--cache keeps one cache" holds "
	{s['cache'] for s in r['sites'] if s['family'] == 'cache'} == {'filp'} and
	fam('cache')['allocs'] >= 200 and fam('cache')['live_objects'] <= 5"

report --site load_msg --family kmalloc -- "${load[@]}"
check "--site keeps one call site" holds "
	{s['symbol'].split('.')[0] for s in r['sites'] if s['family'] == 'kmalloc'} <=
	{'load_msg', 'alloc_msg'} or len(r['sites']) == 0"
report --family kmalloc -- "${load[@]}"
site=$("$ROOT/tests/report.py" -p "$TMP/report" \
	"max(r['sites'], key=lambda s: s['allocs'])['symbol'].split('.')[0]")
report --site "$site" --family kmalloc -- "${load[@]}"
check "--site keeps the busiest site whole" holds "
	fam('kmalloc')['allocs'] >= 300 and
	{s['symbol'].split('.')[0] for s in r['sites']} == {'$site'}"

report --gfp GFP_KERNEL --family kmalloc -- "${load[@]}"
kernel=$("$ROOT/tests/report.py" -p "$TMP/report" "fam('kmalloc')['allocs']")
report --gfp GFP_ATOMIC --family kmalloc -- "${load[@]}"
atomic=$("$ROOT/tests/report.py" -p "$TMP/report" "fam('kmalloc')['allocs']")
if [ "$kernel" -ge 600 ] && [ "$atomic" -lt 100 ]; then
	ok "--gfp tells GFP_KERNEL from GFP_ATOMIC"
else
	not_ok "--gfp tells GFP_KERNEL from GFP_ATOMIC" "GFP_KERNEL $kernel GFP_ATOMIC $atomic"
fi

# By process: another one makes the same allocations next to it.
"$WORKLOAD" run message:400000:100 >/dev/null &
other=$!
report -- "$WORKLOAD" run message:300:100
check "CMD's allocations are not those of others" \
	holds "300 <= total(sites('load_msg.*|alloc_msg.*', 'kmalloc'), 'allocs') <= 301"
report --all -- "$WORKLOAD" run message:3000:100
check "--all counts the others too" \
	holds "total(sites('load_msg.*|alloc_msg.*', 'kmalloc'), 'allocs') > 3000"
kill $other 2>/dev/null
wait $other 2>/dev/null

report -- sh -c "\"$WORKLOAD\" run message:100:100; (exec \"$WORKLOAD\" run message:200:100)"
check "CMD's descendants are CMD's" \
	holds "300 <= total(sites('load_msg.*|alloc_msg.*', 'kmalloc'), 'allocs') <= 302"

cp "$WORKLOAD" "$TMP/comm-of-its-own"
report --comm comm-of-its-own -- sh -c "'$TMP/comm-of-its-own' run message:150:100; '$WORKLOAD' run message:150:100"
check "--comm keeps one process name" \
	holds "150 <= total(sites('load_msg.*|alloc_msg.*', 'kmalloc'), 'allocs') <= 151"

base=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ -n "$base" ] && mkdir "$base/tracer-test.$$" 2>/dev/null; then
	group=$base/tracer-test.$$
	mkdir "$group/below"
	report --all --cgroup "$group" -- sh -c "
		(echo 0 >'$group/below/cgroup.procs'; exec '$WORKLOAD' run message:120:100)
		'$WORKLOAD' run message:130:100"
	check "--cgroup keeps a cgroup and what is below it" \
		holds "120 <= total(sites('load_msg.*|alloc_msg.*', 'kmalloc'), 'allocs') <= 121"
	rmdir "$group/below" "$group"
else
	skip "--cgroup keeps a cgroup and what is below it" "no cgroup v2 to write to"
fi
finish
