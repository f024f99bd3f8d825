# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses a mount: asked of /proc, process by process. Processes that end meanwhile are passed over."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Dict, Iterable, Iterator, List, Set, Tuple

from .mountinfo import MountEntry, parse

_START_SECONDS = 2.0
"""How long a container that is being started may take until it has its own root."""


@dataclass(frozen=True)
class MountUser:
    """A process that uses a mount, and how: what of it, at which path as the process sees it."""

    pid: int
    command: str
    how: str
    path: str
    source: str = ""

    def __str__(self) -> str:
        return f"process {self.pid} ({self.command}; {self.how} {self.path})" if self.pid else f"{self.how} {self.path}"


def other_namespaces_with(source: str) -> List[MountUser]:
    """One user for each mount namespace, our own apart, that has a mount whose source begins so.

    Not those that would lose it together with us: copies at the same place that follow our mounts.
    """
    return users_among(_one_of_each_namespace(), source)


def lasting_users(source: str) -> List[MountUser]:
    """Those found by ``other_namespaces_with`` that stay: a container that is being started has all mounts at first.

    Such a process is a copy of a module, and lets go of them as soon as it has its own root.
    """
    deadline = time.monotonic() + _START_SECONDS
    while True:
        found = other_namespaces_with(source)
        if not any(map(_is_copy_of_module, (user.pid for user in found))) or time.monotonic() >= deadline:
            return found
        time.sleep(0.02)


def _is_copy_of_module(pid: int) -> bool:
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/exe"), os.stat("/proc/self/exe"))
    except OSError:
        return True  # in its last moments: it is gone when we look again


def users_among(pids: Iterable[int], source: str) -> List[MountUser]:
    """Those of the processes, of other mount namespaces, that have a mount whose source begins so."""
    with open("/proc/self/mountinfo", "rb") as table:
        ours = [entry for entry in parse(table.read(), [source]) if entry.source.startswith(source)]
    users = []
    for pid in pids:
        with suppress(OSError):
            users += _user_in(pid, source, ours)
    return users


def mounts_elsewhere(source: str) -> Dict[int, Set[str]]:
    """For one process of each other mount namespace, the sources of its mounts that begin so; where it has any."""
    found: Dict[int, Set[str]] = {}
    for pid in _one_of_each_namespace():
        with suppress(OSError), open(f"/proc/{pid}/mountinfo", "rb") as table:
            sources = {entry.source for entry in parse(table.read(), [source]) if entry.source.startswith(source)}
            if sources:
                found[pid] = sources
    return found


def _one_of_each_namespace() -> Iterator[int]:
    seen = {os.readlink("/proc/self/ns/mnt")}
    for pid in _pids():
        with suppress(OSError):
            namespace = os.readlink(f"/proc/{pid}/ns/mnt")
            if namespace not in seen:
                seen.add(namespace)
                yield pid


def _user_in(pid: int, source: str, ours: List[MountEntry]) -> List[MountUser]:
    with open(f"/proc/{pid}/mountinfo", "rb") as table:
        entries = [entry for entry in parse(table.read(), [source]) if entry.source.startswith(source)]
    kept = [entry for entry in entries if not any(_follows(entry, other) for other in ours)]
    return [MountUser(pid, _command(pid), "has it mounted at", kept[0].path, kept[0].source)] if kept else []


def _follows(entry: MountEntry, ours: MountEntry) -> bool:
    return entry.path == ours.path and bool(set(entry.peers) & set(ours.peers))


def holders_of(path: str) -> List[MountUser]:
    """Mounts below path, and processes of any namespace with a folder, program or open file in it."""
    with open("/proc/self/mountinfo", "rb") as table:
        below = [entry for entry in parse(table.read(), [path]) if entry.path.startswith(f"{path}/")]
    holders = [MountUser(0, "", "the mount at", entry.path) for entry in below]
    for pid in _pids():
        for how, used in _uses(pid):
            if used == path or used.startswith(f"{path}/"):
                holders.append(MountUser(pid, _command(pid), how, used))
                break
    return holders


def _uses(pid: int) -> Iterator[Tuple[str, str]]:
    """How the process uses which path; a deleted file's path too."""
    folder = f"/proc/{pid}"
    for link, how in (("cwd", "works in"), ("root", "has its root at"), ("exe", "runs")):
        with suppress(OSError):
            yield how, os.readlink(f"{folder}/{link}")
    with suppress(OSError):
        for name in os.listdir(f"{folder}/fd"):
            with suppress(OSError):
                yield "has open", os.readlink(f"{folder}/fd/{name}")
    for mapped in _mapped(folder):
        yield "has mapped", mapped


def _mapped(folder: str) -> Set[str]:
    with suppress(OSError), open(f"{folder}/maps", "rb") as maps:
        return {os.fsdecode(line.split(None, 5)[5].strip()) for line in maps if b" /" in line}
    return set()


def _pids() -> List[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", "rb") as file:
            return os.fsdecode(file.read().rstrip(b"\n"))
    except OSError:
        return "ended meanwhile"
