# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mount a rootfs by its record, take its mounts away, bring back one that a container still has."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Tuple

from .._core.errors import ContainersError
from .._core.store import Store
from . import record as rootfs_record
from .found import User
from .identity import source_of, source_prefix, stack
from .record import IdMap, RootfsRecord

if TYPE_CHECKING:
    from .._sys.host import Host

HOLDERS_SHOWN = 5


@dataclass(frozen=True)
class MountRootfs:
    """Mount the rootfs as its record says by the time of the mount."""

    store: Store
    name: str
    path: str

    def describe(self) -> str:
        return f"mount rootfs {self.name} on {self.path}"

    def apply(self, host: Host) -> None:
        record = rootfs_record.load(host.files, self.store, self.name)
        if record is None:
            raise ContainersError(f"the record of rootfs {self.name} is gone", "Run again")
        mount(host, self.store, record)

    def undo(self, host: Host) -> None:
        unmount(host, self.store, self.name, self.path, 1)


@dataclass(frozen=True)
class UnmountRootfs:
    """Take away the topmost ``count`` mounts of the rootfs at a path."""

    store: Store
    name: str
    path: str
    count: int
    alone: bool = True
    """Whether no mount of it is left there; only then undo has to make one."""

    def describe(self) -> str:
        surplus = "" if self.alone else f" ({self.count} surplus)"
        return f"unmount rootfs {self.name} from {self.path}{surplus}"

    def apply(self, host: Host) -> None:
        unmount(host, self.store, self.name, self.path, self.count)

    def undo(self, host: Host) -> None:
        record = rootfs_record.load(host.files, self.store, self.name)
        if self.alone and record is not None and record.merged == self.path:
            mount(host, self.store, record)


@dataclass(frozen=True)
class BringBack:
    """Mount again the very file system that a container still has, so that both see the same files."""

    store: Store
    name: str
    path: str
    user: User
    read_only: bool

    def describe(self) -> str:
        return f"mount rootfs {self.name} on {self.path}, as {self.user.words} still has it"

    def apply(self, host: Host) -> None:
        host.mounts.bring_back(self.user.pid, self.user.path, self.path, self.read_only)

    def undo(self, host: Host) -> None:
        unmount(host, self.store, self.name, self.path, 1)


def mount(host: Host, store: Store, record: RootfsRecord) -> None:
    """Mount the rootfs of that record where it says."""
    from .._sys.overlay import Overlay

    host.mounts.mount_overlay(
        Overlay(
            source=source_of(store, record),
            layers=stack(record.layers),
            folder=os.path.dirname(record.diff),
            upper=os.path.basename(record.diff),
            work=os.path.basename(record.work),
            target=record.merged,
            read_only=record.read_only,
            uidmap=_lines(record.uidmap),
            gidmap=_lines(record.gidmap),
        )
    )


def unmount(host: Host, store: Store, name: str, path: str, count: int) -> None:
    """Take away so many mounts of the rootfs from the top at path; fewer where fewer are left."""
    prefix = source_prefix(store, name)
    for _number in range(count):
        at_path = [entry for entry in host.mounts.naming([path]) if entry.path == path]
        if not at_path or not at_path[-1].source.startswith(prefix):
            return
        try:
            host.mounts.unmount(path)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            raise _busy(host, path) from error


def _busy(host: Host, path: str) -> ContainersError:
    holders = [str(holder) for holder in host.mounts.holders(path)]
    more = f" and {len(holders) - HOLDERS_SHOWN} more" if len(holders) > HOLDERS_SHOWN else ""
    held = f"it is held by {', '.join(holders[:HOLDERS_SHOWN])}{more}" if holders else "something holds it"
    return ContainersError(f"{path} is busy: {held}", "End what holds it, or let it leave, and run again")


def _lines(maps: Tuple[IdMap, ...]) -> Tuple[Tuple[int, int, int], ...]:
    return tuple((line.inside, line.outside, line.length) for line in maps)
