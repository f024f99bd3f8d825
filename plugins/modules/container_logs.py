#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module container_logs: documentation and options; the work is in module_utils/_container_logs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_logs
short_description: Show what a container has written
version_added: "0.1.0"
description:
  - Shows the last lines that a container has written to its standard output and error, whether it runs or not, from its
    log file or, with O(daemonless.containers.ns_container#module:log_driver=journald), from the journal.
  - Nothing is ever changed. Of a container that doesn't exist there are no lines.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.attributes.info_module
  - daemonless.containers.store
options:
  name:
    description:
      - The container's name.
    type: str
    required: true
  tail:
    description:
      - How many lines to show at most, the last ones. V(-1) is all there are.
      - Of a log file no more than its last 16 MiB are shown.
    type: int
    default: 100
  since:
    description:
      - Show only lines of that time or later, written as C(journalctl) takes it, such as V(2026-11-25 14:00:00), V(-1h)
        or V(today).
      - A log file has no times in it. This is an error for a container that has one.
    type: str
notes:
  - In the journal of a unit is also what the runtime wrote that has started the container.
seealso:
  - module: daemonless.containers.ns_container
  - module: daemonless.containers.container_info
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Look at the last lines of a container
  daemonless.containers.container_logs:
    name: web
    tail: 20
  register: web

- name: Show them
  ansible.builtin.debug:
    var: web.lines

- name: Wait until it says that it is ready
  daemonless.containers.container_logs:
    name: db
  register: db
  until: db.lines | select("search", "ready to accept connections") | length > 0
  retries: 30
  delay: 1

- name: Look at what a container with a unit wrote in the last hour
  daemonless.containers.container_logs:
    name: worker
    since: -1h
    tail: -1
"""

RETURN = r"""
ops:
  description: Always empty, as nothing is done.
  returned: always
  type: list
  elements: str
  sample: []
exists:
  description: Whether there is such a container.
  returned: success
  type: bool
  sample: true
lines:
  description: What it has written, the newest line last, as UTF-8; what isn't UTF-8 is replaced.
  returned: success
  type: list
  elements: str
  sample: [listening on port 80]
times:
  description: When each of the lines was written, in UTC. Empty where the log is a file.
  returned: success
  type: list
  elements: str
  sample: ["2026-11-25T14:00:00.123456+00:00"]
truncated:
  description: Whether it has written more before these lines.
  returned: success
  type: bool
  sample: false
log:
  description: The log file; null where the lines are from the journal.
  returned: success
  type: str
  sample: /var/lib/daemonless/containers/web/log
unit:
  description: The unit whose journal the lines are from; null where they are from a file.
  returned: success
  type: str
  sample: null
"""

from ansible_collections.daemonless.containers.plugins.module_utils._container_logs.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "tail": {"type": "int", "default": 100},
    "since": {"type": "str"},
    **argspec.store(),
}


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
