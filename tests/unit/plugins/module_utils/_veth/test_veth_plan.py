# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner on plain data: what is found in, what would be done out. No kernel anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.replay import Memory
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Plan
from ansible_collections.daemonless.containers.plugins.module_utils._veth.claims import Holder, Overlap
from ansible_collections.daemonless.containers.plugins.module_utils._veth.model import (
    BRIDGE_ALIAS,
    Bridge,
    Interface,
    Parts,
    Route,
    Setting,
)
from ansible_collections.daemonless.containers.plugins.module_utils._veth.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._veth.plan import plan, result
from ansible_collections.daemonless.containers.plugins.module_utils._veth.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.module_utils._veth.target import new_pair, target

OPTIONS: Dict[str, Any] = {
    "container": "web",
    "netns": None,
    "host_interface": None,
    "interface": "eth0",
    "host_address": ["100.100.1.1/24"],
    "address": ["100.100.1.2/24"],
    "gateway": ["100.100.1.1"],
    "routes": None,
    "bridge": None,
    "mtu": None,
    "mac": None,
    "checksum_offload": True,
    "state": "present",
    "store": "/var/lib/daemonless",
}
OUTER = (
    Setting("ipv4", "rp_filter", "0"),
    Setting("ipv4", "arp_notify", "0"),
    Setting("ipv6", "accept_ra", "1"),
    Setting("ipv6", "disable_ipv6", "0"),
)
BARE = Found(machine="m", new_outer=OUTER, new_inner=(Setting("ipv6", "disable_ipv6", "0"),))


def wanted(**options: Any) -> Wanted:
    return spec({**OPTIONS, **options})


def whole(want: Wanted) -> Found:
    """The host once everything is as wanted."""
    pair = target(want, BARE, new_pair(want, BARE))
    return replace(BARE, parts=Parts(pair.host, pair.inside, pair.bridge, True), connected=True)


def changed(found: Found, end: str, **values: Any) -> Found:
    part = replace(getattr(found.parts, end), **values)
    return replace(found, parts=replace(found.parts, **{end: part}))


def words(made: Plan) -> List[str]:
    assert (made.before == made.after) is (not made.ops)
    return list(made.describe())


def test_from_nothing() -> None:
    assert words(plan(wanted(), BARE)) == [
        "connect eth0 in container web to veth-web",
        "reserve daemonless--100.100.1.2 for veth-web",
        "set ipv4 rp_filter of veth-web to 2",
        "set ipv4 arp_notify of veth-web to 1",
        "set ipv6 accept_ra of veth-web to 0",
        "add address 100.100.1.1/24 to veth-web",
        "set veth-web up",
        "set lo in container web up",
        "set ipv6 disable_ipv6 of eth0 in container web to 1",
        "add address 100.100.1.2/24 to eth0 in container web",
        "set eth0 in container web up",
        "add route default via 100.100.1.1 through eth0 in container web",
    ]


def test_the_prediction_is_what_is_found_afterwards() -> None:
    made = plan(wanted(), BARE)
    assert made.predicted == result(wanted(), whole(wanted()))


@pytest.mark.parametrize("bridge", [None, "br0"])
def test_nothing_to_do(bridge: Any) -> None:
    assert words(plan(wanted(bridge=bridge), whole(wanted(bridge=bridge)))) == []


def test_ends_of_two_different_pairs() -> None:
    """The outer one leads elsewhere; nothing of ours is inside."""
    found = replace(changed(whole(wanted()), "host"), connected=False)
    found = replace(found, parts=replace(found.parts, inside=None))
    assert words(plan(wanted(), found))[:2] == ["remove link veth-web", "connect eth0 in container web to veth-web"]


def test_hardware_addresses_depend_on_the_machine_alone() -> None:
    first, second = new_pair(wanted(), BARE), new_pair(wanted(), replace(BARE, machine="n"))
    assert first == new_pair(wanted(address=["100.100.1.9/24"]), BARE)
    assert first.host.mac != second.host.mac
    assert first.host.mac.startswith("fe:")
    assert first.inside.mac.startswith("02:")


def test_unmet_is_told_and_the_rest_still_planned() -> None:
    made = plan(wanted(), replace(BARE, place_exists=False))
    assert [unmet.what for unmet in made.unmet] == ["container web isn't running"]
    assert made.unmet[0].hint is not None
    assert len(made.ops) == 12


def test_the_former_bridge_goes_with_its_last_member() -> None:
    want = wanted()
    left = Bridge("br9", "02:00:00:00:00:01", BRIDGE_ALIAS, members=("veth-web",))
    found = replace(changed(whole(want), "host", bridge="br9", hairpin=True), left=left)
    assert words(plan(want, found)) == ["take veth-web out of its bridge", "remove bridge br9"]
    shared = replace(found, left=replace(left, members=("veth-db", "veth-web")))
    assert words(plan(want, shared)) == ["take veth-web out of its bridge"]
    foreign = replace(found, left=replace(left, alias="lan"))
    assert words(plan(want, foreign)) == ["take veth-web out of its bridge"]


def test_a_secondary_address_is_put_back_with_its_primary() -> None:
    found = changed(
        whole(wanted()), "inside", addresses=("100.100.1.9/24", "100.100.1.2/24"), secondary=("100.100.1.2/24",)
    )
    assert words(plan(wanted(), found)) == [
        "remove route default via 100.100.1.1 through eth0 in container web",
        "remove address 100.100.1.9/24 from eth0 in container web",
        "add address 100.100.1.2/24 to eth0 in container web",
        "add route default via 100.100.1.1 through eth0 in container web",
    ]


def test_addresses_of_others_stay_on_a_bridge_of_ours() -> None:
    want = wanted(bridge="br0")
    found = changed(whole(want), "bridge", addresses=("100.100.1.1/24", "203.0.113.1/24"))
    assert words(plan(want, found)) == []


def test_removal() -> None:
    want = wanted(state="absent")
    made = plan(want, whole(wanted()))
    assert words(made) == ["remove link veth-web"]
    assert made.teardown
    assert plan(want, BARE).ops == ()
    assert result(want, BARE) == {"veth": {}}


def test_removal_by_name_spares_what_is_not_ours() -> None:
    want = wanted(state="absent", container=None, host_interface="veth-web")
    for alias in ("", "lan", BRIDGE_ALIAS):
        with pytest.raises(ContainersError, match="link veth-web is there already"):
            plan(want, changed(whole(wanted()), "host", alias=alias, mac="02:00:00:00:00:01"))


@pytest.mark.parametrize(
    ("holder", "message"),
    [
        (Holder("100.100.1.1", "eth0", "", True), "address 100.100.1.1 is taken: the host has it on eth0"),
        (Holder("100.100.1.2", "veth-db", "daemonless:db:eth0", False), "container db has it through veth-db"),
        (Holder("100.100.1.2", "eth0", "", False), "the host routes it through eth0"),
    ],
)
def test_addresses_of_others(holder: Holder, message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        plan(wanted(), replace(BARE, holders=(holder,)))


def test_a_host_address_may_be_shared_by_pairs_of_ours_as_a_single_one() -> None:
    want = wanted(host_address=["100.100.1.1/32"])
    ours = Holder("100.100.1.1", "veth-db", "daemonless:db:eth0", True)
    assert plan(want, replace(BARE, holders=(ours,))).ops
    with pytest.raises(ContainersError, match="is taken"):
        plan(want, replace(BARE, holders=(replace(ours, alias=""),)))
    with pytest.raises(ContainersError, match="is taken"):
        plan(wanted(), replace(BARE, holders=(ours,)))


def test_overlap_is_a_warning() -> None:
    made = plan(wanted(), replace(BARE, overlaps=(Overlap("100.100.1.1/24", "100.100.0.0/16", "eth0"),)))
    assert made.ops
    assert "subnet of eth0" in made.warnings[0]


def test_a_colliding_route() -> None:
    found = replace(BARE, other_routes=((Route("0.0.0.0/0", "203.0.113.1"), "eth1"),))
    with pytest.raises(ContainersError, match="through eth1"):
        plan(wanted(), found)


def test_the_default_mtu_has_to_do_for_ipv6() -> None:
    with pytest.raises(ContainersError, match="MTU of 1000 is too small for IPv6"):
        plan(wanted(address=["100.100.1.2/24", "2001:db8::2/64"]), replace(BARE, default_mtu=1000))


def test_the_hosts_own_network() -> None:
    with pytest.raises(ContainersError, match="container web has no network of its own"):
        plan(wanted(), Found(shares_host=True))
    assert plan(wanted(state="absent"), Found(shares_host=True)).ops == ()


def test_links_of_others() -> None:
    link = Interface("veth-web", "02:00:00:00:00:01", 1500, alias="daemonless:db:eth0")
    with pytest.raises(ContainersError, match="is that of eth0 in db"):
        plan(wanted(), replace(BARE, parts=Parts(host=link)))
    with pytest.raises(ContainersError, match="eth0 in container web is there already"):
        plan(wanted(), replace(BARE, parts=Parts(inside=Interface("eth0", "02:00:00:00:00:01", 1500))))
    bridge = Bridge("br0", "", "", kind="veth")
    with pytest.raises(ContainersError, match="br0 is there already and is no bridge"):
        plan(wanted(bridge="br0"), replace(BARE, parts=Parts(bridge=bridge)))


@pytest.mark.parametrize(
    ("memory", "said"),
    [
        (Memory(True, None), ("remember the link eth0 of container web for when it is started again",)),
        (Memory(True, OPTIONS), ()),
        (Memory(False, None), ()),
    ],
)
def test_the_pair_of_a_container_with_a_unit_is_remembered(memory: Memory, said: Tuple[str, ...]) -> None:
    made = plan(wanted(), replace(whole(wanted()), memory=memory))
    assert made.describe() == said
    assert (made.before == made.after) == (not said)


def test_a_pair_that_is_gone_is_forgotten() -> None:
    made = plan(wanted(state="absent"), replace(BARE, memory=Memory(True, OPTIONS)))
    assert made.describe() == ("forget the link eth0 of container web",)
    assert made.teardown
    assert made.before["remembered"] == {"link-eth0": OPTIONS}


def test_routes_stay_while_an_address_does() -> None:
    found = whole(wanted(address=["100.100.1.2/24", "198.51.100.7/24"]))
    assert not any("default" in op for op in words(plan(wanted(), found)))
    made = words(plan(wanted(address=["100.100.1.3/24"]), found))
    assert made[-5] == "remove route default via 100.100.1.1 through eth0 in container web"
    assert made[-1] == "add route default via 100.100.1.1 through eth0 in container web"
