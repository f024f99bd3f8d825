# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers from an archive into the store: verified while they are unpacked, in sight only once whole.

Each layer is unpacked by a process of its own into a private folder beside its place and renamed
there when all of them have the right digest. This file says what is asked for; the work and the
rules of what is written are in ``staging`` and ``writer``, imported when there is work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple

from .._core.store import Store, read_record
from .layer import layer_of

if TYPE_CHECKING:
    from .._sys.files import Files
    from .limits import Limits


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
