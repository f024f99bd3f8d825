# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of container_fleet, and those that each entry of it takes: the five modules' own, under one roof.

Where two modules have an option of the same name, it is called as the variable of role container is. What is the
fleet's own business (``store``, ``state``) or follows from another option isn't an entry's.
"""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Mapping

from .._container.argspec import ARGUMENT_SPEC as CONTAINER
from .._core import argspec
from .._image.argspec import ARGUMENT_SPEC as IMAGE
from .._nat.argspec import ARGUMENT_SPEC as NAT
from .._rootfs.argspec import ARGUMENT_SPEC as ROOTFS
from .._veth.argspec import ARGUMENT_SPEC as VETH

NETWORK: Dict[str, Any] = {
    "subnet": {"type": "list", "elements": "str", "required": True},
    "mode": {"type": "str", "choices": ["bridge", "ptp"], "default": "bridge"},
    "bridge": {"type": "str"},
    "masquerade": {"type": "bool", "default": True},
    "out_interface": {"type": "str"},
    "routed_networks": {"type": "list", "elements": "str"},
}

ARGUMENT_SPEC: Dict[str, Any] = {
    "fleet": {"type": "str", "required": True},
    "containers": {"type": "list", "elements": "dict"},
    "defaults": {"type": "dict"},
    "image": {"type": "str"},
    "network": {"type": "dict", "options": NETWORK},
    "nat_backend": NAT["backend"],
    "prune": {"type": "bool", "default": False},
    "reset": {"type": "bool", "default": False},
    "healthy_wait_timeout": CONTAINER["healthy_wait_timeout"],
    **argspec.state("started", "healthy", "stopped", "absent"),
    **argspec.store(),
}

_BY_ROOM: Dict[str, Mapping[str, Any]] = {
    "image": IMAGE,
    "rootfs": ROOTFS,
    "container": CONTAINER,
    "veth": VETH,
    "nat": NAT,
}
_RENAMED: Dict[str, Dict[str, str]] = {
    "image": {"src": "image_src", "name": "image_name", "platform": "image_platform"},
    "rootfs": {"path": "rootfs_path"},
}
_NOT_OF_AN_ENTRY: Dict[str, FrozenSet[str]] = {
    "image": frozenset({"state", "store"}),
    "rootfs": frozenset({"state", "store", "name", "read_only", "reset"}),
    "container": frozenset({"state", "store", "name", "rootfs", "healthy_wait_timeout"}),
    "veth": frozenset({"state", "store", "container", "netns"}),
    "nat": frozenset({"state", "store", "name", "source", "in_interface", "backend"}),
}
_OWN: Dict[str, Any] = {
    "name": {"type": "str"},
    "name_prefix": {"type": "str"},
    "count": {"type": "int"},
    "start": {"type": "int"},
}


def taken(room: str) -> Dict[str, str]:
    """Option of the room's module -> its name in an entry."""
    renamed = _RENAMED.get(room, {})
    left_out = _NOT_OF_AN_ENTRY[room]
    return {option: renamed.get(option, option) for option in _BY_ROOM[room] if option not in left_out}


def defaults(room: str) -> Dict[str, Any]:
    """What the room's module takes where nothing is given."""
    return {option: declared.get("default") for option, declared in _BY_ROOM[room].items()}


def entry() -> Dict[str, Any]:
    """What an entry may hold, as an argument spec. Without the modules' defaults: what isn't given stays out."""
    declared = dict(_OWN)
    for room, spec in _BY_ROOM.items():
        for option, name in taken(room).items():
            declared[name] = {key: value for key, value in spec[option].items() if key not in ("default", "required")}
    return declared
