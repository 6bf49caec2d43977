#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds a stat report against what the workload program knows.

  compare.py [--lossy] [--module] [--scenario NAME] REPORT TRUTH

For every call site that the workload names and that is its own: allocations, failures, requested
bytes and, where the free happens inside the system call, frees must be equal, to the last one.
Where starting a process uses the site as well, allocations may be up to SHARED more, never fewer.
With --lossy less may be reported, as far as the events that the report says its hooks missed explain
it. Families that no hook of the report saw are left out. Prints what was compared, or the differences;
exits 0 when all are equal, 1 when not, 2 when nothing could be compared, and says why.
"""
import argparse
import json
import re
import sys
from collections import defaultdict

SHARED = 400
# Ways into a process's address space that no hook follows yet.
UNHOOKED = ("mmap-insert-page", "mmap-insert-pages", "mmap-fault", "mmap-buffer")
FIGURES = ("allocs", "frees", "failed", "bytes_requested", "live_objects")


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
            for name in FIGURES:
                sums[name] += row[name] or 0
    return sums


class Comparison:
    """Figures that must be equal, and what was not. `lossy`: short of them by what was missed."""

    def __init__(self, report, lossy):
        self.report, self.lossy = report, lossy
        self.compared, self.wrong = 0, []

    def hold(self, family, site, name, expected, reported, most=None, each=1, both_ways=False):
        self.compared += 1
        words = f"expected {expected}{' and a few' if most else ''}, reported {reported}"
        line = f"{family} {site} {name}: {words}"
        short = missed(self.report, family) * each if self.lossy else 0
        print(line)
        if not expected - short <= reported <= (most or expected) + (short if both_ways else 0):
            self.wrong.append(line)

    def wrongly(self, line):
        self.compared += 1
        self.wrong.append(line)


def compare_program(comparison, rows):
    report = comparison.report
    own, shared = known({"expected": rows})
    for (family, site), allocs in shared.items():
        found = seen(report, family, site)["allocs"]
        comparison.hold(family, site, "allocs", allocs, found, most=allocs + SHARED)
    for (family, site), group in own.items():
        sums = seen(report, family, site)
        for name, expected in group.items():
            each = 1
            if expected is not None and name == "bytes_requested":
                expected *= report["cpus"] if family == "percpu" else 1
                each = expected / max(group["allocs"], 1)
            if expected is not None:
                comparison.hold(family, site, name, expected, sums[name], each=each)


def module_groups(rows):
    """(family, site) -> sums of the module's rows; None where it doesn't know what is exact.

    Nor are failures that fire no event compared, but for those of vmalloc, whose function is hooked,
    nor the ends of mappings, which are not followed.
    """
    groups = {}
    for row in rows:
        group = groups.setdefault((row["family"], row["site"]), dict.fromkeys(FIGURES, 0))
        for name in group:
            value = row["live"] if name == "live_objects" else row[name]
            silent = name == "failed" and row["fails_silently"] and row["family"] != "vmalloc"
            endless = row["family"] == "mapping" and name in ("frees", "live_objects")
            if not row["exact"] or value is None or group[name] is None or silent or endless:
                group[name] = None
            else:
                group[name] += value
    return groups


def compare_strangers(comparison, groups):
    """Nothing is the module's but what the module knows of, and the totals hold nothing else."""
    report, totals = comparison.report, defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    for row in report["sites"]:
        symbol = (row["symbol"] or "").split(".")[0]
        figures = {name: row[name] for name in FIGURES}
        for name in FIGURES:
            totals[row["family"]][name] += row[name] or 0
        if (row["family"], symbol) not in groups and any(figures.values()):
            comparison.wrongly(f"{row['family']} {row['symbol']}: not of the module, {figures}")
        elif row["module"] != "workload":
            comparison.wrongly(f"{row['family']} {row['symbol']}: is of module {row['module']}")
    for family, sums in totals.items():
        for name in FIGURES:
            if report["families"][family][name] is not None:
                comparison.hold(family, "all sites", name, report["families"][family][name],
                                sums[name])


def compare_module(comparison, rows):
    report, groups = comparison.report, module_groups(rows)
    for (family, site), group in groups.items():
        sums = seen(report, family, site)
        for name, expected in group.items():
            each = 1
            if expected is not None and name == "bytes_requested":
                expected *= report["cpus"] if family == "percpu" else 1
                each = expected / max(group["allocs"] or 0, 1)
            if expected is not None:
                comparison.hold(family, site, name, expected, sums[name], each=each,
                                both_ways=name == "live_objects")
    return groups


def not_done(truth, scenario):
    """Why there are no figures of the scenario; None if there are. It ends the comparison."""
    for run in truth["scenarios"]:
        if run["scenario"] == scenario and run["status"] != "done":
            print(run["reason"] or run["status"])
            return 2 if run["status"] == "unavailable" else 1
    return None


def judged(comparison, unseen):
    for line in comparison.wrong:
        print("DIFFERENT", line)
    lost = {name: value for name, value in comparison.report["loss"].items() if value}
    if lost:
        print("lost:", lost)
    if not comparison.compared and unseen:
        print("no hook of", *sorted(unseen))
    elif not comparison.compared:
        print("the workload knows no figures of it here")
    return 1 if comparison.wrong else 0 if comparison.compared else 2


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--lossy", action="store_true")
    parser.add_argument("--module", action="store_true")
    parser.add_argument("--scenario")
    parser.add_argument("report")
    parser.add_argument("truth")
    return parser.parse_args()


def main():
    asked = arguments()
    with open(asked.report, encoding="utf-8") as file:
        report = json.load(file)
    with open(asked.truth, encoding="utf-8") as file:
        truth = json.load(file)
    status = not_done(truth, asked.scenario)
    if status is not None:
        return status
    rows = [row for row in truth["expected"] if asked.scenario in (None, row["scenario"])]
    unseen = {row["family"] for row in rows} & unhooked(report)
    unseen |= {row["family"] for row in rows} - set(report["families"])
    rows = [row for row in rows if row["family"] not in unseen]
    rows = [row for row in rows if row["family"] != "mapping" or row["scenario"] not in UNHOOKED]
    comparison = Comparison(report, asked.lossy)
    if asked.module:
        groups = compare_module(comparison, [row for row in rows if row["source"] == "module"])
        if not asked.scenario:
            compare_strangers(comparison, groups)
    else:
        compare_program(comparison, rows)
    return judged(comparison, unseen)


sys.exit(main())
