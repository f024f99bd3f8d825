# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules in each back end's form and back: nothing lost, and nothing taken for ours that isn't."""

from __future__ import annotations

import shlex
from typing import Any, Dict, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._nat import nft_codec, xtables_codec
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import Rule
from ansible_collections.daemonless.containers.plugins.module_utils._nat.spec import spec
from ansible_collections.daemonless.containers.plugins.module_utils._nat.wanted_rules import Interfaces, wanted_rules

EVERY_KIND = wanted_rules(
    spec(
        {
            "name": "web",
            "source": ["100.100.1.0/24", "2001:db8:1::/64"],
            "address": ["100.100.1.2", "2001:db8:1::2"],
            "published_ports": ["8080:80", "203.0.113.1:53:53/udp", "7000-7009:7000-7009/sctp", "[2001:db8::1]:1:2"],
            "state": "present",
        }
    ),
    Interfaces("veth-web", {4: "eth0", 6: "eth1"}),
)


@pytest.mark.parametrize("rule", EVERY_KIND, ids=Rule.text)
def test_nftables_gives_back_what_it_got(rule: Rule) -> None:
    assert nft_codec.decode(rule.chain, 0, nft_codec.encode(rule)) == rule


@pytest.mark.parametrize("rule", EVERY_KIND, ids=Rule.text)
def test_iptables_gives_back_what_it_got(rule: Rule) -> None:
    assert xtables_codec.decode(rule.chain, rule.family, xtables_codec.encode(rule, "web")) == rule


@pytest.mark.parametrize("rule", [rule for rule in EVERY_KIND if rule.action == "accept"], ids=Rule.text)
def test_the_iptables_command_gives_back_what_it_got(rule: Rule) -> None:
    line = f"-A FORWARD {shlex.join(xtables_codec.words(rule, 'web'))}"
    chain, fields = xtables_codec.parsed_words(line)
    assert (chain, fields["comment"]) == ("FORWARD", {"comment": "daemonless:web"})
    assert xtables_codec.decode("forward", rule.family, fields) == rule


def test_every_kind_of_rule_is_in_the_round_trips() -> None:
    assert {rule.action for rule in EVERY_KIND} == {"accept", "drop", "masquerade", "dnat"}
    assert {rule.family for rule in EVERY_KIND} == {4, 6}


def test_saved_form_of_iptables() -> None:
    line = (
        "-A FORWARD ! -s 10.0.0.1/32 -o eth0 -m conntrack --ctstate ESTABLISHED,RELATED"
        ' -m comment --comment "daemonless:a" -j ACCEPT'
    )
    chain, fields = xtables_codec.parsed_words(line)
    expected = Rule("forward", 4, "accept", out_interface="eth0", source="!10.0.0.1", connection="established,related")
    assert xtables_codec.decode("forward", 4, fields) == expected
    assert chain == "FORWARD"


@pytest.mark.parametrize(
    "extra",
    [
        {"limit": {"rate": 1, "per": "second"}},
        {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "ttl"}}, "right": 1}},
        {"match": {"op": "!=", "left": {"ct": {"key": "state"}}, "right": "new"}},
        {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "again"}},
        {"accept": None},
        {"reject": {"type": "tcp reset"}},
    ],
)
def test_nftables_rule_that_says_more_is_not_ours(extra: Dict[str, Any]) -> None:
    rule = Rule("forward", 4, "drop", in_interface="a", source="10.0.0.0/8")
    expressions: List[Any] = [extra, *nft_codec.encode(rule)]
    assert nft_codec.decode("forward", 0, expressions).action.startswith("something else")


@pytest.mark.parametrize(
    ("left", "right"), [("nft 1.0", ["established", "related"]), ("a set", {"set": ["related", "established"]})]
)
def test_nftables_states_however_listed(left: str, right: Any) -> None:
    rule = Rule("forward", 4, "accept", source="10.0.0.0/8", connection="established,related")
    expressions = nft_codec.encode(rule)
    expressions[1]["match"]["right"] = right
    assert nft_codec.decode("forward", 0, [{"counter": {"packets": 1, "bytes": 2}}, *expressions]) == rule


@pytest.mark.parametrize(
    "extra", [{"limit": {"limit": "1/sec"}}, {"tcp": {"dport": "1", "sport": "2"}}, {"target": "REJECT"}, {"mark": {}}]
)
def test_iptables_rule_that_says_more_is_not_ours(extra: Dict[str, Any]) -> None:
    fields = {**xtables_codec.encode(Rule("forward", 4, "drop", source="10.0.0.0/8"), "web"), **extra}
    assert xtables_codec.decode("forward", 4, fields).action.startswith("something else")
