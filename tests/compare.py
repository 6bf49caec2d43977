#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds a stat report against what the workload program knows.

  compare.py [--lossy] REPORT TRUTH

For every call site that the workload names and that is its own: allocations, failures, requested
bytes and, where the free happens inside the system call, frees must be equal, to the last one.
Where starting a process uses the site as well, allocations may be up to SHARED more, never fewer.
With --lossy less may be reported, as far as the events that the report says its hooks missed explain
it. Families that no hook of the report saw are left out. Prints what was compared, or the differences;
exits 0 when all are equal, 1 when not, 2 when nothing could be compared, and says why.
"""
import json
import re
import sys
from collections import defaultdict

SHARED = 400


def known(truth):
    """(family, site) -> sums of the workload's rows; a None makes the sum unknown."""
    groups = defaultdict(lambda: {"allocs": 0, "failed": 0, "frees": 0, "bytes_requested": 0})
    dropped, shared = set(), defaultdict(int)
    for row in truth["expected"]:
        key = (row["family"], row["site"])
        if not row["exact"] or row["shared"]:
            dropped.add(key)
            shared[key] += row["allocs"] or 0
            continue
        group = groups[key]
        group["allocs"] += row["allocs"]
        group["failed"] += row["failed"]
        for name in ("bytes_requested",):
            if row[name] is None or group[name] is None:
                group[name] = None
            else:
                group[name] += row[name]
        if row["freed"] != "call" or group["frees"] is None:
            group["frees"] = None
        else:
            group["frees"] += row["frees"]
    own = {
        key: group
        for key, group in groups.items()
        if key not in dropped and (group["allocs"] or group["failed"])
    }
    return own, {key: allocs for key, allocs in shared.items() if allocs}


def unhooked(report):
    """The families of which this kernel has no hook that the report could have used."""
    hooks = [hook for hook in report["hooks"] if hook["family"]]
    attached = {hook["family"] for hook in hooks if hook["status"] == "attached"}
    return {hook["family"] for hook in hooks} - attached


def missed(report, family):
    """The events that the family's hooks missed, by the report's own account."""
    return sum(hook["misses"] for hook in report["hooks"] if hook["family"] == family)


def seen(report, family, site):
    pattern = re.compile(r"(%s)(\..*)?" % site)  # .part.0, .isra.0
    sums = defaultdict(int)
    for row in report["sites"]:
        if row["family"] == family and pattern.fullmatch(row["symbol"] or ""):
            for name in ("allocs", "failed", "frees", "bytes_requested"):
                sums[name] += row[name]
    return sums


def main():
    lossy = sys.argv[1] == "--lossy"
    with open(sys.argv[-2], encoding="utf-8") as file:
        report = json.load(file)
    with open(sys.argv[-1], encoding="utf-8") as file:
        truth = json.load(file)
    compared, wrong = 0, []
    unseen = unhooked(report) & {row["family"] for row in truth["expected"]}
    truth["expected"] = [row for row in truth["expected"] if row["family"] not in unseen]
    own, shared = known(truth)
    for (family, site), allocs in shared.items():
        found = seen(report, family, site)["allocs"]
        compared += 1
        print(f"{family} {site} allocs: expected {allocs} and a few, reported {found}")
        if not allocs <= found <= allocs + SHARED:
            wrong.append(f"{family} {site} allocs: expected {allocs} and a few, reported {found}")
    for (family, site), group in own.items():
        sums = seen(report, family, site)
        factor = report["cpus"] if family == "percpu" else 1
        for name, expected in group.items():
            if expected is None:
                continue
            if name == "bytes_requested":
                expected *= factor
            compared += 1
            line = f"{family} {site} {name}: expected {expected}, reported {sums[name]}"
            print(line)
            each = expected / max(group["allocs"], 1) if name == "bytes_requested" else 1
            short = missed(report, family) * each if lossy else 0
            if not expected - short <= sums[name] <= expected:
                wrong.append(line)
    lost = {name: value for name, value in report["loss"].items() if value}
    for line in wrong:
        print("DIFFERENT", line)
    if lost:
        print("lost:", lost)
    if not compared and unseen:
        print("no hook of", *sorted(unseen))
    elif not compared:
        print("the workload knows no figures of it here")
    return 1 if wrong else 0 if compared else 2


sys.exit(main())
