# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a layer's members into files of a folder that overlayfs can stack.

The outcome depends on the archive alone, never on other layers or on the order of whiteouts.
Folders get their owner, mode, times and attributes last, so that what is written into them
neither changes these nor inherits from them. Out of scope: where names lead (``_sys.tree``).
"""

from __future__ import annotations

import errno
import marshal
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Callable, Dict, List, Mapping, Tuple

from .._core.errors import ContainersError, step
from .._sys.tree import FOLDER_MODE, Place, Tree, components
from .attributes import kept
from .stream import LayerStream
from .tar import (
    BLOCK_DEVICE,
    CHARACTER,
    DIRECTORY,
    DUMP_DIRECTORY,
    FIFO,
    FILE,
    HARDLINK,
    SYMLINK,
    VOLUME,
    Member,
    read_members,
    shown,
)
from .whiteouts import PREFIX, Whiteouts, is_aufs_link

if TYPE_CHECKING:
    from .limits import Limits

SKIPPED_MAX = 1000
_SPECIAL_BITS = 0o7000


class LayerWriter:
    """Fills the folder open as ``root``. ``aside`` is an empty folder on the same file system."""

    def __init__(self, root: int, aside: int, folders: BinaryIO, limits: Limits) -> None:
        """``folders`` is an empty scratch file for what is known of folders, kept out of memory."""
        self.skipped: List[Tuple[str, str]] = []
        self.highest = (0, 0)
        """The highest uid and gid that anything in the layer belongs to."""
        self._limits = limits
        self._entries = 0
        self._bytes = 0
        self._folders = folders
        self._tree = Tree(root, self._implied)
        self._aufs_links = Tree(aside, lambda _name: None)
        self._whiteouts = Whiteouts()
        self._ways: Dict[bytes, Callable[[Member], None]] = {
            DIRECTORY: self._folder,
            SYMLINK: self._symlink,
            HARDLINK: self._hard_link,
            FIFO: self._fifo,
            CHARACTER: self._device,
            BLOCK_DEVICE: self._device,
            DUMP_DIRECTORY: self._skip_dump,
            VOLUME: self._skip_volume,
        }

    def write(self, stream: LayerStream) -> None:
        """Write all members, then what only their sum tells. Raises ContainersError naming the entry."""
        self._remember(b"", FOLDER_MODE, 0, 0, 0, {})
        for member in read_members(stream):
            try:
                self._take(member, stream)
            except ContainersError as error:
                raise error.within(f"entry {shown(member.name)}") from error
            except OSError as error:
                words = os.strerror(error.errno) if error.errno else str(error)
                raise ContainersError(f"entry {shown(member.name)}: {words}") from error
        self._whiteouts.make(self._tree)
        self._settle_folders()
        self._tree.close()
        self._aufs_links.close()

    def _take(self, member: Member, stream: LayerStream) -> None:
        self._count(member)
        name = member.name
        tree = self._tree
        if PREFIX in name and self._whiteouts.take(name):
            if member.kind != FILE or not is_aufs_link(name):
                return
            tree = self._aufs_links
        if member.kind == FILE:
            self._file(tree, member, stream)
        else:
            self._ways[member.kind](member)

    def _count(self, member: Member) -> None:
        self._entries += 1
        self._bytes += member.size
        self.highest = max(self.highest[0], member.uid), max(self.highest[1], member.gid)
        self._limits.check_entries(self._entries)
        self._limits.check_bytes(self._bytes)
        self._limits.check_path(member.name, "a name")
        self._limits.check_path(member.linkname, "a link's target")

    def _place(self, member: Member, tree: Tree) -> Place:
        try:
            return tree.place(member.name)
        except IsADirectoryError as error:
            raise ContainersError("the root of a layer can only be a folder") from error

    def _file(self, tree: Tree, member: Member, stream: LayerStream) -> None:
        descriptor = tree.file(self._place(member, tree), member.mode & 0o777)
        try:
            if member.sparse is not None:
                for offset, count in member.sparse.segments:
                    os.lseek(descriptor, offset, os.SEEK_SET)
                    stream.copy(descriptor, count)
                os.ftruncate(descriptor, member.sparse.size)
            elif member.stored:
                stream.copy(descriptor, member.stored)
            if member.uid or member.gid:
                os.fchown(descriptor, member.uid, member.gid)
            if member.mode & _SPECIAL_BITS:
                os.fchmod(descriptor, member.mode)
            if member.xattrs:
                _set_attributes(descriptor, member.xattrs)
            os.utime(descriptor, ns=(member.mtime, member.mtime))
        finally:
            os.close(descriptor)

    def _folder(self, member: Member) -> None:
        if components(member.name):
            self._tree.folder(self._tree.place(member.name.rstrip(b"/")))
        attributes = kept(member.xattrs) if member.xattrs else {}
        self._remember(member.name, member.mode, member.uid, member.gid, member.mtime, attributes)

    def _symlink(self, member: Member) -> None:
        if not member.linkname:
            raise ContainersError("a symbolic link without a target")
        place = self._place(member, self._tree)
        self._tree.symlink(place, member.linkname)
        self._own(place, member)

    def _fifo(self, member: Member) -> None:
        place = self._place(member, self._tree)
        self._tree.node(place, stat.S_IFIFO | member.mode & 0o777)
        self._own(place, member)
        if member.mode & _SPECIAL_BITS:
            self._tree.mode(place, member.mode)

    def _own(self, place: Place, member: Member) -> None:
        if member.xattrs and kept(member.xattrs):
            self._skip(member, "its extended attributes, which only files and folders can have")
        self._tree.own(place, member.uid, member.gid, member.mtime)

    def _hard_link(self, member: Member) -> None:
        tree = self._aufs_links if is_aufs_link(member.linkname) else self._tree
        words = f"a hard link to {shown(member.linkname)}"
        try:
            target = tree.place(member.linkname)
            folder = tree.is_folder(target)
        except FileNotFoundError as error:
            raise ContainersError(f"{words}, which isn't in this layer") from error
        except IsADirectoryError:
            folder = True
        if folder:
            raise ContainersError(f"{words}, which is a folder")
        held = os.dup(target[0])
        try:
            self._tree.link(self._place(member, self._tree), (held, target[1]))
        finally:
            os.close(held)

    def _device(self, member: Member) -> None:
        if member.kind == CHARACTER and member.device == (0, 0):
            raise ContainersError("a character device 0:0, which is a whiteout to overlayfs")
        self._skip(member, "device node")

    def _skip_dump(self, member: Member) -> None:
        self._skip(member, "GNU dump directory")

    def _skip_volume(self, _member: Member) -> None:
        """A volume's name is no file."""

    def _skip(self, member: Member, reason: str) -> None:
        if len(self.skipped) < SKIPPED_MAX:
            self.skipped.append((shown(member.name)[1:-1], reason))

    def _implied(self, name: bytes) -> None:
        self._entries += 1
        self._limits.check_entries(self._entries)
        self._remember(name, FOLDER_MODE, 0, 0, 0, {})

    def _remember(
        self, name: bytes, mode: int, uid: int, gid: int, mtime: int, attributes: Mapping[bytes, bytes]
    ) -> None:
        marshal.dump((name, mode, uid, gid, mtime, dict(attributes)), self._folders)

    def _settle_folders(self) -> None:
        """Give the folders what their entries said, in that order; one that became something else is passed over."""
        self._folders.seek(0)
        while True:
            try:
                name, mode, uid, gid, mtime, attributes = marshal.load(self._folders)
            except EOFError:
                return
            with step(f"entry {shown(name)}"):
                self._settle(name, mode, (uid, gid), mtime, attributes)

    def _settle(
        self, name: bytes, mode: int, owner: Tuple[int, int], mtime: int, attributes: Mapping[bytes, bytes]
    ) -> None:
        descriptor = self._tree.open_folder(name)
        if descriptor is None:
            return
        try:
            os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            _set_attributes(descriptor, attributes)
            os.utime(descriptor, ns=(mtime, mtime))
        finally:
            os.close(descriptor)


def _set_attributes(descriptor: int, attributes: Mapping[bytes, bytes]) -> None:
    for name, value in kept(attributes).items():
        try:
            os.setxattr(descriptor, name, value)
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:
                text = name.decode("utf-8", "backslashreplace")
                raise ContainersError(
                    f"extended attribute {text} isn't supported by the store's file system",
                    "Let the option store name a folder on ext4, XFS or Btrfs",
                ) from error
            raise
