#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The test runner itself: what it makes of programs that pass, fail, skip, crash, hang,
# or don't keep to their plan. A runner that overlooks one of them proves nothing.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

results=$TMP/build/test-results

# fake NAME: a test program of that name, from standard input.
fake()
{
	{ echo '#!/bin/bash'; cat; } >"$TMP/$1"
	chmod +x "$TMP/$1"
}

# run_fakes STATUS CLOSING ARGUMENT...: tests/run ends with STATUS, its last line is CLOSING.
run_fakes()
{
	local expected=$1 closing=$2 status=0

	shift 2
	"$ROOT/tests/run" -o "$TMP/build" "$@" >"$TMP/report" 2>&1 || status=$?
	[ "$status" -eq "$expected" ] && [ "$(tail -n 1 "$TMP/report")" = "$closing" ] && return
	echo "status $status, expected $expected and '$closing':"
	cat "$TMP/report"
	return 1
}

# counts NAME TESTS WHAT: tests/run over the program NAME alone counts TESTS and fails or not.
counts()
{
	local status=0

	[[ $2 == *" 0 failed"* ]] || status=1
	check "$3" run_fakes $status "$2" -t 20 "$TMP/$1"
}

says()
{
	check "$1" grep -qE -e "$2" "$TMP/report"
}

gone()
{
	local tries=50

	while kill -0 "$1" 2>/dev/null; do
		[ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.1
	done
}

judged_by_output()
{
	fake pass <<<'echo "ok 1 - a"; echo "ok 2"; echo 1..2'
	counts pass "2 passed, 0 failed, 0 skipped" "passing tests"

	fake fail <<<'echo 1..2; echo "ok 1 - a"; echo "not ok 2 - b"; echo "# expected < 1 & got 2"; exit 1'
	counts fail "1 passed, 1 failed, 0 skipped" "a failing test"
	says "the failure has its name" 'FAILED b$'
	says "and its diagnostics" 'expected < 1 & got 2'

	fake skip <<<'echo "ok 1 - a # SKIP no such hook"; echo "ok 2 - b"; echo 1..2'
	counts skip "1 passed, 0 failed, 1 skipped" "a skipped test"
	says "the skip has its reason" 'skipped a: no such hook'

	fake cmocka <<<'echo 1..2; echo "not ok 1 # SKIP test_a"; echo "ok 2 - test_b"'
	counts cmocka "1 passed, 0 failed, 1 skipped" "a test skipped in cmocka's old way"

	fake skip_all <<<'echo "1..0 # SKIP not this kernel"'
	counts skip_all "0 passed, 0 failed, 1 skipped" "a program that skips all of it"
	says "that skip has its reason" 'not this kernel'

	fake chatty <<<'echo hello; echo "ok 1 - a"; printf "\033[31m\n"; echo 1..1; echo noise >&2'
	counts chatty "1 passed, 0 failed, 0 skipped" "output that is not TAP is left alone"
}

judged_by_ending()
{
	fake status <<<'echo "ok 1 - a"; echo 1..1; exit 3'
	counts status "1 passed, 1 failed, 0 skipped" "a failing exit status without a failed test"

	fake crash <<<'echo 1..1; echo "ok 1 - a"; echo detail >&2; kill -SEGV $$'
	counts crash "1 passed, 1 failed, 0 skipped" "a crash"
	says "the signal is named" 'killed by signal 11'
	says "standard error is shown" '^ +detail$'

	fake no_plan <<<'echo "ok 1 - a"'
	counts no_plan "1 passed, 1 failed, 0 skipped" "no plan"

	fake short <<<'echo 1..3; echo "ok 1 - a"'
	counts short "1 passed, 1 failed, 0 skipped" "fewer tests than planned"

	fake nothing <<<'echo 1..0'
	counts nothing "0 passed, 1 failed, 0 skipped" "a program that tries nothing"

	fake silent <<<'exit 0'
	counts silent "0 passed, 1 failed, 0 skipped" "a program that says nothing"

	fake bail <<<'echo "ok 1 - a"; echo "Bail out! broken"; echo 1..1'
	counts bail "1 passed, 1 failed, 0 skipped" "a program that gives up"

	counts not-there "0 passed, 1 failed, 0 skipped" "a program that is not there"
}

judged_by_time()
{
	fake hang <<<"sleep 1000 & echo \$! >$TMP/sleeper; echo 'ok 1 - a'; wait"
	check "a program that hangs" run_fakes 1 "1 passed, 1 failed, 0 skipped" -t 1 "$TMP/hang"
	says "the limit is named" 'longer than 1 s'
	check "nothing of it is left" gone "$(cat "$TMP/sleeper")"
}

what_is_run()
{
	check "all of them are counted together" run_fakes 1 "3 passed, 1 failed, 1 skipped" \
		"$TMP/pass" "$TMP/skip" "$TMP/silent"
	check "only those with a word in their names" run_fakes 0 "2 passed, 0 failed, 0 skipped" \
		-k pas "$TMP/pass" "$TMP/skip" "$TMP/silent"
	check "nothing run is a failure" run_fakes 1 "0 passed, 0 failed, 0 skipped" \
		-k no-such-test "$TMP/pass"
	check "a unit test that was not built is a failure" run_fakes 1 \
		"0 passed, 1 failed, 0 skipped" -k unit/test_units
	says "what builds it is named" 'make unit'
	check "a limit that is no number" run_fakes 2 \
		"tests/run: -t wants seconds, not 'soon'" -t soon "$TMP/pass"
}

result_files()
{
	fake odd <<<'printf "ok 1 - <a> & \"b\" \377\001\n"; echo "not ok 2 - c"; echo "# ]]>"; echo 1..2'
	check "odd characters in names" run_fakes 1 "2 passed, 2 failed, 1 skipped" \
		"$TMP/odd" "$TMP/skip" "$TMP/silent"
	check "the TAP file has every result" [ "$(grep -cE '^(not )?ok ' "$results.tap")" -eq 5 ]
	check "and the plan" grep -qx '1\.\.5' "$results.tap"
	if [ ! -x "$PYTHON" ]; then
		skip "the XML file is well-formed and has every result" "$PYTHON is not there"
		return
	fi
	check "the XML file is well-formed and has every result" "$PYTHON" - "$results.xml" <<-'EOT'
		import sys, xml.etree.ElementTree as tree
		top = tree.parse(sys.argv[1]).getroot()
		seen = [len(top.findall(".//" + x)) for x in ("testcase", "failure", "skipped")]
		assert seen == [5, 2, 1], seen
		assert (top.get("tests"), top.get("failures"), top.get("skipped")) == ("5", "2", "1")
	EOT
}

# What lib.sh promises to the tests that source it.
helpers()
{
	fake helpers <<-EOT
		. "$ROOT/tests/lib.sh"
		ok "a # name"
		check b true
		check c false || :
		need d no-such-command || :
		sleep 1000 &
		echo "\$! \$TMP" >"$TMP/left"
		finish
	EOT
	counts helpers "2 passed, 1 failed, 1 skipped" "lib.sh counts"
	says "lib.sh gives the reason of a skip" 'skipped d: no-such-command is not installed'
	check "lib.sh ends what the test left running" gone "$(cut -d ' ' -f 1 "$TMP/left")"
	check "lib.sh removes the scratch directory" [ ! -e "$(cut -d ' ' -f 2 "$TMP/left")" ]

	fake unfinished <<<". '$ROOT/tests/lib.sh'; ok a; exit 0"
	counts unfinished "1 passed, 1 failed, 0 skipped" "a test that ends before finish"
}

judged_by_output
judged_by_ending
judged_by_time
what_is_run
result_files
helpers
finish
