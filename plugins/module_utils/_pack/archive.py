# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive to be: its members in order, its bytes, and whether a file on the host is just that.

Both formats are an OCI layout in a tar file; ``docker-archive`` has Docker's manifest.json beside
it, as ``docker save`` has written it since Docker 25, so that older ones can load it too.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Dict, Iterator, Optional, Tuple

from .._core.errors import ContainersError
from .._image.platform import Platform
from . import documents
from .entries import Entry, entries_of
from .layer_tar import CHUNK, Layer, header, tar_info, write_layer
from .spec import DOCKER_ARCHIVE, Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
_BLOCK = 512
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644
Write = Callable[[bytes], object]


@dataclass(frozen=True)
class Member:
    """One file of the archive: its bytes, or None for the layer."""

    name: str
    size: int
    data: Optional[bytes]


@dataclass(frozen=True)
class Packed:
    """What packing now would give: the image, and the archive's members."""

    id: str
    layer: Layer
    members: Tuple[Member, ...]
    mtime: int

    @property
    def size(self) -> int:
        return sum(len(before) + size + -size % _BLOCK for before, size, _data in self.pieces()) + 2 * _BLOCK

    def pieces(self) -> Iterator[Tuple[bytes, int, Optional[bytes]]]:
        """Header, size and content of each member, folders included."""
        for folder in ("blobs", "blobs/sha256"):
            yield _header(Entry(folder.encode(), stat.S_IFDIR, _FOLDER_MODE, 0, 0), self.mtime), 0, b""
        for member in self.members:
            entry = Entry(member.name.encode(), stat.S_IFREG, _FILE_MODE, 0, 0, member.size)
            yield _header(entry, self.mtime), member.size, member.data


def pack(host: Host, wanted: Wanted, platform: Platform) -> Packed:
    """Read everything that goes into the image once, to know its digests."""
    layer = write_layer(host, entries_of(host, wanted), wanted.mtime, _nowhere)
    config = documents.encoded(documents.image_config(wanted.config, platform, layer, wanted.mtime))
    manifest = documents.encoded(documents.oci_manifest(config, layer))
    files: Dict[str, Optional[bytes]] = {
        documents.blob_name(layer.diff_id): None,
        documents.blob_name(documents.digest_of(config)): config,
        documents.blob_name(documents.digest_of(manifest)): manifest,
        "index.json": documents.encoded(documents.oci_index(manifest, platform, wanted.tag)),
        "oci-layout": _LAYOUT,
    }
    if wanted.format == DOCKER_ARCHIVE:
        files["manifest.json"] = documents.encoded(documents.docker_manifest(config, layer, wanted.tag))
    members = tuple(
        Member(name, layer.size if data is None else len(data), data) for name, data in sorted(files.items())
    )
    return Packed(documents.digest_of(config), layer, members, wanted.mtime)


def write(host: Host, wanted: Wanted, packed: Packed, put: Write) -> None:
    """Write the archive. Raises ContainersError if what goes into it isn't what it was."""
    for before, size, data in packed.pieces():
        put(before)
        if data is not None:
            put(data)
        elif write_layer(host, entries_of(host, wanted), wanted.mtime, put) != packed.layer:
            raise ContainersError("what is to be packed changed while it was read", "Run again")
        put(bytes(-size % _BLOCK))
    put(bytes(2 * _BLOCK))


def is_there(host: Host, path: str, packed: Packed) -> Optional[bool]:
    """Whether the file at path is the archive, byte by byte; None where there is no file."""
    try:
        descriptor = host.blobs.open_file(path)
    except FileNotFoundError:
        return None
    try:
        return host.blobs.size(descriptor) == packed.size and _is_same(host, descriptor, packed)
    finally:
        host.blobs.close(descriptor)


def _is_same(host: Host, descriptor: int, packed: Packed) -> bool:
    position = 0
    for before, size, data in packed.pieces():
        if host.blobs.read(descriptor, position, len(before)) != before:
            return False
        position += len(before)
        if data is not None:
            same = host.blobs.read(descriptor, position, size) == data
        else:
            same = _digest(host, descriptor, position, size) == packed.layer.diff_id
        padding = -size % _BLOCK
        if not same or host.blobs.read(descriptor, position + size, padding) != bytes(padding):
            return False
        position += size + padding
    return host.blobs.read(descriptor, position, 2 * _BLOCK) == bytes(2 * _BLOCK)


def _digest(host: Host, descriptor: int, position: int, size: int) -> str:
    digest = hashlib.sha256()
    for start in range(position, position + size, CHUNK):
        digest.update(host.blobs.read(descriptor, start, min(CHUNK, position + size - start)))
    return f"sha256:{digest.hexdigest()}"


def _header(entry: Entry, mtime: int) -> bytes:
    return header(tar_info(entry, mtime))


def _nowhere(_data: bytes) -> None:
    """For when only the digest matters."""
