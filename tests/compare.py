#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds a stat report against what the workload program knows.

  compare.py REPORT TRUTH

For every call site that the workload names and that is its own: allocations, failures, requested
bytes and, where the free happens inside the system call, frees must be equal, to the last one.
Where starting a process uses the site as well, allocations may be up to SHARED more, never fewer.
Exits 0 when all are and at least one was compared; prints what was compared, or the differences.
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


def seen(report, family, site):
    pattern = re.compile(r"(%s)(\..*)?" % site)  # .part.0, .isra.0
    sums = defaultdict(int)
    for row in report["sites"]:
        if row["family"] == family and pattern.fullmatch(row["symbol"] or ""):
            for name in ("allocs", "failed", "frees", "bytes_requested"):
                sums[name] += row[name]
    return sums


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        truth = json.load(file)
    compared, wrong = 0, []
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
            if sums[name] != expected:
                wrong.append(line)
    lost = {name: value for name, value in report["loss"].items() if value}
    for line in wrong:
        print("DIFFERENT", line)
    if lost:
        print("lost:", lost)
    return 0 if compared and not wrong else 1


sys.exit(main())
