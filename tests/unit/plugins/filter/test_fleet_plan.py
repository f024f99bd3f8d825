# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a fleet: no two subnets overlap, nobody moves when others come or go, and shares add up."""

from __future__ import annotations

import ipaddress
import json
from itertools import combinations
from typing import Any, Dict, List

import pytest
import yaml
from jinja2.nativetypes import NativeEnvironment
from project import PLUGINS, constant

pytest.importorskip("ansible.errors", reason="the controller's Ansible is not for this Python")
from ansible.errors import AnsibleFilterError

from ansible_collections.daemonless.containers.plugins.filter.fleet_plan import FilterModule

HOSTS = ["e", "b", "d", "a", "c"]
Plan = Dict[str, Dict[str, Any]]


def planned(hosts: List[str], network: str = "100.100.0.0/16", prefix: int = 24, **more: Any) -> Plan:
    found: Plan = FilterModule().filters()["fleet_plan"](hosts, network, prefix, **more)
    return found


def numbers(plan: Plan) -> Dict[str, int]:
    return {host: entry["number"] for host, entry in plan.items()}


@pytest.mark.parametrize(("network", "prefix"), [("100.100.0.0/16", 24), ("100.100.1.0/24", 27), ("2001:db8::/48", 64)])
def test_no_two_subnets_overlap(network: str, prefix: int) -> None:
    plan = planned(HOSTS, network, prefix)
    subnets = [ipaddress.ip_network(entry["subnet"]) for entry in plan.values()]
    links = {ipaddress.ip_interface(entry["link_address"]) for entry in plan.values()}
    (between,) = {link.network for link in links}
    assert len(links) == len(HOSTS)
    assert not any(one.overlaps(other) for one, other in combinations([*subnets, between], 2))
    assert all(subnet.subnet_of(ipaddress.ip_network(network)) for subnet in subnets)


def test_one_who_comes_moves_nobody_wherever_it_is_listed() -> None:
    first = planned(HOSTS)
    more = planned(["new", *HOSTS], kept=numbers(first))
    assert {host: more[host] for host in HOSTS} == first
    assert more["new"]["number"] == 6


def test_one_who_is_away_keeps_its_number() -> None:
    first = planned(HOSTS)
    without = planned([*HOSTS[1:], "new"], kept=numbers(first))
    assert without["new"]["number"] == 6
    back = planned(HOSTS, kept={**numbers(first), **numbers(without)})
    assert back == first


def test_a_number_that_was_given_back_is_the_next_ones() -> None:
    kept = {host: number for host, number in numbers(planned(HOSTS)).items() if host != "b"}
    assert planned([*kept, "new"], kept=kept)["new"]["number"] == 2


def test_numbers_come_as_text_from_the_command_line() -> None:
    assert planned(HOSTS, prefix="24", count="7", given={"a": "9"}) == planned(HOSTS, count=7, given={"a": 9})  # type: ignore[arg-type]


def test_numbers_that_are_said_come_first() -> None:
    plan = planned(["a", "b"], given={"b": 1}, kept={"a": 1, "b": 7})
    assert numbers(plan) == {"a": 2, "b": 1}


@pytest.mark.parametrize("count", [0, 1, 4, 5, 13, 100])
def test_shares_are_even_and_add_up(count: int) -> None:
    plan = planned(HOSTS, count=count)
    shares = [entry["share"] for entry in sorted(plan.values(), key=lambda entry: int(entry["number"]))]
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"network": "100.100.0.1/16"}, "is not a network"),
        ({"prefix": 16}, "leaves no room"),
        ({"prefix": 31}, "leaves no room"),
        ({"network": "100.100.1.0/24", "prefix": 26}, "number 4 of host a is not between 1 and 3"),
        ({"given": {"a": 256}}, "number 256 of host a is not between 1 and 254"),
        ({"given": {"a": 0, "b": 2}}, "number 0 of host a is not between"),
        ({"given": {"a": 3, "b": 3}}, "hosts a and b have the same number 3"),
        ({"kept": {"a": "x"}}, "a is 'x', and has to be a whole number"),
        ({"count": -1}, "count is -1, and has to be a whole number"),
        ({"prefix": None}, "host_prefix is None, and has to be a whole number"),
    ],
)
def test_refused(arguments: Dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        planned(HOSTS, **arguments)


def test_example_gives_what_it_says() -> None:
    example = constant(PLUGINS / "filter/fleet_plan.py", "EXAMPLES")
    (task,) = yaml.safe_load(example)
    environment = NativeEnvironment()
    environment.filters["daemonless.containers.fleet_plan"] = planned
    comment = "".join(line.lstrip("#") for line in example.splitlines() if line.startswith("#"))
    assert environment.from_string(task["ansible.builtin.debug"]["msg"]).render() == json.loads(comment.lstrip(" =>"))
