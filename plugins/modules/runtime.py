#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module runtime: documentation and options; the work is in module_utils/_runtime."""

from __future__ import annotations

DOCUMENTATION = r"""
module: runtime
short_description: Put on a target what starts containers there with no task, at boot and after a crash
version_added: "0.1.0"
description:
  - Copies the part of this collection's own code that mounts, starts and connects a container to the target, into a
    folder of the store. It needs no Ansible there, just the Python that the modules run with.
  - The systemd units of containers run it, which M(daemonless.containers.ns_container) makes for those with a
    restart policy or limits. It doesn't stay; it ends when the container runs.
  - Role P(daemonless.containers.container#role) calls this module where it is needed.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
options:
  state:
    description:
      - V(present), the runtime of this version of the collection is there and in use, and no other.
      - V(absent), there is none. While a container has a unit that runs it, this is an error.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: daemonless.containers.ns_container
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Have what starts containers at boot
  daemonless.containers.runtime:

- name: Start a container now and at each boot
  daemonless.containers.ns_container:
    name: web
    restart_policy: always
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be done, in words and in order.
  returned: always
  type: list
  elements: str
  sample: ["install version 2f61c1d0a9b3c4d5 of the runtime", "use version 2f61c1d0a9b3c4d5 of the runtime"]
runtime:
  description: The runtime as it is.
  returned: success
  type: dict
  contains:
    version:
      description: The name of the version in use, made of its contents; null where there is none.
      type: str
      returned: success
    path:
      description: What units run; null where there is none.
      type: str
      returned: success
  sample:
    version: 2f61c1d0a9b3c4d5
    path: /var/lib/daemonless/runtime/current/daemonless-runtime
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._runtime.room import ROOM

ARGUMENT_SPEC = {
    **argspec.state("present", "absent"),
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
