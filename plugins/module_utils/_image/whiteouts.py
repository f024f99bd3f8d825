# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whiteouts: from the ``.wh.`` names of layer archives to what overlayfs understands.

A name taken away becomes a character device 0:0, a folder emptied of what lies below gets the
attribute ``trusted.overlay.opaque``. They are gathered while the layer is read and made at its
end, so that their order in the archive doesn't matter: an entry beside its own whiteout stays, a
folder beside its own whiteout is new and so opaque.
"""

from __future__ import annotations

import os
import stat
from typing import List, Set

from .._core.errors import ContainersError, step
from .._sys.tree import Tree, components
from .tar import shown

PREFIX = b".wh."
_META = b".wh..wh."
_OPAQUE = b".wh..wh..opq"
_AUFS_LINKS = b".wh..wh.plnk"
MEMORY_MAX = 64 * 1024 * 1024
"""Most memory that they may take until the layer is read: a million of names of ordinary length."""
_EACH = 64
_NOT_NAMES = (b"", b".", b"..")
_ATTRIBUTE = "trusted.overlay.opaque"


def is_aufs_link(name: bytes) -> bool:
    """Whether the name is in the folder where AUFS kept the targets of hard links."""
    parts = components(name)
    return len(parts) == 2 and parts[0] == _AUFS_LINKS


class Whiteouts:
    """The whiteouts of one layer."""

    def __init__(self) -> None:
        # Paths with NUL between their parts: sorted, a folder is followed by all that it holds.
        self._gone: Set[bytes] = set()
        self._opaque: Set[bytes] = set()
        self._size = 0

    def take(self, name: bytes) -> bool:
        """Whether the entry of that name is no file of the layer; if it is a whiteout, it's kept in mind."""
        parts = components(name)
        if not parts:
            return False
        *folders, base = parts
        if base == _OPAQUE and not any(part.startswith(_META) for part in folders):
            self._keep(self._opaque, folders)
            return True
        if any(part.startswith(_META) for part in parts):
            return True  # AUFS' own bookkeeping
        if not base.startswith(PREFIX):
            return False
        target = base[len(PREFIX) :]
        if target in _NOT_NAMES:
            raise ContainersError("a whiteout of no name")
        self._keep(self._gone, [*folders, target])
        return True

    def _keep(self, kind: Set[bytes], parts: List[bytes]) -> None:
        path = b"\0".join(parts)
        if path not in kind:
            kind.add(path)
            self._size += len(path) + _EACH
        if self._size > MEMORY_MAX:
            raise ContainersError(f"more whiteouts than fit into {MEMORY_MAX} bytes of memory: no image has so many")

    def make(self, tree: Tree) -> None:
        """Put them into the layer. Those below an opaque folder or a whiteout say nothing new."""
        cover = None
        for path in self._opaque:
            with step(f"opaque folder {_shown(path)}"):
                _make_opaque(tree, path.split(b"\0"))
        for path in sorted(self._gone | self._opaque):
            if cover is not None and (not cover or path.startswith(cover + b"\0")):
                continue
            if path in self._gone:
                with step(f"whiteout {_shown(path)}"):
                    _make_whiteout(tree, path.split(b"\0"))
            cover = path


def _make_opaque(tree: Tree, parts: List[bytes]) -> None:
    inside, _name = tree.place(b"/".join([*parts, b"-"]))
    folder = os.open(b".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=inside)
    try:
        os.setxattr(folder, _ATTRIBUTE, b"y")
    finally:
        os.close(folder)


def _make_whiteout(tree: Tree, parts: List[bytes]) -> None:
    place = tree.place(b"/".join(parts))
    if not tree.exists(place):
        tree.node(place, stat.S_IFCHR, 0)
        tree.own(place, 0, 0, 0)
    elif tree.is_folder(place):
        _make_opaque(tree, parts)


def _shown(path: bytes) -> str:
    return shown(path.replace(b"\0", b"/"))
