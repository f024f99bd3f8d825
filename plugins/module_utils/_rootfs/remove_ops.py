# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a rootfs for good. One op, because no part of it may go before the mounts are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from .._core.store import Store
from . import record as rootfs_record
from .found import upper_path
from .id_ops import put_back
from .mount_ops import unmount
from .ops import discarded_path

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class RemoveRootfs:
    """Unmount it, remove its changes and its record, give back its ids.

    The record goes last of the files, so that a run after one that was killed knows what is left.
    """

    store: Store
    name: str
    mounts: Tuple[Tuple[str, int], ...]
    """Paths it is mounted at, and how often at each."""
    place: Optional[str]
    """The folder it was mounted on, if that goes with it."""

    def describe(self) -> str:
        return f"remove rootfs {self.name}"

    def apply(self, host: Host) -> None:
        files = host.files
        for path, count in self.mounts:
            unmount(host, self.store, self.name, path, count)
        folder = self.store.container(self.name)
        upper = upper_path(self.store, self.name)
        files.remove_tree(discarded_path(upper))
        if files.exists(upper):
            files.rename(upper, discarded_path(upper))
        files.remove_tree(discarded_path(upper))
        files.remove_tree(f"{folder}/work")
        files.remove_empty([self.place] if self.place else [])
        files.remove(rootfs_record.path_of(self.store, self.name))
        files.remove_empty([folder])
        put_back(host, self.store, self.name, None)

    def undo(self, host: Host) -> None:
        """A removal isn't taken back: what could be restored wouldn't be what was there."""
