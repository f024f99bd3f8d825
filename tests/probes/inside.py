# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run inside a container, by a Python with its standard library only: tells what is to be seen there, as JSON."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import resource
import socket
import sys
from typing import Any, Callable, Dict, List

LIBC = ctypes.CDLL(None, use_errno=True)
KEYCTL, BPF = {"x86_64": (250, 321), "aarch64": (219, 280)}.get(platform.machine(), (0, 0))
MOUNT_READ_ONLY = 1
HIDDEN = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/interrupts", "/sys/firmware"]
HIDDEN += ["/sys/devices/virtual/powercap"]
READ_ONLY = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"]


def told(act: Callable[[], Any]) -> str:
    """``done``, or the name of the error."""
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    return "done"


def call(number: int, *arguments: int) -> str:
    def act() -> None:
        if LIBC.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)) < 0:
            raise OSError(ctypes.get_errno(), "")

    return told(act)


def libc(function: str, *arguments: Any) -> str:
    def act() -> None:
        if getattr(LIBC, function)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "")

    return told(act)


def read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def status() -> Dict[str, str]:
    return {
        key: value.strip()
        for key, _colon, value in (line.partition(":") for line in read("/proc/self/status").splitlines())
    }


def mounts() -> List[List[str]]:
    """Place, options and file system's type of each."""
    lines = [line.split() for line in read("/proc/self/mountinfo").splitlines()]
    return [[line[4], line[5], line[line.index("-") + 1]] for line in lines]


def seen(path: str) -> bool:
    """Whether there is anything to be read."""
    try:
        return bool(os.listdir(path)) if os.path.isdir(path) else bool(os.read(os.open(path, os.O_RDONLY), 1))
    except OSError:
        return False


def escape() -> bool:
    """Whether a second root, and many steps up from a folder outside of it, lead out of the first."""
    before = os.stat("/")
    child = os.fork()
    if child == 0:
        code = 0
        try:
            os.makedirs("/tmp/second", exist_ok=True)
            here = os.open("/", os.O_RDONLY)
            os.chroot("/tmp/second")
            os.fchdir(here)
            for _step in range(64):
                os.chdir("..")
            code = 0 if os.path.samestat(os.stat("."), before) else 1
        except OSError:
            code = 0
        os._exit(code)
    up = os.path.samestat(os.stat("/proc/1/root/.."), before)
    return os.waitpid(child, 0)[1] != 0 or not up


def written(path: str) -> bool:
    """Whether it can be opened for writing; nothing is written."""
    return told(lambda: os.close(os.open(path, os.O_WRONLY))) == "done"


def mknod() -> str:
    """``done`` where a node of the first disk can be made and opened in one of the usual places."""
    found = {mknod_at(place) for place in ("/dev/probe-disk", "/tmp/probe-disk", "/dev/shm/probe-disk")}
    return "done" if found & {"done", "ENXIO", "ENODEV"} else ", ".join(sorted(found))


def mknod_at(place: str) -> str:
    made = told(lambda: os.mknod(place, 0o60600, os.makedev(7, 0)))
    return told(lambda: os.close(os.open(place, os.O_RDONLY))) if made == "done" else made


def in_child(act: Callable[[], str]) -> str:
    """What it says, of a process that ends then."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, act().encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    return os.read(reading, 100).decode()


def new_keyring() -> str:
    """The serial of the session's keyring."""
    ctypes.set_errno(0)
    return str(LIBC.syscall(ctypes.c_long(KEYCTL), ctypes.c_long(0), ctypes.c_long(-3), ctypes.c_long(0)))


def main() -> None:
    own = [name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
    names = ("mnt", "uts", "ipc", "pid", "net", "user", "cgroup")
    sys.stdout.write(
        json.dumps(
            {
                "fds": sorted(own),
                "mounts": mounts(),
                "top": sorted(os.listdir("/")),
                "escape": escape(),
                "mount": libc("mount", b"probe", b"/mnt", b"tmpfs", 0, None),
                "seen": [path for path in HIDDEN if seen(path)],
                "written": [path for path in READ_ONLY if os.path.exists(path) and written(path)],
                "unshare": in_child(lambda: libc("unshare", 0x10020000)),
                "status": status(),
                "keyctl": call(KEYCTL, 0, -3, 0),
                "bpf": call(BPF, 0, 0, 0),
                "keyring": new_keyring(),
                "uid_map": read("/proc/self/uid_map").split(),
                "ids": [os.getuid(), os.getgid(), sorted(os.getgroups())],
                "dev": sorted(os.listdir("/dev")),
                "mknod": mknod(),
                "session": [os.getsid(0), sorted(os.listdir("/dev/pts")), os.stat("/dev/pts").st_dev],
                "cgroup": read("/proc/self/cgroup").split(),
                "namespaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in names},
                "unix": read("/proc/net/unix"),
                "environ": dict(os.environ),
                "umask": status()["Umask"],
                "nofile": resource.getrlimit(resource.RLIMIT_NOFILE),
                "oom": read("/proc/self/oom_score_adj").strip(),
                "sethostname": told(lambda: socket.sethostname("probed")),
                "exe": told(lambda: os.close(os.open("/proc/1/exe", os.O_WRONLY))),
                "stdio": [os.readlink(f"/proc/self/fd/{number}") for number in range(3)],
            }
        )
    )


if __name__ == "__main__":
    main()
