# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ns_container run as its module runs it, on a rootfs with a static busybox, and what comes of it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._container.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.ns_container import ARGUMENT_SPEC

STORE = Store()
FOLDER = Path(STORE.container("web"))
LOG = FOLDER / "log"
PATIENCE = 10_000
FOREVER = ["sleep", "1000"]

_APPLETS = (
    "cat chmod chroot cut dd echo env false grep head id ip ls mkdir mount nc ps pwd readlink sed sh sleep stat touch "
    "true umount unshare wc"
)
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv/web:/bin/sh\n"
_GROUP = "root:x:0:\nweb:x:34:\nlog:x:40:web,other\nadm:x:4:root\n"


class Ended(NamedTuple):
    """A container that was run to its end."""

    exit_code: Optional[int]
    output: str


def container(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """Run the room with the options that Ansible would fill in, on the real host."""
    assert set(options) <= set(ARGUMENT_SPEC), set(options) - set(ARGUMENT_SPEC)
    defaults = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
    return run_room(ROOM, {**defaults, "name": "web", **options}, Host(), check_mode)


def run_to_end(script: str, **options: Any) -> Ended:
    """Run a shell script in a new container, wait for its end and remove the container again."""
    started = container(**{"command": ["sh", "-c", script], **options})["container"]
    wait_for_end(started["pid"])
    ended = container(state="stopped")["container"]
    output = LOG.read_text(encoding="utf-8", errors="replace")
    container(state="absent")
    assert ended["status"] == "stopped"
    return Ended(ended["exit_code"], output)


def wait_for_end(pid: Optional[int]) -> None:
    """Wait for a process that isn't our child; None is one that had ended already."""
    if pid is None:
        return
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    assert poll.poll(PATIENCE), f"{pid} goes on running"
    os.close(pidfd)


def wait_for(path: Path, text: str) -> None:
    """Wait until the file has the text in it."""
    for _attempt in range(500):
        if path.exists() and text in path.read_text(encoding="utf-8", errors="replace"):
            return
        select.select([], [], [], 0.01)
    raise AssertionError(f"{text!r} never came to {path}")


def make_tree(folder: Path) -> Path:
    """A small Linux system: busybox with some of its names, and users."""
    for name in ("bin", "etc", "root", "tmp", "mnt", "srv"):
        (folder / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", folder / "bin/busybox")
    for applet in _APPLETS.split():
        (folder / "bin" / applet).symlink_to("busybox")
    (folder / "etc/passwd").write_text(_PASSWD, encoding="utf-8")
    (folder / "etc/group").write_text(_GROUP, encoding="utf-8")
    return folder


def mount_rootfs(*layers: Path, **options: Any) -> Path:
    """The merged folder of a rootfs of these layers, lowest first."""
    return Path(rootfs(layers=[str(layer) for layer in layers], **options)["rootfs"]["merged"])


def state_of_host() -> Dict[str, Any]:
    """What a run may change: mounts, host name, processes, every file in the store."""
    files = {
        str(path): (found.st_mode, found.st_uid, found.st_mtime_ns, found.st_ino)
        for root in (STORE.root, STORE.run)
        for path in sorted(Path(root).rglob("*"))
        for found in [path.lstat()]
        if "/merged/" not in str(path) and path.name != "locks"
    }
    return {
        "mounts": Path("/proc/self/mountinfo").read_text(encoding="utf-8"),
        "host name": os.uname().nodename,
        "files": files,
        "processes": sorted(processes()),
    }


def processes() -> List[str]:
    """Pids and command lines of all that run, but this test's own children and what only waits to be reaped."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,stat,args"], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = [line.split(None, 3) for line in listed.splitlines()[1:]]
    return [f"{pid} {args}" for pid, ppid, stat, args in lines if int(ppid) != os.getpid() and stat[0] != "Z"]
