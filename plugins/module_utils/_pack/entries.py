# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes into a layer: entries in their order, from a folder of the host or from the option ``files``.

How they become bytes is in ``layer_tar``.
"""

from __future__ import annotations

import os
import posixpath
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, Iterator, Mapping, Optional, Tuple, Union

from .._core.errors import ContainersError, step
from .spec import DIRECTORY, LINK, Wanted, WantedFile

if TYPE_CHECKING:
    from .._sys.folders import Node
    from .._sys.host import Host

_FOLDER_MODE, _FILE_MODE, _LINK_MODE = 0o755, 0o644, 0o777
_KEPT_XATTRS = ("user.", "security.capability")
_WHITEOUT = b".wh."


@dataclass(frozen=True)
class HostFile:
    """A plain file of the host; ``root`` is the folder that is packed, if it comes out of one."""

    path: bytes
    root: Optional[str] = None

    def open(self, host: Host) -> int:
        if self.root is None:
            return host.blobs.open_file(os.fsdecode(self.path))
        return host.folders.open_below(self.root, self.path)


@dataclass(frozen=True)
class Entry:
    """One member of a layer. ``type`` is the file type of stat(2); a hard link is a file with a target."""

    path: bytes
    type: int
    mode: int
    uid: int
    gid: int
    size: int = 0
    source: Union[HostFile, bytes, None] = None
    target: bytes = b""
    rdev: int = 0
    xattrs: Mapping[str, bytes] = field(default_factory=dict)


def entries_of(host: Host, wanted: Wanted) -> Iterator[Entry]:
    """All entries of the layer; where ``root`` and ``files`` have the same path, it is that of ``files``."""
    chosen = {os.fsencode(file.path): _wanted_entry(host, file) for file in wanted.files}
    needed = {parent for path in chosen for parent in _parents(path)} - set(chosen)
    if wanted.root is not None:
        for entry in _of_folder(host, wanted.root, chosen):
            if entry.path in needed:
                _refuse_to_replace(entry)
                needed.remove(entry.path)
            yield entry
    folders = {path: Entry(path, stat.S_IFDIR, _FOLDER_MODE, 0, 0) for path in needed}
    everything = {**folders, **chosen}
    yield from (everything[path] for path in sorted(everything))


def _parents(path: bytes) -> Iterator[bytes]:
    parent = posixpath.dirname(path)
    while parent:
        yield parent
        parent = posixpath.dirname(parent)


def _refuse_to_replace(entry: Entry) -> None:
    if entry.type != stat.S_IFDIR:
        name = os.fsdecode(entry.path)
        leads = f", a link to {os.fsdecode(entry.target)}," if entry.target else " as something else"
        raise ContainersError(
            f"files has paths below {name!r}, but root has {name!r}{leads} and no folder",
            "Give the path that is meant, without links",
        )


def _of_folder(host: Host, root: str, chosen: Mapping[bytes, Entry]) -> Iterator[Entry]:
    """A folder with all in it but what is chosen; owners, modes, capabilities and hard links as they are there."""
    names: Dict[Tuple[int, int], bytes] = {}
    for node in host.folders.walk(root):
        with step(f"pack {os.path.join(root, os.fsdecode(node.path))}"):
            _refuse_whiteout(node)
            if node.path in chosen:
                if node.type == stat.S_IFDIR and chosen[node.path].type != stat.S_IFDIR:
                    raise ContainersError("files has this path, but it is a folder in root")
                continue
            if node.type == stat.S_IFSOCK:
                continue  # as tar does: a socket means nothing without its process
            first = names.setdefault((node.device, node.inode), node.path)
            linked = node.links > 1 and node.type != stat.S_IFDIR and first != node.path
            yield _entry(node, root, first if linked else None)


def _refuse_whiteout(node: Node) -> None:
    if os.path.basename(node.path).startswith(_WHITEOUT):
        raise ContainersError("a name that begins with .wh. means a removed file in an image", "Rename it")
    whiteout = node.type == stat.S_IFCHR and node.rdev == 0
    if whiteout or any(name.startswith("trusted.overlay.") for name in node.xattrs):
        raise ContainersError(
            "it is overlayfs's own mark of a removed or replaced file", "Pack the merged folder, not its upper one"
        )


def _entry(node: Node, root: str, first: Optional[bytes]) -> Entry:
    is_file = node.type == stat.S_IFREG
    return Entry(
        path=node.path,
        type=stat.S_IFREG if first is not None else node.type,
        mode=stat.S_IMODE(node.mode),
        uid=node.uid,
        gid=node.gid,
        size=node.size if is_file and first is None else 0,
        source=HostFile(node.path, root) if is_file and first is None else None,
        target=node.target if first is None else first,
        rdev=node.rdev,
        xattrs={} if first is not None else _kept(node.xattrs),
    )


def _kept(xattrs: Mapping[str, bytes]) -> Dict[str, bytes]:
    return {
        name: value
        for name, value in xattrs.items()
        if name.startswith(_KEPT_XATTRS) and not name.startswith("user.overlay.")
    }


def _wanted_entry(host: Host, file: WantedFile) -> Entry:
    path = os.fsencode(file.path)
    if file.kind == DIRECTORY:
        return Entry(path, stat.S_IFDIR, _or(file.mode, _FOLDER_MODE), file.uid, file.gid)
    if file.kind == LINK:
        return Entry(path, stat.S_IFLNK, _LINK_MODE, file.uid, file.gid, target=os.fsencode(file.target))
    if file.content is not None:
        mode = _or(file.mode, _FILE_MODE)
        return Entry(path, stat.S_IFREG, mode, file.uid, file.gid, len(file.content), file.content)
    source = HostFile(os.fsencode(file.src or ""))
    descriptor = source.open(host)
    try:
        size, mode = host.blobs.size(descriptor), host.blobs.mode(descriptor)
    finally:
        host.blobs.close(descriptor)
    return Entry(path, stat.S_IFREG, _or(file.mode, mode), file.uid, file.gid, size, source)


def _or(mode: Optional[int], default: int) -> int:
    return default if mode is None else mode
