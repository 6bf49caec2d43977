#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# `tracer stat -- workload …` against what the workload knows, to the last allocation and byte,
# for every scenario that this machine can run, and a million of them.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# An interrupt can land while a program runs, and the kernel then skips its own events of that
# kind, which shows as recursion_misses. They are nobody's of CMD, but may be the freeing of its
# objects: a run with losses is no truth, and is made again.
agrees()
{
	local try

	for try in 1 2 3; do
		"$TRACER" stat -q -n 10000 -f json -o "$TMP/report" -- \
			"$WORKLOAD" run "$@" --json >"$TMP/truth" || return 1
		"$ROOT/tests/report.py" "$TMP/report" "lost() == 0" >/dev/null && break
		echo "try $try lost events"
	done
	"$ROOT/tests/compare.py" "$TMP/report" "$TMP/truth"
}

# adds_up: every family's identities hold in the last report.
adds_up()
{
	"$ROOT/tests/report.py" "$TMP/report" "all(
		f['allocs'] == f['frees'] + f['frees_unseen'] + f['live_objects'] and
		f['size']['count'] == f['allocs'] and f['size']['sum'] == f['bytes_requested'] and
		sum(b[2] for b in f['size']['buckets']) == f['allocs'] and
		f['allocs'] == total([s for s in r['sites'] if s['family'] == n], 'allocs') and
		f['live_bytes'] == total([s for s in r['sites'] if s['family'] == n], 'live_bytes')
		for n, f in r['families'].items())"
}

need_root "stat against the workload" || finish

mapfile -t scenarios < <("$WORKLOAD" list --json | "$PYTHON" -c '
import json, sys
for row in json.load(sys.stdin)["scenarios"]:
    if not row["module"]:
        print(row["name"])')
[ ${#scenarios[@]} -gt 10 ] && ok "the workload lists its scenarios" ||
	not_ok "the workload lists its scenarios"

for scenario in "${scenarios[@]}"; do
	[ "$scenario" = threads ] && continue # inexact: the kernel keeps stacks
	name="$scenario: 300 as the workload counts them"
	"$WORKLOAD" run "$scenario:1" >/dev/null 2>"$TMP/why"
	case $? in
	0) ;;
	3) skip "$name" "$(head -n 1 "$TMP/why")"; continue ;;
	*) not_ok "$name" "$(cat "$TMP/why")"; continue ;;
	esac
	if [ "$scenario" = kfree-null ]; then
		check "$name" sh -c '"$0" stat -q -f json -o "$1/report" -- "$2" run kfree-null:5000 >/dev/null &&
			"$3/tests/report.py" "$1/report" "15000 <= fam(\"kmalloc\")[\"frees_null\"] < 17000"' \
			"$TRACER" "$TMP" "$WORKLOAD" "$ROOT"
		continue
	fi
	check "$name" agrees "$scenario:300"
	check "$scenario: the figures add up" adds_up
done

check "a million kmallocs and kfrees, none lost" agrees uring-buffers:1000000
check "no loss is reported" "$ROOT/tests/report.py" "$TMP/report" "lost() == 0"
check "60 000 live at once" agrees uring-buffers:60000
check "eight threads at once" agrees writev:20000 --threads 8
check "many sizes" agrees message:1000:8 message:1000:100 message:1000:1000 message:100:3000
finish
