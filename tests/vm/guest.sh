# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# A guest: a kernel with an initramfs of busybox, tracer, workload and the init beside this
# file. It gives its results as an archive on the second serial port, and says by isa-debug-exit
# that it got to the end. No modules, no disk, no network: it boots in seconds.
#
# Always emulated: KVM inside of a virtual machine may hang, and what it allows differs.
#
# root is the source tree, build has the static programs, vm_cache is the cache.
: "${root:?}" "${build:?}" "${vm_cache:?}"

GUEST_LIMIT=240 # seconds
GUEST_DONE=3	# what isa-debug-exit makes of the 1 that init writes

guest=

# make_initramfs RELEASE FILE
make_initramfs()
{
	local tree busybox config status=0

	tree=$(mktemp -d "$build/initramfs.XXXXXX") || return 1
	mkdir -p "$tree/bin" "$tree/boot" "$tree/tmp"
	busybox=$(busybox_file)
	config=$(kernel_file "$1" "config*")
	cp "$busybox" "$build/tracer" "$build/workload" "$tree/bin/" &&
		ln -s busybox "$tree/bin/sh" && cp "$root/tests/vm/init" "$tree/init" &&
		{ [ -z "$config" ] || cp "$config" "$tree/boot/config-$1"; } &&
		(cd "$tree" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$2" || status=1
	rm -rf "$tree"
	return $status
}

# guest_command RELEASE INITRAMFS [WORD]: sets command; WORD goes to init. One thread runs both
# CPUs: with two, a kernel that patches its own code (as it does when a tracepoint gets its
# first program) may meet an instruction on the other CPU that is already gone, and oops.
guest_command()
{
	# shellcheck disable=SC2054 # QEMU's options have commas
	command=(nice qemu-system-x86_64 -machine q35 -accel tcg,thread=single -cpu max
		-smp 2 -m 1G -nodefaults -no-user-config -display none -no-reboot
		-device isa-debug-exit,iobase=0xf4,iosize=4
		-kernel "$(kernel_file "$1" "vmlinuz*")" -initrd "$2"
		-append "console=ttyS0 loglevel=4 mitigations=off tsc=reliable no_timer_check\
 random.trust_cpu=on panic=-1 ${3:-}")
}

# boot_once RELEASE DIRECTORY: leaves console, archive and exit in DIRECTORY.
boot_once()
{
	local command status=0

	guest_command "$1" "$2/initramfs"
	timeout -k 5 $GUEST_LIMIT "${command[@]}" -serial "file:$2/console" \
		-serial "file:$2/archive" </dev/null >"$2/qemu" 2>&1 &
	guest=$!
	wait $guest || status=$?
	guest=
	echo $status >"$2/exit"
	[ $status -eq $GUEST_DONE ]
}

# died_at_boot DIRECTORY: whether the kernel there panicked before init ran.
died_at_boot()
{
	[ "$(cat "$1/exit")" -eq 0 ] && ! grep -q '^vm: ' "$1/console"
}

# boot_guest RELEASE DIRECTORY: the results are below DIRECTORY/results, what failed in
# DIRECTORY/problem. A kernel that died before init is given one more try, which
# DIRECTORY/retried says: emulated kernels do that now and then.
boot_guest()
{
	local try

	if ! make_initramfs "$1" "$2/initramfs"; then
		echo "no initramfs could be made" >"$2/problem"
		return 1
	fi
	for try in 1 2; do
		boot_once "$1" "$2" && break
		if [ $try -eq 2 ] || ! died_at_boot "$2"; then
			guest_problem "$2" >"$2/problem"
			break
		fi
		mv "$2/console" "$2/retried"
		vm_say "$1 died before init, trying once more; log: $2/retried"
	done
	rm -f "$2/initramfs"
	mkdir -p "$2/results"
	tar -C "$2/results" -xzf "$2/archive" 2>>"$2/qemu"
	[ ! -e "$2/problem" ]
}

# guest_problem DIRECTORY: says how the boot there failed.
guest_problem()
{
	local status last

	status=$(cat "$1/exit")
	last=$(grep '^vm: ' "$1/console" | tail -n 1 | tr -d '\r')
	case $status in
	124 | 137) echo "the guest was ended after $GUEST_LIMIT s" ;;
	0) echo "the guest's kernel stopped before its tests were done" ;;
	*) echo "qemu ended with $status: $(tail -n 3 "$1/qemu")" ;;
	esac
	echo "the last step: ${last:-none, it died before init}"
	echo "its log: $1/console, which ends with"
	tail -n 25 "$1/console" | tr -d '\r'
}
