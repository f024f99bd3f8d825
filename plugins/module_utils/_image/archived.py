# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an archive holds, in one form for all shapes of archive, and how its members are reached.

Who fills this in: ``docker_archive`` and ``oci_layout``. Who looks members up: ``archive``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Protocol, Tuple

from .._core.errors import ContainersError
from .config import ImageConfig
from .platform import Platform


@dataclass(frozen=True)
class Blob:
    """Where the bytes of one member lie: so many from the offset in an open file."""

    descriptor: int
    offset: int
    size: int


class Archive(Protocol):
    """Members by name. Links among them are followed inside the archive, never out of it."""

    is_file: bool
    """Whether it is one file, so that the file's stamp tells that nothing in it has changed."""

    def find(self, name: str) -> Optional[Blob]:
        """The member's bytes; None where there is none. Raises ContainersError on a link to nowhere."""

    def read(self, blob: Blob, size: int) -> bytes:
        """The first bytes of the blob, at most ``size``."""


@dataclass(frozen=True)
class LayerEntry:
    """One layer as a manifest names it. ``digest`` is of the bytes as stored, None where nobody tells."""

    member: str
    diff_id: str
    digest: Optional[str]


@dataclass(frozen=True)
class ArchivedImage:
    """One image in an archive. ``id`` is the digest of its config; ``names`` are in the store's form."""

    id: str
    names: Tuple[str, ...]
    config: ImageConfig
    layers: Tuple[LayerEntry, ...]


@dataclass(frozen=True)
class Candidate:
    """An image that an archive says it holds, not read yet.

    ``digests`` are all by which it may be chosen: of its config (known if ``id`` is), manifest,
    index. ``labels`` choose it too, but are no names (an OCI tag alone). ``group`` tells which
    candidates are one image for several platforms. ``platform`` is None where only the config knows.
    """

    names: Tuple[str, ...]
    labels: Tuple[str, ...]
    id: Optional[str]
    digests: Tuple[str, ...]
    platform: Optional[Platform]
    group: int
    load: Callable[[], ArchivedImage]

    def __str__(self) -> str:
        words = ", ".join(self.names or self.labels) or "untagged"
        digest = self.id or self.digests[0]
        return f"{words} ({digest[:19]}{f', {self.platform}' if self.platform else ''})"


def read_document(archive: Archive, name: str, limit: int, what: str) -> bytes:
    """A member that must be there and be no longer than the limit."""
    blob = archive.find(name)
    if blob is None:
        raise ContainersError(f"{what} {name!r} is not in the archive")
    if blob.size > limit:
        raise ContainersError(f"{what} {name!r} has {blob.size} bytes, at most {limit} are read")
    return archive.read(blob, limit)
