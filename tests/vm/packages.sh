# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Kernels of other Debian suites, unpacked into a private cache: apt with sources, lists and
# directories of its own, so that the machine's packages stay as they are.
#
# vm_cache is the cache's directory; vm_say prints a line of progress.
: "${vm_cache:?}"

# shellcheck source=tests/debian.sh
. "$(dirname "${BASH_SOURCE[0]}")/../debian.sh"

# private_apt PROGRAM ARGUMENT...: apt-get or apt-cache on the private lists. The lists of an
# unstable suite look expired to a clock that is not quite right.
private_apt()
{
	local program=$1

	shift
	"$program" -o Dir::Etc::sourcelist="$vm_cache/apt/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State="$vm_cache/apt/state" -o Dir::State::status="$vm_cache/apt/status" \
		-o Dir::Cache="$vm_cache/apt/cache" -o Dir::Cache::pkgcache=pkgcache.bin \
		-o Dir::Cache::srcpkgcache=srcpkgcache.bin -o APT::Sandbox::User=root \
		-o Acquire::Languages=none -o Acquire::Check-Valid-Until=false "$@"
}

# Every suite that has a kernel of some series; of the unstable one there are no updates.
vm_sources()
{
	sources_for bookworm
	sources_for trixie
	sources_for sid | grep -E ' sid( |$)'
}

# update_lists: reads the lists anew if they are older than a day. A suite that can't be
# reached is said, and leaves its kernels out.
update_lists()
{
	local stamp=$vm_cache/apt/updated log=$vm_cache/apt/update.log

	[ -z "$(find "$stamp" -mtime 0 2>/dev/null)" ] || return 0
	mkdir -p "$vm_cache/apt/state/lists/partial" "$vm_cache/apt/cache/archives/partial"
	: >"$vm_cache/apt/status"
	vm_sources >"$vm_cache/apt/sources.list"
	[ -s "$vm_cache/apt/sources.list" ] || vm_say "this machine has no Debian sources"
	vm_say "reading the lists of packages"
	if private_apt apt-get -qq --error-on=any update >"$log" 2>&1; then
		touch "$stamp"
	else
		vm_say "not all lists of packages could be read; $log begins with" \
			"$(grep -m 1 -E '^(E|W|Err)' "$log")"
	fi
}

# Prints the release of every kernel that there is a package of. A cloud or real-time flavour
# has a word more in its name.
find_kernels()
{
	private_apt apt-cache pkgnames linux- |
		sed -nE -e 's/^linux-image-(.*-amd64)-unsigned$/\1/p' \
			-e 's/^linux-binary-unsigned-(.*-amd64)$/\1/p' |
		grep -xE '[0-9a-z.+~]+(-[0-9]+)?-amd64' | sort -V
}

# newest_of SERIES: of the releases that it reads; 6.1.0-56-amd64 is of 6.1, 6.12.1-amd64 not.
newest_of()
{
	grep -E "^${1//./\\.}[.+~]" | tail -n 1
}

# packages_of RELEASE: where the kernel and its configuration are; suites differ in that.
packages_of()
{
	private_apt apt-cache pkgnames linux- | grep -xF -e "linux-image-$1-unsigned" \
		-e "linux-binary-unsigned-$1" -e "linux-base-$1"
}

# fetch_part DIRECTORY PACKAGE...: unpacks them below DIRECTORY.part of the cache, for keep_part.
fetch_part()
{
	local part=$vm_cache/$1.part log=$vm_cache/apt/fetch.log deb

	rm -rf "$part" && mkdir -p "$part/debs" || return 1
	vm_say "fetching $2$([ $# -eq 2 ] || echo ", ${*: -1} and what they need")"
	if ! (cd "$part/debs" && private_apt apt-get -qq download "${@:2}") >"$log" 2>&1; then
		vm_say "they can't be had; $log ends with" "$(grep -E '^(E|W|Err)' "$log" | tail -n 3)"
		return 1
	fi
	for deb in "$part/debs/"*.deb; do
		dpkg -x "$deb" "$part" || return 1
	done
	rm -rf "$part/debs"
}

# keep_part DIRECTORY: what is there is complete.
keep_part()
{
	rm -rf "${vm_cache:?}/$1" && mv "$vm_cache/$1.part" "$vm_cache/$1"
}

# version_of RELEASE: prints that of the packages which the kernel in the cache came in.
version_of()
{
	find "$vm_cache/kernels/$1/usr/share/doc" -name changelog.Debian.gz -exec zcat {} + \
		2>/dev/null | sed -nE '1s/^[a-z-]+ \(([^)]*)\).*/\1/p'
}

# is_current RELEASE: whether the kernel in the cache is of the packages that there are now; a
# release is made again under the same name now and then.
is_current()
{
	[ -d "$vm_cache/kernels/$1" ] && [ "$(private_apt apt-cache show --no-all-versions \
		"linux-headers-$1" | sed -n 's/^Version: //p')" = "$(version_of "$1")" ]
}

# get_kernel SERIES: prints the release of the newest kernel, now in the cache. Without a
# network the newest cached one has to do.
get_kernel()
{
	local release packages

	update_lists
	release=$(find_kernels | newest_of "$1")
	if [ -n "$release" ] && ! is_current "$release"; then
		mapfile -t packages < <(packages_of "$release")
		fetch_part "kernels/$release" "${packages[@]}" && keep_part "kernels/$release" ||
			release=
	fi
	if [ -z "$release" ]; then
		release=$(find "$vm_cache/kernels" -maxdepth 1 -name '*-amd64' -printf '%f\n' \
			2>/dev/null | sort -V | newest_of "$1")
		[ -n "$release" ] || return 1
		vm_say "$1: no package can be had, taking $release of the cache"
	fi
	echo "$release"
}

# no_kernel SERIES: says why get_kernel failed.
no_kernel()
{
	local found

	found=$(find_kernels | sed -E 's/^([0-9]+\.[0-9]+).*/\1/' | sort -Vu | xargs)
	if [ -z "$found" ]; then
		echo "no kernel of series $1 can be had: the lists of packages could not be read"
	elif grep -qwF -- "$1" <<<"$found"; then
		echo "the kernel of series $1 could not be fetched"
	else
		echo "no kernel of series $1 can be had: there are $found"
	fi
}

# busybox_file: prints the one in the cache; suites keep it in different places.
busybox_file()
{
	find "$vm_cache/busybox" -type f -path '*/bin/busybox' -print -quit 2>/dev/null
}

get_busybox()
{
	[ -n "$(busybox_file)" ] ||
		{ update_lists && fetch_part busybox busybox-static && keep_part busybox; }
}

# kernel_file RELEASE PATTERN: prints the one file of the kernel's packages with such a name.
kernel_file()
{
	find "$vm_cache/kernels/$1" -type f -name "$2" -print -quit
}
