# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Simulated recorders as iSCSI targets of the kernel (LIO, back-end pscsi). Sourced after
# ../lib.sh.

iqn=iqn.2026-01.org.example:recorder
lio=/sys/kernel/config/target

# target_begin
target_begin()
{
	mkdir -p /etc/target
	load -a target_core_pscsi iscsi_target_mod cdr-sim sr_mod sg
	need mkdir -p "$lio/iscsi/$iqn/tpgt_1"
}

# target_add NAME [ATTRIBUTE=VALUE]...: adds a recorder as the next LUN
target_add()
{
	local name=$1 pair ids core=$lio/core/pscsi_0/$1
	shift

	need mkdir "$sim_root/$name"
	for pair in "$@"; do
		need sim_set "$name" "${pair%%=*}" "${pair#*=}"
	done
	need sim_set "$name" power 1
	IFS=: read -r -a ids < "$sim_root/$name/device"
	need mkdir -p "$core"
	echo "scsi_host_id=${ids[0]},scsi_channel_id=${ids[1]},scsi_target_id=${ids[2]},scsi_lun_id=${ids[3]}" \
		> "$core/control"
	echo "$name" > "$core/udev_path"
	echo 1 > "$core/enable"
	need mkdir "$lio/iscsi/$iqn/tpgt_1/lun/lun_${luns:=0}"
	need ln -s "$core" "$lio/iscsi/$iqn/tpgt_1/lun/lun_$luns/recorder"
	: $((++luns))
}

# target_open ADDRESS:PORT: permits everybody to log in
target_open()
{
	local tpg=$lio/iscsi/$iqn/tpgt_1

	echo 0 > "$tpg/attrib/authentication"
	echo 1 > "$tpg/attrib/generate_node_acls"
	echo 0 > "$tpg/attrib/demo_mode_write_protect"
	need mkdir "$tpg/np/$1"
	echo 1 > "$tpg/enable"
}
