# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory makes of the containers that it found: names and variables of hosts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence

CONNECTION = "daemonless.containers.nsenter"
LOCALHOST = "localhost"
WITH_HOST = "name@host"

_PREFIX = "daemonless_"
_NAMES_OF_HOST = ("ansible_daemonless_host", "ansible_ssh_host")
_TRANSPORT = "ansible_daemonless_transport"
_CONTAINER = "ansible_daemonless_container"


@dataclass(frozen=True)
class Machine:
    """One of option ``hosts``."""

    name: str
    vars: Mapping[str, Any]


@dataclass(frozen=True)
class Guest:
    """A host of the inventory, which is a container."""

    name: str
    variables: Mapping[str, Any]


def way_to(machine: Machine) -> Dict[str, Any]:
    """The variables that lead the connection plugin to the machine: its own, and its name if they have no other."""
    told = any(name in machine.vars for name in _NAMES_OF_HOST) or machine.vars.get(_TRANSPORT) == "local"
    if told or machine.name == LOCALHOST:
        return dict(machine.vars)
    return {**machine.vars, _NAMES_OF_HOST[0]: machine.name}


def guest(machine: Machine, container: Mapping[str, Any], naming: str) -> Guest:
    name = container["name"]
    told = {f"{_PREFIX}{key}": value for key, value in container.items()}
    variables = {
        **told,
        f"{_PREFIX}host": machine.name,
        **way_to(machine),
        "ansible_connection": CONNECTION,
        _CONTAINER: name,
    }
    return Guest(f"{name}@{machine.name}" if naming == WITH_HOST else name, variables)


def called_alike(guests: Sequence[Guest]) -> List[str]:
    """Names that more than one has, each with the machines."""
    machines: Dict[str, List[str]] = {}
    for one in guests:
        machines.setdefault(one.name, []).append(one.variables[f"{_PREFIX}host"])
    return [f"{name} on {' and '.join(where)}" for name, where in machines.items() if len(where) > 1]
