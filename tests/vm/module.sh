# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Modules for the kernels in the cache. Headers and build tools are fetched by the names of their
# packages, in the version of the kernel that was unpacked, and with all that the tools depend on:
# they come of another suite, want its C library and are started by its loader. The compiler is
# this machine's.
#
# vm_cache is the cache's directory; packages.sh comes before this file.
: "${vm_cache:?}"

# Where modules for RELEASE are built.
headers_of()
{
	echo "$vm_cache/headers/$1/usr/src/linux-headers-$1"
}

# needs_of PACKAGE=VERSION: prints it and all that it depends on, in versions that fit.
needs_of()
{
	private_apt apt-get install --no-install-recommends --print-uris -qq "$1" |
		awk '{ split($2, part, "_"); gsub(/%3a/, ":", part[2]); print part[1] "=" part[2] }'
}

# header_packages RELEASE: prints PACKAGE=VERSION of all that a module is built with.
header_packages()
{
	local version package

	version=$(version_of "$1")
	echo "linux-headers-$1=$version"
	private_apt apt-cache depends "linux-headers-$1=$version" 2>/dev/null |
		sed -nE 's/^ *Depends: (linux-(headers-.*-common|kbuild-.*))$/\1/p' |
		while read -r package; do
			case $package in
			linux-kbuild-*) needs_of "$package=$version" ;;
			*) echo "$package=$version" ;;
			esac
		done
}

is_elf()
{
	head -c 4 "$1" | grep -q ELF
}

# start_by_loader DIRECTORY PLACE PROGRAM...: replaces each program by a script that starts it
# with the loader and the libraries unpacked in DIRECTORY, which is going to be at PLACE.
start_by_loader()
{
	local loader libraries program

	loader=$(find "$1" -path '*/x86_64-linux-gnu/ld-linux-x86-64.so.2' -printf '%P' -quit)
	libraries=$(find "$1" -type d -path '*/lib/x86_64-linux-gnu' -printf "$2/%P:")
	[ -n "$loader" ] || return 1
	for program in "${@:3}"; do
		is_elf "$program" || continue
		mv "$program" "$program.elf" || return 1
		printf '#!/bin/sh\nexec "%s" --library-path "%s" --argv0 "$0" "%s.elf" "$@"\n' \
			"$2/$loader" "${libraries%:}" "$2${program#"$1"}" >"$program"
		chmod 755 "$program"
	done
}

# place_headers DIRECTORY PLACE: makes what was unpacked in DIRECTORY work at PLACE, and drops
# what no build looks at.
place_headers()
{
	local programs

	sed -i "s|/usr/src/|$2/usr/src/|g" "$1"/usr/src/linux-headers-*-amd64/Makefile &&
		rm -rf "${1:?}"/usr/share "$1"/usr/lib/x86_64-linux-gnu/gconv "$1"/lib/modules \
			"$1"/usr/lib/modules || return 1
	mapfile -t programs < <(find "$1/usr" \( -path '*/linux-kbuild-*' -o \
		-path '*/bin/*' \) -type f -perm /111)
	start_by_loader "$1" "$2" "${programs[@]}"
}

# compiler_for RELEASE: prints the one that the kernel was built with, if this machine has it,
# else this machine's gcc.
compiler_for()
{
	local own

	own=$(sed -nE 's/^CONFIG_CC_VERSION_TEXT=.*(gcc-[0-9]+) .*/\1/p' "$(kernel_file "$1" "config*")")
	command -v "${own:-none}" || command -v gcc
}

# compiles COMPILER SOURCE [OPTION]
compiles()
{
	echo "$2" | "$1" -Werror ${3:+"$3"} -x c -c -o /dev/null - 2>/dev/null
}

# What newer compilers have, the name of it in the kernel's configuration, and how to tell.
compiler_features()
{
	cat <<-'EOT'
		MIN_FUNCTION_ALIGNMENT|-fmin-function-alignment=8|int x;
		COUNTED_BY||struct s { int n; int a[] __attribute__((__counted_by__(n))); };
		COUNTED_BY_PTR||struct s { int n; int *a __attribute__((__counted_by__(n))); };
		ASSUME||void f(int x) { __attribute__((__assume__(x > 0))); }
		MULTIDIMENSIONAL_NONSTRING||char s[][4] __attribute__((__nonstring__)) = { "1234" };
	EOT
}

# suit_compiler DIRECTORY COMPILER: takes out of the kernel's configuration there what its own
# compiler had and this one has not: kbuild believes what is written there.
suit_compiler()
{
	local feature option source

	compiler_features | while IFS='|' read -r feature option source; do
		compiles "$2" "$source" "$option" || sed -i "/CONFIG_CC_HAS_${feature}[= ]/d" \
			"$1/include/config/auto.conf" "$1/include/generated/autoconf.h"
	done
}

# get_headers RELEASE: in the cache, of the kernel's version and for the compiler at hand.
get_headers()
{
	local packages place=headers/$1 version compiler stamp

	if ! compiler=$(compiler_for "$1"); then
		vm_say "no compiler for modules is installed: apt-get install gcc"
		return 1
	fi
	version=$(version_of "$1")
	stamp="$version $("$compiler" --version | head -n 1)"
	[ "$(cat "$vm_cache/$place/stamp" 2>/dev/null)" != "$stamp" ] || return 0
	mapfile -t packages < <(header_packages "$1")
	if [ ${#packages[@]} -lt 3 ]; then
		vm_say "$1: no packages of headers and build tools of version $version can be had"
		return 1
	fi
	fetch_part "$place" "${packages[@]}" &&
		place_headers "$vm_cache/$place.part" "$vm_cache/$place" &&
		suit_compiler "$vm_cache/$place.part/usr/src/linux-headers-$1" "$compiler" &&
		echo "$stamp" >"$vm_cache/$place.part/stamp" && keep_part "$place"
}

# build_module RELEASE SOURCES OUT: builds the module in SOURCES/kernel, which may use headers in
# SOURCES, in OUT/RELEASE from copies; warnings are errors. Prints its path. OUT/RELEASE/log says
# what went wrong.
build_module()
{
	local release=$1 out=$3/$1 module

	rm -rf "$out" && mkdir -p "$out" && cp -a "$2/kernel" "$out/" || return 1
	find "$2" -maxdepth 1 -name '*.h' -exec cp -a {} "$out/" \;
	get_headers "$release" 2> >(tee "$out/log" >&2) || return 1
	# A make that started this one may have an O=, which is another thing to the kernel's.
	env -u MAKEFLAGS -u MAKEOVERRIDES make -j"$(nproc)" -C "$(headers_of "$release")" \
		M="$out/kernel" CC="$(compiler_for "$release")" CROSS_COMPILE= \
		KCFLAGS=-Werror PAHOLE="$vm_cache/headers/$release/usr/bin/pahole" \
		modules >"$out/log" 2>&1 </dev/null || return 1
	! grep -qi 'warning:' "$out/log" || return 1
	module=$(find "$out/kernel" -maxdepth 1 -name '*.ko')
	[ -n "$module" ] && echo "$module"
}
