# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# What every shell test sources: it prints TAP (the Test Anything Protocol, one
# "ok" or "not ok" line per test) and takes away what the test leaves behind.
#
# Variables:
#   ROOT      the source tree
#   TRACER    the program under test, and
#   WORKLOAD  the program that makes known allocations: both of $TRACER_BUILD (default: build)
#   PYTHON    the distribution's Python, which is the one that has its python3-* packages
#   TMP       a directory of this test alone, removed when it ends
#
# The functions count in the shell they are called from: not in ( ), $( ) or a pipe.
# Background processes started by the test are ended with it.

set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 1
TRACER_BUILD=$(realpath -m "${TRACER_BUILD:-$ROOT/build}")
TRACER=$TRACER_BUILD/tracer
WORKLOAD=$TRACER_BUILD/workload
PYTHON=/usr/bin/python3
TMP=$(mktemp -d "${TMPDIR:-/tmp}/tracer-test.XXXXXX") || exit 1
export TRACER_BUILD TRACER WORKLOAD PYTHON

tap_count=0
tap_failed=0
tap_finished=

# tap_result WORD NAME [DIRECTIVE]: one line of TAP; a # in a name would begin a directive.
tap_result()
{
	local name=${2//[$'\n#']/ }

	tap_count=$((tap_count + 1))
	printf '%s %d - %s%s\n' "$1" "$tap_count" "$name" "${3:+ # ${3//$'\n'/ }}"
}

# tap_diagnostics TEXT...: the lines of TEXT as comments, those that are comments as they are.
tap_diagnostics()
{
	[ $# -eq 0 ] || printf '%s\n' "$@" | sed 's/^#* *//; s/^/# /'
}

# ok NAME: it is as it should be.
ok()
{
	tap_result ok "$1"
}

# not_ok NAME [DIAGNOSTIC...]: it is not; DIAGNOSTIC says what was seen instead.
not_ok()
{
	tap_failed=$((tap_failed + 1))
	tap_result "not ok" "$1"
	tap_diagnostics "${@:2}"
}

# skip NAME REASON: it can't be tried here.
skip()
{
	tap_result ok "$1" "SKIP $2"
}

# check NAME COMMAND...: ok when COMMAND succeeds, else not_ok with what it printed.
check()
{
	local name=$1 status=0

	shift
	"$@" >"$TMP/.check" 2>&1 || status=$?
	if [ $status -eq 0 ]; then
		ok "$name"
	else
		not_ok "$name" "exit status $status of: $*" "$(tail -n 40 "$TMP/.check")"
	fi
	return $status
}

# have COMMAND: whether it is installed.
have()
{
	command -v "$1" >/dev/null
}

# need NAME COMMAND...: whether every COMMAND is installed; if not, NAME is skipped.
need()
{
	local name=$1 command

	shift
	for command; do
		have "$command" && continue
		skip "$name" "${command##*/} is not installed"
		return 1
	done
}

# need_root NAME: whether this is root; if not, NAME is skipped.
need_root()
{
	[ "$(id -u)" -eq 0 ] && return
	skip "$1" "needs root"
	return 1
}

# finish: prints the plan and ends the test, with 1 if anything failed or nothing was tried.
finish()
{
	tap_finished=1
	echo "1..$tap_count"
	[ $tap_failed -eq 0 ] && [ $tap_count -gt 0 ]
	exit
}

# tap_tree PID...: each PID with all that descend from it.
tap_tree()
{
	local pid children

	for pid; do
		echo "$pid"
		children=$(cat "/proc/$pid/task/"*/children)
		# shellcheck disable=SC2086 # one word is one process
		tap_tree $children
	done
}

# A process that ignores SIGTERM gets two seconds.
tap_end_jobs()
{
	local tries=20 pids

	mapfile -t pids < <(jobs -pr)
	mapfile -t pids < <(tap_tree "${pids[@]}")
	kill "${pids[@]}"
	while [ $tries -gt 0 ] && kill -0 "${pids[@]}"; do
		sleep 0.1
		tries=$((tries - 1))
	done
	kill -KILL "${pids[@]}"
	wait
}

tap_exit()
{
	local status=$?

	[ -z "$(jobs -pr)" ] || tap_end_jobs 2>/dev/null
	rm -rf --one-file-system "$TMP"
	if [ -z "$tap_finished" ]; then
		echo "# ended before finish"
		[ $status -ne 0 ] || status=1
	fi
	exit $status
}
trap tap_exit EXIT
