# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Reads the TAP of one test program, for tests/run: prints one line for the program,
# every failure with its diagnostics and every skip with its reason; appends its part
# of the result files tap and xml, and writes "passed failed skipped" to counts.
#
# cmocka before 1.1.7 says "not ok 3 # SKIP name" for a skipped test, and nowhere why:
# what the test printed since the last result is taken for the reason.

BEGIN {
	planned = -1
	total = 0
}

{
	gsub(/[\001-\010\013-\037\177]/, "?")
}

/^1\.\.[0-9]+/ {
	if (planned >= 0)
		broken("printed two plans")
	planned = substr($1, 4) + 0
	if ($0 ~ /# *[Ss][Kk][Ii][Pp]/ && planned == 0) {
		sub(/^[^#]*# *[A-Za-z]+ */, "")
		add("skip", "all of it", $0)
		planned = 1
	}
	next
}

/^(not )?ok( |$)/ {
	result($0)
	next
}

/^Bail out!/ {
	broken($0)
	next
}

/^# not ok - |^# ok - |^TAP version / {
	next
}

{
	sub(/^# ?/, "")
	if (total && kind[total] == "fail")
		text[total] = text[total] $0 "\n"
	else
		before = before (before == "" ? "" : "; ") $0
}

END {
	ending()
	if (problem != "")
		add("fail", "the program", problem)
	if (has("fail"))
		read_errors()
	report()
	write_tap()
	write_xml()
	print counted["pass"] + 0, counted["fail"] + 0, counted["skip"] + 0 > counts
}

function result(line,	failed, title, reason)
{
	failed = line ~ /^not /
	sub(/^(not )?ok */, "", line)
	sub(/^[0-9]+ */, "", line)
	sub(/^- */, "", line)
	if (match(line, / *# *[Ss][Kk][Ii][Pp]/)) {
		title = substr(line, 1, RSTART - 1)
		reason = substr(line, RSTART + RLENGTH)
		sub(/^[^ ]* */, "", reason)
		if (title == "") {
			title = reason
			reason = before
		}
		add("skip", title, reason == "" ? "no reason given" : reason)
	} else {
		add(failed ? "fail" : "pass", line, "")
	}
	before = ""
}

function add(what, title, words)
{
	total++
	kind[total] = what
	name_of[total] = title == "" ? "test " total : title
	text[total] = words == "" ? "" : words "\n"
	counted[what]++
}

function has(what)
{
	return counted[what] > 0
}

function broken(why)
{
	problem = problem (problem == "" ? "" : ", ") why
}

# What the exit status and the plan say beyond the results.
function ending()
{
	if (status == 124 || (status == 137 && seconds >= limit))
		broken("took longer than " limit " s and was ended")
	else if (status == 126 || status == 127)
		broken("could not be run; if it is a unit test, \"make unit\" builds it")
	else if (status > 128)
		broken("was killed by signal " status - 128)
	else if (status != 0 && !has("fail"))
		broken("ended with " status " although no test failed")
	if (status == 126 || status == 127)
		return
	if (planned < 0)
		broken("printed no plan, " total " run")
	else if (planned != total)
		broken("planned " planned ", ran " total ", ended with " status)
	else if (total == 0)
		broken("ran nothing")
}

function read_errors(	line, first, lines, i)
{
	while ((getline line < errors) > 0) {
		gsub(/[\001-\010\013-\037\177]/, "?", line)
		lines[++i] = line
	}
	first = i > 40 ? i - 39 : 1
	for (; first <= i; first++)
		stderr_text = stderr_text lines[first] "\n"
}

function indented(prefix, words)
{
	sub(/\n$/, "", words)
	gsub(/\n/, "\n" prefix, words)
	return prefix words
}

function report(	i)
{
	printf "%-28s %4d passed %3d failed %3d skipped %8.1f s\n", name,
		counted["pass"], counted["fail"], counted["skip"], seconds
	for (i = 1; i <= total; i++) {
		if (kind[i] == "fail")
			print "  FAILED " name_of[i]
		if (kind[i] == "fail" && text[i] != "")
			print indented("    ", text[i])
		if (kind[i] == "skip")
			printf "  skipped %s: %s", name_of[i], text[i]
	}
	if (stderr_text != "")
		print "  on standard error:\n" indented("    ", stderr_text)
	fflush()
}

function write_tap(	i)
{
	for (i = 1; i <= total; i++) {
		printf "%sok %d - %s: %s", kind[i] == "fail" ? "not " : "", number + i, name,
			name_of[i] >> tap
		if (kind[i] == "skip")
			printf " # SKIP %s", text[i] >> tap
		else
			print "" >> tap
		if (kind[i] == "fail" && text[i] != "")
			print indented("# ", text[i]) >> tap
	}
}

function escaped(words)
{
	gsub(/&/, "\\&amp;", words)
	gsub(/</, "\\&lt;", words)
	gsub(/>/, "\\&gt;", words)
	gsub(/"/, "\\&quot;", words)
	return words
}

function write_xml(	i, reason)
{
	printf "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" skipped=\"%d\" time=\"%s\">\n",
		escaped(name), total, counted["fail"], counted["skip"], seconds >> xml
	for (i = 1; i <= total; i++) {
		printf "<testcase classname=\"%s\" name=\"%s\">", escaped(name),
			escaped(name_of[i]) >> xml
		reason = text[i]
		sub(/\n.*/, "", reason)
		if (kind[i] == "fail")
			printf "<failure message=\"%s\">%s</failure>", escaped(reason),
				escaped(text[i]) >> xml
		if (kind[i] == "skip")
			printf "<skipped message=\"%s\"/>", escaped(reason) >> xml
		print "</testcase>" >> xml
	}
	if (stderr_text != "")
		printf "<system-err>%s</system-err>\n", escaped(stderr_text) >> xml
	print "</testsuite>" >> xml
}
