# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: nsenter
short_description: Run tasks in containers
description:
  - Runs tasks inside a container that M(daemonless.containers.ns_container) has started, on the controller's own
    machine or on another one that is reached through SSH. The container needs no SSH server, the host no agent.
  - Every command has what the container's own command has, its namespaces, cgroup, user, environment, capabilities and
    limits, and nothing more.
  - Files go through a process that is inside of the container already, so no link that is planted there leads to a file
    of the host.
  - The container needs C(/bin/sh), and for files C(cat) and C(dd). Modules need Python in the container, as on
    any host; M(ansible.builtin.raw) and M(ansible.builtin.script) don't.
author:
  - The daemonless.containers authors (@daemonless)
extends_documentation_fragment:
  - ansible.builtin.connection_pipelining
  - daemonless.containers.ssh
requirements:
  - Python 3.9 or newer on the host, and to be root there; see O(host_become).
notes:
  - The host keeps nothing of what is sent there.
  - Ansible's C(become) acts inside of the container. As a container can never gain rights, it leads from root to other
    users; to be root in a container that runs as somebody else, set O(remote_user) to V(root) instead.
  - All variables C(ansible_ssh_*) that the connection P(ansible.builtin.ssh#connection) knows mean the way to the host.
seealso:
  - plugin: daemonless.containers.containers
    plugin_type: inventory
  - module: daemonless.containers.ns_container
options:
  remote_addr:
    description:
      - Name of the container.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_daemonless_container
  host:
    description:
      - The machine that the container runs on, as SSH is to reach it. The default is the variable C(ansible_ssh_host).
        Where neither is given, it is the controller's own.
    type: str
    vars:
      - name: ansible_daemonless_host
  transport:
    description:
      - How the host is reached. The default is V(ssh) where a host is given, else V(local).
    type: str
    choices: [local, ssh]
    vars:
      - name: ansible_daemonless_transport
  store:
    description:
      - Absolute path of the folder on the host in which containers lie.
    type: str
    default: /var/lib/daemonless
    vars:
      - name: ansible_daemonless_store
  host_become:
    description:
      - Whether to become root on the host with C(sudo -n), which must ask for no password.
    type: bool
    default: false
    vars:
      - name: ansible_daemonless_host_become
  host_python:
    description:
      - The host's Python. The default is the distribution's, which has the packages that role
        P(daemonless.containers.host#role) installs.
    type: str
    default: /usr/bin/python3
    vars:
      - name: ansible_daemonless_host_python
  remote_user:
    description:
      - Whom commands run as, C(user[:group]), each a name of the container or a number. The default is whom the
        container's own command runs as.
    type: str
    keyword:
      - name: remote_user
    vars:
      - name: ansible_user
      - name: ansible_daemonless_user
  env:
    description:
      - Environment variables, besides those of the container. The values aren't in any list of processes.
    type: dict
    default: {}
    vars:
      - name: ansible_daemonless_env
  working_dir:
    description:
      - Folder that commands begin in. The default is that of the container's own command.
    type: str
    vars:
      - name: ansible_daemonless_working_dir
  executable:
    description:
      - The container's shell.
    type: str
    default: /bin/sh
    vars:
      - name: ansible_daemonless_executable
  command_timeout:
    description:
      - Seconds that a command may take before it is killed and the task fails; V(0) for any number.
    type: int
    default: 0
    vars:
      - name: ansible_daemonless_command_timeout
"""

EXAMPLES = r"""
- name: Set up what runs in container web of this machine
  hosts: web
  vars:
    ansible_connection: daemonless.containers.nsenter
  tasks:
    - name: Copy its configuration
      ansible.builtin.copy:
        content: "greeting=hello\n"
        dest: /srv/web.conf
        mode: "0644"

- name: Look into a container without Python on another machine
  hosts: web
  gather_facts: false
  vars:
    ansible_connection: daemonless.containers.nsenter
    ansible_daemonless_container: web
    ansible_daemonless_host: server1.example.com
    ansible_daemonless_host_become: true
    ansible_daemonless_user: root
    ansible_ssh_user: admin
  tasks:
    - name: See its processes
      ansible.builtin.raw: ps
      changed_when: false
"""

import os
from typing import Any, Dict, Optional, Tuple

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from ..plugin_utils.files import MISSING, NO_FILE, PART, fetching, putting
from ..plugin_utils.transport import LOCAL, SSH, Answer, RefusedError, Transport, connect

Said = Tuple[int, bytes, bytes]
"""Exit code, output, errors."""
_TO_SSH = (
    "port",
    "password",
    "private_key_file",
    "private_key",
    "private_key_passphrase",
    "host_key_checking",
    "sshpass_prompt",
    "control_path",
    "control_path_dir",
)
"""Options of the way to the host (doc fragment ssh); plugin ssh has the same, and variables of these names."""

display = Display()


class Connection(ConnectionBase):
    """See DOCUMENTATION."""

    transport = "daemonless.containers.nsenter"
    has_pipelining = True
    has_tty = False
    allow_extras = True
    _extras_prefix = "ssh"
    _way: Optional[Transport] = None

    def _connect(self) -> Connection:
        if self._way is None:
            extras = self.get_option("_extras") or {}
            host = self.get_option("host") or extras.get("ansible_ssh_host")
            kind = self.get_option("transport") or (SSH if host else LOCAL)
            if kind == SSH and not host:
                raise AnsibleError("transport ssh needs to know the host: see ansible_daemonless_host")
            options = {f"ansible_{option}": self.get_option(option) for option in _TO_SSH}
            given = {variable: value for variable, value in options.items() if value is not None}
            variables = {**given, **extras, "ansible_host": host, "ansible_ssh_host": host} if kind == SSH else {}
            keys = {"timeout": self._play_context.timeout}
            connection = connect(kind, self._play_context, variables, keys)
            self._way = Transport(connection, self.get_option("host_python"), self.get_option("host_become"))
            self._connected = True
        return self

    def exec_command(
        self, cmd: str, in_data: Optional[bytes] = None, sudoable: bool = True
    ) -> Tuple[int, bytes, bytes]:
        """Run the command with the container's shell."""
        display.vvv(f"EXEC {to_text(cmd)}", host=self._container)
        return self._run(cmd, in_data or b"")

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file into the container."""
        display.vvv(f"PUT {in_path} TO {out_path}", host=self._container)
        if not os.path.exists(in_path):
            raise AnsibleFileNotFound(f"there is no file {in_path} to copy to the container")
        with open(in_path, "rb") as source:
            first, part = True, source.read(PART)
            while first or part:
                code, _output, errors = self._run(putting(out_path, first), part)
                if code:
                    raise self._failed(f"write {out_path}", code, errors)
                first, part = False, source.read(PART)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file out of the container."""
        display.vvv(f"FETCH {in_path} TO {out_path}", host=self._container)
        with open(out_path, "wb") as target:
            number, part = 0, b""
            while number == 0 or len(part) == PART:
                code, part, errors = self._run(fetching(in_path, number), b"")
                if code == MISSING:
                    raise AnsibleFileNotFound(f"there is no file {in_path} in container {self._container}")
                if code == NO_FILE:
                    raise AnsibleError(f"{in_path} of container {self._container} is no regular file")
                if code:
                    raise self._failed(f"read {in_path}", code, errors)
                target.write(part)
                number += 1

    def ask(self, act: str, data: bytes = b"", **words: Any) -> Answer:
        """Have the container's host do one of the acts of ``_sent``. The inventory asks this way too."""
        self._connect()
        if self._way is None:
            raise AnsibleConnectionFailure("not connected")
        try:
            return self._way.ask(act, data, store=self.get_option("store"), **words)
        except RefusedError as error:
            raise AnsibleConnectionFailure(str(error)) from error

    def reset(self) -> None:
        """Have the way to the host be made anew."""
        self._connect()
        if self._way is not None:
            self._way.connection.reset()
        self.close()

    def close(self) -> None:
        if self._way is not None:
            self._way.connection.close()
        self._way = None
        self._connected = False

    @property
    def _container(self) -> str:
        return str(self.get_option("remote_addr"))

    def _run(self, command: str, data: bytes) -> Said:
        answer = self.ask("execution", data, **self._question(command))
        if answer.words["timed_out"]:
            seconds = self.get_option("command_timeout")
            raise AnsibleError(f"container {self._container}: the command took longer than {seconds} s and was killed")
        size = answer.words["output"]
        return answer.words["code"], answer.data[:size], answer.data[size:]

    def _question(self, command: str) -> Dict[str, Any]:
        return {
            "container": self._container,
            "argv": [self.get_option("executable"), "-c", to_text(command)],
            "env": {name: str(value) for name, value in self.get_option("env").items()},
            "user": self.get_option("remote_user") or None,
            "working_dir": self.get_option("working_dir"),
            "timeout": self.get_option("command_timeout") or None,
        }

    def _failed(self, what: str, code: int, errors: bytes) -> AnsibleError:
        said = to_text(errors).strip() or f"exit code {code}"
        return AnsibleError(f"{what} in container {self._container}: {said}")
