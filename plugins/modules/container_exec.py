#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module container_exec: documentation and options; the work is in module_utils/_exec."""

from __future__ import annotations

DOCUMENTATION = r"""
module: container_exec
short_description: Run a command in a running container
version_added: "0.1.0"
description:
  - Runs a command in a container that M(daemonless.containers.ns_container) has started, waits for it, and returns what
    it wrote and how it ended, by the names that M(ansible.builtin.command) gives them.
  - The command has what the container's own command has, namely its namespaces, cgroup, capabilities, C(no_new_privs),
    resource limits, user, environment and working folder, and nothing else of the host. What is not given otherwise is
    the container's.
  - The image needs nothing but the program. Neither Python nor a shell has to be in it.
extends_documentation_fragment:
  - daemonless.containers.attributes
  - daemonless.containers.store
attributes:
  check_mode:
    details:
      - Nothing can be told of what a command would change. Without O(creates) and O(removes) the task is skipped then.
options:
  name:
    description:
      - The container's name.
    type: str
    required: true
  command:
    description:
      - The command and its arguments in one string, which is split as a shell would. No shell sees it.
      - Without a slash in it, the program is looked for in the C(PATH) of the container.
    type: str
    aliases: [cmd]
  argv:
    description:
      - The command and its arguments as a list.
    type: list
    elements: str
  shell:
    description:
      - A script for the container's C(/bin/sh).
    type: str
  user:
    description:
      - Whom the command runs as, C(user[:group]), each a name of the container or a number. The default is whom the
        container's own command runs as.
      - It is in its groups of the container's C(/etc/group) too, unless a group is given.
    type: str
  env:
    description:
      - Environment variables, besides those of the container. The values are strings, so quote what YAML reads
        otherwise.
    type: dict
  chdir:
    description:
      - Folder of the container that the command begins in. It has to be there. The default is that of the container's
        own command.
    type: str
  stdin:
    description:
      - What the command reads from its standard input. By default that is empty.
    type: str
  stdin_add_newline:
    description:
      - Whether a line break is put behind O(stdin).
    type: bool
    default: true
  creates:
    description:
      - A path of the container, or a pattern of such paths. If anything is there, the command is not run.
      - It is looked up as the container sees it, with its links and volumes. A relative one begins in O(chdir).
    type: str
  removes:
    description:
      - A path of the container, or a pattern of such paths. If nothing is there, the command is not run.
    type: str
  timeout:
    description:
      - Seconds that the command may take. It is killed then, with its process group, and the task fails.
    type: float
  detach:
    description:
      - Whether to leave the command alone as soon as it is executed. It has no input, and what it writes is thrown
        away. How it ends is not told. It ends with the container at the latest.
    type: bool
    default: false
  strip_empty_ends:
    description:
      - Whether line breaks at the end of RV(stdout) and RV(stderr) are left out.
    type: bool
    default: true
notes:
  - A command that can't be executed is a failure with the RV(rc) that Docker and shells have for it, 127 where it isn't
    found and 126 otherwise.
  - The command ends, too, when the task is ended. Processes that it leaves behind in the background go on running, and
    become children of the container's first process.
  - A container with the capability C(SYS_PTRACE) and without a user namespace can't be entered, as it could reach for
    the host's Python.
seealso:
  - module: daemonless.containers.ns_container
  - module: ansible.builtin.command
author:
  - The daemonless.containers authors (@daemonless)
"""

EXAMPLES = r"""
- name: Reload the web server
  daemonless.containers.container_exec:
    name: web
    command: nginx -s reload

- name: Make the database's folder, once
  daemonless.containers.container_exec:
    name: db
    argv: [initdb, --pgdata, /var/lib/postgresql/data]
    user: postgres
    creates: /var/lib/postgresql/data/PG_VERSION

- name: Ask the database, with a script on its standard input
  daemonless.containers.container_exec:
    name: db
    argv: [psql, --tuples-only]
    user: postgres
    stdin: select count(*) from jobs;
    timeout: 30
  register: jobs
  changed_when: false

- name: Use a shell of the container
  daemonless.containers.container_exec:
    name: web
    shell: gzip -9 < access.log > old.gz && truncate -s 0 access.log
    chdir: /var/log/nginx
    env:
      LC_ALL: C
"""

RETURN = r"""
ops:
  description: What was done, or in check mode would be done, in words and in order.
  returned: always
  type: list
  elements: str
  sample: ["run nginx in container web"]
cmd:
  description: The command and its arguments.
  returned: success or failure of the command
  type: list
  elements: str
  sample: [nginx, -s, reload]
rc:
  description:
    - Its exit code, 128 and the signal's number where a signal ended it.
    - 127 where it isn't found, 126 where it can't be executed.
  returned: success or failure of a command that isn't detached
  type: int
  sample: 0
stdout:
  description: What it wrote to its standard output, as UTF-8; what isn't UTF-8 is replaced.
  returned: success or failure of the command
  type: str
  sample: "42"
stdout_lines:
  description: The same in lines.
  returned: success or failure of the command
  type: list
  elements: str
  sample: ["42"]
stderr:
  description: What it wrote to its standard error.
  returned: success or failure of the command
  type: str
  sample: ""
stderr_lines:
  description: The same in lines.
  returned: success or failure of the command
  type: list
  elements: str
  sample: []
start:
  description: When it was begun, by the host's clock.
  returned: success or failure of the command
  type: str
  sample: "2026-11-25 14:00:00.000000"
end:
  description: When it had ended.
  returned: success or failure of the command
  type: str
  sample: "2026-11-25 14:00:00.012345"
delta:
  description: How long it took.
  returned: success or failure of the command
  type: str
  sample: "0:00:00.012345"
pid:
  description: Of a detached command, its process, as the host counts; otherwise null.
  returned: success or failure of the command
  type: int
  sample: null
msg:
  description: Why it failed, or wasn't run.
  returned: success or failure of the command
  type: str
  sample: non-zero return code
"""

from ansible_collections.daemonless.containers.plugins.module_utils._core import argspec
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._exec.room import ROOM

ARGUMENT_SPEC = {
    "name": {"type": "str", "required": True},
    "command": {"type": "str", "aliases": ["cmd"]},
    "argv": {"type": "list", "elements": "str"},
    "shell": {"type": "str"},
    "user": {"type": "str"},
    "env": {"type": "dict"},
    "chdir": {"type": "str"},
    "stdin": {"type": "str"},
    "stdin_add_newline": {"type": "bool", "default": True},
    "creates": {"type": "str"},
    "removes": {"type": "str"},
    "timeout": {"type": "float"},
    "detach": {"type": "bool", "default": False},
    "strip_empty_ends": {"type": "bool", "default": True},
    **argspec.store(),
}
COMMANDS = ["command", "argv", "shell"]


def main() -> None:
    run(ROOM, argument_spec=ARGUMENT_SPEC, mutually_exclusive=[COMMANDS], required_one_of=[COMMANDS])


if __name__ == "__main__":
    main()
