# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the way is named, before anything is changed, and stays as it is."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from veth_lab import Lab

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

BLUE: Dict[str, Any] = {
    "netns": "blue",
    "host_interface": "veth-blue",
    "host_address": ["198.51.100.1/24", "2001:db8::1/64"],
    "address": ["198.51.100.2/24", "2001:db8::2/64"],
    "gateway": ["198.51.100.1", "2001:db8::1"],
}
LAN = "ip link add lan0 type veth peer name lan1; ip link set lan0 up; ip link set lan1 up; "


def _refused(lab: Lab, message: str, **options: Any) -> None:
    before = lab.dump()
    with pytest.raises(ContainersError, match=message):
        lab.pair(**options)
    assert lab.dump() == before


def test_a_foreign_link_of_the_wanted_name(lab: Lab) -> None:
    lab.sh("ip link add veth-blue type veth peer name other")
    _refused(lab, "link veth-blue is there already and is not a pair of this module's", **BLUE)
    _refused(lab, "link veth-blue is there already", netns="blue", host_interface="veth-blue", state="absent")
    _refused(lab, "link veth-blue is there already", host_interface="veth-blue", state="absent")


def test_a_foreign_link_of_another_kind(lab: Lab) -> None:
    lab.sh("ip link add veth-blue type bridge; ip link set veth-blue alias daemonless:/run/netns/blue:eth0")
    _refused(lab, "link veth-blue is there already", **BLUE)


def test_the_pair_of_another_container(lab: Lab) -> None:
    lab.pair(**BLUE)
    other = {**BLUE, "netns": "red", "address": ["198.51.100.3/24"], "gateway": [], "host_address": []}
    _refused(lab, "link veth-blue is there already and is that of eth0 in /run/netns/blue", **other)
    _refused(lab, "that of eth0 in /run/netns/blue", netns="red", host_interface="veth-blue", state="absent")


def test_a_foreign_interface_inside(lab: Lab) -> None:
    lab.sh("ip link add other type veth peer name eth0 netns blue")
    _refused(lab, "eth0 in network namespace /run/netns/blue is there already", **BLUE)
    assert lab.pair(netns="blue", state="absent")["ops"] == []
    assert "other" in lab.names()


def test_an_address_that_the_host_has(lab: Lab) -> None:
    lab.sh(LAN + "ip addr add 198.51.100.1/24 dev lan0")
    _refused(lab, r"address 198\.51\.100\.1 is taken: the host has it on lan0", **BLUE)


def test_an_ipv6_address_that_the_host_has(lab: Lab) -> None:
    lab.sh(LAN + "ip addr add 2001:db8::1/64 dev lan0 nodad")
    _refused(lab, "address 2001:db8::1 is taken: the host has it on lan0", **BLUE)


def test_a_container_address_that_the_host_has(lab: Lab) -> None:
    lab.sh(LAN + "ip addr add 198.51.100.2/32 dev lan0")
    _refused(lab, r"address 198\.51\.100\.2 is taken: the host has it on lan0", **BLUE)


@pytest.mark.parametrize("address", ["198.51.100.2/24", "2001:db8::2/64"])
def test_an_address_that_another_container_has(lab: Lab, address: str) -> None:
    lab.pair(**BLUE)
    bare = address.split("/")[0]
    expected = f"address {bare} is taken: container /run/netns/blue has it through veth-blue"
    _refused(lab, expected, netns="red", address=[address])


def test_an_address_that_another_container_of_the_bridge_has(lab: Lab) -> None:
    lab.pair(**BLUE, bridge="br0")
    _refused(lab, "has it through veth-blue", netns="red", address=["198.51.100.2/24"], bridge="br0")
    lab.pair(netns="red", address=["198.51.100.2/24"], bridge="br1")


def test_an_address_is_free_again_once_its_container_is_gone(lab: Lab) -> None:
    lab.pair(**BLUE)
    lab.sh("ip link del veth-blue")
    assert lab.pair(netns="red", address=["198.51.100.2/24"])["changed"]


def test_a_shared_gateway_address_of_the_host_itself(lab: Lab) -> None:
    """Only pairs of ours may share one; another link's address is taken even as /32."""
    lab.sh(LAN + "ip addr add 198.51.100.1/32 dev lan0")
    _refused(
        lab, "the host has it on lan0", netns="blue", address=["198.51.100.2/32"], host_address=["198.51.100.1/32"]
    )


def test_a_route_through_another_interface(lab: Lab) -> None:
    lab.sh("ip link add other type veth peer name eth1 netns blue; ip -n blue link set eth1 up; ip link set other up")
    lab.sh("ip -n blue addr add 203.0.113.1/24 dev eth1; ip -n blue route add default via 203.0.113.2")
    _refused(
        lab, "route default via 203.0.113.2 can't be set in .*: there is one of the same kind through eth1", **BLUE
    )


def test_an_overlapping_subnet_is_a_warning(lab: Lab) -> None:
    lab.sh(LAN + "ip addr add 198.51.100.77/25 dev lan0")
    warnings = lab.pair(check_mode=True, **BLUE)["warnings"]
    assert len(warnings) == 1
    assert "198.51.100.0/25, which is the subnet of lan0" in warnings[0]
    assert lab.pair(**BLUE)["warnings"] == warnings


def test_the_hosts_own_namespace(lab: Lab) -> None:
    _refused(lab, "has no network of its own", **{**BLUE, "netns": "/proc/thread-self/ns/net"})


def test_a_namespace_of_another_kind(lab: Lab) -> None:
    _refused(lab, "enter the network namespace /proc/self/ns/uts", **{**BLUE, "netns": "/proc/self/ns/uts"})


def test_a_kernel_without_ipv6(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.daemonless.containers.plugins.module_utils._sys.sysctl import Sysctl

    read = Sysctl.read
    monkeypatch.setattr(Sysctl, "read", lambda self, name: None if "ipv6" in name else read(self, name))
    _refused(lab, "an IPv6 address is wanted, but this kernel has IPv6 turned off", **BLUE)


def test_a_half_made_pair_of_a_killed_run_is_finished(lab: Lab) -> None:
    """Killed just after the pair was made, before it was marked: its hardware address tells."""
    mac = lab.pair(**BLUE)["veth"]["host"]["mac"]
    lab.sh("ip link del veth-blue")
    lab.sh(f"ip link add veth-blue address {mac} type veth peer name eth0 netns blue")
    ops = lab.pair(**BLUE)["ops"]
    assert "mark veth-blue as ours (daemonless:/run/netns/blue:eth0)" in ops
    assert not any(op.startswith(("connect", "remove")) for op in ops)
    assert lab.reaches("198.51.100.2")


def test_another_name_for_the_outer_end(lab: Lab) -> None:
    lab.pair(**BLUE)
    ops = lab.pair(**{**BLUE, "host_interface": "veth-azur"})["ops"]
    assert ops[0] == "remove link veth-blue"
    assert lab.names() == ["lo", "veth-azur"]
    assert lab.reaches("198.51.100.2")
