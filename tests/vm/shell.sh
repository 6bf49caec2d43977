# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# A shell in a guest, by virtme-ng: the root directory of this machine, read only, is that of the
# guest, so that everything installed here is at hand there. virtme-ng and the kernel's modules are
# unpacked in the cache; nothing is installed, nothing below /lib/modules is touched.
#
# root is the source tree, build has the programs, vm_cache is the cache; packages.sh, module.sh
# and guest.sh come before this file.
: "${root:?}" "${build:?}" "${vm_cache:?}"

# get_virtme: in the cache, with kmod, that finds the modules which the guest's root needs.
get_virtme()
{
	local packages

	[ ! -d "$vm_cache/virtme" ] || return 0
	update_lists
	mapfile -t packages < <(needs_of kmod)
	fetch_part virtme virtme-ng/trixie "${packages[@]}" || return 1
	start_by_loader "$vm_cache/virtme.part" "$vm_cache/virtme" \
		"$(find "$vm_cache/virtme.part" -type f -name kmod -path '*/bin/*')" &&
		keep_part virtme
}

# modules_of RELEASE: prints the directory of the kernel's own modules, if the cache has it.
modules_of()
{
	find "$vm_cache/kernels/$1" "$vm_cache/shells/$1" -type d -path "*/lib/modules/$1/kernel" \
		-printf '%h\n' -quit 2>/dev/null
}

# get_shell RELEASE: kernel and modules in one directory of the cache, as on a machine that has
# them installed. Some suites have a package of the modules alone.
get_shell()
{
	local place=shells/$1 modules package=linux-modules-$1

	[ ! -e "$vm_cache/$place/boot/vmlinuz-$1" ] || return 0
	if [ -n "$(modules_of "$1")" ]; then
		rm -rf "$vm_cache/$place.part" && mkdir -p "$vm_cache/$place.part" || return 1
	else
		fetch_part "$place" "$package=$(version_of "$1")" || return 1
	fi
	mkdir -p "$vm_cache/$place.part/boot" &&
		cp "$(kernel_file "$1" "vmlinuz*")" "$vm_cache/$place.part/boot/vmlinuz-$1" &&
		keep_part "$place" && modules=$(modules_of "$1") || return 1
	[ -d "$vm_cache/$place/lib/modules/$1" ] ||
		{ mkdir -p "$vm_cache/$place/lib/modules" &&
			ln -s "$modules" "$vm_cache/$place/lib/modules/$1"; }
}

# virtme_shell RELEASE [MODULE]: on this terminal.
virtme_shell()
{
	local place=$vm_cache/virtme accelerate=(--disable-kvm)

	[ "$(accelerator)" != kvm ] || accelerate=()
	vm_say "tracer and workload are in $build"
	[ -z "${2:-}" ] || vm_say "the module: $(busybox_file) insmod $2"
	vm_say "the root directory is this machine's and can't be written, /tmp is; ^D ends it"
	cd "$root" && PATH=$place/usr/sbin:$PATH PYTHONPATH=$place/usr/lib/python3/dist-packages \
		/usr/bin/python3 -B -m virtme.commands.run --mods auto --force-9p --disable-microvm \
		--no-virtme-ng-init --busybox "$(busybox_file)" --cpus 2 --memory 1G --pwd \
		--overlay-rwdir /tmp --kopt mitigations=off --kopt tsc=reliable \
		--kimg "$vm_cache/shells/$1/boot/vmlinuz-$1" "${accelerate[@]}" \
		${accelerate:+--qemu-opts -accel "tcg,thread=single" -cpu max}
}

# busybox_shell RELEASE [MODULE]: on this terminal, with nothing but the programs.
busybox_shell()
{
	local command

	make_initramfs "$1" "$build/initramfs" "${2:-}" || exit 1
	guest_command "$(accelerator)" "$1" "$build/initramfs" vm.shell
	"${command[@]}" -serial mon:stdio
	[ $? -eq $GUEST_DONE ]
}

# shell_in SERIES
shell_in()
{
	local release module

	get_busybox || die "no busybox can be had"
	release=$(get_kernel "$1") || die "$(no_kernel "$1")"
	choose_accelerator "$release"
	module=$(build_module "$release" "$root/workload_module" "$build/modules") ||
		vm_say "without the module: $build/modules/$release/log"
	if [ -x /usr/bin/python3 ] && get_virtme && get_shell "$release"; then
		virtme_shell "$release" "$module"
	else
		vm_say "virtme-ng can't be had: a guest with nothing but busybox and the programs"
		busybox_shell "$release" "$module"
	fi
}
