# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts: the part of Host that shows, makes and takes away mounts. How an overlay is made is in ``overlay``."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Dict, Iterable, Iterator, List, Optional, Set

from .._core.errors import ContainersError
from . import mountfd
from .mountinfo import MountEntry, file_system_of, parse
from .mountns import mount_namespace_of
from .mountusers import MountUser, holders_of, lasting_users, mounts_elsewhere, users_among
from .overlay import Overlay, id_map_refusal, mount_overlay
from .syscall import encoded, libc

_UMOUNT_NOFOLLOW = 8


class Mounts:
    """The mounts of the mount namespace this process is in."""

    def __init__(self) -> None:
        self._seen: Optional[Dict[int, Set[str]]] = None
        """Process -> sources of its mounts, where that is known for a while."""
        self._table: Optional[bytes] = None
        """The kernel's table, where it is known for a while, but for what is ``_changed`` since."""
        self._changed: Set[str] = set()
        """Paths and sources of mounts."""

    def naming(self, words: Iterable[str]) -> List[MountEntry]:
        """The mounts whose line in the kernel's table has one of the words in it, the topmost last."""
        asked = list(words)
        if self._table is not None and not any(word in changed for word in asked for changed in self._changed):
            return parse(self._table, asked)
        with open("/proc/self/mountinfo", "rb") as table:
            return parse(table.read(), asked)

    def mount_overlay(self, overlay: Overlay) -> None:
        """Mount it on its target. On failure nothing is mounted."""
        self._changed |= {overlay.target, overlay.source}
        mount_overlay(overlay)

    def id_map_refusal(self, path: str) -> Optional[ContainersError]:
        """Why the ids of what lies at the path can't be mapped; None if they can."""
        return id_map_refusal(path)

    def file_system_of(self, path: str) -> str:
        """The type of the file system that the path lies on."""
        with open("/proc/self/mountinfo", "rb") as table:
            return file_system_of(table.read(), os.path.realpath(path))

    def unmount(self, path: str) -> None:
        """Take away the topmost mount at path. Raises OSError EBUSY while something uses it."""
        self._changed |= {path, *(entry.source for entry in self.naming([path]) if entry.path == path)}
        libc("umount2", encoded(path), _UMOUNT_NOFOLLOW, path=path)

    def users_elsewhere(self, source: str) -> List[MountUser]:
        """Processes that keep a mount whose source begins so in a mount namespace other than this."""
        if self._seen is None:
            return lasting_users(source)
        return users_among([pid for pid, sources in self._seen.items() if _any_begins(sources, source)], source)

    @contextmanager
    def seen_once(self, source: str, users: bool) -> Iterator[None]:
        """Read the kernel's table once, and look again only for what is changed while the block runs.

        With ``users`` look through all processes once, too, for mounts whose source begins so, and ask only those
        again. For many answers in a run that alone makes such mounts: its own processes, which have them for a moment,
        don't count.
        """
        with open("/proc/self/mountinfo", "rb") as table:
            self._table = table.read()
        self._seen = mounts_elsewhere(source) if users else None
        try:
            yield
        finally:
            self._table = self._seen = None
            self._changed.clear()

    def holders(self, path: str) -> List[MountUser]:
        """Who keeps the mount at path from being unmounted: processes, and mounts below it."""
        return holders_of(path)

    def bring_back(self, pid: int, path: str, target: str, read_only: bool) -> None:
        """Mount on target what the process has at path in its own namespace: the very same file system."""
        self._table = None
        place = os.open(target, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with mount_namespace_of(pid):
                tree = mountfd.clone(path)
            try:
                mountfd.set_flags(tree, mountfd.NODEV | (mountfd.RDONLY if read_only else 0), path)
                mountfd.attach(tree, place, target)
            finally:
                os.close(tree)
        finally:
            os.close(place)


def _any_begins(sources: Set[str], start: str) -> bool:
    return any(source.startswith(start) for source in sources)
