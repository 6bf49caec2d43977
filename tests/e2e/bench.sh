#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The benchmark measures, prints its table and loses nothing. How fast anything is, is not tested
# here: that depends on the machine and on what else it does.

. "$(dirname "$0")/../lib.sh"

BENCH=$TRACER_BUILD/tests/bench

refused() {
	local status=0

	"$BENCH" "${@:2}" >"$TMP/out" 2>&1 || status=$?
	[ "$status" -eq 2 ] && grep -qF -e "$1" "$TMP/out"
}

prints_table() {
	"$BENCH" --quick --rounds 2 --only empty,stat --tracer "$TRACER" >"$TMP/table" || return 1
	cat "$TMP/table"
	grep -q '^(the load alone) ' "$TMP/table" && grep -q '^empty program ' "$TMP/table" &&
		grep -q '^tracer stat ' "$TMP/table" && grep -q '^Aims:' "$TMP/table"
}

# What the load made is what was counted, twice: at kmalloc's call site and at the pages'.
counts_agree() {
	grep -cE '^  ([0-9]+) .* and frees made, at .*: \1 and \1 counted$' "$TMP/table" | grep -qx 2
}

nothing_lost() {
	grep -q '^  loss counters of the report, together: 0;' "$TMP/table"
}

prints_json() {
	"$BENCH" --quick --rounds 1 --only empty,stat --tracer "$TRACER" --json >"$TMP/json" || return 1
	"$PYTHON" - "$TMP/json" <<'EOT'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["schema"] == "tracer/bench/1"
assert [v["name"] for v in report["variants"]] == ["empty", "stat"]
assert report["loss"]["kmalloc"]["exact"] and report["loss"]["lost"] == 0, report["loss"]
assert report["start_ms"]["n"] > 0 and report["memory"]["whole_peak_bytes"] > 0
EOT
}

why_not() {
	local status=0

	[ -x "$BENCH" ] || { echo 'not built (make bench builds it)'; return; }
	[ "$(id -u)" -eq 0 ] || { echo 'needs root'; return; }
	"$WORKLOAD" run uring-buffers:1 >/dev/null 2>"$TMP/err" || { head -n 1 "$TMP/err"; return; }
	"$TRACER" stat -o "$TMP/report" -- true 2>"$TMP/err" || status=$?
	[ "$status" -eq 3 ] && head -n 1 "$TMP/err"
}

reason=$(why_not)
if [ -x "$BENCH" ]; then
	check 'unknown variant: says which there are' refused 'stat-no-live' --only no-such
	check 'rounds out of range' refused 'is not 1 to' --rounds 0
	check 'unknown option: usage' refused 'usage: bench' --fast
fi
if [ -n "$reason" ]; then
	skip 'bench prints its table' "$reason"
else
	check 'bench prints its table' prints_table
	check 'the known numbers of kmalloc, kfree and pages were counted' counts_agree
	check 'nothing was lost at full speed' nothing_lost
	check 'bench --json' prints_json
fi
finish
