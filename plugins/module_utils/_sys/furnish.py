# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the container's mount namespace: its root, /proc, /sys, /dev, what is mounted below, what is hidden.

Run by the init. Once the root has changed, every path is the container's and no link of a hostile
rootfs can lead to the host; until then nothing of the rootfs is looked up.
"""

from __future__ import annotations

import ctypes
import errno
import os
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

from .._core.errors import ContainersError, step
from . import mountfd
from .execution import stop_imports
from .hiding import hide
from .launch import Bind, Launch, Scratch
from .mountfd import NODEV, NOEXEC, NOSUID, RDONLY
from .namespaces import set_domain_name
from .safepath import open_no_links
from .syscall import libc
from .targets import attach, attach_to_new_file, attach_to_real_folder

STRICT = NOSUID | NODEV | NOEXEC

_MS_REC_PRIVATE = 0x4000 | 1 << 18
_MNT_DETACH = 2
_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
_NODES = "/dev/.nodes"
_DOMAIN_NAME = "kernel/domainname"
_DEV_OPTIONS = {"mode": "755", "size": "65536k"}
_SHM_OPTIONS = {"mode": "1777", "size": "65536k"}


@dataclass(frozen=True)
class Trees:
    """Detached mounts that the host made; see ``detached``."""

    root: int
    devices: Dict[str, int]
    sys: Optional[int]
    nodes: Optional[int]
    mounts: Tuple[int, ...]


def furnish(launch: Launch, trees: Trees) -> None:
    """Everything that is mounted. The current folder is the new root afterwards."""
    with step("mount its /proc and /sys"):
        proc = _own("proc", STRICT)
        sys_mount = _own("sysfs", STRICT | RDONLY) if trees.sys is None else trees.sys
    with step("change its root"):
        stop_imports()
        _change_root(trees.root)
    attach_to_real_folder(proc, "/proc")
    attach_to_real_folder(sys_mount, "/sys")
    _make_dev(launch, trees)
    if "cgroup" in launch.namespaces:
        with step("mount its /sys/fs/cgroup"):
            target = open_no_links(sys_mount, "fs/cgroup", os.O_PATH | os.O_DIRECTORY)
            mountfd.attach(mountfd.create("cgroup2", {}, STRICT | RDONLY), target, "/sys/fs/cgroup")
    _mount_all(launch, trees)
    _set_sysctls(launch, proc)
    with step("hide what is the host's"):
        hide(proc, sys_mount)
    with step(f"make its working directory {launch.working_dir}"):
        os.makedirs(launch.working_dir, exist_ok=True)
    if launch.read_only:
        with step("make its root read-only"):
            mountfd.restrict(trees.root, RDONLY)


def _own(kind: str, attributes: int) -> int:
    try:
        return mountfd.create(kind, {}, attributes)
    except PermissionError as error:
        raise ContainersError(
            f"the kernel refuses a new {kind}",
            "It does so where parts of the host's own are covered by mounts, as inside another container; "
            "a rootfs with userns: none isn't bound by this",
        ) from error


def _change_root(root: int) -> None:
    libc("mount", None, b"/", None, ctypes.c_ulong(_MS_REC_PRIVATE), None, path="/")
    top = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    mountfd.attach(root, top, "/")
    os.close(top)
    os.fchdir(root)
    libc("pivot_root", b".", b".", path="pivot_root")
    libc("umount2", b".", _MNT_DETACH, path="old root")
    os.chdir("/")


def _make_dev(launch: Launch, trees: Trees) -> None:
    """Devices are mounts of their own, so that no other node in it can be used."""
    attach_to_real_folder(mountfd.create("tmpfs", _DEV_OPTIONS, STRICT), "/dev")
    with step("make its /dev"):
        for name, tree in trees.devices.items():
            attach_to_new_file(tree, f"/dev/{name}")
        for name, target in _LINKS.items():
            os.symlink(target, f"/dev/{name}")
    if trees.nodes is not None:
        _take_nodes(launch, trees.nodes)
    terminals = {"newinstance": "", "ptmxmode": "0666", "mode": "0620"}
    if launch.tty_group is not None:
        terminals["gid"] = str(launch.tty_group)
    attach_to_real_folder(mountfd.create("devpts", terminals, NOSUID | NOEXEC), "/dev/pts")
    if "ipc" in launch.namespaces:
        attach_to_real_folder(mountfd.create("tmpfs", _SHM_OPTIONS, STRICT), "/dev/shm")
        attach_to_real_folder(mountfd.create("mqueue", {}, STRICT), "/dev/mqueue")


def _take_nodes(launch: Launch, nodes: int) -> None:
    """A part of a mount can be taken out of it only where it is attached, so it is for a moment."""
    attach_to_real_folder(nodes, _NODES)
    for place, device in enumerate(launch.devices):
        with step(f"make its {device.target}"):
            os.makedirs(os.path.dirname(device.target), exist_ok=True)
            attach_to_new_file(mountfd.clone(str(place), nodes), device.target)
    libc("umount2", _NODES.encode(), _MNT_DETACH, path=_NODES)
    os.rmdir(_NODES)


def _mount_all(launch: Launch, trees: Trees) -> None:
    """Volumes, files and tmpfs, each after those above it."""
    todo = [(bind.target, _binder(bind, tree)) for bind, tree in zip(launch.mounts, trees.mounts)]
    todo += [(scratch.target, _scratcher(scratch)) for scratch in launch.scratch]
    for target, mount in sorted(todo, key=lambda entry: entry[0].split("/")):
        with step(f"mount its {target}"):
            mount()


def _binder(bind: Bind, tree: int) -> Callable[[], None]:
    def mount() -> None:
        try:
            attach(tree, bind.target)
        except OSError as error:
            if not (bind.optional and error.errno == errno.EROFS):
                raise

    return mount


def _scratcher(scratch: Scratch) -> Callable[[], None]:
    return lambda: attach(mountfd.create("tmpfs", dict(scratch.options), scratch.attributes), scratch.target)


def _set_sysctls(launch: Launch, proc: int) -> None:
    for key, value in launch.sysctls:
        with step(f"set sysctl {key}"):
            if key == _DOMAIN_NAME:
                set_domain_name(value)
            else:
                _write(proc, f"sys/{key}", value)
    if "user" in launch.namespaces and "SYS_ADMIN" not in launch.capabilities:
        with step("close user namespaces to it"):
            _write(proc, "sys/user/max_user_namespaces", "0")


def _write(folder: int, name: str, value: str) -> None:
    descriptor = open_no_links(folder, name, os.O_WRONLY)
    try:
        os.write(descriptor, value.encode())
    finally:
        os.close(descriptor)
