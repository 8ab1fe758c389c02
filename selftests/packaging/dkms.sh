#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that the modules do not support is installed without them. In this case DKMS 3.0.10, in
# Debian 12, regards any module that names its kernels as a failure.
# host
# debian: 13
# timeout: 300
. "$(dirname "$0")/../lib.sh"

headers=/usr/src/linux-headers-$KVER
dirs=(--dkmstree "$tmp/dkms" --sourcetree "$tmp/src" --installtree "$tmp/modules")

# Only root may use it, and finds it.
as_root()
{
	PATH=$PATH:/usr/sbin fakeroot "$@"
}

# autoinstall KERNEL DIRECTORY: runs the same as the installation of a kernel
autoinstall()
{
	mkdir -p "$tmp/modules/$1"
	as_root dkms autoinstall "${dirs[@]}" -k "$1" --kernelsourcedir "$2" --config "$2/.config"
}

# without OPTION: makes headers of a kernel that lacks it
without()
{
	rm -rf "$tmp/headers"
	mkdir "$tmp/headers"
	ln -s "$headers"/* "$tmp/headers"
	grep -v "^$1=" "$headers/.config" > "$tmp/headers/.config"
}

# Sources are not needed: nothing may be built.
add()
{
	mkdir -p "$tmp/dkms" "$tmp/src/$1-1.0" &&
	sed 's/#MODULE_VERSION#/1.0/' "packaging/dkms/$1.conf" > "$tmp/src/$1-1.0/dkms.conf" &&
	as_root dkms add "${dirs[@]}" -m "$1" -v 1.0
}

for module in tao cdr-sim; do
	need add $module
	for version in 5.10.0-1-amd64 6.0.1 7.4.1 10.1.0; do
		check "$module: Linux $version" autoinstall $version "$headers"
	done
	without CONFIG_SCSI
	check "$module: no SCSI" autoinstall 6.1.0-1-noscsi "$tmp/headers"
	for version in 6.1.0-1-amd64 6.12.1+deb13-amd64 7.3.0-rc1; do
		check_fails "$module: Linux $version is tried" "Build halted" \
			autoinstall $version "$headers"
	done
	need rm -r "$tmp/dkms" "$tmp/src"
done
need add cdr-sim
without CONFIG_CONFIGFS_FS
check "cdr-sim: no configfs" autoinstall 6.1.0-1-noconfigfs "$tmp/headers"
