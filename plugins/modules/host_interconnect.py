#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module host_interconnect: documentation and argument spec; the work is in module_utils/_interconnect."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_interconnect
short_description: Let containers on several hosts reach one another
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Routes from this host to the containers' subnets on other hosts, either directly or over a VXLAN link, which is
    made here too. Every host runs it with the others as O(peers).
  - Each host needs a subnet of its own for its containers, out of one O(network) that all hosts have in common.
  - Routes carry a protocol number of their own (109), the link carries O(network) in its alias and in one of its
    names. What was not made by this module is never changed; a foreign route to one of the subnets is an error.
  - Routes and link last until the next boot, as all routes do that no network manager sets. Run it again after that.
  - Whether packets pass the rules of M(daemonless.containers.nat_rule), and untranslated, is the business of its option
    O(daemonless.containers.nat_rule#module:routed_networks).
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
requirements:
  - pyroute2 >= 0.7.2
  - Linux >= 5.19
options:
  network:
    description:
      - The network that the subnets of all hosts are parts of, such as V(100.100.0.0/16).
      - It tells one interconnect of a host from another. All routes of this module into it are as O(peers) says; those
        that are no longer wanted are removed.
    type: str
    required: true
  mode:
    description:
      - V(routes) sends packets to the other host as they are. The hosts have to be neighbours on one link, with no
        router between them, and that link has to let such packets through, which networks of clouds often do not.
      - V(vxlan) wraps them into UDP packets from host to host, wherever the other host is. It takes 50 bytes of each
        packet (70 over IPv6), which the link's MTU accounts for. Nothing is encrypted, and whoever can send to the UDP
        port can send to the containers, so let none but the hosts do so.
    type: str
    choices: [routes, vxlan]
    default: routes
  peers:
    description:
      - The other hosts. Without any, only the VXLAN link is made.
    type: list
    elements: dict
    suboptions:
      address:
        description: Address by which this host reaches the other one.
        type: str
        required: true
      subnets:
        description: Subnets of the containers there.
        type: list
        elements: str
        required: true
      gateway:
        description:
          - With O(mode=vxlan), the other host's address on the VXLAN, which is O(address) there.
        type: str
  local_address:
    description:
      - With O(mode=vxlan), this host's address that the others know it by.
    type: str
  address:
    description:
      - With O(mode=vxlan), this host's address on the VXLAN with its prefix length, in a subnet of O(network) that
        belongs to no host's containers.
    type: str
  vni:
    description:
      - VXLAN network identifier. The default is made from O(network), so that it is the same on all hosts.
    type: int
  port:
    description: UDP port of the VXLAN, the same on all hosts.
    type: int
    default: 4789
  interface:
    description:
      - Name of the VXLAN link, at most 15 characters. The default is V(vxlan) and the O(vni).
    type: str
  mtu:
    description:
      - MTU of the VXLAN link. The default is that of the link which has O(local_address), less what VXLAN takes.
      - Give the containers the same, with O(daemonless.containers.veth_pair#module:mtu).
    type: int
  state:
    description:
      - V(present) makes routes and link what the options say, V(absent) removes all of O(network) on this host.
    type: str
    choices: [present, absent]
    default: present
notes:
  - Forwarding of packets is turned on where it is off.
seealso:
  - module: daemonless.containers.nat_rule
  - module: daemonless.containers.veth_pair
"""

EXAMPLES = r"""
- name: Route to the containers of two neighbours
  daemonless.containers.host_interconnect:
    network: 100.100.0.0/16
    peers:
      - address: 198.51.100.12
        subnets: [100.100.2.0/24]
      - address: 198.51.100.13
        subnets: [100.100.3.0/24]

- name: Reach the containers of a host in another place
  daemonless.containers.host_interconnect:
    network: 100.100.0.0/16
    mode: vxlan
    local_address: 198.51.100.11
    address: 100.100.0.1/24
    peers:
      - address: 203.0.113.12
        subnets: [100.100.2.0/24]
        gateway: 100.100.0.2

- name: Take it down
  daemonless.containers.host_interconnect:
    network: 100.100.0.0/16
    state: absent
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be, in words.
  returned: always
  type: list
  elements: str
  sample: ["add route 100.100.2.0/24 via 198.51.100.12 through eth0"]
interconnect:
  description: What there is afterwards; empty with O(state=absent).
  returned: success
  type: dict
  contains:
    network:
      description: The network, as given.
      type: str
    link:
      description: The VXLAN link; none with O(mode=routes).
      type: dict
      contains:
        name:
          description: Name of the link.
          type: str
        vni:
          description: VXLAN network identifier.
          type: int
        port:
          description: UDP port.
          type: int
        local_address:
          description: Address that packets to other hosts come from.
          type: str
        mac:
          description: Hardware address, made from O(network) and O(address).
          type: str
        mtu:
          description: MTU of the link, and the largest that containers should have.
          type: int
        state:
          description: V(up) or V(down).
          type: str
        addresses:
          description: Addresses with prefix lengths.
          type: list
          elements: str
        remotes:
          description: The hosts that it leads to.
          type: list
          elements: str
    routes:
      description: Routes to the other hosts' subnets, each with C(dest), C(gateway) and C(interface).
      type: list
      elements: dict
  sample:
    network: 100.100.0.0/16
    link: null
    routes:
      - {dest: 100.100.2.0/24, gateway: 198.51.100.12, interface: eth0}
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._interconnect.room import ROOM


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
