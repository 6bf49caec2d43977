#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Asks a JSON report of tracer a question, for the shell tests.

  report.py REPORT EXPRESSION    exits 0 when the Python EXPRESSION is true of the report,
                                 else prints it with the parts of the report that matter
  report.py -p REPORT EXPRESSION prints its value

In EXPRESSION: r is the report; fam(NAME) a family; sites(REGEX, family=None, cache=None) the
sites whose symbol matches; total(LIST, KEY) the sum of KEY over sites; lost() the sum of all
loss counters; adds_up() whether the identities of every family hold. `truth` is the report of the workload program, if $TRUTH names one.
"""
import json
import os
import re
import sys


def load(path):
    """The last object of a file that may hold one per line (stat -i) or one over many lines."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    decoder, at, last = json.JSONDecoder(), 0, None
    while at < len(text.rstrip()):
        while text[at].isspace():
            at += 1
        last, at = decoder.raw_decode(text, at)
    return last


def main():
    arguments = sys.argv[1:]
    printing = arguments[0] == "-p"
    if printing:
        arguments = arguments[1:]
    path, expression = arguments
    r = load(path)

    def fam(name):
        return r["families"][name]

    def sites(pattern, family=None, cache=None):
        return [
            site
            for site in r["sites"]
            if re.fullmatch(pattern, site["symbol"] or "")
            and (family is None or site["family"] == family)
            and (cache is None or site["cache"] == cache)
        ]

    def total(found, key):
        return sum(site[key] for site in found)

    def lost():
        return sum(value for value in r["loss"].values() if isinstance(value, int))

    def adds_up():
        return all(
            family["allocs"] == family["frees"] + family["frees_unseen"] + family["live_objects"]
            and family["size"]["count"] == family["allocs"]
            and family["size"]["sum"] == family["bytes_requested"]
            and sum(bucket[2] for bucket in family["size"]["buckets"]) == family["allocs"]
            and all(
                family[key] == total([site for site in r["sites"] if site["family"] == name], key)
                for key in ("allocs", "live_bytes")
            )
            for name, family in r["families"].items()
            if name != "mapping"  # whose ends are not followed
        )

    scope = {"r": r, "fam": fam, "sites": sites, "total": total, "lost": lost, "adds_up": adds_up}
    if os.environ.get("TRUTH"):
        scope["truth"] = load(os.environ["TRUTH"])
    value = eval(f"({expression})", scope)  # the tests' own words
    if printing:
        print(value)
        return 0
    if value:
        return 0
    print("not true:", expression)
    for name, family in r.get("families", {}).items():
        print(name, {key: val for key, val in family.items() if isinstance(val, (int, float))})
    print("loss", r.get("loss"))
    print("sites", json.dumps(r.get("sites", [])[:8], indent=1))
    return 1


sys.exit(main())
