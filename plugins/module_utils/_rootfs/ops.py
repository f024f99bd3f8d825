# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done to the folders and records of a rootfs. Its mounts are in ``mount_ops``, its ids in ``id_ops``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Optional

from .._core.store import Store
from . import ranges
from . import record as rootfs_record
from .found import maps_of, upper_path
from .record import RootfsRecord

if TYPE_CHECKING:
    from .._sys.host import Host

FOLDER_MODE = 0o700
"""Nobody but root reaches the programs in a rootfs from the host, set-user-id ones least of all."""


def discarded_path(upper: str) -> str:
    """Where an upper goes before it is removed: what is half removed is never mounted again."""
    return f"{upper}.discarded"


@dataclass(frozen=True)
class MakeUpper:
    """Make the folders that overlayfs writes in. The upper's root is like that of the topmost layer."""

    store: Store
    name: str
    like: Optional[str]
    upper: bool
    work: bool
    """Which of the two isn't there."""

    def describe(self) -> str:
        return f"make the upper layer of rootfs {self.name}"

    def apply(self, host: Host) -> None:
        files = host.files
        folder = self.store.container(self.name)
        try:
            files.make_dir(self.store.containers)
            files.make_dir(folder, FOLDER_MODE)
            if self.work:
                files.make_dir(f"{folder}/work", FOLDER_MODE)
            if self.upper:
                files.make_dir_like(upper_path(self.store, self.name), self.like)
        except BaseException:
            self.undo(host)
            raise

    def undo(self, host: Host) -> None:
        folder = self.store.container(self.name)
        if self.upper:
            host.files.remove_tree(upper_path(self.store, self.name))
        if self.work:
            host.files.remove_tree(f"{folder}/work")
        host.files.remove_empty([folder])


@dataclass(frozen=True)
class SetUpperAside:
    """Put the upper out of the way; RemoveDiscarded removes it once the new one is mounted."""

    store: Store
    name: str

    def describe(self) -> str:
        return f"discard the changes made in rootfs {self.name}"

    def apply(self, host: Host) -> None:
        upper = upper_path(self.store, self.name)
        host.files.rename(upper, discarded_path(upper))

    def undo(self, host: Host) -> None:
        upper = upper_path(self.store, self.name)
        if host.files.exists(discarded_path(upper)):
            host.files.rename(discarded_path(upper), upper)


@dataclass(frozen=True)
class RemoveDiscarded:
    """Remove an upper that was put aside, by this run or by one that was killed."""

    store: Store
    name: str
    final: ClassVar[bool] = True

    def describe(self) -> str:
        return f"remove the discarded changes of rootfs {self.name}"

    def apply(self, host: Host) -> None:
        host.files.remove_tree(discarded_path(upper_path(self.store, self.name)))

    def undo(self, host: Host) -> None:
        """What is removed stays removed: it was to go, whatever becomes of the rest."""


@dataclass(frozen=True)
class SaveRecord:
    """Write down what the rootfs is made of. With ``ids_chosen`` the ids are those claimed by then."""

    store: Store
    record: RootfsRecord
    ids_chosen: bool
    previous: Optional[RootfsRecord]

    def describe(self) -> str:
        return f"record rootfs {self.record.name}"

    def apply(self, host: Host) -> None:
        record = self.record
        if self.ids_chosen:
            lines = maps_of(ranges.load(host.files)[self.store.container(record.name)])
            record = replace(record, uidmap=lines, gidmap=lines)
        rootfs_record.save(host.files, self.store, record)

    def undo(self, host: Host) -> None:
        if self.previous is None:
            host.files.remove(rootfs_record.path_of(self.store, self.record.name))
        else:
            rootfs_record.save(host.files, self.store, self.previous)


@dataclass(frozen=True)
class MakePlace:
    """Make the folder the rootfs is to be mounted on."""

    path: str

    def describe(self) -> str:
        return f"make folder {self.path}"

    def apply(self, host: Host) -> None:
        host.files.make_dir(self.path, FOLDER_MODE)

    def undo(self, host: Host) -> None:
        host.files.remove_empty([self.path])


@dataclass(frozen=True)
class RemovePlace:
    """Remove the folder a rootfs was mounted on and no longer is, if nothing else is in it."""

    path: str

    def describe(self) -> str:
        return f"remove folder {self.path}"

    def apply(self, host: Host) -> None:
        host.files.remove_empty([self.path])

    def undo(self, host: Host) -> None:
        host.files.make_dir(self.path, FOLDER_MODE)
