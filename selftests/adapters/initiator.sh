# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A recorder over the network in one kernel: the target in a separate network namespace,
# open-iscsi as the initiator, a pair of veth between them. Sourced after target.sh.

server=192.0.2.1
client=192.0.2.2

# network_begin: "ip link set cable down" cuts the connection
network_begin()
{
	load -a veth iscsi_tcp
	need ip netns add server
	need ip link add cable type veth peer name port netns server
	need ip address add $client/24 dev cable
	need ip link set cable up
	need ip -n server address add $server/24 dev port
	need ip -n server link set port up
}

# in_server COMMAND...: runs it in the namespace of the target, but with this one's /sys; works
# for functions too
in_server()
{
	nsenter --net=/run/netns/server bash -c "$(declare -f); $(declare -p iqn lio tmp ktap_out); $(printf '%q ' "$@")"
}

initiator_begin()
{
	mkdir -p /run/lock/iscsi
	echo "InitiatorName=iqn.2026-01.org.example:computer" > /etc/iscsi/initiatorname.iscsi
	need iscsid
	need iscsiadm -m discovery -t sendtargets -p $server
}

# initiator_set NAME VALUE: sets node.NAME
initiator_set()
{
	need iscsiadm -m node -T "$iqn" -o update -n "node.$1" -v "$2"
}

# Sets $tao and $sr for the recorder over the network.
remote_nodes()
{
	local device

	for device in /sys/class/iscsi_session/session*/device/target*/*:*/; do
		tao=/dev/$(ls "$device/tao" 2> /dev/null)
		sr=/dev/$(ls "$device/block" 2> /dev/null)
	done
	[ -c "$tao" ] && [ -b "$sr" ]
}

initiator_login()
{
	need iscsiadm -m node -T "$iqn" --login
	wait_for 60 remote_nodes || bail 'the recorder is not seen over the network'
	remote_nodes
}
