# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# A guest: a kernel with an initramfs of busybox, tracer, workload, its module and the init
# beside this file. It gives its results as archives on the second serial port, and says by
# isa-debug-exit that it got to the end. No disk, no network: it boots in seconds.
#
# root is the source tree, build has the programs, vm_cache is the cache.
: "${root:?}" "${build:?}" "${vm_cache:?}"

GUEST_LIMIT=1200 # seconds for all of a guest
SILENT_LIMIT=200 # seconds without a word of it: each step has less
PROBE_LIMIT=20	 # seconds for KVM to boot a guest that does nothing
GUEST_DONE=3	 # what isa-debug-exit makes of the 1 that init writes

guest=

# copy_programs TREE PROGRAM...: and the libraries of those that are not static, where their loader
# looks for them.
copy_programs()
{
	local library

	mkdir -p "$1/bin" && cp "${@:2}" "$1/bin/" || return 1
	for library in $(ldd "${@:2}" 2>/dev/null | grep -o ' */[^ :]* (' | tr -d '(' | sort -u); do
		mkdir -p "$1/${library%/*}" && cp "$library" "$1/$library" || return 1
	done
}

# make_initramfs RELEASE FILE [MODULE]
make_initramfs()
{
	local tree busybox config status=0

	tree=$(mktemp -d "$build/initramfs.XXXXXX") || return 1
	mkdir -p "$tree/boot" "$tree/tmp"
	busybox=$(busybox_file)
	config=$(kernel_file "$1" "config*")
	copy_programs "$tree" "$busybox" "$build/tracer" "$build/workload" &&
		ln -s busybox "$tree/bin/sh" && cp "$root/tests/vm/init" "$tree/init" &&
		{ [ -z "$config" ] || cp "$config" "$tree/boot/config-$1"; } &&
		{ [ -z "${3:-}" ] || cp "$3" "$tree/workload.ko"; } &&
		(cd "$tree" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$2" || status=1
	rm -rf "$tree"
	return $status
}

# guest_command ACCELERATOR RELEASE INITRAMFS [WORD]: sets command; WORD goes to init. One thread
# emulates all CPUs: with more, a kernel that patches its own code (as it does when a tracepoint
# gets its first program) may meet an instruction on another CPU that is already gone, and oops.
# There are eight, so that eight threads have one each: kernels that may preempt a program skip it
# for the other threads of its CPU meanwhile, and emulated CPUs are preempted all the time.
# The clock is the HPET: how fast the TSC runs is measured at boot, badly when this machine is busy.
guest_command()
{
	local accelerate=(-accel "tcg,thread=single" -cpu max)

	[ "$1" != kvm ] || accelerate=(-accel kvm -cpu host)
	# shellcheck disable=SC2054 # QEMU's options have commas
	command=(nice qemu-system-x86_64 -machine q35 "${accelerate[@]}"
		-smp 8 -m 1G -nodefaults -no-user-config -display none -no-reboot
		-device isa-debug-exit,iobase=0xf4,iosize=4
		-kernel "$(kernel_file "$2" "vmlinuz*")" -initrd "$3"
		-append "console=ttyS0 loglevel=5 mitigations=off clocksource=hpet no_timer_check\
 random.trust_cpu=on panic=-1 ${4:-}")
}

# kvm_works RELEASE: whether KVM boots it in time. To be there is not enough: inside of a virtual
# machine it may run a little and then hang.
kvm_works()
{
	local command status=0

	[ -w /dev/kvm ] && make_initramfs "$1" "$build/initramfs" || return 1
	guest_command kvm "$1" "$build/initramfs" vm.probe
	# bash says so when something was killed
	{ timeout -s KILL $PROBE_LIMIT "${command[@]}" </dev/null >/dev/null || status=$?; } 2>/dev/null
	rm -f "$build/initramfs"
	[ $status -eq $GUEST_DONE ]
}

# choose_accelerator RELEASE: kvm or tcg, for accelerator. The answer is kept until this machine
# boots again.
choose_accelerator()
{
	local boot answer=tcg

	boot=$(cat /proc/sys/kernel/random/boot_id)
	! grep -q "^$boot " "$vm_cache/accelerator" 2>/dev/null || return 0
	! kvm_works "$1" || answer=kvm
	echo "$boot $answer" >"$vm_cache/accelerator"
}

# accelerator: prints what choose_accelerator found.
accelerator()
{
	sed 's/.* //' "$vm_cache/accelerator"
}

# watch_guest CONSOLE: ends the guest when it has long said nothing.
watch_guest()
{
	while kill -0 "$guest" 2>/dev/null; do
		sleep 1
		[ $(($(date +%s) - $(stat -c %Y "$1"))) -le $SILENT_LIMIT ] || kill "$guest"
	done
}

# boot_once RELEASE DIRECTORY: leaves console, archive and exit in DIRECTORY.
boot_once()
{
	local command status=0

	guest_command "$(accelerator)" "$1" "$2/initramfs"
	: >"$2/console"
	timeout -k 5 $GUEST_LIMIT "${command[@]}" -serial "file:$2/console" \
		-serial "file:$2/archive" </dev/null >"$2/qemu" 2>&1 &
	guest=$!
	watch_guest "$2/console"
	wait $guest || status=$?
	guest=
	echo $status >"$2/exit"
	[ $status -eq $GUEST_DONE ]
}

# died_at_boot DIRECTORY: whether the kernel there panicked before init ran, or by KVM did nothing.
died_at_boot()
{
	! grep -q '^vm: ' "$1/console" &&
		{ [ "$(cat "$1/exit")" -eq 0 ] || [ "$(accelerator)" = kvm ]; }
}

# boot_guest RELEASE DIRECTORY [MODULE]: the results are below DIRECTORY/results, what failed in
# DIRECTORY/problem. A kernel that died before init is given one more try, which
# DIRECTORY/retried says: emulated kernels do that now and then, and KVM is not trusted twice.
boot_guest()
{
	local try

	if ! make_initramfs "$1" "$2/initramfs" "${3:-}"; then
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
		sed -i 's/ kvm$/ tcg/' "$vm_cache/accelerator"
		vm_say "$1 died before init, trying once more; log: $2/retried"
	done
	rm -f "$2/initramfs"
	mkdir -p "$2/results"
	tar -C "$2/results" --ignore-zeros -xzf "$2/archive" 2>>"$2/qemu"
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
	143) echo "the guest was ended after $SILENT_LIMIT s without a word" ;;
	0) echo "the guest's kernel stopped before its tests were done" ;;
	*) echo "qemu ended with $status: $(tail -n 3 "$1/qemu")" ;;
	esac
	echo "the last step: ${last:-none, it died before init}"
	echo "its log: $1/console, which ends with"
	tail -n 25 "$1/console" | tr -d '\r'
}
