# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor's mounts: the root file system on the host, and what the container's init mounts for itself.

The calls that it takes and no others. What a real tool checks, hides and records isn't here.
"""

from __future__ import annotations

import ctypes
import os
import struct

from ansible_collections.daemonless.containers.plugins.module_utils._sys.syscall import (
    AT_EMPTY_PATH,
    AT_FDCWD,
    MOUNT_SETATTR,
    MOVE_MOUNT,
    OPEN_TREE,
    libc,
    syscall,
)

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
STRICT = 0x02 | 0x04 | 0x08  # nosuid, nodev, noexec

_CLONE = 1
_CLOEXEC = 1
_IDMAP = 0x00100000
_SET_STRING, _CREATE = 1, 6
_FROM_DESCRIPTOR = 0x04
_MS_BIND, _MS_REC_PRIVATE = 0x1000, 0x4000 | 1 << 18
_MNT_DETACH = 2
_PR_SET_SECUREBITS = 28
_NO_SETUID_FIXUP = 1 << 2


def tree(path: bytes) -> int:
    """A copy of the mount at the path, from there downwards, attached nowhere."""
    return syscall(OPEN_TREE, AT_FDCWD, path, _CLONE | os.O_CLOEXEC, path=path)


def attach(mount: int, path: bytes) -> None:
    syscall(MOVE_MOUNT, mount, b"", AT_FDCWD, path, _FROM_DESCRIPTOR, path=path)


def keep_capabilities() -> None:
    """Once: a change of the ids that files are made with doesn't cost capabilities."""
    libc("prctl", _PR_SET_SECUREBITS, ctypes.c_ulong(_NO_SETUID_FIXUP))


def mount_root(layer: bytes, folder: bytes, first_id: int, user_namespace: int) -> None:
    """An overlay of the layer and of folders for its changes, ids mapped, at ``merged`` in the folder.

    overlayfs takes its layers by path, so the mapped copies are attached over the originals, which here nobody else
    looks at, for as long as it takes.
    """
    os.makedirs(folder)
    for name in (b"merged", b"changes"):
        os.mkdir(folder + b"/" + name)
    for name in (b"upper", b"work"):
        os.mkdir(folder + b"/changes/" + name)
    mapped = (layer, folder + b"/changes")
    for path in mapped:
        copy = tree(path)
        how = struct.pack("=QQQQ", _IDMAP, 0, 0, user_namespace)
        syscall(MOUNT_SETATTR, copy, b"", AT_EMPTY_PATH, how, len(how), path=path)
        attach(copy, path)
        os.close(copy)
    libc("setfsgid", first_id)
    libc("setfsuid", first_id)
    options = b"lowerdir=%s,upperdir=%s/changes/upper,workdir=%s/changes/work" % (layer, folder, folder)
    libc("mount", b"overlay", folder + b"/merged", b"overlay", ctypes.c_ulong(0), options)
    libc("setfsuid", 0)
    libc("setfsgid", 0)
    for path in mapped:
        libc("umount2", path, _MNT_DETACH)


def unmount_root(folder: bytes) -> None:
    libc("umount2", folder + b"/merged", _MNT_DETACH)


def enter_root(root: int) -> None:
    """As the init of new namespaces: make that tree the root, with /proc and the devices every program needs."""
    libc("mount", None, b"/", None, ctypes.c_ulong(_MS_REC_PRIVATE), None)
    attach(root, b"/")  # "/" itself still leads to the host's tree, the working folder to the new root
    os.fchdir(root)
    for name in (b"proc", b"dev"):
        os.mkdir(name)
    libc("mount", b"proc", b"proc", b"proc", ctypes.c_ulong(STRICT), None)
    libc("mount", b"dev", b"dev", b"tmpfs", ctypes.c_ulong(0x02), b"mode=755")
    for device in DEVICES:
        target = f"dev/{device}".encode()
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
        libc("mount", b"/" + target, target, None, ctypes.c_ulong(_MS_BIND), None)
    libc("pivot_root", b".", b".")
    libc("umount2", b".", _MNT_DETACH)
    os.chdir("/")
