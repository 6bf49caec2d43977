#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Writes the slim vmlinux.h of one architecture to standard output: the types of
# types.list as a kernel's BTF has them, and those of flavours.h. README.md tells
# where to get the BTF from.

set -eu
LC_ALL=C
export LC_ALL

dir=$(dirname "$0")
me=vmlinux/make.sh

die()
{
	echo "$me: $*" >&2
	exit 1
}

usage()
{
	cat >&2 <<EOF
usage: $me ARCH BTF_FILE [KERNEL] > vmlinux/ARCH/vmlinux.h

ARCH      x86_64 or arm64
BTF_FILE  raw BTF, as in /sys/kernel/btf/vmlinux, or an ELF file with .BTF
KERNEL    release and package of the kernel that the BTF is from, noted in the
          header; needed unless BTF_FILE is the running kernel's
EOF
	exit 2
}

# Bytes that could end the comment which quotes them don't belong in there.
check_kernel()
{
	case $1 in
	*[!A-Za-z0-9\ .,:+~_-]*)
		die "KERNEL may hold letters, digits, blanks and . , : + ~ _ - only: '$1'" ;;
	esac
}

header()
{
	cat <<EOF
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel types for the BPF programs. Generated: change types.list instead.
 *
 * architecture: $arch
 * kernel:       $kernel
 * command:      $me $arch BTF_FILE 'the line above'
 * bpftool:      $version
 *
 * The structs are incomplete: their members are right by CO-RE only, and neither
 * sizeof nor an index into an array of them is that of the kernel.
 */

EOF
}

case $# in
2 | 3) ;;
*) usage ;;
esac
arch=$1
btf=$2
kernel=${3-}

case $arch in
x86_64 | arm64) ;;
*) die "unknown architecture '$arch': x86_64 and arm64 are valid" ;;
esac
[ -r "$btf" ] || die "can't read $btf"
if [ -z "$kernel" ] && [ "$btf" = /sys/kernel/btf/vmlinux ]; then
	kernel="$(uname -r), the running kernel"
fi
[ -n "$kernel" ] || die "say as KERNEL which kernel $btf is from"
check_kernel "$kernel"
# Root's programs are not in everyone's PATH.
PATH=$PATH:/usr/sbin:/sbin
command -v bpftool >/dev/null || die "bpftool is missing: install the package bpftool"
version=$(bpftool version | awk 'NR <= 2 { sub(/^bpftool /, ""); printf "%s%s", sep, $0; sep = ", " }')

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT PIPE TERM

bpftool btf dump file "$btf" format c >"$tmp/btf.h" 2>"$tmp/errors" ||
	die "bpftool can't read the BTF of $btf: $(cat "$tmp/errors")"
awk -v arch="$arch" -v me="$me" -f "$dir/slim.awk" \
	"$dir/types.list" "$tmp/btf.h" "$dir/flavours.h" >"$tmp/slim.h" ||
	die "no header made from $btf"

header
cat "$tmp/slim.h"
