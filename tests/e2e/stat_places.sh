#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Bad input and bad places: each gets a clear answer, the documented exit status, and leaves
# nothing behind.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# says STATUS PATTERN COMMAND...: it exits with STATUS and its standard error matches PATTERN.
says()
{
	local want=$1 pattern=$2 status=0

	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null || status=$?
	if [ "$status" -ne "$want" ] || ! grep -Eq -- "$pattern" "$TMP/err"; then
		echo "exit status $status, wanted $want and /$pattern/, said:"
		cat "$TMP/err"
		return 1
	fi
}

# links PID: the ids of the programs that a process has attached, by its own descriptors.
links()
{
	cat /proc/"$1"/fdinfo/* 2>/dev/null | awk '/^link_type/ { link = 1 } /^prog_id/ && link { print $2; link = 0 }'
}

# tracing PID: waits until it has attached its hooks; fails when it ends before.
tracing()
{
	until [ "$(links "$1" | wc -l)" -ge 5 ]; do
		kill -0 "$1" || return 1
	done
	sleep 0.2
}

# gone ID...: whether none of these programs is loaded any more, within five seconds.
gone()
{
	local id

	for id; do
		for _ in $(seq 50); do
			bpftool prog show id "$id" >/dev/null 2>&1 || continue 2
			sleep 0.1
		done
		return 1
	done
	[ $# -gt 0 ]
}

# ---- usage: no rights needed ----
check "an unknown command suggests the nearest" says 2 'stat' "$TRACER" stta
check "an unknown option suggests the nearest" says 2 'did you mean.*--duration|--duration' "$TRACER" stat --durration 1s
check "an unknown family says which there are" says 2 'kmalloc.*cache.*pages' "$TRACER" stat --family slub
check "a duration without a unit" says 2 '10(s|ms)' "$TRACER" stat -d 10
check "a duration with an unknown unit" says 2 'ms' "$TRACER" stat -d 10parsec
check "a format that is none" says 2 'text.*json' "$TRACER" stat -f xml
check "a size that is none" says 2 'size' "$TRACER" stat --min-size big
check "min above max" says 2 'min' "$TRACER" stat --min-size 2K --max-size 1K
check "an interval longer than the duration" says 2 'interval' "$TRACER" stat -d 1s -i 2s
check "no command behind --" says 2 'CMD|command' "$TRACER" stat --
check "a gfp flag that is none" says 2 'GFP' "$TRACER" stat --gfp GFP_WISH
check "off a terminal plain tracer prints usage" says 2 '[Uu]sage' "$TRACER"
check "a snapshot that is none" says 2 'not a snapshot' "$TRACER" report "$0"
check "a snapshot that is not there" says 2 'No such file' "$TRACER" report "$TMP/nowhere"
check "help goes to standard output" sh -c '"$0" --help | grep -q stat && "$0" stat --help | grep -q -- --sort' "$TRACER"
check "the version" sh -c '"$0" --version | grep -Eq "^tracer [0-9]"' "$TRACER"

# ---- rights and kernels ----
nobody="setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all"
if need_root "an unprivileged user" && need "an unprivileged user" setpriv; then
	cp "$TRACER" "$TMP/tracer" && chmod 755 "$TMP" "$TMP/tracer"
	# shellcheck disable=SC2086 # options
	check "an unprivileged user is told which capabilities are missing" \
		says 3 'CAP_BPF and CAP_PERFMON' $nobody "$TMP/tracer" stat -d 100ms
fi
need_root "everything that traces" || finish
check "a kernel without BTF" says 3 'CONFIG_DEBUG_INFO_BTF' \
	unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec "$0" stat -d 100ms' "$TRACER"
deny=$TRACER_BUILD/helpers/deny
check "a kernel without bpf()" says 3 'CONFIG_BPF_SYSCALL' "$deny" bpf ENOSYS -- "$TRACER" stat -d 100ms
check "bpf() refused" says 3 'refused|not allowed' "$deny" bpf EPERM -- "$TRACER" stat -d 100ms
check "tracefs is not needed" sh -c 'unshare -m sh -c "
	umount /sys/kernel/tracing 2>/dev/null; umount /sys/kernel/debug 2>/dev/null
	exec \"$0\" stat -q -d 100ms"' "$TRACER"

# ---- targets ----
check "a module that is not loaded" says 2 'no_such_module|/proc/modules' "$TRACER" stat -d 1s --module no_such_module
check "a function that is not there" says 2 'no_such_function' "$TRACER" stat -d 1s --site no_such_function
check "a process that is not there" says 2 'no process' "$TRACER" stat -d 1s --pid 4194303
check "a cgroup that is none" says 2 'cgroup v2' "$TRACER" stat -d 1s --cgroup /tmp

# ---- the command ----
check "CMD that is not there" says 4 'No such file' "$TRACER" stat -- no-such-command
check "CMD that can't be run" says 4 'Permission denied' "$TRACER" stat -- /etc/passwd
check "CMD that fails is passed on" says 5 'status 3' "$TRACER" stat -- sh -c 'exit 3'
check "CMD killed by a signal" says 5 'SIGKILL' "$TRACER" stat -- sh -c 'kill -KILL $$'
check "… and the report is there" grep -q kmalloc "$TMP/out"
check "CMD's own output is left alone" sh -c \
	'[ "$("$0" stat -q -o /dev/null -- echo hello)" = hello ]' "$TRACER"
check "CMD keeps its rights" sh -c \
	'"$0" stat -q -o /dev/null -- grep CapEff /proc/self/status | cmp - /dev/stdin <<EOF
$(grep CapEff /proc/self/status)
EOF' "$TRACER"
check "the trace lasts as long as CMD" sh -c '"$0" stat -q -f json -o "$1/r" -- sleep 0.5 &&
	"$2/tests/report.py" "$1/r" "0.5e9 <= r[\"duration_ns\"] < 3e9"' "$TRACER" "$TMP" "$ROOT"

check "a CMD that outlives the trace goes on, and tracer ends" bash -c '
	timeout 5 "$0" stat -d 300ms -o "$1/r" -- sleep 20 2>"$1/err"; [ $? -eq 0 ] && grep -q "goes on" "$1/err"' \
	"$TRACER" "$TMP"
check "a parent that ignores SIGCHLD" timeout 10 "$PYTHON" -c '
import signal, subprocess, sys
sys.exit(subprocess.run([sys.argv[1], "stat", "-q", "-o", "/dev/null", "--", "true"],
    preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)).returncode)' "$TRACER"

# ---- output ----
check "a snapshot that can't be written is known before the trace" \
	says 2 "can't write" timeout 5 "$TRACER" stat -d 100s --save /nowhere/at/all
echo before >"$TMP/kept"
check "a trace that can't begin leaves the old report alone" sh -c '
	"$0" stat --pid 4194303 -o "$1/kept" 2>/dev/null; [ "$(cat "$1/kept")" = before ]' "$TRACER" "$TMP"
check "an output file that can't be written" says 2 "can't write" "$TRACER" stat -d 100ms -o /nowhere/at/all
check "a full disk" says 3 'No space left' "$TRACER" stat -d 100ms -o /dev/full
check "a full disk behind standard output" sh -c '"$0" stat -q -d 100ms >/dev/full 2>"$1"; [ $? -eq 3 ] && grep -q "No space" "$1"' "$TRACER" "$TMP/err"
check "a closed pipe is no error" bash -c \
	'set -o pipefail; "$0" stat -q -i 50ms -d 1s 2>"$1/err" | head -n 1 >/dev/null; [ ! -s "$1/err" ]' "$TRACER" "$TMP"
check "a report file is 0600" sh -c '"$0" stat -q -d 50ms -o "$1/mode" && [ "$(stat -c %a "$1/mode")" = 600 ]' "$TRACER" "$TMP"

# ---- signals ----
interrupted()
{
	local code=0

	"$TRACER" stat -f json >"$TMP/report" 2>"$TMP/err" &
	local pid=$!
	tracing $pid || return 1
	mapfile -t programs < <(links $pid)
	kill -"$1" $pid
	wait $pid || code=$?
	[ $code -eq 0 ] && "$ROOT/tests/report.py" "$TMP/report" "fam('cache')['allocs'] > 0"
}
programs=()
check "SIGINT gives the report so far" interrupted INT
check "SIGTERM gives the report so far" interrupted TERM
if need "what stays behind" bpftool; then
	check "nothing stays loaded" gone "${programs[@]}"
	"$TRACER" stat -q -d 100s -o /dev/null &
	victim=$!
	tracing $victim
	mapfile -t programs < <(links $victim)
	kill -KILL $victim
	wait $victim 2>/dev/null
	check "kill -9 leaves nothing attached and nothing pinned" gone "${programs[@]}"
fi
"$TRACER" stat -f json -o "$TMP/r" -- sleep 1000 2>"$TMP/err" &
victim=$!
tracing $victim
kill -TERM $victim
code=0
wait $victim || code=$?
check "CMD gets SIGTERM and its end is reported" \
	sh -c '[ "$0" -eq 5 ] && grep -q SIGTERM "$1/err" && [ -s "$1/r" ]' $code "$TMP"
check "rights are given up after attach" bash -c '
	"$0" stat -q -d 100s -o /dev/null & pid=$!
	for i in $(seq 100); do
		caps=$(awk "/^CapPrm/ { print \$2 }" /proc/$pid/status)
		[ $((16#$caps & ~((1 << 38) | (1 << 39)))) -eq 0 ] && break; sleep 0.05; done
	nnp=$(awk "/^NoNewPrivs/ { print \$2 }" /proc/$pid/status)
	kill $pid; wait $pid; [ $((16#$caps)) -eq $(((1 << 38) | (1 << 39))) ] && [ "$nnp" = 1 ]' "$TRACER"

# ---- intervals and the live view ----
check "-i prints what changed" sh -c '"$0" stat -q -i 200ms -d 1s -f json >"$1/i" &&
	[ "$(grep -c "\"schema\"" "$1/i")" -ge 4 ]' "$TRACER" "$TMP"
if need "the live view" script; then
	check "the live view on a terminal" bash -c '
		script -qec "stty rows 20 cols 60; exec timeout --foreground -s INT 3 \"$0\"" /dev/null >"$1/screen" </dev/null
		grep -q kmalloc "$1/screen" && grep -q $'"'"'\033\[H'"'"' "$1/screen"' "$TRACER" "$TMP"
	check "a tiny terminal" bash -c '
		script -qec "stty rows 5 cols 20; exec \"$0\" -d 2s" /dev/null >"$1/screen" </dev/null; [ $? -eq 0 ]' "$TRACER" "$TMP"
fi
finish
