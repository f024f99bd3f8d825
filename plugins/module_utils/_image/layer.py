# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer on disk: the front door of the room for everyone who mounts layers.

Nobody outside this room knows how a layer is kept; they ask for its ``path``. Today's only kind
is a folder; a second kind (an EROFS index over the untouched tar) would mount itself at its path.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, FrozenSet, Iterable, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.store import Store, read_record

if TYPE_CHECKING:
    from .._sys.files import Files
    from .._sys.mounts import Mounts

PARTIAL = ".partial-"
"""How the name of a layer's folder begins while it is filled; what follows is the layer's own."""
REMOVED = ".removed"
"""How the name of a layer's folder ends while it is emptied."""

USUAL_IDS = 65536
"""How many ids containers usually have: owners below aren't recorded."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_OF_A_LAYER = re.compile(r"[0-9a-f]{64}")
"""In the name of everything that lies in the folder of layers."""


def checked_digest(digest: object, what: str) -> str:
    """The digest if it is a sha256 one and so safe to be a file name."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ContainersError(f"{what} {digest!r} is not a sha256 digest")
    return digest


@dataclass(frozen=True)
class FolderLayer:
    """A layer unpacked into a folder, whiteouts in overlayfs form, never changed once there."""

    diff_id: str
    path: str

    @property
    def skipped_path(self) -> str:
        """The record of entries that were left out, and of the highest owners; none if nothing is uncommon."""
        return f"{self.path}.skipped.json"

    @property
    def unsettled_path(self) -> str:
        """There from before the unpacking until all of it is on the disk; holds the id of that boot."""
        return f"{self.path}.unsettled"

    def exists(self, files: Files) -> bool:
        """Whether the layer is there whole. One that a power cut may have caught on its way to the disk isn't."""
        return files.exists(self.path) and not self._caught(files)

    def remove(self, files: Files) -> None:
        """Remove the layer: first out of sight by a rename, then its files."""
        doomed = f"{self.path}{REMOVED}"
        files.remove_tree(doomed)
        if files.exists(self.path):
            files.rename(self.path, doomed)
        files.remove(self.skipped_path)
        files.remove(self.unsettled_path)
        files.remove_tree(doomed)

    def _caught(self, files: Files) -> bool:
        try:
            boot = files.read(self.unsettled_path)
        except FileNotFoundError:
            return False
        return boot != boot_id(files)


def boot_id(files: Files) -> bytes:
    """The id of this boot, as marks hold it."""
    return files.read("/proc/sys/kernel/random/boot_id", 64)


def layer_of(store: Store, diff_id: str) -> FolderLayer:
    """The layer of that digest in the store, made or not."""
    return FolderLayer(diff_id, f"{store.layers}/{checked_digest(diff_id, 'diff_id').partition(':')[2]}")


def highest_owner(files: Files, store: Store, diff_id: str) -> Tuple[int, int]:
    """The highest uid and gid that anything in the layer belongs to, where they are uncommon; else zeros."""

    def highest(record: Mapping[str, Any]) -> Tuple[int, int]:
        uid, gid = record.get("highest", (0, 0))
        return int(uid), int(gid)

    return read_record(files, layer_of(store, diff_id).skipped_path, highest) or (0, 0)


def mounts_of(mounts: Mounts, diff_ids: Iterable[str]) -> List[Tuple[str, FrozenSet[str]]]:
    """The path of each mount that names some of the layers, and those layers.

    That is somebody's own overlay of them, a bind mount of one, or something mounted in one.
    """
    digits = {diff_id.partition(":")[2]: diff_id for diff_id in diff_ids}
    found = []
    for entry in mounts.naming(digits) if digits else ():
        words = " ".join((entry.root, entry.path, entry.source, *entry.fs_options))
        found.append((entry.path, frozenset(diff_id for name, diff_id in digits.items() if name in words)))
    return found


def is_layer_name(name: str) -> bool:
    """Whether a file name in the folder of layers is a layer's own."""
    return _DIGEST.fullmatch(f"sha256:{name}") is not None


def stranger_among_layers(files: Files, store: Store) -> Optional[str]:
    """Something in the folders of layers that no image brought, where others than root may pass: then they are theirs.

    Such a folder would be closed to them with the first layer.
    """
    top, own = posixpath.split(store.layers)
    for folder, is_ours in ((top, own.__eq__), (store.layers, _OF_A_LAYER.search)):
        if files.is_open_to_others(folder):
            for name in files.list(folder):
                if not is_ours(name):
                    return f"{folder}/{name}"
    return None
