# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""overlay_rootfs run as its module runs it, and what the kernel and the store show of it."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any, Callable, Dict, List

from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.overlay_rootfs import ARGUMENT_SPEC

STORE = Store()


def rootfs(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """Run the room with the options that Ansible would fill in, on the real host."""
    assert set(options) <= set(ARGUMENT_SPEC)
    defaults = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
    return run_room(ROOM, {**defaults, "name": "web", **options}, Host(), check_mode)


def merged(name: str = "web") -> Path:
    return Path(STORE.container(name), "merged")


def mounts_at(path: Path) -> List[str]:
    """The sources of the mounts at path, the topmost last."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return [line.partition(" - ")[2].split()[1] for line in lines if line.split()[4] == str(path)]


def state_of_host() -> Dict[str, Any]:
    """All that a run may change: the table of mounts, and every file in the store with its metadata."""
    store = {
        str(path): (found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns, found.st_ino)
        for path in sorted(Path(STORE.root).rglob("*"))
        for found in [path.lstat()]
    }
    return {"mounts": Path("/proc/self/mountinfo").read_text(encoding="utf-8"), "store": store}


def inside(folder: Path, uid: int, gid: int, act: Callable[[], object]) -> None:
    """Do something as a plain process of uid:gid that has the folder as its root; fail if that fails."""
    child = os.fork()
    if child == 0:
        try:
            os.chroot(folder)
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def enter_namespace() -> None:
    """Give this process a mount namespace of its own, in which everything is mounted as here."""
    libc = ctypes.CDLL(None)
    assert libc.unshare(0x00020000) == 0
    assert libc.mount(None, b"/", None, ctypes.c_ulong(0x4000 | 1 << 18), None) == 0
