#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# tracer doctor on this machine: its JSON against the schema, what it says against what the shell
# and other tools find by themselves, and places where something is missing: no rights, no BTF, no
# bpf(). What it says of other machines is in tests/unit/test_kernel_features.c.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

SCHEMA=$ROOT/docs/schema/doctor.schema.json
DENY=$TRACER_BUILD/helpers/deny
report=$TMP/report.json

# Nobody must be able to run it, wherever it was built.
chmod 711 "$TMP"
doctor=$TMP/tracer
install -m 755 "$TRACER" "$doctor"

# valid FILE...: each is one report that the schema allows.
valid()
{
	"$PYTHON" - "$SCHEMA" "$@" <<'END'
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = [(path, list(error.absolute_path), error.message[:200])
       for path in sys.argv[2:] for error in validator.iter_errors(json.load(open(path)))]
for line in bad:
    print(*line)
sys.exit(bool(bad))
END
}

# schema_is_strict FILE: the schema refuses this report without any one of its keys.
schema_is_strict()
{
	"$PYTHON" - "$SCHEMA" "$1" <<'END'
import copy, json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
good = json.load(open(sys.argv[2]))
accepted = []
def without(path):
    node = good
    for step in path:
        node = node[step]
    for key in node:
        bad = copy.deepcopy(good)
        place = bad
        for step in path:
            place = place[step]
        del place[key]
        if validator.is_valid(bad):
            accepted.append(path + [key])
for path in ([], ["families"], ["families", "kmalloc"], ["calls", 0], ["hooks", 0],
             ["hooks", 0, "ways", 0], ["features", 0]):
    without(path)
print(accepted)
sys.exit(bool(accepted))
END
}

# holds FILE EXPRESSION: a Python expression about the report r, its features f and hooks h by name.
holds()
{
	"$PYTHON" - "$1" "$2" <<'END'
import json, sys
r = json.load(open(sys.argv[1]))
f = {feature["name"]: feature for feature in r["features"]}
h = {hook["name"]: hook for hook in r["hooks"]}
if not eval("(" + sys.argv[2] + ")"):
    print("not so:", sys.argv[2])
    for name in f:
        if '"' + name + '"' in sys.argv[2]:
            print(f[name])
    sys.exit(1)
END
}

# examine STATUS FILE COMMAND...: a valid report, this exit status, and nothing on standard error.
examine()
{
	local expected=$1 file=$2 status=0

	shift 2
	"$@" doctor --json >"$file" 2>"$TMP/errors" || status=$?
	[ ! -s "$TMP/errors" ] || { echo "said:"; cat "$TMP/errors"; return 1; }
	[ "$status" -eq "$expected" ] || { echo "exit status $status, not $expected"; return 1; }
	valid "$file"
}

# same_value FEATURE FILE: the feature's value is what the file holds.
same_value()
{
	local value

	value=$(cat "$2") || return
	holds "$report" "f['$1']['value'] == '''$value'''"
}

# same_presence FEATURE PATH: the feature is missing if and only if the path is.
same_presence()
{
	local gone=True

	[ ! -e "$2" ] || gone=False
	holds "$report" "(f['$1']['status'] == 'missing') == $gone"
}

same_mount()
{
	local where

	where=$(awk -v type="$1" '$3 == type { print $2; exit }' /proc/self/mounts)
	if [ -n "$where" ]; then
		holds "$report" "f['$1']['status'] == 'ok' and f['$1']['value'] == '$where'"
	else
		holds "$report" "f['$1']['status'] == 'missing' and 'not mounted' in f['$1']['reason']"
	fi
}

# same_capability NAME BIT
same_capability()
{
	local held

	held=$((0x$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> $2 & 1))
	holds "$report" "f['$1']['status'] == ('ok' if $held else 'missing') or
		'takes its place' in f['$1']['reason']"
}

# same_option FEATURE OPTION: where the kernel's config says n, the feature is missing and names it.
same_option()
{
	zcat /proc/config.gz | grep -qx "# $2 is not set" || return 0
	holds "$report" "f['$1']['status'] == 'missing' and '$2 is not set' in f['$1']['reason'] and
		'$2=y' in f['$1']['cure']"
}

status=0
"$doctor" doctor --json >"$report" 2>"$TMP/errors" || status=$?
check "the report is as the schema says" valid "$report"
check "the schema refuses a report without one of its keys" schema_is_strict "$report"
check "the exit status is 0 if tracing works here, else 3" \
	holds "$report" "$status == (0 if r['can_trace'] else 3)"
check "kernel, machine and user" \
	holds "$report" "(r['kernel'], r['arch'], r['uid']) == ('$(uname -r)', '$(uname -m)', $(id -u))"
check "whatever is in the way has a reason and a cure" holds "$report" \
	"all(x['reason'] and x['cure'] for x in r['features'] if x['status'] in ('limits', 'missing', 'refused'))"

# ---- hooks, their ways, families and calls must tell the same story ----

# The first way that attaches serves its hook; the better ones failed, the others were not tried.
ways_agree()
{
	"$PYTHON" - "$1" <<'END'
import json, sys
bad = []
for hook in json.load(open(sys.argv[1]))["hooks"]:
    states = [way["status"] for way in hook["ways"]]
    if hook["status"] == "attached":
        at = states.index("attached") if "attached" in states else 0
        way = hook["ways"][at]
        good = (states[at] == "attached" and (way["kind"], way["target"]) == (hook["kind"], hook["target"])
                and not set(states[:at]) & {"attached", "untried"} and set(states[at + 1:]) <= {"untried"})
    else:
        good = "attached" not in states and hook["ways"][0]["kind"] == hook["kind"]
    if not good:
        bad.append(hook)
print(bad)
sys.exit(bool(bad))
END
}

# A family or a call is seen as far as its hooks are attached, unless nothing is lost without one.
coverage_agrees()
{
	"$PYTHON" - "$1" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
hooks = {hook["name"]: hook for hook in report["hooks"]}
bad = [] if len(hooks) == len(report["hooks"]) else ["a hook stands twice"]
def coverage(names):
    wanted = [hooks[name]["status"] for name in names
              if hooks[name]["status"] == "attached" or hooks[name]["lost"]]
    if names and not wanted:
        return {"absent"}
    if not wanted or not report["can_trace"] or "attached" not in wanted:
        return {"none", "unknown"}
    return {"full"} if set(wanted) == {"attached"} else {"partly"}
for name, family in report["families"].items():
    own = [hook for hook in hooks.values() if hook["family"] == name]
    best = coverage([hook["name"] for hook in own])
    if best == {"full"} and not all(x["hooks"] for x in report["calls"] if x["family"] == name):
        best = {"partly"}
    if (family["coverage"] not in best
            or family["attached"] != [x["name"] for x in own if x["status"] == "attached"]
            or family["missing"] != [x["name"] for x in own if x["lost"]]
            or family["missing"] and not family["why_no_better"]):
        bad.append((name, family))
bad += [call for call in report["calls"] if call["seen"] not in coverage(call["hooks"])]
print(bad)
sys.exit(bool(bad))
END
}

tell_the_same()
{
	ways_agree "$1" && coverage_agrees "$1"
}

# The checks above must notice a report that contradicts itself.
notices_contradiction()
{
	local change

	for change in 'r["hooks"][0]["ways"][0]["status"] = "refused"' \
		'r["hooks"][0]["kind"] = "kretprobe"' 'r["families"]["mapping"]["coverage"] = "full"' \
		'r["families"]["kmalloc"]["attached"].pop()' 'r["calls"][0]["seen"] = "partly"'; do
		"$PYTHON" -c "import json, sys
r = json.load(open(sys.argv[1]))
$change
json.dump(r, open(sys.argv[2], 'w'))" "$report" "$TMP/changed.json" || return
		if tell_the_same "$TMP/changed.json" >/dev/null; then
			echo "not noticed: $change"
			return 1
		fi
	done
}

check "hooks, ways, families and calls tell the same" tell_the_same "$report"
if holds "$report" "r['can_trace']" >/dev/null; then
	check "a contradiction between them is noticed" notices_contradiction
else
	skip "a contradiction between them is noticed" "nothing can be traced here"
fi

for sysctl in kernel/kptr_restrict kernel/dmesg_restrict kernel/perf_event_paranoid \
	kernel/unprivileged_bpf_disabled; do
	if [ -r "/proc/sys/$sysctl" ]; then
		check "${sysctl#*/}" same_value "${sysctl#*/}" "/proc/sys/$sysctl"
	else
		skip "${sysctl#*/}" "this kernel has no such sysctl"
	fi
done
if [ -r /proc/sys/net/core/bpf_jit_enable ]; then
	check "bpf_jit" same_value bpf_jit /proc/sys/net/core/bpf_jit_enable
else
	skip "bpf_jit" "the sysctl is not visible here"
fi
check "kcore" same_presence kcore /proc/kcore
check "modules" same_presence modules /proc/modules
check "BTF" same_presence btf /sys/kernel/btf/vmlinux
check "kprobes" same_presence kprobes /sys/bus/event_source/devices/kprobe/type
for type in tracefs debugfs securityfs cgroup2; do
	check "$type" same_mount "$type"
done
# The bits of include/uapi/linux/capability.h.
check "CAP_SYS_ADMIN" same_capability CAP_SYS_ADMIN 21
check "CAP_SYS_RESOURCE" same_capability CAP_SYS_RESOURCE 24
check "CAP_SYSLOG" same_capability CAP_SYSLOG 34
check "CAP_PERFMON" same_capability CAP_PERFMON 38
check "CAP_BPF" same_capability CAP_BPF 39
if [ -r /proc/config.gz ]; then
	check "options the kernel was built without: kmemleak" same_option kmemleak CONFIG_DEBUG_KMEMLEAK
	check "…: allocation profiling" same_option allocinfo CONFIG_MEM_ALLOC_PROFILING
	check "…: kprobes" same_option kprobes CONFIG_KPROBES
	check "…: modules" same_option modules CONFIG_MODULES
	check "…: kcore" same_option kcore CONFIG_PROC_KCORE
else
	skip "options the kernel was built without" "there is no /proc/config.gz"
fi

text_is_plain()
{
	"$doctor" doctor >"$TMP/text" || [ $? -eq 3 ] || return
	[ -s "$TMP/text" ] && ! LC_ALL=C grep -n $'[^\t\n -~]' "$TMP/text"
}
check "text off a terminal has no colours" text_is_plain

names_every_feature()
{
	local name

	for name in $("$PYTHON" -c 'import json, sys
for x in json.load(open(sys.argv[1]))["features"]: print(x["name"])' "$report"); do
		grep -q "^  [a-z]*  *$name " "$TMP/text" || { echo "not in the text: $name"; return 1; }
	done
}
check "text has a line for every feature" names_every_feature

# What serves a hook and what is lost without one is in the text, whatever lines are broken at.
names_every_loss()
{
	"$PYTHON" - "$report" "$TMP/text" <<'END'
import json, sys
text = " ".join(open(sys.argv[2]).read().split())
hooks = json.load(open(sys.argv[1]))["hooks"]
absent = {x["name"] for x in hooks if x["status"] != "attached" and x["lost"]
          and "of no use without" not in x["reason"] and f"{x['name']}: {x['lost']}" not in text}
absent |= {x["name"] for x in hooks if x["status"] == "attached" and x["target"] not in text}
print(absent)
sys.exit(bool(absent))
END
}
if holds "$report" "f['raw_tp']['status'] == 'ok'" >/dev/null; then
	check "text names what serves every hook, and what is lost without" names_every_loss
else
	skip "text names what serves every hook" "no program can be loaded here"
fi

# One line for each way that was tried in vain.
verbose_tells()
{
	"$doctor" doctor -v --json >"$TMP/verbose.json" 2>"$TMP/verbose" || [ $? -eq 3 ] || return
	valid "$TMP/verbose.json" && "$PYTHON" - "$TMP/verbose.json" "$TMP/verbose" <<'END'
import json, sys
said = [line.split("tracer: ", 1)[-1] for line in open(sys.argv[2]).read().splitlines()]
failed = [f"{hook['name']}: {way['kind']} on {way['target']}: {way['reason']}"
          for hook in json.load(open(sys.argv[1]))["hooks"] for way in hook["ways"]
          if way["status"] not in ("attached", "untried")
          and way["reason"] != "this kernel has no such function"]
print("said", said, "failed", failed)
sys.exit(said != failed)
END
}
check "-v tells which ways failed" verbose_tells

# Another release in uname(2) changes nothing: nothing is decided by version.
ignores_version()
{
	local old=$TMP/old.json

	setarch "$(uname -m)" --uname-2.6 "$doctor" doctor --json >"$old" || [ $? -eq 3 ] || return
	holds "$old" "r['kernel'].startswith('2.6')" &&
		diff <(sed 1,5d "$report") <(sed 1,5d "$old")
}
if [ -r /proc/config.gz ]; then
	check "nothing is decided by the kernel's version" ignores_version
else
	skip "nothing is decided by the kernel's version" "the kernel's config is found by it"
fi

# ---- without rights ----

nobody=(setpriv --reuid=65534 --clear-groups --bounding-set=-all --inh-caps=-all)

without_rights()
{
	examine 3 "$TMP/nobody.json" "${nobody[@]}" "$doctor" &&
		holds "$TMP/nobody.json" "f['raw_tp']['status'] == 'unknown' and
			'CAP_BPF' in f['raw_tp']['reason'] and 'CAP_PERFMON' in f['raw_tp']['reason'] and
			'root' in r['cure'] and r['uid'] == 65534" &&
		holds "$TMP/nobody.json" "all(x['status'] in ('unknown', 'missing') for x in r['hooks'])" &&
		holds "$TMP/nobody.json" "f['CAP_BPF']['status'] == 'missing'" &&
		tell_the_same "$TMP/nobody.json"
}

# What can be seen without rights is the same as with them.
sees_the_same()
{
	"$PYTHON" - "$report" "$TMP/nobody.json" <<'END'
import json, sys
seen = ["btf", "kprobes", "tracefs", "debugfs", "securityfs", "cgroup2", "kptr_restrict",
        "unprivileged_bpf_disabled", "kernel_config", "pid_namespace", "user_namespace"]
one, two = ({x["name"]: (x["status"] == "missing", x["value"]) for x in json.load(open(path))["features"]}
            for path in sys.argv[1:])
different = [name for name in seen if one[name] != two[name]]
print(different)
sys.exit(bool(different))
END
}

user_namespace()
{
	examine 3 "$TMP/userns.json" unshare -Ur "$doctor" &&
		holds "$TMP/userns.json" "r['uid'] == 0 and f['user_namespace']['status'] == 'limits' and
			f['CAP_BPF']['status'] == 'limits' and 'user namespace' in r['verdict']"
}

if need_root "without rights"; then
	check "without rights: says which are missing" without_rights
	check "without rights: what can be seen is seen" sees_the_same
fi
if unshare -Ur true 2>/dev/null; then
	check "root of a user namespace" user_namespace
else
	skip "root of a user namespace" "user namespaces can't be made here"
fi

# ---- where something is missing ----

without_btf()
{
	# shellcheck disable=SC2016 # expanded inside
	unshare -m sh -c 'mount -t tmpfs tmpfs /sys/kernel/btf && exec "$0" doctor --json' "$doctor" \
		>"$TMP/btf.json"
	[ $? -eq 3 ] && valid "$TMP/btf.json" &&
		holds "$TMP/btf.json" "f['btf']['status'] == 'missing' and 'btf' in r['verdict'] and
			f['btf']['cure'] in r['cure'] and f['raw_tp']['status'] == 'ok' and
			h['kmalloc']['status'] == 'attached' and f['fentry']['status'] == 'unknown' and
			h['alloc_pages_bulk']['status'] == 'unknown'" && ways_agree "$TMP/btf.json"
}

without_bpf()
{
	examine 3 "$TMP/enosys.json" "$DENY" bpf ENOSYS -- "$doctor" &&
		holds "$TMP/enosys.json" "f['bpf']['status'] in ('missing', 'refused') and
			'ENOSYS' in f['bpf']['reason'] and f['seccomp']['value'] == '2' and
			f['raw_tp']['status'] == 'missing' and f['fentry']['status'] == 'unknown'" &&
		holds "$TMP/enosys.json" "all(x['status'] in ('unknown', 'missing') for x in r['hooks'])"
}

# Refused with every right: not to be taken for missing rights, nor for a policy on functions.
bpf_refused()
{
	examine 3 "$TMP/eperm.json" "$DENY" bpf EPERM -- "$doctor" &&
		holds "$TMP/eperm.json" "f['bpf']['status'] == 'refused' and
			'EPERM' in f['bpf']['reason'] and 'seccomp' in f['bpf']['cure'] and
			f['fentry']['status'] == 'unknown' and h['kmalloc']['status'] == 'refused' and
			h['kvfree_call_rcu']['status'] == 'unknown'" && tell_the_same "$TMP/eperm.json"
}

# lockdown_seen: with securityfs mounted the level is the one its file marks.
lockdown_seen()
{
	local level

	# shellcheck disable=SC2016 # expanded inside
	unshare -m sh -c 'mount -t securityfs securityfs /sys/kernel/security &&
		sed "s/.*\[\(.*\)\].*/\1/" /sys/kernel/security/lockdown >"$1" || exit 9
		"$0" doctor --json; [ $? -ne 9 ]' "$doctor" "$TMP/level" >"$TMP/lockdown.json" || return
	level=$(cat "$TMP/level")
	valid "$TMP/lockdown.json" &&
		holds "$TMP/lockdown.json" "f['lockdown']['value'] == '$level' and
			f['lockdown']['status'] == ('ok' if '$level' == 'none' else 'limits')" || return
	# What was concluded without the file must not contradict it.
	holds "$report" "(f['lockdown']['value'] or '$level').replace(' (inferred)', '') in
		('$level', 'integrity or higher')"
}

lockdown_unseen()
{
	# shellcheck disable=SC2016 # expanded inside
	unshare -m sh -c 'umount /sys/kernel/security 2>/dev/null
		exec "$0" doctor --json' "$doctor" >"$TMP/unseen.json" || [ $? -eq 3 ] || return
	holds "$TMP/unseen.json" "f['lockdown']['status'] == 'unknown' and
		'not mounted' in f['lockdown']['reason'] and
		'mount -t securityfs' in f['lockdown']['cure']"
}

if need_root "where something is missing"; then
	check "BTF hidden" without_btf
	check "bpf() is not there" without_bpf
	check "bpf() is refused" bpf_refused
	if unshare -m sh -c 'mount -t securityfs x /sys/kernel/security && [ -r /sys/kernel/security/lockdown ]' \
		2>/dev/null; then
		check "lockdown level with securityfs" lockdown_seen
		check "lockdown level without securityfs" lockdown_unseen
	else
		skip "lockdown level" "this kernel has no lockdown"
	fi
fi

# ---- what is really so ----

# Each way by a tracepoint is attached if and only if tracefs lists its event.
same_tracepoints()
{
	local events

	mkdir "$TMP/tracefs"
	# shellcheck disable=SC2016 # expanded inside
	events=$(unshare -m sh -c 'mount -t tracefs tracefs "$0" &&
		cut -d: -f2 "$0/available_events" | sort -u' "$TMP/tracefs") || return
	[ -n "$events" ] || return
	# shellcheck disable=SC2086 # one word is one event
	"$PYTHON" - "$report" $events <<'END'
import json, sys
ways = [way for hook in json.load(open(sys.argv[1]))["hooks"] for way in hook["ways"]
        if way["kind"] == "raw_tp"]
bad = [way for way in ways if (way["status"] == "attached") != (way["target"] in sys.argv[2:])]
print(bad)
sys.exit(bool(bad) or not ways)
END
}

# A function is said not to be there if and only if the kernel's BTF does not have it.
same_functions()
{
	bpftool btf dump file /sys/kernel/btf/vmlinux |
		sed -n "s/^\[[0-9]*\] FUNC '\([^']*\)'.*/\1/p" >"$TMP/functions"
	[ -s "$TMP/functions" ] || return
	"$PYTHON" - "$report" "$TMP/functions" <<'END'
import json, sys
there = set(open(sys.argv[2]).read().split())
ways = [way for hook in json.load(open(sys.argv[1]))["hooks"] for way in hook["ways"]
        if way["kind"] != "raw_tp"]
bad = [way for way in ways if way["target"] in there and "no such function" in (way["reason"] or "")
       or way["target"] not in there and way["status"] == "attached"]
print(bad)
sys.exit(bool(bad) or not ways)
END
}

# What bpftrace can use, works. The other way round bpftrace may be too old for this kernel.
same_fentry()
{
	local name="fentry as bpftrace finds it"

	if timeout 60 bpftrace -e 'kfunc:kvfree_call_rcu { } BEGIN { exit(); }' >"$TMP/bpftrace" 2>&1; then
		check "$name" holds "$report" "f['fentry']['status'] == 'ok'"
	elif holds "$report" "f['fentry']['status'] != 'ok'" >"$TMP/fentry"; then
		ok "$name"
	else
		skip "$name" "bpftrace can't use it: $(tail -n 1 "$TMP/bpftrace")"
	fi
}

# tracer stat agrees on whether it can trace, and serves each family's hooks in the same ways.
same_verdict()
{
	local status=0

	"$doctor" stat -d 50ms -f json -o "$TMP/stat" || status=$?
	holds "$report" "r['can_trace'] == ($status == 0)" || return
	[ "$status" -eq 0 ] || return 0
	"$PYTHON" - "$report" "$TMP/stat" <<'END'
import json, sys
said, done = ({hook["name"]: hook["status"] == "attached" and hook["kind"]
               for hook in json.load(open(path))["hooks"] if hook["family"]} for path in sys.argv[1:])
print("doctor", said, "stat", done)
sys.exit(said != done or not said)
END
}

leaves_nothing()
{
	! { bpftool prog list; bpftool link list; } | grep -A 3 -w tracer_trial
}

if need_root "what is really so"; then
	check "tracepoints that attach are those of tracefs" same_tracepoints
	check "tracer stat agrees" same_verdict
	if need "functions that are there are those of BTF" bpftool; then
		check "functions that are there are those of BTF" same_functions
	fi
	if need "fentry as bpftrace finds it" bpftrace; then
		same_fentry
	fi
	if need "nothing stays attached" bpftool; then
		check "nothing stays attached" leaves_nothing
	fi
fi

finish
