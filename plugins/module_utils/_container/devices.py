# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices of the host that a container is given: option ``devices``, and what access each can honestly have. Pure.

A device is a node of its own in the container's /dev. Who may open it how is in the node's mode, and in a user
namespace that holds even for root: the node belongs to an id that the container hasn't.
"""

from __future__ import annotations

import posixpath
from typing import Any, Mapping, Sequence, Tuple

from .._core.errors import ContainersError
from .account import is_mapped
from .settings import Device, Tmpfs, Volume

NOBODYS = 0xFFFFFFFE
"""The id that owns nodes."""

_KEYS = ("path_on_host", "path_in_container", "cgroup_permissions")
_TAKEN = (
    *("fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom"),
    "zero",
)
_READ, _WRITE = 0o4, 0o2


def parsed(entries: Sequence[Any], volumes: Sequence[Volume], tmpfs: Sequence[Tmpfs]) -> Tuple[Device, ...]:
    """The option's meaning, sorted by where the devices are. Raises ContainersError."""
    devices = tuple(sorted((_device(entry) for entry in entries), key=lambda device: device.target))
    targets = [device.target for device in devices]
    others = [*targets, *(volume.target for volume in volumes), *(entry.target for entry in tmpfs)]
    for target in targets:
        if others.count(target) > 1:
            raise ContainersError(f"{target} is the target of two devices or mounts")
        if any(other.startswith(f"{target}/") for other in others):
            raise ContainersError(f"{target} can't be a device and a folder")
    return devices


def check(devices: Sequence[Device], uid_map: str, gid_map: str) -> None:
    """Whether root inside is bound by what the nodes' modes say."""
    for device in devices:
        if device.access == "rw":
            continue
        if not uid_map or is_mapped(uid_map, NOBODYS) or is_mapped(gid_map, NOBODYS):
            raise ContainersError(
                f"device {device}: access can't be limited to {device.access} where root of the container is root of "
                "the host, or has all ids",
                "Mount the rootfs with userns: auto, or leave the access out",
            )


def mode(device: Device) -> int:
    """The mode of a node whose owner is nobody inside, so that it counts for all."""
    return (_READ if "r" in device.access else 0) | (_WRITE if "w" in device.access else 0)


def _device(entry: Any) -> Device:
    what = f"device {entry!r}"
    if isinstance(entry, Mapping):
        unknown = sorted(set(entry) - set(_KEYS))
        if unknown or not entry.get(_KEYS[0]):
            raise ContainersError(f"{what}: give {_KEYS[0]}, and {_KEYS[1]} and {_KEYS[2]} where they differ")
        source, target, access = (str(entry.get(key) or "") for key in _KEYS)
    else:
        parts = str(entry).split(":")
        if len(parts) > 3 or not all(parts):
            raise ContainersError(f"{what} isn't of the form source[:target[:access]]")
        source, target, access = (*parts, "", "")[:3]
    if not source.startswith("/"):
        raise ContainersError(f"{what}: the source isn't an absolute path")
    return Device(posixpath.normpath(source), _target(target or source, what), _access(access or "rw", what))


def _target(path: str, what: str) -> str:
    target = "/" + posixpath.normpath(path).lstrip("/")
    if not target.startswith("/dev/") or target.split("/")[2] in _TAKEN:
        raise ContainersError(f"{what}: a device can't be at {target}", "Give another path below /dev")
    return target


def _access(access: str, what: str) -> str:
    """``m``, for making nodes, is what no container can do to any effect, so it adds nothing to ``rw``."""
    wanted = "".join(letter for letter in "rw" if letter in access)
    if not wanted or sorted(access) not in (sorted(wanted), sorted("rwm")):
        raise ContainersError(f"{what}: access {access!r} is none of r, w, rw and rwm")
    return wanted
