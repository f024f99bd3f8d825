#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible module container_fleet: documentation and argument spec; the work is in module_utils/_fleet."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_fleet
short_description: Have many containers, each with root file system, process, network and published ports
version_added: "0.1.0"
author:
  - The daemonless.containers authors (@daemonless)
description:
  - Does for any number of containers in one task what M(daemonless.containers.image_unpack),
    M(daemonless.containers.overlay_rootfs), M(daemonless.containers.ns_container), M(daemonless.containers.veth_pair)
    and M(daemonless.containers.nat_rule) do for one, by the same code.
  - The host is looked at once, containers are made side by side on all processors, and the rules of all of them are
    changed in one transaction.
  - All options of all containers are checked before the first change. A container that then fails is taken back by
    itself; the others are made. The task fails with the name of each that did.
  - Containers are found by name. One of a listed name that no run of this fleet made is an error, whoever made it.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
requirements:
  - pyroute2 >= 0.7.2
  - python3-nftables or python3-iptables, as M(daemonless.containers.nat_rule) needs them
  - Linux >= 5.19
options:
  fleet:
    description:
      - Name of the fleet. It tells which containers O(prune) may remove, and which addresses are given already.
    type: str
    required: true
  containers:
    description:
      - The containers, one entry for one or, with C(count), for many that are alike.
      - An entry has C(name), or C(name_prefix), C(count) and C(start), which make C(node1) to C(node20) of
        C(name_prefix=node) and C(count=20). C(start) is C(1) by default.
      - All else in it are options of the modules for one container, under the names that they have as variables of
        role P(daemonless.containers.container#role), without C(container_) before them. So C(image), C(layers),
        C(userns), C(rootfs_path) are for the root file system, C(image_src), C(image_name), C(image_platform) for an
        archive on the target to unpack first, C(address), C(host_address), C(bridge), C(mtu) for the link, and all
        options of M(daemonless.containers.ns_container) and M(daemonless.containers.nat_rule) are what they are there.
      - A container gets its address from O(network), or C(address) of its own, or has no link.
      - Needed but with O(state=absent), where leaving it out means the whole fleet.
    type: list
    elements: dict
  defaults:
    description:
      - Options that every entry has unless it says otherwise.
    type: dict
  image:
    description:
      - Name or id of the image that the containers are made of, unless O(defaults) or an entry says otherwise.
      - It has to be in the store. See C(image_src) for one that is to be unpacked.
    type: str
  network:
    description:
      - The network of all containers that have no C(address) of their own.
      - Each gets the lowest address that is free and keeps it until it leaves the fleet. The first address of the
        subnet is the host's, and the default gateway.
    type: dict
    suboptions:
      subnet:
        description:
          - The subnet, or one of each IP version.
          - Two fleets in a store can't have the same addresses.
        type: list
        elements: str
        required: true
      mode:
        description:
          - With V(bridge) all containers are on one bridge and reach one another directly.
          - With V(ptp) each has a link of its own to the host, with single addresses.
        type: str
        choices: [bridge, ptp]
        default: bridge
      bridge:
        description:
          - Name of the bridge. By default made of the fleet's name, V(br-web) for V(web).
        type: str
      masquerade:
        description:
          - Let the containers reach the network outside with the host's address.
        type: bool
        default: true
      out_interface:
        description:
          - The interface that leads outside. By default that of the default route.
        type: str
      routed_networks:
        description:
          - Networks that the containers and they reach one another in untranslated, such as the containers of other
            hosts. See O(daemonless.containers.nat_rule#module:routed_networks).
        type: list
        elements: str
  nat_backend:
    description:
      - Where rules are made. See O(daemonless.containers.nat_rule#module:backend).
    type: str
    choices: [auto, nftables, iptables]
    default: auto
  prune:
    description:
      - Remove those containers of this fleet that are not listed. Containers that no run of this fleet made are never
        removed.
    type: bool
    default: false
  reset:
    description:
      - Bring every listed container back to the state of its image. What was written in its root file system is
        discarded, and its process starts anew.
      - A task with this always changes every container.
    type: bool
    default: false
  healthy_wait_timeout:
    description:
      - How many seconds O(state=healthy) waits at most, for all together.
    type: float
    default: 300.0
  state:
    description:
      - V(started) makes, starts, connects and changes what is listed.
      - V(healthy) does so too, and waits until the C(healthcheck) of each that is listed succeeds, for all at once.
        Each is judged by its own checks; up to 32 of them go on side by side.
      - V(stopped) stops what is listed and keeps its files.
      - V(absent) removes what is listed, or without O(containers) the whole fleet.
    type: str
    choices: [started, healthy, stopped, absent]
    default: started
notes:
  - Containers with a C(restart_policy) or limits need what M(daemonless.containers.runtime) puts on the target.
  - While it runs it has the store for itself. Other tasks of this collection on the same host wait.
seealso:
  - module: daemonless.containers.ns_container
  - module: daemonless.containers.image_unpack
"""

EXAMPLES = r"""
- name: Twenty alike, on a bridge of their own
  daemonless.containers.container_fleet:
    fleet: web
    image: web:latest
    network:
      subnet: 100.100.1.0/24
    containers:
      - name_prefix: web
        count: 20

- name: Some that differ, and no others
  daemonless.containers.container_fleet:
    fleet: shop
    network:
      subnet: [100.100.2.0/24, "2001:db8:2::/64"]
    defaults:
      image: shop:latest
      restart_policy: unless-stopped
      env: {STAGE: test}
    containers:
      - name: front
        published_ports: ["8080:80"]
      - name_prefix: worker
        count: 4
        command: [/usr/bin/worker, --queue, orders]
        memory: 256M
    prune: true

- name: Clean test hosts before the next run
  daemonless.containers.container_fleet:
    fleet: test
    image: test-host:latest
    network:
      subnet: 100.100.3.0/24
    containers:
      - name_prefix: host
        count: 10
    reset: true

- name: Take all of it down
  daemonless.containers.container_fleet:
    fleet: web
    state: absent
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be done, in words.
  returned: always
  type: list
  elements: str
containers:
  description: The listed containers, and those that were removed, in the order in which they were worked on.
  returned: always, but where an option is wrong
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    status:
      description: V(running), V(stopped) or V(absent).
      type: str
    action:
      description:
        - How it got what is wanted. V(none), V(create), V(start), V(live) (changed while it runs), V(restart),
          V(recreate) (stopped, mounted anew and started), V(stop) or V(remove).
      type: str
    changed:
      description: Whether anything of it was changed.
      type: bool
    pid:
      description: Its process on the host.
      type: int
    address:
      description: Its addresses with prefix lengths.
      type: list
      elements: str
    host_interface:
      description: The host's end of its link.
      type: str
    error:
      description: What failed, if something did.
      type: str
  sample:
    - name: web1
      status: running
      action: create
      changed: true
      pid: 4711
      address: [100.100.1.2/24]
      host_interface: veth-web1
      error: null
counts:
  description: How many containers got what is wanted in which way, and how many failed.
  returned: always, but where an option is wrong
  type: dict
  sample: {create: 2, none: 18, failed: 0}
failures:
  description: The error of each container that failed, by its name.
  returned: always, but where an option is wrong
  type: dict
"""

from functools import partial

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import entry_check, run_work
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.argspec import ARGUMENT_SPEC, entry
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.lead import run_fleet


def main() -> None:
    run_work(partial(run_fleet, entry_check(entry())), argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
