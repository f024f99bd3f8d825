# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody changes one thing by hand; the next run puts back that thing, and nothing else."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest
from veth_lab import Lab

PAIR: Dict[str, Any] = {
    "netns": "blue",
    "host_interface": "veth-blue",
    "host_address": ["100.100.1.1/24", "2001:db8::1/64"],
    "address": ["100.100.1.2/24", "2001:db8::2/64"],
    "gateway": ["100.100.1.1", "2001:db8::1"],
    "routes": ["203.0.113.0/24 via 100.100.1.1"],
    "mac": "02:42:ac:11:00:02",
}
PORT: Dict[str, Any] = {
    "netns": "blue",
    "host_interface": "veth-blue",
    "bridge": "br0",
    "host_address": ["198.51.100.1/24"],
    "address": ["198.51.100.2/24"],
    "gateway": ["198.51.100.1"],
}
IN_BLUE = "in network namespace /run/netns/blue"
NSENTER = "ip netns exec blue"

ONE_THING = {
    "outer MTU": ("ip link set veth-blue mtu 1400", ["set the MTU of veth-blue to 1500"]),
    "inner MTU": (f"{NSENTER} ip link set eth0 mtu 1400", [f"set the MTU of eth0 {IN_BLUE} to 1500"]),
    "inner MAC": (
        f"{NSENTER} ip link set eth0 address 02:00:00:00:00:99",
        [f"set the hardware address of eth0 {IN_BLUE} to 02:42:ac:11:00:02"],
    ),
    "outer MAC": (
        "ip link set veth-blue address 02:00:00:00:00:97",
        ["set the hardware address of veth-blue to {host}"],
    ),
    "mark": (
        "ip link set veth-blue alias ''",
        ["mark veth-blue as ours (daemonless:/run/netns/blue:eth0)"],
    ),
    "reservation": (
        "ip link property del dev veth-blue altname daemonless--100.100.1.2",
        ["reserve daemonless--100.100.1.2 for veth-blue"],
    ),
    "rp_filter": ("sysctl -qw net.ipv4.conf.veth-blue.rp_filter=1", ["set ipv4 rp_filter of veth-blue to 2"]),
    "arp_notify": ("sysctl -qw net.ipv4.conf.veth-blue.arp_notify=0", ["set ipv4 arp_notify of veth-blue to 1"]),
    "accept_ra": ("sysctl -qw net.ipv6.conf.veth-blue.accept_ra=1", ["set ipv6 accept_ra of veth-blue to 0"]),
    "outer address missing": ("ip addr del 100.100.1.1/24 dev veth-blue", ["add address 100.100.1.1/24 to veth-blue"]),
    "outer address too many": (
        "ip addr add 203.0.113.9/32 dev veth-blue",
        ["remove address 203.0.113.9/32 from veth-blue"],
    ),
    "inner IPv6 address": (
        f"{NSENTER} ip addr del 2001:db8::2/64 dev eth0",
        [f"add address 2001:db8::2/64 to eth0 {IN_BLUE}"],
    ),
    "inner address too many": (
        f"{NSENTER} ip addr add 100.100.1.77/24 dev eth0",
        [f"remove address 100.100.1.77/24 from eth0 {IN_BLUE}"],
    ),
    "default route": (
        f"{NSENTER} ip route replace default via 100.100.1.9",
        [
            f"remove route default via 100.100.1.9 through eth0 {IN_BLUE}",
            f"add route default via 100.100.1.1 through eth0 {IN_BLUE}",
        ],
    ),
    "default IPv6 route": (
        f"{NSENTER} ip route del default dev eth0 via 2001:db8::1",
        [f"add route default via 2001:db8::1 through eth0 {IN_BLUE}"],
    ),
    "further route": (
        f"{NSENTER} ip route del 203.0.113.0/24",
        [f"add route 203.0.113.0/24 via 100.100.1.1 through eth0 {IN_BLUE}"],
    ),
    "route too many": (
        f"{NSENTER} ip route add 192.88.99.0/24 via 100.100.1.1",
        [f"remove route 192.88.99.0/24 via 100.100.1.1 through eth0 {IN_BLUE}"],
    ),
    "loopback": (f"{NSENTER} ip link set lo down", [f"set lo {IN_BLUE} up"]),
}


@pytest.mark.parametrize("thing", ONE_THING)
def test_only_the_one_thing_is_put_back(lab: Lab, thing: str) -> None:
    command, ops = ONE_THING[thing]
    _broken_and_repaired(lab, PAIR, command, ops)


BRIDGE_THINGS = {
    "membership": (
        "ip link set veth-blue nomaster",
        ["put veth-blue into bridge br0", "turn hairpin of veth-blue on"],
    ),
    "hairpin": ("bridge link set dev veth-blue hairpin off", ["turn hairpin of veth-blue on"]),
    "spanning tree": ("ip link set br0 type bridge stp_state 1", ["turn spanning tree of br0 off"]),
    "forward delay": ("ip link set br0 type bridge forward_delay 1500", ["turn spanning tree of br0 off"]),
    "bridge MAC": (
        "ip link set br0 address 02:00:00:00:00:98",
        ["set the hardware address of br0 to {bridge}"],
    ),
    "bridge address": ("ip addr del 198.51.100.1/24 dev br0", ["add address 198.51.100.1/24 to br0"]),
    "bridge down": ("ip link set br0 down", ["set br0 up"]),
    "outer end down": ("ip link set veth-blue down", ["set veth-blue up"]),
    "address on the port": (
        "ip addr add 203.0.113.9/32 dev veth-blue",
        ["remove address 203.0.113.9/32 from veth-blue"],
    ),
}


@pytest.mark.parametrize("thing", BRIDGE_THINGS)
def test_only_the_one_thing_of_a_bridge_is_put_back(lab: Lab, thing: str) -> None:
    command, ops = BRIDGE_THINGS[thing]
    _broken_and_repaired(lab, PORT, command, ops)


def _broken_and_repaired(lab: Lab, options: Dict[str, Any], command: str, ops: List[str]) -> None:
    made = lab.pair(**options)["veth"]
    macs = {part: made[part]["mac"] for part in ("host", "bridge") if made[part]}
    before = lab.dump()
    lab.sh(command)
    assert lab.dump() != before
    repaired = lab.pair(**options)
    assert repaired["ops"] == [op.format(**macs) for op in ops]
    assert repaired["diff"]["before"] != repaired["diff"]["after"]
    assert _settled(lab.dump()) == _settled(before)
    assert lab.pair(**options)["ops"] == []


def _settled(dump: Any) -> Any:
    """Without order, which a repair may change, and the bridge's learning of it."""
    if isinstance(dump, dict):
        volatile = ("root_port", "port_no", "operstate", "linkmode", "state", "id", "no")
        return {key: _settled(value) for key, value in dump.items() if key not in volatile}
    if isinstance(dump, list):
        return sorted((_settled(value) for value in dump), key=repr)
    return dump


def test_inner_end_down(lab: Lab) -> None:
    """The kernel forgets IPv6 addresses and all routes with it."""
    lab.pair(**PAIR)
    lab.sh(f"{NSENTER} ip link set eth0 down")
    ops = lab.pair(**PAIR)["ops"]
    assert f"set eth0 {IN_BLUE} up" in ops
    assert not any("connect" in op or "veth-blue" in op for op in ops)
    assert lab.reaches("2001:db8::2")
    assert lab.reaches("100.100.1.1", "blue")
    assert lab.pair(**PAIR)["ops"] == []


def test_another_address_keeps_the_routes(lab: Lab) -> None:
    """The kernel drops all IPv4 routes with the last IPv4 address."""
    lab.pair(**PAIR)
    other = {**PAIR, "address": ["100.100.1.3/24", PAIR["address"][1]]}
    changed = lab.pair(**other)
    assert f"add route default via 100.100.1.1 through eth0 {IN_BLUE}" in changed["ops"]
    assert not lab.pair(**other)["changed"]
    assert "default via 100.100.1.1 " in lab.sh(f"{NSENTER} ip route")


def test_primary_address_replaced_by_another(lab: Lab) -> None:
    """Ours has become a secondary one, which goes with the primary when that is removed."""
    lab.pair(**PAIR)
    lab.sh(f"{NSENTER} ip addr del 100.100.1.2/24 dev eth0; {NSENTER} ip addr add 100.100.1.77/24 dev eth0")
    lab.sh(f"{NSENTER} ip addr add 100.100.1.2/24 dev eth0")
    lab.pair(**PAIR)
    assert lab.addresses("eth0", "blue") == ["100.100.1.2/24", "2001:db8::2/64"]
    assert lab.reaches("100.100.1.1", "blue")


@pytest.mark.parametrize("options", [{**PAIR, "address": [PAIR["address"][0]]}, PORT], ids=["pair", "bridge"])
def test_an_mtu_that_is_wanted_smaller_than_ipv6_takes(lab: Lab, options: Dict[str, Any]) -> None:
    ipv4 = {**options, "host_address": options["host_address"][:1], "gateway": options["gateway"][:1]}
    assert lab.pair(**ipv4, mtu=1000)["veth"]["inside"]["mtu"] == 1000
    assert lab.reaches(ipv4["gateway"][0], "blue")
    assert lab.pair(**ipv4, mtu=1000)["ops"] == []
    assert "set ipv6 accept_ra of veth-blue to 0" in lab.pair(**ipv4, mtu=1500)["ops"]
    assert lab.pair(**ipv4, mtu=1000)["changed"]
    lab.pair(**ipv4, mtu=1500)
    lab.pair(**ipv4, mtu=1500)
    assert lab.pair(**ipv4, mtu=1500)["ops"] == []


def test_mtu_too_small_for_ipv6(lab: Lab) -> None:
    lab.pair(**PAIR)
    lab.sh(f"{NSENTER} ip link set eth0 mtu 1000")
    lab.pair(**PAIR)
    assert lab.reaches("2001:db8::1", "blue")
    assert lab.pair(**PAIR)["ops"] == []


@pytest.mark.parametrize("command", ["ip link del veth-blue", f"{NSENTER} ip link del eth0"])
def test_a_deleted_pair_is_made_again_as_it_was(lab: Lab, command: str) -> None:
    first = lab.pair(**PAIR)
    lab.sh(command)
    again = lab.pair(**PAIR)
    assert again["ops"][0] == f"connect eth0 {IN_BLUE} to veth-blue"
    assert again["veth"] == first["veth"]
    assert lab.reaches("100.100.1.2")


def test_routes_of_a_routing_daemon_are_left(lab: Lab) -> None:
    lab.pair(**PAIR)
    lab.sh(f"{NSENTER} ip route add 192.88.99.0/24 via 100.100.1.1 proto bird")
    assert lab.pair(**PAIR)["ops"] == []


def test_repair_in_check_mode_changes_nothing(lab: Lab) -> None:
    lab.pair(**PAIR)
    lab.sh("ip link set veth-blue mtu 1400")
    before = lab.dump()
    assert lab.pair(check_mode=True, **PAIR)["ops"] == ["set the MTU of veth-blue to 1500"]
    assert lab.dump() == before


def test_a_failed_repair_is_taken_back(lab: Lab) -> None:
    lab.pair(**PAIR)
    lab.sh("ip link set veth-blue mtu 1400")
    lab.sh(f"{NSENTER} ip route del 203.0.113.0/24")
    lab.sh(f"{NSENTER} ip route add unreachable 203.0.113.0/24")
    before = lab.dump()
    with pytest.raises(Exception, match=r"add route 203\.0\.113\.0/24"):
        lab.pair(**PAIR)
    assert lab.dump() == before
