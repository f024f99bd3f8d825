# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer on disk: the front door of the room for everyone who mounts layers.

Nobody outside this room knows how a layer is kept; they ask for its ``path``. Today's only kind
is a folder; a second kind (an EROFS index over the untouched tar) would mount itself at its path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._core.errors import ContainersError
from .._core.store import Store

if TYPE_CHECKING:
    from .._sys.files import Files

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


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

    def exists(self, files: Files) -> bool:
        return files.exists(self.path)

    def remove(self, files: Files) -> None:
        """Remove the layer: first out of sight by a rename, then its files."""
        doomed = f"{self.path}.removed"
        files.remove_tree(doomed)
        if files.exists(self.path):
            files.rename(self.path, doomed)
        files.remove_tree(doomed)


def layer_of(store: Store, diff_id: str) -> FolderLayer:
    """The layer of that digest in the store, made or not."""
    return FolderLayer(diff_id, f"{store.layers}/{checked_digest(diff_id, 'diff_id').partition(':')[2]}")
