#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module veth_pair: documentation and argument spec; the work is in module_utils/_veth."""

from __future__ import annotations

DOCUMENTATION = r"""
module: veth_pair
short_description: Connect a container to the host or to a bridge
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Makes a pair of virtual Ethernet interfaces, one end on the host and the other inside a network namespace,
    and gives both their addresses and routes.
  - The inner end is made where it belongs and under its final name; nothing is moved or renamed afterwards.
  - Every attribute is compared with the kernel. What differs is repaired, and only that.
  - The outer end carries a mark with the name of its container in its alias. A link of that name without the
    mark is an error and stays as it is.
  - To let packets out of the host, and in from outside, see M(daemonless.containers.nat_rule).
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
requirements:
  - pyroute2 >= 0.7.2
  - Linux >= 5.19
options:
  container:
    description:
      - Name of the container to connect. It has to be running.
      - Exactly one of O(container) and O(netns) is needed, except with O(host_interface) and O(state=absent).
    type: str
  netns:
    description:
      - The network namespace to connect, for one that is not a container's.
      - A pid, a path such as V(/run/netns/blue), or a name as C(ip netns) shows it.
    type: str
  host_interface:
    description:
      - Name of the end on the host, at most 15 characters.
      - By default made from the name of the container, V(veth-web) for V(web), or from a hash of it where that is
        too long. Always the same for the same container and O(interface).
    type: str
  interface:
    description:
      - Name of the end inside.
      - This module owns that interface. Addresses and static routes on it that are not asked for here are removed;
        routes that a routing daemon or a router advertisement set are left.
    type: str
    default: eth0
  host_address:
    description:
      - Addresses of the host's end with prefix lengths, such as V(198.51.100.1/24); with O(bridge), of the bridge.
      - With a prefix length of 32 (IPv6 128) several pairs may have the same one.
    type: list
    elements: str
  address:
    description:
      - Addresses of the inner end with prefix lengths, such as V(198.51.100.2/24) and V(2001:db8::2/64).
      - Where none of O(host_address) has a subnet that covers it, and without O(bridge), the host gets a route to it.
      - An address that the host or another container has already is an error.
    type: list
    elements: str
  gateway:
    description:
      - Where the default route inside leads, at most one address per IP version; usually O(host_address).
      - A gateway outside of the subnets of O(address) gets a link-scope route of its own.
    type: list
    elements: str
  routes:
    description:
      - Further routes inside, each as a mapping, or as text such as V(10.1.0.0/16 via 198.51.100.1 metric 100).
      - "Keys of the mapping: C(dest) (a subnet), C(gateway) (none: on the link itself), C(metric)."
    type: list
    elements: raw
  bridge:
    description:
      - Name of a bridge on the host to put the outer end into. It is made if it is not there, without spanning tree
        and with a hardware address that stays the same whoever joins.
      - A bridge that this module made is removed with its last member. Any other is never changed.
      - The outer end may send frames back through the port that they came in by (hairpin), so that a container
        reaches its own published ports.
    type: str
  mtu:
    description:
      - MTU of both ends. By default that of the interface which the host's default route goes through, or 1500.
    type: int
  mac:
    description:
      - Hardware address of the inner end. By default made up, and the same whenever the pair is made anew.
    type: str
    aliases: [mac_address]
  checksum_offload:
    description:
      - Leave the checksums of sent packets to the device. On a pair nobody computes them then, and nobody needs them.
      - Turn it off for programs inside that read raw packets and insist on checksums, as some DHCP clients do.
    type: bool
    default: true
  state:
    description:
      - V(present) makes or repairs the pair, V(absent) removes it.
      - To remove a pair that is gone already, or whose container is, is no error.
    type: str
    choices: [present, absent]
    default: present
notes:
  - On the host's end C(rp_filter) is set to 2, C(arp_notify) to 1 and, so that a container cannot reroute the host,
    C(accept_ra) to 0. Likewise on a bridge that this module made.
  - Inside, IPv6 is turned off on the interface (C(disable_ipv6) is 1) where no IPv6 address is asked for, so that no
    neighbour reaches the container at an address that nobody chose.
  - IPv6 addresses are usable at once, duplicate address detection is not waited for.
seealso:
  - module: daemonless.containers.ns_container
  - module: daemonless.containers.nat_rule
"""

EXAMPLES = r"""
- name: Connect a container to the host
  daemonless.containers.veth_pair:
    container: web
    host_address: 100.100.1.1/24
    address: 100.100.1.2/24
    gateway: 100.100.1.1

- name: Connect a container to a bridge, with IPv4 and IPv6
  daemonless.containers.veth_pair:
    container: web
    bridge: br-web
    host_address: [198.51.100.1/24, "2001:db8::1/64"]
    address: [198.51.100.2/24, "2001:db8::2/64"]
    gateway: [198.51.100.1, "2001:db8::1"]

- name: Share one gateway address among many point-to-point pairs
  daemonless.containers.veth_pair:
    container: web
    host_address: 198.51.100.1/32
    address: 198.51.100.2/32
    gateway: 198.51.100.1
    routes:
      - dest: 203.0.113.0/24
        gateway: 198.51.100.1
        metric: 50

- name: Connect a namespace that ip netns made
  daemonless.containers.veth_pair:
    netns: blue
    host_interface: veth-blue
    address: 198.51.100.2/24
    host_address: 198.51.100.1/24

- name: Remove the pair
  daemonless.containers.veth_pair:
    container: web
    state: absent
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be, in words.
  returned: always
  type: list
  elements: str
  sample: ["connect eth0 in container web to veth-web", "set veth-web up"]
veth:
  description:
    - Both ends of the pair and the bridge as the kernel shows them; empty with O(state=absent).
    - Addresses that the kernel made up itself (IPv6 link-local) or learned from a router are left out.
  returned: success
  type: dict
  contains:
    container:
      description: The container's name, as given.
      type: str
    netns:
      description: Path of the network namespace, where it was given.
      type: str
    host:
      description: The end on the host.
      type: dict
      contains: &end
        name:
          description: Name of the interface.
          type: str
        peer:
          description: Name of the other end.
          type: str
        mac:
          description: Hardware address.
          type: str
        mtu:
          description: MTU.
          type: int
        state:
          description: V(up) or V(down).
          type: str
        addresses:
          description: Addresses with prefix lengths.
          type: list
          elements: str
        routes:
          description: Static routes through it, each with C(dest), C(gateway) and C(metric).
          type: list
          elements: dict
        checksum_offload:
          description: Whether checksums of sent packets are left to the device.
          type: bool
        bridge:
          description: Name of the bridge it is in. On the host's end only.
          type: str
    inside:
      description: The end in the container.
      type: dict
      contains: *end
    bridge:
      description: The bridge, where O(bridge) was given.
      type: dict
      contains:
        name:
          description: Name of the bridge.
          type: str
        mac:
          description: Hardware address.
          type: str
        state:
          description: V(up) or V(down).
          type: str
        addresses:
          description: Addresses with prefix lengths.
          type: list
          elements: str
        ours:
          description: Whether this module made it, and will remove it with its last member.
          type: bool
  sample:
    container: web
    netns: null
    host:
      name: veth-web
      peer: eth0
      mac: fe:3b:7a:10:c2:55
      mtu: 1500
      state: up
      addresses: [100.100.1.1/24]
      routes: []
      checksum_offload: true
      bridge: null
    inside:
      name: eth0
      peer: veth-web
      mac: 02:91:0d:5c:aa:3e
      mtu: 1500
      state: up
      addresses: [100.100.1.2/24]
      routes:
        - {dest: 0.0.0.0/0, gateway: 100.100.1.1, metric: 0}
      checksum_offload: true
    bridge: null
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._veth.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._veth.room import ROOM


def main() -> None:
    run(
        ROOM,
        argument_spec=ARGUMENT_SPEC,
        mutually_exclusive=[("container", "netns")],
        required_one_of=[("container", "netns", "host_interface")],
    )


if __name__ == "__main__":
    main()
