# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts as descriptors: made or cloned out of sight, changed, and attached where they belong.

A mount that isn't attached yet can be given its attributes, and its id mapping, before anyone sees
it; and attaching goes to a descriptor, so that no path is looked up twice.
"""

from __future__ import annotations

import os
import struct
from typing import Mapping, Optional

from .syscall import (
    AT_EMPTY_PATH,
    AT_FDCWD,
    AT_RECURSIVE,
    FSCONFIG,
    FSMOUNT,
    FSOPEN,
    MOUNT_SETATTR,
    MOVE_MOUNT,
    OPEN_TREE,
    Path,
    encoded,
    syscall,
)

RDONLY = 0x01
NOSUID = 0x02
NODEV = 0x04
NOEXEC = 0x08
IDMAP = 0x00100000

_OPEN_TREE_CLONE = 1
_FSOPEN_CLOEXEC = 1
_FSCONFIG_SET_FLAG = 0
_FSCONFIG_SET_STRING = 1
_FSCONFIG_CREATE = 6
_FSMOUNT_CLOEXEC = 1
_MOVE_MOUNT_F_EMPTY_PATH = 0x04
_MOVE_MOUNT_T_EMPTY_PATH = 0x40
_MS_PRIVATE = 1 << 18


def clone(path: Path, folder: int = AT_FDCWD, recursive: bool = False) -> int:
    """A private copy of what is mounted at path, from there downwards, attached nowhere."""
    flags = _OPEN_TREE_CLONE | os.O_CLOEXEC | (AT_EMPTY_PATH if not path else 0)
    descriptor = syscall(OPEN_TREE, folder, encoded(path), flags | (AT_RECURSIVE if recursive else 0), path=path)
    try:
        _set_attributes(descriptor, 0, _MS_PRIVATE, 0, recursive, path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def restrict(mount: int, attributes: int, recursive: bool = False, path: Path = "mount") -> None:
    """Give a mount (and, if asked, those below it) more of the attributes above."""
    _set_attributes(mount, attributes, 0, 0, recursive, path)


def set_flags(mount: int, attributes: int, path: Path) -> None:
    """Let a mount have just those of RDONLY and NODEV that are given, whatever it has now."""
    how = struct.pack("=QQQQ", attributes, (RDONLY | NODEV) & ~attributes, 0, 0)
    syscall(MOUNT_SETATTR, mount, b"", AT_EMPTY_PATH, how, len(how), path=path)


def map_ids(mount: int, user_namespace: int, recursive: bool, path: Path) -> None:
    """Show the owners of files through the namespace's maps: id 0 inside is 0 on disk. Not yet attached."""
    _set_attributes(mount, IDMAP, 0, user_namespace, recursive, path)


def create(kind: str, options: Optional[Mapping[str, str]] = None, attributes: int = 0) -> int:
    """A new file system of that kind, attached nowhere. An option without a value is a flag."""
    context = syscall(FSOPEN, kind.encode(), _FSOPEN_CLOEXEC, path=kind)
    try:
        _configure(context, _FSCONFIG_SET_STRING, "source", kind, kind)
        for key, value in (options or {}).items():
            _configure(context, _FSCONFIG_SET_STRING if value else _FSCONFIG_SET_FLAG, key, value, kind)
        _configure(context, _FSCONFIG_CREATE, "", "", kind)
        return syscall(FSMOUNT, context, _FSMOUNT_CLOEXEC, attributes, path=kind)
    finally:
        os.close(context)


def attach(mount: int, target: int, path: Path) -> None:
    """Attach the mount over what the descriptor ``target`` refers to."""
    flags = _MOVE_MOUNT_F_EMPTY_PATH | _MOVE_MOUNT_T_EMPTY_PATH
    syscall(MOVE_MOUNT, mount, b"", target, b"", flags, path=path)


def _configure(context: int, command: int, key: str, value: str, kind: str) -> None:
    syscall(FSCONFIG, context, command, key.encode() or None, value.encode() or None, 0, path=f"{kind} {key}".strip())


def _set_attributes(mount: int, add: int, propagation: int, user_namespace: int, recursive: bool, path: Path) -> None:
    how = struct.pack("=QQQQ", add, 0, propagation, user_namespace)
    flags = AT_EMPTY_PATH | (AT_RECURSIVE if recursive else 0)
    syscall(MOUNT_SETATTR, mount, b"", flags, how, len(how), path=path)
