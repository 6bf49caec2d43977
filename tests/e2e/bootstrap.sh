#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What ./bootstrap does where: with packages missing or not, as root or not, on a
# distribution it knows or not. apt, sudo, make and the compilers are stand-ins that note
# how they were called; tests/fresh/run tries the real ones.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

bin=$TMP/bin
tree=$TMP/tree

# stand_in NAME: a command of that name, from standard input, that notes its call.
stand_in()
{
	{
		echo '#!/bin/sh'
		echo "echo \"${1##*/} \$*\" >>$TMP/calls"
		cat
	} >"$1"
	chmod +x "$1"
}

# A machine where all is installed and works, and the user is root.
new_machine()
{
	local tool

	rm -rf "$bin" "$tree"
	mkdir -p "$bin" "$tree/tests" "$tree/build"
	cp "$ROOT/bootstrap" "$tree/"
	for tool in sh env dirname cat tr sed grep tail head cut mkdir nproc; do
		ln -s "$(command -v $tool)" "$bin/$tool"
	done
	for tool in make gcc clang apt-get; do
		stand_in "$bin/$tool" </dev/null
	done
	stand_in "$bin/bpftool" <<<'[ "$1" = version ]'
	stand_in "$bin/pkg-config" <<<'[ "$1" != --modversion ] || echo 1.1.2'
	stand_in "$bin/apt-cache" <<<'exit 0'
	stand_in "$bin/sudo" <<<'exec "$@"'
	stand_in "$bin/id" <<<'echo 0'
	stand_in "$bin/dpkg-query" <<<'echo installed'
	stand_in "$tree/build/tracer" <<<'echo the report; exit 5'
	stand_in "$tree/tests/run" <<<'echo "1 passed, 0 failed, 0 skipped"'
	echo ID=debian >"$TMP/os-release"
}

# lacks PACKAGE...: they are not installed.
lacks()
{
	stand_in "$bin/dpkg-query" <<-EOT
		for package; do :; done
		case " $* " in *" \$package "*) exit 1 ;; esac
		echo installed
	EOT
}

not_root()
{
	stand_in "$bin/id" <<<'echo 1000'
}

# bootstraps STATUS ARGUMENT...: ./bootstrap ARGUMENT... ends with STATUS.
bootstraps()
{
	local expected=$1 status=0

	shift
	rm -f "$TMP/calls"
	: >"$TMP/calls"
	PATH=$bin BOOTSTRAP_OS_RELEASE=$TMP/os-release BPFTOOL=bpftool \
		/bin/sh "$tree/bootstrap" "$@" >"$TMP/out" 2>"$TMP/err" || status=$?
	[ "$status" -eq "$expected" ] && return
	echo "status $status, expected $expected"
	cat "$TMP/calls" "$TMP/out" "$TMP/err"
	return 1
}

called()
{
	grep -qE -e "$1" "$TMP/calls" || { cat "$TMP/calls"; return 1; }
}

not_called()
{
	! grep -E -e "$1" "$TMP/calls"
}

says()
{
	grep -qF -e "$1" "$TMP/err" || { cat "$TMP/err"; return 1; }
}

all_installed()
{
	new_machine
	check "demo ends as tracer does" bootstraps 5 demo
	check "demo traces the workload" called '^tracer stat -- build/workload demo$'
	check "the report is all there is on standard output" \
		[ "$(grep -cv 'the report' "$TMP/out")" -eq 0 ]
	check "apt is left alone when all is installed" not_called '^(apt|sudo)'

	check "check ends as the tests do" bootstraps 0 check -k units
	check "it builds with gcc, warnings being errors" called '^make .*WERROR=1.* CC=gcc'
	check "and with clang" called '^make .*WERROR=1.* CC=clang'
	check "it hands its arguments on" called '^run -o build -k units$'
	check "the tests' closing line is the last" \
		[ "$(tail -n 1 "$TMP/out")" = "1 passed, 0 failed, 0 skipped" ]
	check "apt is left alone by check too" not_called '^(apt|sudo)'
}

some_missing()
{
	new_machine
	lacks clang libcmocka-dev bpftrace
	check "missing packages are installed" bootstraps 5 demo
	check "after an update" called '^apt-get .* update$'
	check "those that demo needs, and no others" called ' --no-install-recommends clang$'
	check "check installs its own as well" bootstraps 0 check
	check "in one go" called ' --no-install-recommends clang libcmocka-dev$'
	check "and those that only some tests want" called ' --no-install-recommends bpftrace$'

	lacks bpftrace
	stand_in "$bin/apt-cache" <<<'exit 1'
	check "a package the distribution hasn't got" bootstraps 0 check
	check "is not asked for" not_called '^apt-get'

	stand_in "$bin/apt-cache" <<<'exit 0'
	stand_in "$bin/apt-get" <<<'exit 100'
	check "one that only some tests want may fail to install" bootstraps 0 check
	check "which is said" says "some tests will be skipped"
}

no_way_to_install()
{
	new_machine
	lacks clang
	stand_in "$bin/apt-get" <<<'echo "Unable to locate package clang"; exit 100'
	rm "$bin/clang"
	check "apt fails: demo fails" bootstraps 1 demo
	check "with what apt said" says "Unable to locate package clang"
	check "and what is lacking" says "  clang"

	new_machine
	lacks clang
	not_root
	check "a user with sudo installs by it" bootstraps 5 demo
	check "sudo runs apt" called '^sudo .*apt-get .* clang$'
	check "and tracer" called '^sudo build/tracer stat'

	rm "$bin/sudo" "$bin/clang"
	check "a user without sudo can't" bootstraps 1 demo
	check "and is told what to run" says \
		"apt-get update && apt-get install --no-install-recommends clang"
	check "and nothing was tried" not_called '^(apt-get|make)'

	stand_in "$bin/clang" </dev/null
	check "with another clang the build goes on" bootstraps 1 demo
	check "until root is needed to trace" says "tracing needs root"
}

other_systems()
{
	new_machine
	printf 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' >"$TMP/os-release"
	lacks linux-tools-generic bpftool
	check "Ubuntu's kin has Ubuntu's packages" bootstraps 5 demo
	check "with bpftool from another one" called ' --no-install-recommends linux-tools-generic$'

	echo ID=plan9 >"$TMP/os-release"
	check "an unknown system with the tools" bootstraps 5 demo
	check "is named" says "plan9"
	check "and apt is left alone" not_called '^apt'
	rm "$bin/gcc"
	check "an unknown system without them" bootstraps 1 demo
	check "is told what is lacking" says "  gcc"
}

what_is_refused()
{
	new_machine
	stand_in "$bin/pkg-config" <<-'EOT'
		case $1 in
		--modversion) echo 0.5.0 ;;
		--atleast-version*) exit 1 ;;
		esac
	EOT
	check "a libbpf that is too old" bootstraps 1 demo
	check "has its version named" says "libbpf 1.1 or newer (this is 0.5.0)"

	new_machine
	stand_in "$bin/make" <<<'exit 2'
	check "a failed build is a failure" bootstraps 1 demo
	check "and nothing is run" not_called '^tracer'

	stand_in "$bin/make" <<<'[ "$1" != -q ]'
	check "a second make that would do something fails check" bootstraps 1 check
	check "before any test" not_called '^run'

	check "an unknown command is a usage error" bootstraps 2 demonstrate
	check "it is named" says "'demonstrate'"
	check "an argument too many is one, too" bootstraps 2 demo now
}

printed_lists()
{
	local manager

	new_machine
	check "packages prints" bootstraps 0 packages
	for manager in apt-get dnf pacman zypper; do
		check "a line for $manager" grep -qE "$manager .*clang.*bpf" "$TMP/out"
	done
	check "and touches nothing" not_called '^(apt|make|sudo)'
	check "help prints the commands" bootstraps 0 help
	check "all of them" [ "$(grep -cE '^  (demo|check|packages|help) ' "$TMP/out")" -eq 4 ]
}

all_installed
some_missing
no_way_to_install
other_systems
what_is_refused
printed_lists
finish
