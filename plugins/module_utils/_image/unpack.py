# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers from an archive into the store: verified while they are unpacked, in sight only once whole.

Each layer is unpacked by a process of its own into a private folder beside its place and renamed
there when all of them have the right digest. This file says what is asked for; the work and the
rules of what is written are in ``staging`` and ``writer``, imported when there is work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Sized, Tuple

from .._core.errors import ContainersError
from .._core.store import Store, read_record
from .layer import layer_of

if TYPE_CHECKING:
    from .._sys.files import Files

PATH_LENGTH_MAX = 4095
"""Longer paths the kernel doesn't take."""
RATIO_FREE = 64 * 1024 * 1024
"""So much may come out of a stream before its ratio counts."""


@dataclass(frozen=True)
class LayerSource:
    """Where one layer's bytes are: ``size`` bytes from ``offset`` of an open file, compressed or not."""

    descriptor: int
    offset: int
    size: int
    diff_id: str
    """The digest that the uncompressed tar must have."""
    digest: Optional[str]
    """The digest that the stored bytes must have; None where the archive tells none."""
    name: str
    """How messages call it."""


@dataclass(frozen=True)
class Limits:
    """What a layer may cost at most, so that a small archive can't fill the host. Each is an option; errors name it."""

    bytes: int = 256 * 1024**3
    """Bytes of the uncompressed archive, and of all its files together."""
    entries: int = 10_000_000
    """Files, folders and links, those counted that are only implied by a name."""
    path_length: int = PATH_LENGTH_MAX
    """Bytes of an entry's name, and of where a link leads."""
    ratio: int = 1000
    """How many times larger than stored a layer, or a compressed archive, may become."""

    def check_growth(self, grown: int, stored: int) -> None:
        """Refuse what has grown to too many bytes, or out of too few. A stream that is short may have any ratio."""
        self.check_bytes(grown)
        if grown > RATIO_FREE and grown > self.ratio * stored:
            raise _exceeded(f"compressed more than {self.ratio} times", "max_ratio")

    def check_bytes(self, count: int) -> None:
        if count > self.bytes:
            raise _exceeded(f"more than {self.bytes} bytes", "max_bytes")

    def check_entries(self, count: int) -> None:
        if count > self.entries:
            raise _exceeded(f"more than {self.entries} entries", "max_entries")

    def check_path(self, path: Sized, what: str) -> None:
        if len(path) > self.path_length:
            words = f"{what} of {len(path)} bytes, at most {self.path_length} are allowed"
            raise _exceeded(words, "max_path_length") if self.path_length < PATH_LENGTH_MAX else ContainersError(words)


def _exceeded(words: str, option: str) -> ContainersError:
    return ContainersError(words, f"Raise {option} if the image is trusted")


@dataclass(frozen=True)
class Skipped:
    """An entry that isn't in the unpacked layer although the archive has it."""

    layer: str
    path: str
    reason: str


def unpack_layers(store: Store, sources: Sequence[LayerSource], limits: Limits) -> Tuple[Skipped, ...]:
    """Unpack the layers that aren't in the store; all of them or none. Returns what was skipped in any.

    The caller holds the locks of these layers. Raises ContainersError naming the layer and the entry.
    """
    from . import staging

    return staging.unpack(store, sources, limits)


def layer_skips(files: Files, store: Store, diff_id: str) -> Tuple[Skipped, ...]:
    """What was skipped when the layer was unpacked."""

    def entries(record: Dict[str, Any]) -> Tuple[Skipped, ...]:
        return tuple(Skipped(diff_id, entry["path"], entry["reason"]) for entry in record["skipped"])

    return read_record(files, layer_of(store, diff_id).skipped_path, entries) or ()
