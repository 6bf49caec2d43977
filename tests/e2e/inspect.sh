#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# tracer inspect on this machine: its JSON against the schema, its figures against /proc at the same
# time, what it says without rights, and outputs that cannot be written. The pages it makes of
# other machines are compared by tests/unit/test_render_inspect.c.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

GOLDEN=$ROOT/tests/golden/inspect
SCHEMA=$ROOT/docs/schema/inspect.schema.json

# validate FILE...: every JSON object in them is one that the schema allows.
validate()
{
	"$PYTHON" - "$SCHEMA" "$@" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    text = open(path).read()
    reports = [json.loads(text)] if text.startswith("{\n") else map(json.loads, text.splitlines())
    for report in reports:
        errors = list(validator.iter_errors(report))
        for error in errors:
            print(path, list(error.absolute_path), error.message)
        if errors:
            sys.exit(1)
END
}

# The schema refuses what it should: a report without one of its keys, and one with a wrong type.
validate_is_strict()
{
	"$PYTHON" - "$SCHEMA" "$GOLDEN/full/expected.json" <<'END'
import copy, json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
good = json.load(open(sys.argv[2]))
bad = []
def without(node, path):
    for key in list(node):
        copied = copy.deepcopy(good)
        place = copied
        for step in path:
            place = place[step]
        del place[key]
        bad.append((path + [key], copied))
        if isinstance(node[key], dict):
            without(node[key], path + [key])
        elif isinstance(node[key], list) and node[key]:
            without(node[key][0], path + [key, 0])
without(good, [])
negative = copy.deepcopy(good)
negative["slab"]["bytes"] = -1
bad.append((["slab", "bytes"], negative))
accepted = [path for path, report in bad if validator.is_valid(report)]
print("checked", len(bad), "accepted", accepted)
sys.exit(1 if accepted or len(bad) < 60 else 0)
END
}

# Figures of this machine lie between two readings of /proc/meminfo around them. Memory that
# others use moves both ways, so a miss is tried again; a wrong figure misses every time.
between_readings()
{
	"$PYTHON" - "$TRACER" <<'END'
import json, subprocess, sys
KEYS = {
    "mem_total_bytes": "MemTotal", "slab_bytes": "Slab", "sreclaimable_bytes": "SReclaimable",
    "sunreclaim_bytes": "SUnreclaim", "kreclaimable_bytes": "KReclaimable",
    "vmalloc_used_bytes": "VmallocUsed", "percpu_bytes": "Percpu",
    "kernel_stack_bytes": "KernelStack", "page_tables_bytes": "PageTables",
}
def reading():
    lines = (line.split() for line in open("/proc/meminfo"))
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines}
missing = set(KEYS)
for attempt in range(50):
    before = reading()
    output = subprocess.run([sys.argv[1], "inspect", "-f", "json"], stdout=subprocess.PIPE, check=True)
    after = reading()
    report = json.loads(output.stdout)["meminfo"]
    for key, name in KEYS.items():
        if name not in before:
            missing.discard(key)
            assert report[key] is None, key
        elif min(before[name], after[name]) <= report[key] <= max(before[name], after[name]):
            missing.discard(key)
    if not missing:
        break
print("never between:", [(key, report[key], before[KEYS[key]], after[KEYS[key]]) for key in missing])
sys.exit(1 if missing else 0)
END
}

# Every cache of slabinfo is there, with sizes, which do not change, as slabinfo has them.
caches_agree()
{
	"$TRACER" inspect -n 10000 -f json >"$TMP/all.json" || return
	"$PYTHON" - "$TMP/all.json" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))["slab"]
seen = sorted((cache["name"], cache["object_size"]) for cache in report["caches"])
lines = [line.split(" : ")[0].rsplit(None, 5) for line in open("/proc/slabinfo").readlines()[2:]]
kernel = sorted((line[0], int(line[3])) for line in lines)
print(set(seen) ^ set(kernel))
assert seen == kernel and report["skipped_lines"] == 0
assert report["cache_count"] == len(seen)
assert report["bytes"] == sum(cache["bytes"] for cache in report["caches"])
for cache in report["caches"]:
    assert cache["bytes"] % 4096 == 0 and cache["active"] <= cache["objects"], cache
END
}

# A thousand open files more between two looks are a thousand objects more in their cache, for
# the tracer as for slabinfo. Others may open and close some; files are freed late, by RCU.
growth_is_seen()
{
	"$PYTHON" - "$TRACER" "$TMP/looks.json" <<'END'
import json, os, subprocess, sys
FILES = 1000
command = [sys.argv[1], "inspect", "-n", "10000", "-i", "100ms", "-f", "json"]
inspect = subprocess.Popen(command, stdout=subprocess.PIPE)
looks = [inspect.stdout.readline()]
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(FILES)]
grown, seen = 0, []
while grown < FILES * 0.9 and len(looks) < 100:
    looks.append(inspect.stdout.readline())
    caches = {cache["name"]: cache for cache in json.loads(looks[-1])["slab"]["caches"]}
    grown += caches["filp"]["growth_objects"]
    seen.append(caches["filp"]["growth_objects"])
inspect.terminate()
status = inspect.wait()
open(sys.argv[2], "wb").writelines(looks)
print("growth of filp", seen, "exit status", status)
assert json.loads(looks[0])["since_ns"] is None
sys.exit(0 if grown >= FILES * 0.9 and status == 0 else 1)
END
}

# status EXPECTED COMMAND...
status()
{
	local expected=$1 got=0

	shift
	"$@" || got=$?
	echo "exit status $got" >&2
	[ "$got" -eq "$expected" ]
}

closed_pipe()
{
	{ "$TRACER" inspect -n 10000 2>"$TMP/errors"; echo $? >"$TMP/status"; } | :
	{ "$TRACER" inspect -n 10000 -i 10ms -d 60s 2>>"$TMP/errors"; echo $? >>"$TMP/status"; } | head -n 1
	cat "$TMP/status" "$TMP/errors"
	[ "$(tr '\n' ' ' <"$TMP/status")" = "0 0 " ] && [ ! -s "$TMP/errors" ]
}

disk_full()
{
	status 3 "$TRACER" inspect 2>"$TMP/errors" >/dev/full || return
	cat "$TMP/errors"
	grep -q 'No space left' "$TMP/errors"
}

# ends_on SIGNAL: an endless inspect ends well after it has shown something.
ends_on()
{
	local pid

	exec 3< <(exec "$TRACER" inspect -i 10s)
	pid=$!
	read -r _ <&3
	kill -s "$1" "$pid"
	cat <&3 >/dev/null
	exec 3<&-
	status 0 wait "$pid"
}

as_nobody()
{
	cp "$TRACER" "$TMP/tracer"
	chmod 755 "$TMP" "$TMP/tracer"
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		"$TMP/tracer" inspect -f json >"$TMP/nobody.json" || return
	validate "$TMP/nobody.json" || return
	"$PYTHON" - "$TMP/nobody.json" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
sources = {source["name"]: source for source in report["sources"]}
assert sources["meminfo"]["status"] == "read" and report["meminfo"]
for name in ("slab", "vmalloc"):
    assert sources[name]["status"] == "refused" and report[name] is None, sources[name]
    assert "root" in sources[name]["reason"] and "CAP_" in sources[name]["enable"], sources[name]
restricted = open("/proc/sys/kernel/dmesg_restrict").read().strip() == "1"
assert not restricted or "dmesg_restrict" in sources["log"]["reason"], sources["log"]
END
}

"$TRACER" inspect -f json >"$TMP/here.json"
check "exit status on this machine" status 0 "$TRACER" inspect
if "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
	check "saved pages as the schema says" validate "$GOLDEN"/*/expected*.json
	check "this machine as the schema says" validate "$TMP/here.json"
	check "the schema misses no key" validate_is_strict
	if need_root "without rights" && need "without rights" setpriv; then
		check "without rights" as_nobody
	fi
else
	skip "JSON as the schema says" "python3-jsonschema is not installed"
fi
check "figures lie between two readings of meminfo" between_readings
if [ -r /proc/slabinfo ] && grep -q '^filp ' /proc/slabinfo; then
	check "caches agree with slabinfo" caches_agree
	check "growth between two looks" growth_is_seen
else
	skip "caches agree with slabinfo" "/proc/slabinfo is not readable, or has no cache for files"
fi
if [ -s "$TMP/looks.json" ] && "$PYTHON" -c 'import jsonschema' 2>/dev/null; then
	check "looks with an interval as the schema says" validate "$TMP/looks.json"
fi
check "a closed pipe is no error" closed_pipe
check "a full disk is one" disk_full
check "SIGINT ends it well" ends_on INT
check "SIGTERM ends it well" ends_on TERM
finish
