#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What other tracers count wrong, on the live kernel: the double event of large kmalloc,
# kfree(NULL), failures, objects older than the trace, frees that no tracepoint shows, pages
# behind other memory, blocks of pages freed in parts.

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

need_root "facts of the live kernel" || finish

# Large kmalloc: one object a call, whether the kernel's tracepoint fires once or twice; and the
# pages below it are no second memory.
report -- "$WORKLOAD" run writev-large:500
check "a kmalloc of 16 KiB is one object" \
	holds "total(sites('iovec_from_user.*', 'kmalloc'), 'allocs') == 500"
check "its bytes are counted once" \
	holds "total(sites('iovec_from_user.*', 'kmalloc'), 'bytes_requested') == 500 * 16384"
check "no call site inside the allocator is left" holds "not sites('_*kmalloc.*')"
check "its pages are backing" \
	holds "fam('pages')['backing']['kmalloc']['allocs'] >= 500"
check "its pages are not in the totals" holds "fam('pages')['allocs'] < 400"
check "duplicates are all or none" holds "fam('kmalloc')['duplicates'] in (0, 500)"

report --no-live -- "$WORKLOAD" run writev-large:500
check "one object without a ledger too" \
	holds "total(sites('iovec_from_user.*', 'kmalloc'), 'allocs') == 500"
check "without a ledger nothing is said to be live" \
	holds "fam('kmalloc')['live_objects'] is None and not r['live']"

report -- "$WORKLOAD" run kmalloc-fail:7
check "a failed kmalloc is a failure, once, and no object" \
	holds "total(sites('packet_set_ring.*|alloc_pg_vec.*', 'kmalloc'), 'failed') == 7 and
	       total(sites('packet_set_ring.*|alloc_pg_vec.*', 'kmalloc'), 'allocs') == 0"

report -- "$WORKLOAD" run kfree-null:1000
check "kfree(NULL) frees nothing" \
	holds "fam('kmalloc')['frees_null'] >= 3000 and fam('kmalloc')['frees_unknown'] < 1000"

# Objects of before the trace, freed in it: another process's pid is the filter.
"$WORKLOAD" run uring-buffers:5000 --hold 3s >/dev/null &
holder=$!
sleep 1
report --pid $holder -d 4s
check "frees of objects older than the trace are counted as that" \
	holds "5000 <= fam('kmalloc')['frees_unknown'] < 5200"
check "… and not as frees" holds "fam('kmalloc')['frees'] < 200"
wait $holder

# Freed without an event: the address comes back, and the old object is closed. Several runs, so
# that grace periods pass and the memory of the first is used by the next.
report -- sh -c "for i in 1 2 3 4 5 6; do '$WORKLOAD' run epoll:10000; sleep 0.2; done"
check "an address that comes back closes what it held" holds "
	(lambda epi: epi['allocs'] >= 60000 and (epi['frees'] > 50000 or epi['frees_unseen'] > 10000))(
	 max(sites('ep_insert.*|do_epoll_ctl.*', 'cache'),
	     key=lambda s: s['live_objects'] + s['frees_unseen']))"
check "hooks that would show them are named, with what is missing" holds "
	all(any(h['name'] == n and h['status'] != 'attached' and h['reason'] for h in r['hooks'])
	    for n in ('kvfree_call_rcu', 'kmem_cache_free_bulk'))"

# Pages: what slab takes is backing; user memory is movable; a pipe's pages are its own.
report -- "$WORKLOAD" run tmpfs-files:3000
check "slab's pages are backing" holds "fam('pages')['backing']['slab']['allocs'] > 50"
report -- "$WORKLOAD" run pipe-pages:200
check "a pipe's pages are pages" \
	holds "total(sites('anon_pipe_.*|pipe_write.*', 'pages'), 'bytes_allocated') >= 200 * 4096"
report -- "$PYTHON" -c 'bytearray(50 << 20)'
check "user memory is movable, beside the totals" \
	holds "fam('pages')['movable']['bytes_allocated'] >= 50 << 20 and
	       fam('pages')['bytes_allocated'] < 20 << 20"

# vmalloc: areas by their callers, without the guard page.
if "$WORKLOAD" run packet-vmalloc:1 >/dev/null 2>&1; then
	report -- "$WORKLOAD" run packet-vmalloc:3
	check "a vmalloc of 16 MiB is one object of 16 MiB" \
		holds "total(sites('packet_set_ring.*|alloc_pg_vec.*', 'vmalloc'),
			     'bytes_requested') == 3 << 24"
else
	skip "a vmalloc of 16 MiB is one object of 16 MiB" "no packet sockets here"
fi
finish
