# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/fleet.yml on hosts behind SSH, from bare hosts to bare hosts; the tests follow one another."""

from __future__ import annotations

import ipaddress
import re
from itertools import combinations
from typing import Any, Dict, List

from plays import Play


def containers(played: Play) -> Dict[str, List[Dict[str, Any]]]:
    """What the last task of the fleet said of each host's containers."""
    return {task.host: task.result["containers"] for task in played.tasks if task.module == "container_fleet"}


def addresses(played: Play) -> Dict[str, str]:
    """The address of each container."""
    listed = [one for own in containers(played).values() for one in own]
    return {one["name"]: one["address"][0].split("/")[0] for one in listed if one["status"] == "running"}


def test_check_mode_works_on_a_bare_host_and_leaves_it_so(lab: Any) -> None:
    played = lab.play(3, "--check", "--limit", "h1", fleet_interconnect="vxlan").succeeded()
    assert "container_fleet" in played.changed
    assert lab.hosts[0].state() == lab.untouched[0]
    assert not lab.plan.exists()


def test_each_of_three_hosts_gets_its_share_and_a_subnet_of_its_own(lab: Any) -> None:
    played = lab.play(3, fleet_interconnect="routes").succeeded()
    assert lab.numbers() == {f"h{number}": number for number in range(1, 4)}
    shares = {host: len(own) for host, own in containers(played).items()}
    assert shares == {"h1": 3, "h2": 2, "h3": 2}
    nets = {one["address"][0] for own in containers(played).values() for one in own}
    subnets = {ipaddress.ip_interface(text).network for text in nets}
    assert len(nets) == 7
    assert len(subnets) == 3
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))


def test_containers_reach_one_another_across_hosts_by_routes(lab: Any) -> None:
    known = addresses(lab.played[-1])
    for own, other in (("web-1-1", "web-2-1"), ("web-2-1", "web-3-2"), ("web-3-2", "web-1-3")):
        assert lab.reaches(f"h{own[4]}", own, known[other])


def test_the_image_was_sent_to_each_host_once(lab: Any) -> None:
    copies = [task.host for task in lab.played[-1].tasks if task.module == "ansible.builtin.copy" and task.changed]
    assert sorted(copies) == ["h1", "h1", "h2", "h3"]  # and the plan, by the first


def test_a_second_run_changes_nothing(lab: Any) -> None:
    again = lab.play(3, fleet_interconnect="routes", fleet_strategy="free").succeeded()
    assert again.changed == []
    assert addresses(again) == addresses(lab.played[-2])
    assert re.search(r"h3 +: ok=\d+ +changed=0 ", again.output)


def test_a_fourth_host_moves_nobody_and_a_tunnel_takes_the_place_of_routes(lab: Any) -> None:
    before = addresses(lab.played[-1])
    played = lab.play(4, fleet_interconnect="vxlan", fleet_count=8).succeeded()
    assert lab.numbers()["h4"] == 4
    now = addresses(played)
    assert len(now) == 8
    assert {name: address for name, address in now.items() if name in before}.items() <= before.items()
    links = {task.host: task.result["interconnect"] for task in played.tasks if task.module == "host_interconnect"}
    assert {len(one["link"]["remotes"]) for one in links.values()} == {3}
    for own, other in (("web-4-1", "web-1-1"), ("web-2-2", "web-4-2"), ("web-3-1", "web-2-2")):
        assert lab.reaches(f"h{own[4]}", own, now[other])
    assert "mtu 1450" in lab.hosts[0].run("ip", "link", "show", "veth-web-1-1")


def test_down_leaves_nothing(lab: Any) -> None:
    assert lab.play(4, fleet_state="absent").succeeded().changed
    for host, before in zip(lab.hosts, lab.untouched):
        assert host.state() == before
    assert not lab.plan.exists()
