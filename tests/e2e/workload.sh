#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# workload: what it refuses, what it leaves behind, and whether the kernel really allocates what it
# says. The last by bpftrace, call site by call site, where that is installed and allowed. What needs
# the module is tried only where that is loaded: here mostly that it is missed in plain words.

. "$(dirname "$0")/../lib.sh"

# Exit status of a command whose output is kept in $TMP/out and $TMP/err.
run()
{
	"$@" >"$TMP/out" 2>"$TMP/err"
	exited=$?
}

# refused NAME STATUS TEXT ARGUMENT... : it ends with that status and says TEXT, once.
refused()
{
	local name=$1 wanted=$2 text=$3
	shift 3
	run "$WORKLOAD" "$@"
	if [ $exited -eq "$wanted" ] && grep -qF -e "$text" "$TMP/err"; then
		ok "$name"
	else
		not_ok "$name" "status $exited, wanted $wanted and \"$text\": $(cat "$TMP/err")"
	fi
}

refused 'no command' 2 'usage: workload'
refused 'unknown command' 2 'no command is called "lst"' lst
refused 'no scenario' 2 'no scenario is named' run
refused 'unknown scenario: the nearest' 2 'did you mean uring-buffers?' run uring-bufers
refused 'unknown scenario: part of a name' 2 'did you mean percpu-map?' run percpu
refused 'unknown scenario: nothing near' 2 'workload list' run zzzzzzzzzzzz
refused 'unknown scenario: control characters' 2 '"\x1b[31mred"' run $'\e[31mred'
refused 'COUNT of 0' 2 'COUNT must be' run writev:0
refused 'COUNT overflows' 2 'COUNT must be' run writev:99999999999999999999999
refused 'COUNT too large' 2 'COUNT must be' run writev:1000000001
refused 'COUNT is no number' 2 'not "ten"' run writev:ten
refused 'COUNT is negative' 2 'not "-1"' run writev:-1
refused 'COUNT is empty' 2 'not ""' run writev:
refused 'SIZE too large' 2 'SIZE must be' run message:1:1M
refused 'SIZE too small' 2 'SIZE must be' run writev:1:16
refused 'SIZE between the steps' 2 'a step is 16 bytes' run writev:1:150
refused 'SIZE is no size' 2 'not "big"' run writev:1:big
refused 'no SIZE to give' 2 'open takes no SIZE' run open:1:64
refused 'too many colons' 2 'at most two colons' run writev:1:144:7
refused '--threads 0' 2 '--threads must be' run open --threads 0
refused '--threads 1025' 2 '--threads must be' run open --threads 1025
refused '--rate 0' 2 '--rate must be' run open --rate 0
refused '--rate 0/s' 2 '--rate must be' run open --rate 0/s
refused '--hold without a unit' 2 '--hold must be' run open --hold 3
refused '--hold of more than can live' 2 'at most 65535' run uring-buffers:70000 --hold 1ms
refused 'unknown option' 2 'workload --help' run open --fast
refused 'option of another command' 2 'workload --help' list --threads 2
refused 'list takes no argument' 2 'takes no argument "x"' list x
refused '--seconds 0' 2 '--seconds must be' demo --seconds 0
refused 'unknown scenario: the nearest of the module' 2 'did you mean kmalloc-var?' run kmaloc-var
refused 'unknown scenario: of both kinds' 2 'did you mean mmap-map?' run mmap-mp
refused 'module: COUNT of 0' 2 'COUNT must be' run kmalloc-const:0
refused 'module: COUNT overflows' 2 'COUNT must be' run kmalloc-const:99999999999999999999999
refused 'module: SIZE too small, told exactly' 2 'SIZE must be 8193 to 4M' run kmalloc-large-var:1:8K
refused 'module: SIZE too large' 2 'SIZE must be' run kmalloc-var:1:9K
refused 'module: no SIZE to give' 2 'kmalloc-const takes no SIZE' run kmalloc-const:1:64
refused 'module: SIZE is no page' 2 'a step is 4096 bytes' run mmap-many:1:5000
refused 'module: happens at load' 2 'with the parameter of that name' run init-leaks
refused 'module: what is its own' 2 'what the module allocates for itself' run own
refused '--leak of what is not the module'"'"'s' 2 '--leak is for scenarios of the module' run open --leak
refused '--leak of one that does not' 2 "mempool can't leak" run kmalloc-var mempool --leak
refused '--leak and --hold' 2 "can't be together" run kmalloc-var --leak --hold 1s
refused '--leak of a demo' 2 'workload --help' demo --leak
refused 'unknown kind of mapping' 2 'no kind of mapping is called "tow"' mmap tow
refused 'unknown kind of mapping: those there are' 2 'mmap-insert-pages' mmap tow
refused 'fuzz --calls 0' 2 '--calls must be' fuzz --calls 0
refused 'fuzz --seed -1' 2 '--seed must be' fuzz --seed -1
refused 'fuzz takes no argument' 2 'takes no argument "x"' fuzz x
refused 'bench --seconds 0' 2 '--seconds must be' bench --seconds 0

# limited FILES COMMAND... : with no more than so many open files.
limited()
{
	bash -c 'ulimit -n "$1"; shift; exec "$@"' _ "$@"
}

more_files_than_allowed()

{
	run limited 100 "$WORKLOAD" run open:200 --hold 1ms
	[ $exited -eq 3 ] && grep -q 'takes 200 open files, the limit is 100 (ulimit -n)' "$TMP/err"
}
check 'more open files than allowed' more_files_than_allowed

full_disk()

{
	"$WORKLOAD" list >/dev/full 2>"$TMP/err"
	[ $? -eq 3 ] && grep -q 'could not be written: No space left' "$TMP/err"
}
check 'full disk' full_disk

unprivileged()
{
	setpriv --bounding-set -all --inh-caps -all --reuid 65534 --clear-groups "$@" \
		>"$TMP/out" 2>"$TMP/err"
}

without_rights()
{
	cp "$WORKLOAD" "$TMP/workload" && chmod 755 "$TMP" "$TMP/workload" || return 1
	unprivileged "$TMP/workload" run packet-ring:1
	[ $? -eq 3 ] && grep -q 'not available here: .*Operation not permitted' "$TMP/err" &&
		grep -q 'it needs: CAP_NET_RAW' "$TMP/err"
}

demo_without_rights()
{
	unprivileged "$TMP/workload" demo --seconds 1 &&
		grep -q '^packet-ring .*unavailable' "$TMP/out" &&
		grep -q '^writev  *kmalloc  *[1-9]' "$TMP/out"
}

name='without rights: '
if need_root "$name" && need "$name" setpriv; then
	check "${name}not available, and why" without_rights
	check "${name}the demo skips what it can not do" demo_without_rights
fi

list_names_all_families()

{
	local family
	run "$WORKLOAD" list
	[ $exited -eq 0 ] || return 1
	for family in kmalloc cache pages percpu vmalloc; do
		grep -qE "^[a-z-]+ +$family +(yes|no) " "$TMP/out" || return 1
	done
}
check 'list names every family' list_names_all_families

# column N of the first row of a scenario
column()
{
	awk -v name="$1" -v n="$2" '$1 == name { print $n; exit }' "$TMP/out"
}

counts_add_up()

{
	run "$WORKLOAD" run writev:300 uring-buffers:70 --threads 4
	[ $exited -eq 0 ] && [ "$(column writev 3)" = 1200 ] && [ "$(column writev 4)" = 1200 ]
}
check 'threads add up' counts_add_up

json_says_the_same()

{
	run "$WORKLOAD" run writev:300:160 --json
	[ $exited -eq 0 ] && grep -q '"allocs": 300' "$TMP/out" &&
		grep -q '"bytes_requested": 48000' "$TMP/out" && grep -q '"exact": true' "$TMP/out"
}
check 'JSON has counts and bytes' json_says_the_same

unknown_sizes_are_null()

{
	run "$WORKLOAD" run open:3 --json
	[ $exited -eq 0 ] && grep -q '"size": null' "$TMP/out" &&
		grep -q '"bytes_requested": null' "$TMP/out"
}
check "sizes of the kernel's structures are null" unknown_sizes_are_null

# Scenarios of the program, and of the module.
own_scenarios()
{
	"$WORKLOAD" list | awk 'NR > 1 && $NF != "module" { print $1 }'
}

module_scenarios()
{
	"$WORKLOAD" list | awk 'NR > 1 && $NF == "module" { print $1 }'
}

demo_is_whole()

{
	local name
	run "$WORKLOAD" demo --seconds 1
	[ $exited -eq 0 ] || return 1
	for name in $(own_scenarios); do
		grep -q "^$name " "$TMP/out" || { echo "no $name"; return 1; }
	done
}
check 'the demo has every scenario' demo_is_whole

names_are_unlike()
{
	local twice
	twice=$("$WORKLOAD" list | awk 'NR > 1 { print $1 }' | sort | uniq -d)
	[ -z "$twice" ] && return
	echo "there is more than one: $twice"
	return 1
}
check 'no name is of two scenarios' names_are_unlike

list_marks_the_module()

{
	"$WORKLOAD" list --json >"$TMP/out" &&
		[ "$(grep -c '"module": true' "$TMP/out")" -eq "$(module_scenarios | wc -l)" ] &&
		[ "$(grep -c '"module": false' "$TMP/out")" -eq "$(own_scenarios | wc -l)" ] &&
		[ "$(module_scenarios | wc -l)" -gt 40 ]
}
check 'list marks what needs the module' list_marks_the_module

# with_device MAKE COMMAND...: in a /dev of its own that has what the shell commands MAKE make there.
with_device()
{
	local make=$1
	shift
	# shellcheck disable=SC2016 # for the shell inside
	run unshare -m "$BASH" -c '
		mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 || exit 99
		eval "$1" || exit 99
		shift
		exec "$@"' _ "$make" "$@"
}

# device_refused NAME MAKE TEXT HINT ARGUMENT...: with such a device it ends with 3 and says both.
device_refused()
{
	local name=$1 make=$2 text=$3 hint=$4
	shift 4
	with_device "$make" "$WORKLOAD" "$@"
	if [ $exited -eq 3 ] && grep -qF -e "$text" "$TMP/err" && grep -qF -e "$hint" "$TMP/err" &&
		[ ! -s "$TMP/out" ]; then
		ok "$name"
	else
		not_ok "$name" "status $exited, wanted 3 and \"$text\": $(cat "$TMP/err")"
	fi
}

left_out()
{
	with_device : "$WORKLOAD" demo --seconds 1
	[ $exited -eq 0 ] && grep -q "module's scenarios were left out: the module is not loaded" \
		"$TMP/out" && grep -q '^writev  *kmalloc  *[1-9]' "$TMP/out" &&
		! grep -q '^kmalloc-var ' "$TMP/out"
}

not_loaded='the module is not loaded'
build_it='make module && insmod build/module/workload.ko'
name='the device: '
if ! need_root "$name"; then
	:
elif ! unshare -m true 2>/dev/null; then
	skip "$name" 'no mount namespace of our own'
elif [ -e /sys/module/workload ]; then
	skip "${name}missing" 'the module is loaded'
else
	device_refused "${name}missing" : "/dev/workload is not there: $not_loaded" "$build_it" \
		run kmalloc-const
	device_refused "${name}missing, among others" : "$not_loaded" "$build_it" run writev kmalloc-const
	device_refused "${name}missing, for mmap" : "$not_loaded" "$build_it" mmap
	device_refused "${name}missing, for bench" : "$not_loaded" "$build_it" bench
	device_refused "${name}missing, for fuzz" : "$not_loaded" "$build_it" fuzz
	device_refused "${name}nothing behind it" 'mknod /dev/workload c 240 77' \
		'the module behind it is not' 'load it' run kmalloc-const
	device_refused "${name}another one" 'mknod /dev/workload c 1 3' \
		'does not answer as the module' 'build both from the same source' run kmalloc-const
	check 'the demo says that the module is left out' left_out
	cp "$WORKLOAD" "$TMP/workload" && chmod 755 "$TMP" "$TMP/workload"
	if need "${name}not root" setpriv; then
		with_device 'touch /dev/workload && chmod 600 /dev/workload' setpriv \
			--bounding-set -all --inh-caps -all --reuid 65534 --clear-groups \
			"$TMP/workload" run kmalloc-const
		if [ $exited -eq 3 ] && grep -q 'may not be opened: Permission denied' "$TMP/err" &&
			grep -q 'root alone' "$TMP/err"; then
			ok "${name}not root"
		else
			not_ok "${name}not root" "status $exited: $(cat "$TMP/err")"
		fi
	fi
fi

# json EXPRESSION: true of the JSON object r in $TMP/out.
json()
{
	"$PYTHON" -c 'import json, sys
r = json.load(open(sys.argv[1]))
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$TMP/out" "$1"
}

# module_run EXPRESSION ARGUMENT...: of the rows that the module counted, as a dict by scenario.
module_run()
{
	local expression=$1
	shift
	run "$WORKLOAD" run "$@" --json
	[ $exited -eq 0 ] || { cat "$TMP/err"; return 1; }
	json "(lambda row: $expression)({e['scenario']: e for e in r['expected']})"
}

every_kind_of_mapping()
{
	run "$WORKLOAD" mmap --json
	json "r['wrong'] == 0 and len(r['tries']) > 100 and
		any(t['signal'] == 7 and t['distance'] == 0 and t['address'] for t in r['tries'])"
}

bench_has_figures()
{
	run "$WORKLOAD" bench --seconds 1 --json
	[ $exited -eq 0 ] && json "len(r['sizes']) == 8 and
		all(s[w][f] > 0 for s in r['sizes'] for w in ('read', 'write') for f in s[w])"
}

leaks_are_counted()
{
	run "$WORKLOAD" run kmalloc-var:3:100 --leak --json
	[ $exited -eq 0 ] && grep -q 'never freed' "$TMP/err" && json "any(
		e['live'] == e['leaked'] == 3 and e['freed'] == 'never' for e in r['expected'])"
}

if [ ! -c /dev/workload ]; then
	skip 'the module counts' "$not_loaded"
else
	check 'the module counts' module_run \
		"row['kmalloc-var']['allocs'] == row['kmalloc-var']['frees'] == 300 and
		row['kmalloc-var']['bytes_requested'] == 30000 and row['writev']['source'] == 'program'" \
		kmalloc-var:300:100 writev:3
	check 'the module counts eight threads' module_run "row['kmalloc-const']['allocs'] == 80000" \
		kmalloc-const:10000 --threads 8
	check 'the module holds' module_run "row['cache']['live'] == 0 and row['cache']['allocs'] == 200" \
		cache:100 --threads 2 --hold 10ms
	check 'the module counts mappings' module_run "row['mmap-many']['allocs'] == 20" mmap-many:20
	check 'the module leaks, and says so' leaks_are_counted
	check 'mappings do what they have to' every_kind_of_mapping
	check 'bench has figures' bench_has_figures
	check 'random calls leave the counts right' "$WORKLOAD" fuzz --calls 20000 --seed 1
fi

# What would outlive the process: queues and files.
leftovers()
{
	awk 'NR > 1 { print $2 }' /proc/sysvipc/msg
	find /dev/shm -maxdepth 1 -name 'workload-*'
}

# interrupted SIGNAL: ended in the middle of holding, it says what it did, and leaves nothing.
interrupted()
{
	local before pid
	before=$(leftovers)
	"$WORKLOAD" run tmpfs-files:50 message:50 --threads 2 --hold 600s >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	until [ "$(leftovers)" != "$before" ]; do
		kill -0 $pid 2>/dev/null || return 1
		sleep 0.05
	done
	kill -"$1" $pid
	wait $pid
	exited=$?
	[ $exited -eq $((128 + $(kill -l "$1"))) ] && [ "$(leftovers)" = "$before" ] &&
		[ "$(column tmpfs-files 3)" = "$(column tmpfs-files 4)" ]
}
check 'SIGTERM leaves nothing behind' interrupted TERM
check 'SIGINT leaves nothing behind' interrupted INT

errors_leave_nothing()

{
	local before
	before=$(leftovers)
	run limited 6 "$WORKLOAD" run message:50 tmpfs-files:10 pipe:10 open:10
	[ $exited -eq 0 ] || return 1
	run limited 4 "$WORKLOAD" run message:50 tmpfs-files:10
	[ $exited -eq 3 ] && grep -q 'tmpfs-files is not available here: open(O_CREAT)' "$TMP/err" &&
		[ "$(leftovers)" = "$before" ]
}
check 'an error leaves nothing behind' errors_leave_nothing

# From here on against the kernel. Tracefs is mounted for this process alone, if it is not mounted.

# Objects that bpftrace can follow at a time.
keys=4096
counted()
{
	# shellcheck disable=SC2016 # for the shell inside
	BPFTRACE_MAP_KEYS_MAX=$keys unshare -m "$BASH" -c '
		[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing
		[ -d /sys/kernel/debug/tracing ] || mount -t debugfs none /sys/kernel/debug
		exec bpftrace -o "$1" "$2" -c "/bin/sh $3"' \
		_ "$TMP/counted" "$ROOT/tests/e2e/workload.bt" "$TMP/run-workload" 2>"$TMP/err"
}

why_not_counted()

{
	[ "$(id -u)" -eq 0 ] || { echo 'not root'; return; }
	have bpftrace || { echo 'bpftrace is not installed'; return; }
	unshare -m true 2>/dev/null || { echo 'no mount namespace of our own'; return; }
	echo 'exec true' >"$TMP/run-workload"
	counted >/dev/null || echo "bpftrace does not work here: $(tail -n 1 "$TMP/err")"
}

agrees()

{
	local differences
	printf 'exec "%s" run %s >"%s"\n' "$WORKLOAD" "$*" "$TMP/out" >"$TMP/run-workload"
	counted >/dev/null || { cat "$TMP/err"; return 1; }
	differences=$(awk -f "$ROOT/tests/e2e/workload_compare.awk" "$TMP/out" "$TMP/counted")
	[ -z "$differences" ] && grep -q '^@' "$TMP/counted" && return
	printf '%s\n' "$differences"
	return 1
}

reason=$(why_not_counted)
for name in $("$WORKLOAD" list | awk 'NR > 1 && $3 == "yes" && $NF != "module" { print $1 }'); do
	case $name in
	packet-vmalloc) counts='3' ;;
	aio-context | mmap-map) counts='30' ;;
	uring-buffers) counts='1 300 100000' ;;
	writev) counts='1 300' ;;
	*) counts='300' ;;
	esac
	for count in $counts; do
		[ "$count" -le 4096 ] || keys=80000
		if [ -n "$reason" ]; then
			skip "the kernel agrees: $name:$count" "$reason"
		elif ! "$WORKLOAD" run "$name:1" >/dev/null 2>"$TMP/err"; then
			skip "the kernel agrees: $name:$count" "$(head -n 1 "$TMP/err")"
		else
			check "the kernel agrees: $name:$count" agrees "$name:$count"
		fi
		keys=4096
	done
done

finish
