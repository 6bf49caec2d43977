#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every JSON report of tracer stat is as docs/schema/stat.schema.json says, docs/JSON.md names
# every key of it, and the schema refuses what is no report: the golden reports, and as root
# reports of this machine.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

schema=$ROOT/docs/schema/stat.schema.json
goldens=("$ROOT"/tests/golden/stat/*.json)
reports=()
for golden in "${goldens[@]}"; do
	[[ $golden == *.snapshot.json ]] || reports+=("$golden")
done

# valid FILE...: each holds JSON reports, one or more, that the schema allows.
valid()
{
	"$PYTHON" - "$schema" "$@" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for path in sys.argv[2:]:
    text, at, found = open(path, encoding="utf-8").read().rstrip(), 0, 0
    while at < len(text):
        while text[at].isspace():
            at += 1
        report, at = json.JSONDecoder().raw_decode(text, at)
        found += 1
        for error in validator.iter_errors(report):
            print(path, list(error.absolute_path), error.message[:200])
            bad = 1
    if not found:
        print(path, "holds no report")
        bad = 1
sys.exit(bad)
END
}

# strict FILE: the report in FILE is refused without any one of its keys that always appear, with
# a negative count, and with a figure left out without a reason.
strict()
{
	"$PYTHON" - "$schema" "$1" <<'END'
import copy, json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
good = json.load(open(sys.argv[2]))
bad = []
def at(report, path):
    for step in path:
        report = report[step]
    return report
def changed(path, change):
    report = copy.deepcopy(good)
    change(at(report, path[:-1]), path[-1])
    bad.append((path, report))
def remove(node, key):
    del node[key]
def walk(node, path):
    if isinstance(node, dict):
        for key in node:
            # Which families there are depends on what was traced.
            if path != ["families"]:
                changed(path + [key], remove)
            walk(node[key], path + [key])
    elif isinstance(node, list) and node:
        walk(node[0], path + [0])
    elif isinstance(node, int) and not isinstance(node, bool) and path[-1] not in ("live_objects", "live_bytes"):
        changed(path, lambda parent, key: parent.__setitem__(key, -1))
walk(good, [])
for key in ("live_bytes", "frees", "frees_unknown"):
    changed(["families", "kmalloc", key], lambda parent, key: parent.__setitem__(key, None))
for path, report in bad:
    if validator.is_valid(report):
        print("allowed although wrong at", path)
sys.exit(any(validator.is_valid(report) for _, report in bad) or len(bad) < 100)
END
}

# explained FILE...: every key of the reports stands in docs/JSON.md.
explained()
{
	"$PYTHON" - "$ROOT/docs/JSON.md" "$@" <<'END'
import json, re, sys
known = set(re.findall(r"`([a-z0-9_]+)`", open(sys.argv[1]).read()))
keys = set()
def walk(node):
    if isinstance(node, dict):
        keys.update(node)
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            walk(part)
for path in sys.argv[2:]:
    walk(json.load(open(path)))
if keys - known:
    print("not in docs/JSON.md:", sorted(keys - known))
sys.exit(bool(keys - known) or len(keys) < 50)
END
}

# traced OPTION...: a report of this machine into $TMP/report.
traced()
{
	"$TRACER" stat -q -f json -o "$TMP/report" "$@" >/dev/null && valid "$TMP/report"
}

check "docs/JSON.md explains every key" explained "${reports[@]}"
if ! "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
	skip "reports as the schema says" "python3-jsonschema is not installed"
	finish
fi
check "golden reports as the schema says" valid "${reports[@]}"
check "the schema refuses what is no report" strict "$ROOT/tests/golden/stat/busy.json"

need_root "reports of this machine as the schema says" || finish
check "a whole trace" traced -d 300ms
check "intervals" traced -d 700ms -i 200ms
check "a command's trace" traced -- /bin/true
check "without a ledger" traced --no-live -d 200ms
check "filters decided at allocations alone" traced --min-size 64 --max-size 1M -d 200ms
check "one family" traced --family vmalloc -d 200ms
finish
