# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filter fleet_plan: which host of a fleet has which number, and what follows from it. Knows no host, only names."""

from __future__ import annotations

DOCUMENTATION = r"""
name: fleet_plan
short_description: Share out a network and containers among hosts
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Gives each host of a fleet a number, and by its number a subnet of the fleet's network and a share of the
    containers.
  - A number once given stays with its host, so that a host that comes or goes moves no other host's subnet. Whoever
    uses the filter keeps the numbers and gives them back as O(kept).
  - The subnet with number 0 belongs to no host. Hosts have addresses in it for the links between them.
positional: network, host_prefix
options:
  _input:
    description: Names of the hosts.
    type: list
    elements: str
    required: true
  network:
    description: The network of the whole fleet.
    type: str
    required: true
  host_prefix:
    description: Prefix length of each host's subnet.
    type: int
    required: true
  given:
    description: Numbers that are said for some hosts, by their names. They come before all others.
    type: dict
    default: {}
  kept:
    description:
      - Numbers that hosts have by an earlier plan, by their names, also those of hosts that are not in O(_input).
      - A host with neither gets the lowest number that nobody has.
    type: dict
    default: {}
  count:
    description: How many containers there are on all hosts together.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Plan for two hosts, one of which was there before
  ansible.builtin.debug:
    msg: "{{ ['one', 'two'] | daemonless.containers.fleet_plan('100.100.0.0/16', 24, kept={'two': 1}, count=5) }}"

# => {"one": {"number": 2, "share": 2, "subnet": "100.100.2.0/24", "link_address": "100.100.0.2/24"},
#     "two": {"number": 1, "share": 3, "subnet": "100.100.1.0/24", "link_address": "100.100.0.1/24"}}
"""

RETURN = r"""
_value:
  description:
    - By the name of each host, its C(number) from 1 on, its C(subnet), its C(link_address) in the subnet that is no
      host's, and its C(share) of the containers.
    - Shares differ by one at most; the hosts with the lowest numbers have the larger ones.
  type: dict
"""

import ipaddress
from typing import Any, Dict, List, Mapping, Optional, Union

from ansible.errors import AnsibleFilterError

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


def fleet_plan(
    hosts: List[str],
    network: str,
    host_prefix: int,
    given: Optional[Mapping[str, Any]] = None,
    kept: Optional[Mapping[str, Any]] = None,
    count: int = 0,
) -> Dict[str, Dict[str, Any]]:
    """The plan, by host. Raises AnsibleFilterError where there can be none."""
    said = _whole_numbers({"host_prefix": host_prefix, "count": count})
    whole, prefix, containers = _network(network), said["host_prefix"], said["count"]
    numbers = _numbers([str(host) for host in hosts], _whole_numbers(given or {}), _whole_numbers(kept or {}))
    most = _most(whole, prefix)
    for host, number in numbers.items():
        if not 1 <= number <= most:
            raise AnsibleFilterError(
                f"fleet_plan: number {number} of host {host} is not between 1 and {most}, "
                f"which is how many subnets of /{prefix} there are in {whole} beside the first"
            )
    size = 2 ** (whole.max_prefixlen - prefix)
    first = whole.network_address
    ranks = {host: rank for rank, host in enumerate(sorted(numbers, key=lambda host: numbers[host]))}
    return {
        host: {
            "number": number,
            "subnet": f"{first + number * size}/{prefix}",
            "link_address": f"{first + number}/{prefix}",
            "share": containers // len(numbers) + (ranks[host] < containers % len(numbers)),
        }
        for host, number in numbers.items()
    }


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(str(text))
    except ValueError as error:
        raise AnsibleFilterError(f"fleet_plan: {text!r} is not a network ({error})") from error


def _most(network: Network, prefix: int) -> int:
    """The highest number: there is a subnet of that number, and an address in the first one."""
    if not network.prefixlen < prefix <= network.max_prefixlen - 2:
        raise AnsibleFilterError(
            f"fleet_plan: a prefix length of {prefix} leaves no room for hosts of {network} and their containers, "
            f"take one between {network.prefixlen + 1} and {network.max_prefixlen - 2}"
        )
    return min((1 << (prefix - network.prefixlen)) - 1, (1 << (network.max_prefixlen - prefix)) - 2)


def _whole_numbers(values: Mapping[str, Any]) -> Dict[str, int]:
    """Each as a number; extra variables come as text."""
    numbers = {}
    for name, value in values.items():
        text = str(value)
        if not (text.isascii() and text.isdigit()):
            raise AnsibleFilterError(f"fleet_plan: {name} is {value!r}, and has to be a whole number")
        numbers[str(name)] = int(text)
    return numbers


def _numbers(hosts: List[str], given: Mapping[str, int], kept: Mapping[str, int]) -> Dict[str, int]:
    """What is said for a host goes before what it had; a number that is taken by then is as good as none."""
    known = {**{host: number for host, number in kept.items() if number not in given.values()}, **given}
    holders: Dict[int, str] = {}
    for host, number in known.items():
        if number in holders:
            raise AnsibleFilterError(f"fleet_plan: hosts {holders[number]} and {host} have the same number {number}")
        holders[number] = host
    numbers = {}
    for host in hosts:
        free = (number for number in range(1, len(holders) + 2) if number not in holders)
        number = known[host] if host in known else next(free)
        holders[number] = host
        numbers[host] = number
    return numbers


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Any]:
        return {"fleet_plan": fleet_plan}
