# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: containers
short_description: Containers of one or more machines as hosts
description:
  - Makes a host of every container that M(daemonless.containers.ns_container) has started on the machines that
    O(hosts) names.
  - A machine is asked once, through the same connection and variables that tasks will use. Nothing is changed on it,
    and nothing stays there.
  - The inventory's file has a name that ends in C(daemonless.yml) or C(daemonless.yaml).
author:
  - The daemonless.containers authors (@daemonless)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - Each host has the variables C(daemonless_name), C(daemonless_host) (as in O(hosts)), C(daemonless_status),
    C(daemonless_pid), C(daemonless_started), C(daemonless_addresses), C(daemonless_ports), C(daemonless_hostname) and
    C(daemonless_restart_policy), which are what M(daemonless.containers.container_info) returns; and
    C(daemonless_image) (the image's first name), C(daemonless_image_id), C(daemonless_labels) (the image's),
    C(daemonless_rootfs) and C(daemonless_user).
  - It has the variables of its machine too, and C(ansible_connection) set to
    P(daemonless.containers.nsenter#connection). What is among these variables is shown by C(ansible-inventory), so let
    passwords be looked up.
seealso:
  - plugin: daemonless.containers.nsenter
    plugin_type: connection
  - module: daemonless.containers.container_info
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices: [daemonless.containers.containers]
  hosts:
    description:
      - The machines. The default is the controller's own.
    type: list
    elements: dict
    default:
      - name: localhost
    suboptions:
      name:
        description:
          - What the machine is called here. It is reached through SSH by this name, unless O(hosts[].vars) say
            otherwise; V(localhost) is the controller's own machine.
        type: str
        required: true
      vars:
        description:
          - Variables of the connection P(daemonless.containers.nsenter#connection), such as C(ansible_ssh_user) and
            C(ansible_daemonless_host_become).
        type: dict
        default: {}
  naming:
    description:
      - How hosts are called, V(name) as the container, or V(name@host) with the machine's name behind it.
      - With V(name), containers of the same name on two machines are an error.
    type: str
    choices: [name, name@host]
    default: name
  stopped:
    description:
      - Whether containers that don't run are hosts too.
    type: bool
    default: false
  filters:
    description:
      - Which containers are hosts. The first filter that is true for a container decides; without one it is a host.
      - In the expressions are the variables of the host.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description:
          - A Jinja2 expression; where it is true, the container is a host.
        type: str
      exclude:
        description:
          - A Jinja2 expression; where it is true, the container is no host.
        type: str
  skip_unreachable:
    description:
      - Whether a machine that can't be asked is passed over with a warning. It is an error otherwise.
    type: bool
    default: false
"""

EXAMPLES = r"""
# What runs on this machine
plugin: daemonless.containers.containers

---
# What runs on two others, without the databases, in groups by image and by machine
plugin: daemonless.containers.containers
hosts:
  - name: server1.example.com
    vars:
      ansible_ssh_user: admin
      ansible_daemonless_host_become: true
  - name: server2
    vars:
      ansible_daemonless_host: 198.51.100.2
      ansible_port: 2222
naming: name@host
filters:
  - exclude: daemonless_name is match("db-")
  - exclude: daemonless_labels.get("role") == "database"
keyed_groups:
  - prefix: image
    key: daemonless_image | regex_replace(":.*$")
  - prefix: host
    key: daemonless_host
groups:
  web: daemonless_name.startswith("web")
compose:
  address: daemonless_addresses | first
"""

from typing import Any, Dict, List, Mapping, Optional

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleParserError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.plugins.loader import connection_loader

from ..plugin_utils.found import CONNECTION, Guest, Machine, called_alike, guest, way_to

_SSH_VARIABLES = "ansible_ssh_"
_RUNNING = "running"


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """See DOCUMENTATION."""

    NAME = "daemonless.containers.containers"

    def verify_file(self, path: str) -> bool:
        """Whether the file is ours by its name."""
        is_there: bool = BaseInventoryPlugin.verify_file(self, path)
        return is_there and path.endswith(("daemonless.yml", "daemonless.yaml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory, from the cache if that is wanted and has it."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        machines = self._machines()
        key = self.get_cache_key(path)
        caching = self.get_option("cache")
        found: Optional[Dict[str, Any]] = self._cache.get(key) if caching and cache else None
        if found is None:
            found = {machine.name: self._ask(machine) for machine in machines}
            if caching:
                self._cache[key] = found
        self._populate(inventory, self._guests(machines, found))

    def _machines(self) -> List[Machine]:
        machines = []
        for entry in self.get_option("hosts"):
            if (
                not isinstance(entry, Mapping)
                or not isinstance(entry.get("name"), str)
                or set(entry) - {"name", "vars"}
            ):
                raise AnsibleParserError(f"hosts: {entry!r} isn't of a name and, if needed, vars")
            machines.append(Machine(entry["name"], entry.get("vars") or {}))
        names = [machine.name for machine in machines]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise AnsibleParserError(f"hosts: {', '.join(twice)} is there more than once")
        return machines

    def _ask(self, machine: Machine) -> List[Dict[str, Any]]:
        """The machine's containers."""
        try:
            words = self._connection(machine).ask("listing").words
        except AnsibleConnectionFailure as error:
            text = f"look for containers on {machine.name}: {error.message}"
            if not self.get_option("skip_unreachable"):
                raise AnsibleParserError(text) from error
            self.display.warning(text)
            return []
        for trouble in words["troubles"]:
            self.display.warning(f"{machine.name}: {trouble}")
        return list(words["containers"])

    def _connection(self, machine: Machine) -> Any:
        """The connection plugin, with the options that it will have in tasks."""
        variables = {name: self.templar.template(value) for name, value in way_to(machine).items()}
        extras = {name: value for name, value in variables.items() if name.startswith(_SSH_VARIABLES)}
        play_context = PlayContext()
        play_context.remote_addr = machine.name
        connection = connection_loader.get(CONNECTION, play_context)
        connection.set_options(var_options={**variables, "_extras": extras})
        return connection

    def _guests(self, machines: List[Machine], found: Mapping[str, Any]) -> List[Guest]:
        """Those that are to be hosts."""
        naming = self.get_option("naming")
        guests = [guest(machine, one, naming) for machine in machines for one in found.get(machine.name, ())]
        wanted = [one for one in guests if self._is_wanted(one)]
        alike = called_alike(wanted)
        if alike:
            raise AnsibleParserError(f"containers have one name: {'; '.join(alike)}. See option naming: name@host")
        return wanted

    def _is_wanted(self, one: Guest) -> bool:
        if one.variables["daemonless_status"] != _RUNNING and not self.get_option("stopped"):
            return False
        self.templar.available_variables = dict(one.variables)
        for entry in self.get_option("filters"):
            if not isinstance(entry, Mapping) or len(entry) != 1 or set(entry) - {"include", "exclude"}:
                raise AnsibleParserError(f"filters: {entry!r} is neither one include nor one exclude")
            for kind, condition in entry.items():
                try:
                    if self.templar.evaluate_conditional(condition):
                        return bool(kind == "include")
                except AnsibleError as error:
                    raise AnsibleParserError(f"filter {kind} for {one.name}: {error.message}") from error
        return True

    def _populate(self, inventory: Any, guests: List[Guest]) -> None:
        strict = self.get_option("strict")
        for one in guests:
            inventory.add_host(one.name)
            for name, value in one.variables.items():
                inventory.set_variable(one.name, name, value)
            variables = dict(one.variables)
            self._set_composite_vars(self.get_option("compose"), variables, one.name, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, one.name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, one.name, strict=strict)
