# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders read whole, as somebody made them: every entry with its attributes, no link followed."""

from __future__ import annotations

import errno
import os
import stat
from typing import Dict, Iterator, List, NamedTuple

from .safepath import open_no_links

_NO_XATTRS = (errno.ENOTSUP, errno.ENODATA, errno.EPERM)


class Node(NamedTuple):
    """One entry of a tree. ``path`` is relative to the root of the tree, which is ``.`` itself."""

    path: bytes
    mode: int
    """Type and permission bits, as in stat(2)."""
    uid: int
    gid: int
    size: int
    device: int
    inode: int
    links: int
    rdev: int
    target: bytes
    xattrs: Dict[str, bytes]

    @property
    def type(self) -> int:
        return stat.S_IFMT(self.mode)


class Folders:
    """Reads below a folder by paths that can't leave it."""

    def walk(self, root: str) -> Iterator[Node]:
        """The folder itself and everything below, parents before children, names in byte order."""
        folders: List[bytes] = [b"."]
        base = os.fsencode(root)
        yield _node(base, b".")
        while folders:
            folder = folders.pop()
            names = sorted(os.listdir(os.path.join(base, folder)))
            found = [_node(base, name if folder == b"." else folder + b"/" + name) for name in names]
            yield from found
            folders.extend(node.path for node in reversed(found) if node.type == stat.S_IFDIR)

    def open_below(self, root: str, path: bytes) -> int:
        """A descriptor of a plain file in the tree. Raises OSError (ELOOP) if a part of the path is a link."""
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return open_no_links(folder, path, os.O_RDONLY | os.O_NONBLOCK)
        finally:
            os.close(folder)


def _node(base: bytes, path: bytes) -> Node:
    whole = base if path == b"." else os.path.join(base, path)
    found = os.lstat(whole)
    target = os.readlink(whole) if stat.S_ISLNK(found.st_mode) else b""
    return Node(
        path,
        found.st_mode,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_dev,
        found.st_ino,
        found.st_nlink,
        found.st_rdev,
        target,
        _xattrs(whole),
    )


def _xattrs(path: bytes) -> Dict[str, bytes]:
    try:
        names = os.listxattr(path, follow_symlinks=False)
        return {name: os.getxattr(path, name, follow_symlinks=False) for name in sorted(names)}
    except OSError as error:
        if error.errno in _NO_XATTRS:
            return {}
        raise
