#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module host_info: documentation and options; the work is in module_utils/_host_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: Show what a host can do for containers, and what it lacks
version_added: "0.1.0"
description:
  - Shows what this host's kernel, file systems, control groups, packet filter and Python packages are to containers.
  - Names each thing that is lacking, with what it keeps from working and how to mend it.
  - Nothing is ever changed, and no kernel module is loaded for it. Role C(daemonless.containers.host) installs packages
    that are lacking.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.attributes.info_module
  - daemonless.containers.store
seealso:
  - module: daemonless.containers.container_info
  - module: daemonless.containers.image_info
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Look at the host
  daemonless.containers.host_info:
  register: found

- name: Tell what it lacks, and the remedy
  ansible.builtin.debug:
    msg: "{{ item.what }}. It is needed for {{ item.keeps_from }}. {{ item.remedy }}."
  loop: "{{ found.lacks }}"
  loop_control:
    label: "{{ item.what }}"

- name: Go on only where containers can run
  ansible.builtin.assert:
    that: found.able
"""

RETURN = r"""
ops:
  description: Always empty, as nothing is done.
  returned: always
  type: list
  elements: str
  sample: []
able:
  description: Whether containers of the usual kind can run here, that is, whether nothing required is lacking.
  returned: success
  type: bool
  sample: true
lacks:
  description: What is lacking, the required things first.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: What is the case.
      type: str
      returned: success
    keeps_from:
      description: What doesn't work because of that.
      type: str
      returned: success
    remedy:
      description: What to do about it.
      type: str
      returned: success
    required:
      description: Whether no container of the usual kind can run without it.
      type: bool
      returned: success
  sample:
    - what: Python library pyroute2 is missing
      keeps_from: links (veth_pair)
      remedy: Install package python3-pyroute2; role daemonless.containers.host installs it
      required: false
host:
  description: What the host is.
  returned: success
  type: dict
  contains:
    kernel:
      description: The kernel's release.
      type: str
      returned: success
    machine:
      description: The processor.
      type: str
      returned: success
    python:
      description: C(version) and C(executable) of the Python that runs the modules.
      type: dict
      returned: success
    overlay:
      description:
        - Whether overlayfs is C(available), whether it takes layers with mapped ids (C(id_mapped), by the kernel's
          version), and how many layers it takes (C(layers_max)).
      type: dict
      returned: success
    user_namespaces_max:
      description: How many user namespaces there may be; 0 where there may be none.
      type: int
      returned: success
    cgroup:
      description: The control groups' C(version), V(v2), V(v1), V(hybrid) or V(none), and the C(controllers) of v2.
      type: dict
      returned: success
    systemd:
      description: Whether systemd runs the host.
      type: bool
      returned: success
    firewall:
      description:
        - Whose rules there are, as far as programs tell (C(owners), of V(docker), V(firewalld) and V(ufw)); the kind of
          the C(iptables) command, V(nft) or V(legacy); the C(legacy_tables) and the C(nft_tables), null where these
          can't be looked at; and whether there are both kinds (C(mixed)).
      type: dict
      returned: success
    libraries:
      description: Of each Python library that modules use, whether it is C(present), and its C(version) where known.
      type: dict
      returned: success
    store:
      description:
        - Where the store is (C(path)), or will be, and what it C(lies_on); the C(file_system) there, whether ids of its
          files can be mapped (C(id_mappable), which is tried), and how many bytes are C(free).
      type: dict
      returned: success
  sample:
    kernel: 6.1.0-18-amd64
    machine: x86_64
    python: {version: 3.11.2, executable: /usr/bin/python3}
    overlay: {available: true, id_mapped: true, layers_max: 500}
    user_namespaces_max: 63000
    cgroup: {version: v2, controllers: [cpu, io, memory, pids]}
    systemd: true
    firewall: {owners: [docker], iptables: nft, legacy_tables: [], nft_tables: [ip filter, ip nat], mixed: false}
    libraries:
      pyroute2: {present: true, version: 0.7.2}
      nftables: {present: true, version: "0.1"}
      iptc: {present: false, version: null}
    store: {path: /var/lib/daemonless, lies_on: /var/lib, file_system: ext4, id_mappable: true, free: 21474836480}
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.room import ROOM

ARGUMENT_SPEC = {
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
