#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module container_info: documentation and options; the work is in module_utils/_container_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_info
short_description: Show containers, as they are
version_added: "0.1.0"
description:
  - Shows containers that M(daemonless.containers.ns_container) has made, running or not, by name or all of them.
  - What is shown is what the kernel and systemd say now; settings are those that the container was last started with.
  - Nothing is ever changed. A container whose record is damaged is shown with the reason, and doesn't fail the task.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.attributes.info_module
  - daemonless.containers.store
options:
  name:
    description:
      - The container's name, or several. The default is all containers of the O(store).
    type: list
    elements: str
    aliases: [names]
  ports:
    description:
      - Whether to look for published ports, in the host's rules. This is the one look that takes longer the more ports
        the host publishes.
    type: bool
    default: true
seealso:
  - module: daemonless.containers.ns_container
  - module: daemonless.containers.image_info
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Look at a container
  daemonless.containers.container_info:
    name: web
  register: web

- name: Do something where it runs
  ansible.builtin.debug:
    msg: "It can be reached at {{ web.containers[0].addresses | first }}"
  when: web.exists and web.containers[0].status == "running"

- name: Look at all containers
  daemonless.containers.container_info:
  register: all

- name: Name those that have ended with an error
  ansible.builtin.debug:
    msg: "{{ ended | rejectattr('exit_code', 'eq', 0) | map(attribute='name') }}"
  vars:
    ended: "{{ all.containers | selectattr('status', 'eq', 'stopped') }}"
"""

RETURN = r"""
ops:
  description: Always empty, as nothing is done.
  returned: always
  type: list
  elements: str
  sample: []
exists:
  description: Whether all containers that were asked for exist; without O(name), whether there is any.
  returned: success
  type: bool
  sample: true
containers:
  description: The containers, in the order of O(name), or by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      returned: success
    exists:
      description: Whether there is a container of that name. If not, most of what follows is null or empty.
      type: bool
      returned: success
    status:
      description:
        - V(running), V(stopped), V(restarting) where its unit is about to start it again, V(absent) where there is
          none, and V(unknown) where its record is damaged.
      type: str
      returned: success
    error:
      description: Why nothing can be told of it; null if all is well.
      type: str
      returned: success
    pid:
      description: Its first process, as the host counts; null unless it runs.
      type: int
      returned: success
    started:
      description: When that began, in UTC; null unless it runs.
      type: str
      returned: success
    exit_code:
      description: How it ended; null while it runs, and where it isn't known.
      type: int
      returned: success
    hostname:
      description: Its host name.
      type: str
      returned: success
    image:
      description: The image's RV(ignore:id) and RV(ignore:names); null for a root file system that was made of folders.
      type: dict
      returned: success
    rootfs:
      description: The folder on the host that its root is mounted at.
      type: str
      returned: success
    namespaces:
      description: Kind and path of the namespaces it doesn't share with the host, while it runs.
      type: dict
      returned: success
    interfaces:
      description: Its interfaces, but loopback, with the addresses as the kernel has them; none of the host's.
      type: list
      elements: dict
      returned: success
    addresses:
      description: All addresses of these, without prefix lengths, IPv4 first on each.
      type: list
      elements: str
      returned: success
    ports:
      description:
        - Published ports, as the rules say that M(daemonless.containers.nat_rule) has made for the container's name. An
          empty C(host_ip) is every address of the host. Null if O(ports=false).
      type: list
      elements: dict
      returned: success
    limits:
      description: What the kernel lets it use at most while it runs, each null for no limit; see ns_container.
      type: dict
      returned: success
    usage:
      description: What it uses now; null unless it runs.
      type: dict
      returned: success
      contains:
        source:
          description:
            - V(cgroup) for a container that is a unit, on a host with cgroup v2. Otherwise V(proc), summed from its
              processes; memory that they share is counted for each of them.
          type: str
          returned: success
        memory:
          description: Bytes of memory.
          type: int
          returned: success
        memory_peak:
          description: The most it has used; null where nobody counts.
          type: int
          returned: success
        cpu_seconds:
          description: Seconds that processors have worked for it.
          type: float
          returned: success
        pids:
          description: Number of processes and threads.
          type: int
          returned: success
    restart_policy:
      description: When it is started again by itself.
      type: str
      returned: success
    healthcheck:
      description:
        - How it is asked whether it does its work, as option and image together have it; null where there is nothing to
          ask. Nobody asks between tasks, so how it is isn't known here; M(daemonless.containers.ns_container) with
          C(state=healthy) asks.
      type: dict
      returned: success
      contains:
        test:
          description: The command, with its arguments.
          type: list
          elements: str
          returned: success
        interval:
          description: Seconds between two tries.
          type: float
          returned: success
        timeout:
          description: Seconds that a try may take.
          type: float
          returned: success
        start_period:
          description: Seconds after its start in which a try that failed isn't counted.
          type: float
          returned: success
        start_interval:
          description: Seconds between two tries of that time.
          type: float
          returned: success
        retries:
          description: How many tries one after the other have to fail.
          type: int
          returned: success
    unit:
      description: Its systemd unit, with C(name), C(starts_at_boot) and C(state); null where it has none.
      type: dict
      returned: success
    log:
      description: File with what it wrote to its standard output and error; null where that goes to the journal.
      type: str
      returned: success
    settings:
      description:
        - What it was last started with, by the names of the options of M(daemonless.containers.ns_container). Of C(env)
          only the names.
      type: dict
      returned: success
  sample:
    - name: web
      exists: true
      status: running
      error: null
      pid: 4711
      started: "2026-11-25T14:00:00+00:00"
      exit_code: null
      hostname: web
      addresses: [100.100.1.2]
      ports:
        - host_ip: ""
          host_port: "8080"
          container_ip: 100.100.1.2
          container_port: "80"
          protocol: tcp
      usage:
        source: cgroup
        memory: 11534336
        memory_peak: 12582912
        cpu_seconds: 0.42
        pids: 3
      healthcheck:
        test: [/bin/sh, -c, "nc -z localhost 80"]
        interval: 5.0
        timeout: 30.0
        start_period: 0.0
        start_interval: 5.0
        retries: 3
"""

from ansible_collections.daemonless.containers.plugins.module_utils._container_info.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run

ARGUMENT_SPEC = {
    "name": {"type": "list", "elements": "str", "aliases": ["names"]},
    "ports": {"type": "bool", "default": True},
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
