# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Where this machine gets its Debian packages from, for tests that need those of another suite:
# the same sources with the suite renamed, so that no mirror is written down here.

# Prints "URI SUITE COMPONENT... KEYRING" of each source of packages this machine has; the
# keyring is - if the source names none.
host_sources()
{
	local file

	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -r "$file" ] || sed -n 's/^deb //p' "$file" | awk '{
			key = "-"
			if (match($0, /signed-by=[^] ]*/))
				key = substr($0, RSTART + 10, RLENGTH - 10)
			sub(/^\[[^]]*\] */, "")
			print $0, key
		}'
	done
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -r "$file" ] || { grep -v '^#' "$file"; echo; } | awk '
			function emit(	u, s, i, j) {
				for (i = split(field["uris"], u); i > 0 && !off; i--)
					for (j = 1; j <= split(field["suites"], s); j++)
						print u[i], s[j], field["components"], key
				split("", field)
				off = 0
				key = "-"
			}
			BEGIN { key = "-" }
			/^[A-Za-z-]+:/ {
				name = tolower($1)
				sub(/:.*/, "", name)
				sub(/^[^:]*: */, "")
				field[name] = $0
				if (name == "enabled" && $0 ~ /no/) off = 1
				if (name == "types" && $0 !~ /(^| )deb( |$)/) off = 1
				if (name == "signed-by" && $0 ~ /^\//) key = $0
			}
			/^$/ { if ("uris" in field) emit() }'
	done
}

# sources_for SUITE: this machine's sources of Debian, with its suites renamed; nothing if
# this is not Debian.
sources_for()
{
	local ID='' VERSION_CODENAME=''

	# shellcheck source=/dev/null
	. /etc/os-release
	[ "$ID" = debian ] || return
	host_sources | awk -v here="$VERSION_CODENAME" -v there="$1" '
		$2 ~ "^" here "(-updates|-security)?$" {
			sub(here, there, $2)
			option = $NF == "-" ? "" : "[signed-by=" $NF "] "
			$NF = ""
			print "deb " option $0
		}'
}
