#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The slim kernel headers: what is checked in is complete and compiles, and the
# scripts make such a header again and say what is wrong when they can't.

here=$(cd "$(dirname "$0")" && pwd)
vmlinux=$(cd "$here/../../vmlinux" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"

PATH=$PATH:/usr/sbin:/sbin
clang=${CLANG:-clang}
live_btf=/sys/kernel/btf/vmlinux

case $(uname -m) in
x86_64) machine=x86_64 ;;
aarch64) machine=arm64 ;;
*) machine= ;;
esac

# Prints "KEY" or "KEY MEMBER" for everything that types.list wants for $1, the ? taken off.
wanted()
{
	awk -v arch="$1" '
		{ sub(/#.*/, "") }
		$1 ~ /:$/ { if ($1 != arch ":") next; sub(/[a-z0-9_]+:/, ""); $0 = $0 }
		{ gsub(/\?/, "") }
		$1 == "struct" { for (i = 3; i <= NF; i++) print $1, $2, $i }
		NF && $1 != "struct" { for (i = 2; i <= NF; i++) print $1, $i }' "$vmlinux/types.list"
}

# Prints what the header $1 lacks of the list on standard input.
missing()
{
	awk '
		NR == FNR { want[$0] = 1; next }
		/^typedef / { name = $NF; sub(/;/, "", name); delete want["typedef " name] }
		/^(enum|struct) [a-z0-9_]+ \{$/ { key = $1 " " $2; delete want[key] }
		/^\t[A-Za-z_0-9]+ = / { delete want["enumerator " $1] }
		/^(\t|\t}).*;$/ {
			name = $NF
			gsub(/[*;]|\[[0-9]*\]/, "", name)
			delete want[key " " name]
		}
		/^}/ { key = "" }
		END { for (name in want) print name }' - "$1"
}

lacks_nothing()
{
	local lacking

	[ "$(wanted "$1" | wc -l)" -gt 50 ] || return 1
	lacking=$(wanted "$1" | missing "$2")
	[ -z "$lacking" ] || { echo "# lacks: $lacking"; return 1; }
}

write_program()
{
	cat >"$TMP/probe.bpf.c" <<'EOF'
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";
u64 sink;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, u64);
	__type(value, u64);
} values SEC(".maps");

SEC("raw_tp/kmem_cache_alloc")
int raw(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct kmem_cache *cache = (void *)ctx->args[2];
	u64 key = ctx->args[0], value = BPF_CORE_READ(cache, object_size);

	if (bpf_core_field_exists(task->cgroups))
		value += (u64)BPF_CORE_READ(task, cgroups);
	value += BPF_CORE_READ(task, group_leader, tgid);
	bpf_map_update_elem(&values, &key, &value, BPF_ANY);
	return 0;
}

SEC("raw_tp/module_load")
int module(struct bpf_raw_tracepoint_args *ctx)
{
	struct module *mod = (void *)ctx->args[0];
	struct module___pre_v6_4 *old = (void *)mod;

	if (bpf_core_field_exists(mod->mem))
		sink = (u64)BPF_CORE_READ(mod, mem[MOD_TEXT].base);
	else
		sink = (u64)BPF_CORE_READ(old, core_layout.base);
	return 0;
}

SEC("kprobe/remap_pfn_range")
int BPF_KPROBE(map, struct vm_area_struct *vma)
{
	sink = BPF_CORE_READ(vma, vm_file, f_inode, i_rdev) + BPF_CORE_READ(vma, vm_flags) +
	       PT_REGS_IP(ctx) + PT_REGS_PARM5(ctx);
	return 0;
}
EOF
}

# compiles ARCH DIRECTORY: with the vmlinux.h of DIRECTORY, without a warning.
compiles()
{
	"$clang" -target bpf -mcpu=v3 -g -O2 -Wall -Wextra -Wno-unused-parameter -Werror \
		-D__TARGET_ARCH_"${1/x86_64/x86}" -I "$2" -c "$TMP/probe.bpf.c" -o "$TMP/probe.bpf.o"
}

make_live()
{
	mkdir -p "$(dirname "$1")" && "$vmlinux/make.sh" "$machine" "$live_btf" >"$1"
}

# refuses STATUS TEXT COMMAND...: COMMAND ends with STATUS and says TEXT.
refuses()
{
	local status=$1 text=$2 rc=0

	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err" || rc=$?
	[ $rc -eq "$status" ] && [ ! -s "$TMP/out" ] && grep -qF -e "$text" "$TMP/err" && return
	echo "# status $rc: $(tail -n 1 "$TMP/err")"
	return 1
}

# A copy of the scripts whose list has one line more.
with_line()
{
	rm -rf "$TMP/copy"
	mkdir "$TMP/copy"
	cp "$vmlinux"/make.sh "$vmlinux"/slim.awk "$vmlinux"/types.list "$vmlinux"/flavours.h \
		"$TMP/copy"
	echo "$1" >>"$TMP/copy/types.list"
}

extracts()
{
	"$vmlinux/extract-btf" "$1" >"$TMP/extracted" 2>"$TMP/err" &&
		cmp "$live_btf" "$TMP/extracted"
}

same_from_elf()
{
	"$vmlinux/make.sh" "$machine" "$TMP/vmlinux" "$(uname -r), the running kernel" \
		>"$TMP/elf.h" && cmp "$TMP/elf.h" "$TMP/live/vmlinux.h"
}

checked_in_headers()
{
	local arch

	for arch in x86_64 arm64; do
		check "$arch/vmlinux.h has all of types.list" \
			lacks_nothing "$arch" "$vmlinux/$arch/vmlinux.h"
		check "$arch/vmlinux.h compiles" compiles "$arch" "$vmlinux/$arch"
	done
	grep -v '^struct page {' "$vmlinux/x86_64/vmlinux.h" >"$TMP/incomplete.h"
	if lacks_nothing x86_64 "$TMP/incomplete.h" >/dev/null; then
		not_ok "a header without struct page is noticed"
	else
		ok "a header without struct page is noticed"
	fi
}

made_headers()
{
	local names=("make.sh makes a header of the running kernel" "make.sh refuses") reason=

	[ -n "$machine" ] || reason="no header for $(uname -m)"
	[ -r $live_btf ] || reason="$live_btf is not there"
	command -v bpftool >/dev/null || reason="bpftool is not installed"
	if [ -n "$reason" ]; then
		skip "${names[0]}" "$reason"
		skip "${names[1]}" "$reason"
		return
	fi
	check "${names[0]}" make_live "$TMP/live/vmlinux.h"
	check "it has all of types.list" lacks_nothing "$machine" "$TMP/live/vmlinux.h"
	check "it compiles" compiles "$machine" "$TMP/live"
	make_live "$TMP/again/vmlinux.h"
	check "it is the same each time" cmp "$TMP/live/vmlinux.h" "$TMP/again/vmlinux.h"
	check "it says which kernel it is from" grep -qF "$(uname -r)" "$TMP/live/vmlinux.h"

	with_line "struct page no_such_member"
	check "${names[1]} an unknown member" refuses 1 "struct page lacks no_such_member" \
		"$TMP/copy/make.sh" "$machine" $live_btf
	with_line "struct no_such_struct member"
	check "${names[1]} an unknown struct" refuses 1 "the BTF lacks struct no_such_struct" \
		"$TMP/copy/make.sh" "$machine" $live_btf
	with_line "struct ?no_such_struct member"
	check "${names[1]} an optional one without a flavour" refuses 1 \
		"flavours.h lacks struct no_such_struct" "$TMP/copy/make.sh" "$machine" $live_btf
	with_line "struct task_struct tasks"
	check "${names[1]} an embedded struct that is not listed" refuses 1 \
		"struct task_struct embeds struct list_head" "$TMP/copy/make.sh" "$machine" $live_btf
	check "${names[1]} a file without BTF" refuses 1 "bpftool can't read the BTF" \
		"$vmlinux/make.sh" "$machine" "$vmlinux/types.list" kernel
	check "${names[1]} BTF of an unnamed kernel" refuses 1 "say as KERNEL" \
		"$vmlinux/make.sh" "$machine" "$TMP/probe.bpf.o"
	check "${names[1]} an unknown architecture" refuses 1 "x86_64 and arm64 are valid" \
		"$vmlinux/make.sh" vax $live_btf
	check "${names[1]} to guess the arguments" refuses 2 usage "$vmlinux/make.sh"
}

# An image is the BTF among other bytes, with a false start of BTF before it.
extraction()
{
	local packer

	if [ ! -r $live_btf ] || ! command -v python3 >/dev/null; then
		skip "extract-btf" "needs $live_btf and python3"
		return
	fi
	{
		printf 'MZ Linux version 0.0.0-test (nobody)\n\237\353\1\0\30\0\0\0 not BTF'
		cat $live_btf
		printf 'rest'
	} >"$TMP/Image"
	check "extract-btf finds the BTF of an Image" extracts "$TMP/Image"
	check "it names the release" grep -qF 0.0.0-test "$TMP/err"
	for packer in "gzip -1" "xz -0" "zstd -1"; do
		if ! command -v "${packer% *}" >/dev/null; then
			skip "in one packed with ${packer% *}" "${packer% *} is not installed"
			continue
		fi
		{ printf 'stub'; $packer -c <"$TMP/Image"; printf 'rest'; } >"$TMP/vmlinuz"
		check "in one packed with ${packer% *}" extracts "$TMP/vmlinuz"
	done
	if command -v objcopy >/dev/null && [ "$machine" = x86_64 ]; then
		objcopy -I binary -O elf64-x86-64 --rename-section .data=.BTF $live_btf "$TMP/vmlinux"
		check "in an ELF file" extracts "$TMP/vmlinux"
		check "make.sh takes the ELF file as it is" same_from_elf
	else
		skip "in an ELF file" "needs objcopy on x86_64"
	fi
	check "it refuses a file without BTF" refuses 1 "no BTF in" \
		"$vmlinux/extract-btf" "$vmlinux/types.list"
	check "it refuses a file that is not there" refuses 1 "can't read" \
		"$vmlinux/extract-btf" "$TMP/not-there"
}

write_program
checked_in_headers
made_headers
extraction
finish
