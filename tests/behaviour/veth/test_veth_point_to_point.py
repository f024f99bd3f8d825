# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair between the host and one namespace: made, made again, predicted, removed."""

from __future__ import annotations

import os
from typing import Any, Dict

import pytest
from veth_lab import Lab

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.netlink import Netlink
from ansible_collections.daemonless.containers.plugins.module_utils._veth.ops import RemoveLink

BLUE: Dict[str, Any] = {
    "netns": "blue",
    "host_interface": "veth-blue",
    "host_address": ["100.100.1.1/24", "2001:db8::1/64"],
    "address": ["100.100.1.2/24", "2001:db8::2/64"],
    "gateway": ["100.100.1.1", "2001:db8::1"],
}
SHARED: Dict[str, Any] = {
    "host_address": ["198.51.100.1/32", "2001:db8:1::1/128"],
    "gateway": ["198.51.100.1", "2001:db8:1::1"],
}


def test_both_ends_answer_at_once(lab: Lab) -> None:
    lab.pair(**BLUE)
    assert lab.reaches("100.100.1.2")
    assert lab.reaches("2001:db8::2")
    assert lab.reaches("100.100.1.1", "blue")
    assert lab.reaches("2001:db8::1", "blue")
    assert lab.reaches("127.0.0.1", "blue")


def test_what_is_returned_is_what_the_kernel_shows(lab: Lab) -> None:
    veth = lab.pair(**BLUE)["veth"]
    for end, namespace in (("host", ""), ("inside", "blue")):
        shown, link = veth[end], lab.link(veth[end]["name"], namespace)
        assert (shown["mac"], shown["mtu"]) == (link["address"], link["mtu"])
        assert shown["state"] == ("up" if "UP" in link["flags"] else "down")
        assert shown["addresses"] == lab.addresses(shown["name"], namespace)
    assert veth["host"]["peer"] == "eth0"
    assert veth["inside"]["peer"] == "veth-blue"
    assert {(r["dest"], r["gateway"]) for r in veth["inside"]["routes"]} == {
        ("0.0.0.0/0", "100.100.1.1"),
        ("::/0", "2001:db8::1"),
    }


def test_the_second_run_finds_nothing_to_do(lab: Lab) -> None:
    first = lab.pair(**BLUE)
    before = lab.dump()
    second = lab.pair(**BLUE)
    assert (second["changed"], second["ops"]) == (False, [])
    assert second["diff"]["before"] == second["diff"]["after"]
    assert second["veth"] == first["veth"]
    assert lab.dump() == before


def test_check_mode_changes_nothing_and_predicts_everything(lab: Lab) -> None:
    before = lab.dump()
    predicted = lab.pair(check_mode=True, **BLUE)
    assert lab.dump() == before
    assert lab.pair(**BLUE) == predicted
    assert predicted["diff"]["before"]["host"] is None
    assert predicted["diff"]["after"]["host"]["settings"]["ipv4.rp_filter"] == "2"


def test_settings_of_the_outer_end(lab: Lab) -> None:
    lab.pair(**BLUE)
    assert lab.setting("ipv4/conf/veth-blue/rp_filter") == "2"
    assert lab.setting("ipv4/conf/veth-blue/arp_notify") == "1"
    assert lab.setting("ipv6/conf/veth-blue/accept_ra") == "0"
    assert lab.setting("ipv4/ip_forward") == "0"
    assert lab.link("veth-blue")["ifalias"] == "daemonless:/run/netns/blue:eth0"


def test_many_pairs_share_one_gateway_address(lab: Lab) -> None:
    lab.pair(netns="blue", address=["198.51.100.2/32", "2001:db8:1::2/128"], **SHARED)
    lab.pair(netns="red", address=["198.51.100.3/32", "2001:db8:1::3/128"], **SHARED)
    for address in ("198.51.100.2", "198.51.100.3", "2001:db8:1::2", "2001:db8:1::3"):
        assert lab.reaches(address)
    assert lab.reaches("198.51.100.1", "red")
    assert lab.reaches("2001:db8:1::1", "blue")
    routes = lab.ip("-n blue route show")
    assert {"dst": "198.51.100.1", "dev": "eth0", "protocol": "static", "scope": "link"}.items() <= routes[1].items()
    assert lab.pair(netns="red", address=["198.51.100.3/32", "2001:db8:1::3/128"], **SHARED)["ops"] == []


def test_mtu_is_that_of_the_default_route(lab: Lab) -> None:
    lab.sh("ip link add up0 mtu 1420 type veth peer name up1; ip addr add 203.0.113.1/24 dev up0")
    lab.sh("ip link set up0 up; ip link set up1 up; ip route add default via 203.0.113.2")
    assert lab.pair(**BLUE)["veth"]["inside"]["mtu"] == 1420
    assert lab.link("eth0", "blue")["mtu"] == 1420
    assert lab.pair(**{**BLUE, "mtu": 9000})["ops"] == [
        "set the MTU of veth-blue to 9000",
        "set the MTU of eth0 in network namespace /run/netns/blue to 9000",
    ]


def test_routes_and_mac_as_given(lab: Lab) -> None:
    routes = ["203.0.113.0/28 via 100.100.1.1 metric 50", {"dest": "203.0.113.16/28"}]
    lab.pair(**BLUE, routes=routes, mac="02-42-AC-11-00-02", interface="net7")
    assert lab.link("net7", "blue")["address"] == "02:42:ac:11:00:02"
    shown = {route["dst"]: route for route in lab.ip("-n blue route show")}
    assert (shown["203.0.113.0/28"]["gateway"], shown["203.0.113.0/28"]["metric"]) == ("100.100.1.1", 50)
    assert shown["203.0.113.16/28"]["scope"] == "link"
    assert lab.pair(**BLUE, routes=routes, mac="02:42:ac:11:00:02", interface="net7")["ops"] == []


def test_checksum_offload_can_be_turned_off_and_on(lab: Lab) -> None:
    assert lab.pair(**BLUE, checksum_offload=False)["veth"]["inside"]["checksum_offload"] is False
    assert lab.reaches("100.100.1.2")
    assert lab.pair(**BLUE)["ops"] == [
        "turn checksum offload of veth-blue on",
        "turn checksum offload of eth0 in network namespace /run/netns/blue on",
    ]


def test_ipv6_is_turned_on_where_it_is_wanted(lab: Lab) -> None:
    lab.sh("ip netns exec blue sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1")
    assert "set ipv6 disable_ipv6 of eth0 in network namespace /run/netns/blue to 0" in lab.pair(**BLUE)["ops"]
    assert lab.reaches("2001:db8::2")


def test_ipv6_is_off_where_it_is_not_wanted(lab: Lab) -> None:
    only4 = {**BLUE, "address": ["100.100.1.2/24"], "host_address": ["100.100.1.1/24"], "gateway": ["100.100.1.1"]}
    off = "set ipv6 disable_ipv6 of eth0 in network namespace /run/netns/blue to 1"
    assert off in lab.pair(**only4)["ops"]
    assert lab.sh("ip -n blue -6 address show dev eth0") == ""
    lab.sh("ip netns exec blue sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0")
    assert lab.pair(**only4)["ops"] == [off]
    assert lab.sh("ip -n blue -6 address show dev eth0") == ""
    lab.pair(**BLUE)
    assert lab.reaches("2001:db8::2")


def test_removed_and_removed_again(lab: Lab) -> None:
    before = lab.dump()
    lab.pair(**BLUE)
    removal = lab.pair(netns="blue", host_interface="veth-blue", state="absent")
    assert removal["ops"] == ["remove link veth-blue"]
    assert removal["veth"] == {}
    assert lab.dump()[""] == before[""]
    assert lab.pair(netns="blue", host_interface="veth-blue", state="absent")["ops"] == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"container": "never"},
        {"netns": "blue"},
        {"netns": "/run/netns/never"},
        {"host_interface": "veth-never"},
        {"container": "never", "bridge": "br-never"},
    ],
)
def test_removal_of_what_was_never_there_changes_nothing(lab: Lab, wanted: Dict[str, str]) -> None:
    before = lab.dump()
    for check_mode in (True, False):
        result = lab.pair(state="absent", check_mode=check_mode, **wanted)
        assert (result["changed"], result["ops"], result["veth"]) == (False, [], {})
    assert lab.dump() == before


@pytest.mark.parametrize("late", ["before it is asked for", "before it is deleted"])
def test_removal_of_a_link_that_goes_meanwhile(lab: Lab, monkeypatch: pytest.MonkeyPatch, late: str) -> None:
    """Its container ends while it is removed: then it is as wanted."""
    before = lab.dump()
    lab.pair(**BLUE)
    owner, name = (RemoveLink, "apply") if late == "before it is asked for" else (Netlink, "delete")
    real = getattr(owner, name)

    def beaten(*arguments: Any) -> Any:
        lab.sh("ip link del veth-blue")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, beaten)
        assert lab.pair(netns="blue", state="absent", host_interface="veth-blue")["ops"] == ["remove link veth-blue"]
    assert lab.dump()[""] == before[""]


@pytest.mark.parametrize("by", [{"netns": "blue"}, {"host_interface": "veth-blue"}])
def test_removed_by_either_end(lab: Lab, by: Dict[str, str]) -> None:
    lab.pair(**BLUE)
    assert lab.pair(state="absent", **by)["ops"] == ["remove link veth-blue"]
    assert lab.names() == ["lo"]


def test_check_mode_of_a_removal_leaves_the_pair(lab: Lab) -> None:
    lab.pair(**BLUE)
    before = lab.dump()
    assert lab.pair(check_mode=True, netns="blue", state="absent")["ops"] == ["remove link veth-blue"]
    assert lab.dump() == before


def test_a_namespace_that_vanished_is_no_error(lab: Lab) -> None:
    lab.pair(**BLUE)
    lab.sh("ip netns del blue")
    lab.pair(netns="blue", host_interface="veth-blue", state="absent")
    assert lab.names() == ["lo"]
    with pytest.raises(ContainersError, match="network namespace /run/netns/blue isn't there"):
        lab.pair(**BLUE)


def test_a_leftover_file_is_no_namespace(lab: Lab) -> None:
    with open("/run/netns/grey", "w", encoding="ascii"):
        pass
    try:
        with pytest.raises(ContainersError, match="grey isn't there"):
            lab.pair(**{**BLUE, "netns": "/run/netns/grey"})
        assert lab.pair(netns="grey", state="absent")["changed"] is False
    finally:
        os.unlink("/run/netns/grey")


def test_a_failure_half_way_leaves_nothing(lab: Lab) -> None:
    lab.sh("ip -n blue link set lo up")
    before = lab.dump()
    lab.sh("ip netns exec blue ip route add unreachable 203.0.113.0/24 metric 7")
    taken = lab.dump()
    with pytest.raises(ExecutionError, match="File exists") as failure:
        lab.pair(**BLUE, routes=["203.0.113.0/24 via 100.100.1.1 metric 7"])
    assert failure.value.kept == ()
    assert lab.dump()[""] == before[""]
    assert lab.dump()["blue"] == taken["blue"]


def test_repeated_making_and_removing_leaves_nothing(lab: Lab) -> None:
    before, descriptors = lab.dump(), len(os.listdir("/proc/self/fd"))
    for _round in range(10):
        lab.pair(**BLUE)
        lab.pair(netns="blue", state="absent")
    assert lab.dump()[""] == before[""]
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 2
