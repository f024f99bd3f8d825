# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at images in the store: their records, their layers on the disk, and what stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Tuple

from .._container import overview
from .._core.errors import step
from .._image import record as images
from .._image.layer import FolderLayer, layer_of
from .._image.record import ImageRecord
from .._rootfs import record as rootfses
from .._rootfs.record import RootfsRecord
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class Layer:
    diff_id: str
    path: str
    exists: bool
    """Whether it is there whole."""
    size: Optional[int]
    """Bytes on the disk; None where that wasn't asked for, or nothing is there."""


@dataclass(frozen=True)
class Seen:
    """One image. ``layers`` lie lowest first."""

    reference: Optional[str]
    """What it was asked for by."""
    image: Optional[ImageRecord]
    layers: Tuple[Layer, ...] = ()
    rootfs: Tuple[str, ...] = ()
    containers: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    seen: Tuple[Seen, ...]


def observe(host: Host, wanted: Wanted) -> Found:
    """Raises ContainersError where a start of an id means several images."""
    with step("look at the images"):
        there = images.load_all(host.files, wanted.store)
        asked = _asked(wanted, there)
        if not any(image for _reference, image in asked):
            return Found(tuple(Seen(reference, None) for reference, _image in asked))
        rootfs = rootfses.load_all(host.files, wanted.store)
        standing = _standing(host, wanted)
        known: Dict[str, Layer] = {}
        return Found(
            tuple(
                Seen(reference, None)
                if image is None
                else Seen(reference, image, _layers(host, wanted, image, known), *_users(image, rootfs, standing))
                for reference, image in asked
            )
        )


def _asked(wanted: Wanted, there: List[ImageRecord]) -> List[Tuple[Optional[str], Optional[ImageRecord]]]:
    if wanted.references is None:
        return [(None, image) for image in there]
    return [(reference, images.among(there, reference)) for reference in wanted.references]


def _layers(host: Host, wanted: Wanted, image: ImageRecord, known: Dict[str, Layer]) -> Tuple[Layer, ...]:
    """``known`` are those that were measured before: layers are shared."""
    for diff_id in image.diff_ids:
        if diff_id not in known:
            known[diff_id] = _layer(host, wanted, layer_of(wanted.store, diff_id))
    return tuple(known[diff_id] for diff_id in image.diff_ids)


def _layer(host: Host, wanted: Wanted, layer: FolderLayer) -> Layer:
    exists = layer.exists(host.files)
    size = host.disk_usage.of(layer.path) if exists and wanted.size else None
    return Layer(layer.diff_id, layer.path, exists, size)


def _standing(host: Host, wanted: Wanted) -> Mapping[str, List[str]]:
    """Rootfs -> the containers on it."""
    found: Dict[str, List[str]] = {}
    for name in overview.names(host, wanted.store):
        rootfs = overview.rootfs_of(host, wanted.store, name)
        if rootfs is not None:
            found.setdefault(rootfs, []).append(name)
    return found


def _users(
    image: ImageRecord, rootfs: List[RootfsRecord], standing: Mapping[str, List[str]]
) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    names = tuple(one.name for one in rootfs if one.image == image.id)
    return names, tuple(sorted(container for name in names for container in standing.get(name, ())))
