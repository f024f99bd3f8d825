# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container gets of the host's mounts: cloned on the host, attached by its init.

Only the host may map the ids of a mount, and only the host can reach a folder that is closed to
others. The init gets descriptors in the order of this file.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack
from typing import Iterator, Sequence, Tuple

from .._core.errors import ContainersError, step
from . import mountfd
from .launch import Bind, Launch, Node

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
"""Name in /dev -> number of the character device."""

_UNMAPPABLE = (errno.EINVAL, errno.EPERM, errno.EOPNOTSUPP)


def takes_sys_of_host(launch: Launch) -> bool:
    """A sysfs of its own is for whoever owns the network namespace; otherwise the host's is shown."""
    return "network" not in launch.namespaces and bool(launch.uid_map)


def trees(launch: Launch, user_namespace: str, opened: ExitStack) -> Iterator[int]:
    """Detached mounts: the root, the devices, /sys where it is the host's, further devices, then ``launch.mounts``."""
    with step(f"take the rootfs {launch.rootfs}"):
        root = _clone(launch.rootfs, opened)
        mountfd.restrict(root, mountfd.NODEV)
        yield root
    for name, number in DEVICES.items():
        with step("take the host's devices"):
            yield _device(f"/dev/{name}", number, opened)
    if takes_sys_of_host(launch):
        with step("take the host's /sys"):
            sys = _clone("/sys", opened)
            mountfd.restrict(sys, mountfd.RDONLY | mountfd.NOSUID | mountfd.NODEV | mountfd.NOEXEC)
            yield sys
    if launch.devices:
        yield _nodes(launch.devices, opened)
    for bind in launch.mounts:
        with step(f"take {bind.source}"):
            yield _bound(bind, launch, user_namespace, opened)


def _clone(path: str, opened: ExitStack, recursive: bool = False) -> int:
    tree = mountfd.clone(path, recursive=recursive)
    opened.callback(os.close, tree)
    return tree


def _device(path: str, number: Tuple[int, int], opened: ExitStack) -> int:
    tree = _clone(path, opened)
    found = os.fstat(tree)
    if not stat.S_ISCHR(found.st_mode) or (os.major(found.st_rdev), os.minor(found.st_rdev)) != number:
        raise ContainersError(f"{path} isn't the character device {number[0]}:{number[1]}")
    mountfd.restrict(tree, mountfd.NOSUID | mountfd.NOEXEC)
    return tree


def _nodes(devices: Sequence[Node], opened: ExitStack) -> int:
    """A file system with a node for each, named by its place in the list. Nobody inside can change them."""
    tree = mountfd.create("tmpfs", {"mode": "711", "size": "4k"}, mountfd.NOSUID | mountfd.NOEXEC)
    opened.callback(os.close, tree)
    for place, device in enumerate(devices):
        with step(f"take device {device.source}"):
            found = os.stat(device.source)
            if not stat.S_ISCHR(found.st_mode) and not stat.S_ISBLK(found.st_mode):
                raise ContainersError("it isn't a device")
            own = device.mode is None
            mode = stat.S_IMODE(found.st_mode) if device.mode is None else device.mode
            owner = (found.st_uid, found.st_gid) if own else (device.owner, device.owner)
            os.mknod(str(place), stat.S_IFMT(found.st_mode), found.st_rdev, dir_fd=tree)
            os.chown(str(place), *owner, dir_fd=tree)
            os.chmod(str(place), mode, dir_fd=tree)
    mountfd.restrict(tree, mountfd.RDONLY)
    return tree


def _bound(bind: Bind, launch: Launch, user_namespace: str, opened: ExitStack) -> int:
    tree = _clone(bind.source, opened, bind.recursive)
    if bind.id_mapped and launch.uid_map:
        namespace = os.open(user_namespace, os.O_RDONLY | os.O_CLOEXEC)
        try:
            mountfd.map_ids(tree, namespace, bind.recursive, bind.source)
        except OSError as error:
            if error.errno not in _UNMAPPABLE:
                raise
            raise ContainersError(
                f"map the ids of its files: {os.strerror(error.errno)}",
                "Its file system, or one mounted below it, can't show other owners, or does so already; "
                "volume option noidmap shows the owners as they are, bind leaves out what is mounted below",
            ) from error
        finally:
            os.close(namespace)
    mountfd.restrict(tree, bind.attributes, bind.recursive, bind.source)
    return tree
