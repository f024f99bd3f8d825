# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner of interconnects on plain data: what changes, in which order, and what stands against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.model import Interconnect, Route
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.observe import Found, Path
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.plan import plan, target
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.spec import Wanted, spec

PEERS = [{"address": "198.51.100.2", "subnets": ["100.100.2.0/24"], "gateway": "100.100.0.2"}]
TUNNEL: Dict[str, Any] = {"mode": "vxlan", "vni": 7, "local_address": "198.51.100.1", "address": "100.100.0.1/24"}
PATHS = {"198.51.100.1": Path("eth0", 1500, local=True), "198.51.100.2": Path("eth0", 1500)}
BARE = Found(paths=PATHS, forwarding="1")


def wanted(**options: Any) -> Wanted:
    defaults = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
    return spec({**defaults, "network": "100.100.0.0/16", "peers": PEERS, **options})


def vxlan(**options: Any) -> Wanted:
    return wanted(**{**TUNNEL, **options})


def direct() -> Wanted:
    return wanted(peers=[{**PEERS[0], "gateway": None}])


def done(want: Wanted) -> Found:
    return replace(BARE, current=target(want, BARE))


def test_from_nothing_the_link_is_up_before_routes_lead_through_it() -> None:
    made = plan(vxlan(), BARE)
    assert made.describe() == (
        "create VXLAN link vxlan7 (VNI 7, UDP port 4789)",
        "add address 100.100.0.1/24 to vxlan7",
        "add host 198.51.100.2 to vxlan7",
        "set vxlan7 up",
        "add route 100.100.2.0/24 via 100.100.0.2 through vxlan7",
    )
    assert made.before != made.after
    assert made.predicted["interconnect"]["link"]["mtu"] == 1450


@pytest.mark.parametrize("want", [vxlan(), direct()])
def test_nothing_to_do(want: Wanted) -> None:
    made = plan(want, done(want))
    assert made.ops == ()
    assert made.before == made.after


def test_forwarding_is_turned_on_where_it_is_off() -> None:
    made = plan(direct(), replace(BARE, forwarding="0"))
    assert made.describe()[0] == "set net/ipv4/ip_forward to 1"
    assert (made.before["forwarding"], made.after["forwarding"]) == ("0", "1")


def test_a_tunnel_of_another_number_is_made_anew_and_its_routes_with_it() -> None:
    made = plan(vxlan(vni=8), done(vxlan()))
    assert made.describe()[:2] == (
        "remove VXLAN link vxlan7",
        "create VXLAN link vxlan8 (VNI 8, UDP port 4789)",
    )
    assert made.describe()[-1] == "add route 100.100.2.0/24 via 100.100.0.2 through vxlan8"


def test_from_routes_to_a_tunnel_the_old_route_goes_first() -> None:
    made = plan(vxlan(), done(direct()))
    assert made.describe()[0] == "remove route 100.100.2.0/24 via 198.51.100.2 through eth0"


def test_a_smaller_mtu_of_the_link_below_is_followed() -> None:
    lower = replace(done(vxlan()), paths={**PATHS, "198.51.100.1": Path("eth0", 1400, local=True)})
    assert plan(vxlan(), lower).describe() == ("set the MTU of vxlan7 to 1350",)
    assert plan(vxlan(mtu=1300), lower).describe() == ("set the MTU of vxlan7 to 1300",)


def test_absent_takes_routes_and_link() -> None:
    gone = wanted(state="absent")
    for want, count in ((vxlan(), 1), (direct(), 1)):
        made = plan(gone, Found(done(want).current))
        assert len(made.ops) == count
        assert made.teardown
        assert made.predicted == {"interconnect": {}}
    assert plan(gone, Found()).ops == ()


def test_what_stands_against_it() -> None:
    for found, words in (
        (replace(BARE, in_the_way=(("100.100.2.0/24", "eth1"),)), "already, through eth1, and not by this module"),
        (replace(BARE, paths={}), "no route leads to peer"),
        (replace(BARE, paths={"198.51.100.2": Path("eth0", 1500, gateway="198.51.100.254")}), "behind the router"),
        (replace(BARE, paths={"198.51.100.2": Path("lo", 1500, local=True)}), "is this host itself"),
    ):
        with pytest.raises(ContainersError, match=words):
            plan(direct(), found)
    with pytest.raises(ContainersError, match="is not an address of this host"):
        plan(vxlan(), replace(BARE, paths={"198.51.100.1": Path("eth0", 1500)}))
    with pytest.raises(ContainersError, match="link vxlan7 is there already"):
        plan(vxlan(), replace(BARE, named="bridge"))
    with pytest.raises(ContainersError, match="link theirs has VNI 7 at UDP port 4789"):
        plan(vxlan(), replace(BARE, rival="theirs"))


def test_routes_of_a_peer_that_is_gone_go() -> None:
    stale = Route("100.100.3.0/24", "198.51.100.3", "eth0")
    current = done(direct()).current
    made = plan(direct(), replace(BARE, current=Interconnect((*current.routes, stale))))
    assert made.describe() == ("remove route 100.100.3.0/24 via 198.51.100.3 through eth0",)
