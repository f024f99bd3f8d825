# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner on plain data: what changes where, in which order, and whose port it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.replay import Memory
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._nat.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._nat.ops import (
    DropFlows,
    ReplaceRules,
    SetSetting,
    WriteDropIn,
)
from ansible_collections.daemonless.containers.plugins.module_utils._nat.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import (
    IPTABLES,
    IPTABLES_NFT,
    NFTABLES,
    Place,
    Rule,
    Standing,
)
from ansible_collections.daemonless.containers.plugins.module_utils._nat.settings import drop_in
from ansible_collections.daemonless.containers.plugins.module_utils._nat.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.module_utils._nat.wanted_rules import Interfaces, wanted_rules
from ansible_collections.daemonless.containers.plugins.module_utils._sys.sockets import Socket

LINKS = Interfaces("veth-web", {4: "eth0"})
LOCALNET = "net/ipv4/conf/veth-web/route_localnet"
FORWARD = "net/ipv4/ip_forward"
OFF = {FORWARD: "0", LOCALNET: "0"}
ON = {FORWARD: "1", LOCALNET: "1"}
TEXT = drop_in(None, {FORWARD: "1"})


def wanted(**options: Any) -> Wanted:
    usual = {"name": "web", "source": ["100.100.1.0/24"], "address": ["100.100.1.2"], "state": "present"}
    return spec({**usual, **options})


def bare(**fields: Any) -> Found:
    return replace(Found(NFTABLES, interfaces=LINKS, settings=OFF), **fields)


def standing(want: Wanted, place: Place = Place(NFTABLES)) -> Standing:  # noqa: B008
    return Standing(place, want.name, wanted_rules(want, LINKS))


def done(want: Wanted, **fields: Any) -> Found:
    return bare(**{"standing": (standing(want),), "settings": ON, "drop_in": TEXT, **fields})


def kinds(ops: Any) -> List[type]:
    return [type(op) for op in ops]


def test_from_nothing() -> None:
    made = plan(wanted(published_ports=["53:53/udp"]), bare())
    assert kinds(made.ops) == [SetSetting, WriteDropIn, ReplaceRules, SetSetting, DropFlows]
    assert made.before != made.after
    assert made.predicted["nat"]["backend"] == "nftables"
    assert not made.teardown


def test_nothing_to_do() -> None:
    want = wanted(published_ports=["53:53/udp"])
    made = plan(want, done(want))
    assert made.ops == ()
    assert made.before == made.after


def test_forwarding_over_ipv6_keeps_router_advertisements_first() -> None:
    want = wanted(source=["2001:db8::/64"], address=[])
    accept_ra, forwarding = "net/ipv6/conf/eth1/accept_ra", "net/ipv6/conf/all/forwarding"
    found = bare(interfaces=Interfaces("", {6: "eth1"}), settings={accept_ra: "1", forwarding: "0"})
    settings = [op.name for op in plan(want, found).ops if isinstance(op, SetSetting)]
    assert settings == [accept_ra, forwarding]


def test_the_guard_stands_before_localnet_and_falls_after_it() -> None:
    want = wanted(published_ports=["80:80"])
    ops = plan(want, bare(settings={FORWARD: "1", LOCALNET: "0"}, drop_in=TEXT)).ops
    assert kinds(ops) == [ReplaceRules, SetSetting]
    ops = plan(Wanted("web", present=False), done(want)).ops
    assert kinds(ops) == [SetSetting, ReplaceRules, WriteDropIn]
    assert ops[0] == SetSetting(LOCALNET, "1", "0")


def test_ports_that_go_take_localnet_along() -> None:
    ops = plan(wanted(), done(wanted(published_ports=["80:80"]))).ops
    assert kinds(ops) == [ReplaceRules, SetSetting]
    assert ops[1] == SetSetting(LOCALNET, "1", "0")


def test_moving_adds_before_it_removes() -> None:
    want = wanted()
    old = standing(want, Place(IPTABLES, 4))
    ops = [op for op in plan(want, done(want, standing=(old,))).ops if isinstance(op, ReplaceRules)]
    assert [(op.place.kind, bool(op.after)) for op in ops] == [(NFTABLES, True), (IPTABLES, False)]


def test_accepts_where_forward_drops() -> None:
    want = wanted(published_ports=["80:80"])
    place = Place(IPTABLES_NFT, 4)
    (change,) = [op for op in plan(want, done(want, dropping=(place,))).ops if isinstance(op, ReplaceRules)]
    assert change.place == place
    assert {rule.action for rule in change.after} == {"accept"}
    other_family = plan(want, done(want, dropping=(Place(IPTABLES_NFT, 6),)))
    assert other_family.ops == ()


def test_routed_networks_come_before_what_masquerades_and_what_drops() -> None:
    rules = wanted_rules(wanted(routed_networks=["100.100.0.0/16"]), LINKS)
    nat = [rule.action for rule in rules if rule.chain == "postrouting"]
    assert nat == ["accept", "masquerade"]
    forward = [rule for rule in rules if rule.chain == "forward"]
    assert (forward[0].source, forward[0].destination) == ("100.100.1.0/24", "100.100.0.0/16")
    assert (forward[1].source, forward[1].destination) == ("100.100.0.0/16", "100.100.1.0/24")
    assert forward[-1].action == "drop"
    plain = wanted_rules(wanted(routed_networks=["100.100.0.0/16"], masquerade=False), LINKS)
    assert [rule for rule in plain if rule.chain == "postrouting"] == []


def test_routed_networks_put_nothing_of_nat_where_forward_drops() -> None:
    want = wanted(routed_networks=["100.100.0.0/16"])
    place = Place(IPTABLES_NFT, 4)
    (change,) = [op for op in plan(want, done(want, dropping=(place,))).ops if isinstance(op, ReplaceRules)]
    assert {(rule.chain, rule.action) for rule in change.after} == {("forward", "accept")}


def test_drop_in_stays_for_other_owners() -> None:
    want, db = wanted(), replace(standing(wanted()), owner="db")
    ops = plan(Wanted("web", present=False), done(want, standing=(standing(want), db))).ops
    assert kinds(ops) == [ReplaceRules]


def test_drop_in_of_somebody_else_is_told_and_stays() -> None:
    want = wanted()
    with pytest.raises(ContainersError, match=r"99-zz-daemonless\.conf is there already"):
        plan(want, done(want, drop_in="net.ipv4.ip_forward = 1\n"))
    gone = plan(Wanted("web", present=False), done(want, drop_in="net.ipv4.ip_forward = 1\n"))
    assert kinds(gone.ops) == [ReplaceRules]


def test_drop_in_keeps_what_other_owners_need() -> None:
    text = drop_in("# x\nnet/ipv6/conf/all/forwarding = 1\nnet/ipv4/ip_forward = 0\n", {FORWARD: "1"})
    assert text.splitlines()[1:] == ["net/ipv4/ip_forward = 1", "net/ipv6/conf/all/forwarding = 1"]


def test_only_ports_that_lead_elsewhere_forget_flows() -> None:
    old, new = wanted(published_ports=["53:53/udp", "54:54/udp"]), wanted(published_ports=["53:53/udp", "54:55/udp"])
    flows = [op for op in plan(new, done(old)).ops if isinstance(op, DropFlows)]
    assert flows == [DropFlows(4, "", (54, 54))]


def test_unmet() -> None:
    made = plan(wanted(published_ports=["80:80"]), bare(interfaces=Interfaces("", {4: ""}), missing=("eth9",)))
    assert [unmet.what for unmet in made.unmet] == [
        "interface eth9 does not exist",
        "there is no default route and out_interface is not given",
        "no route leads to the container's address",
    ]
    assert plan(Wanted("web", present=False), bare(interfaces=Interfaces())).unmet == ()


def test_port_of_another_owner() -> None:
    other = replace(standing(wanted(published_ports=["8000-8100:8000-8100"])), owner="db")
    with pytest.raises(ContainersError, match="8080/tcp is published for db already"):
        plan(wanted(published_ports=["8080:80"]), bare(standing=(other,)))


def test_port_of_a_program() -> None:
    found = bare(sockets=(Socket("tcp", "::", 8080, holder="nginx (pid 7)"),))
    with pytest.raises(ContainersError, match=r"tcp \[::\]:8080 is held by nginx \(pid 7\)"):
        plan(wanted(published_ports=["8080:80"]), found)
    assert plan(wanted(published_ports=["8080:80/udp"]), found).ops


def test_few_changes_are_told_one_by_one() -> None:
    rule = Rule("forward", 4, "accept", in_interface="veth-web")
    assert ReplaceRules("web", Place(NFTABLES), (), (rule,)).describe() == (
        "nftables table inet daemonless, rules of web: add forward: accept in veth-web"
    )
    many = tuple(replace(rule, in_interface=f"eth{number}") for number in range(9))
    assert ReplaceRules("web", Place(NFTABLES), many, ()).describe().endswith("remove 9 rules")
    assert ReplaceRules("web", Place(NFTABLES), many, many[::-1]).describe().endswith("put in order")


def test_the_rules_of_a_container_with_a_unit_are_remembered() -> None:
    want = wanted()
    made = plan(want, done(want, memory=Memory(True, None)))
    assert made.describe() == ("remember the rules of container web for when it is started again",)
    assert made.after["remembered"]["rules"]["source"] == ["100.100.1.0/24"]
    again = plan(want, done(want, memory=Memory(True, want.asked)))
    assert again.ops == ()
    assert again.before == again.after
    gone = plan(wanted(state="absent"), bare(memory=Memory(True, want.asked)))
    assert gone.describe() == ("forget the rules of container web",)
