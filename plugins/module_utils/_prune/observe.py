# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there: images, layers and leftovers in the store, who uses them, and how large what may go is."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, Mapping, Sequence

from .._core.errors import ContainersError
from .._image import record as image_record
from .._image.departure import layers_in, leftovers
from .._image.layer import layer_of, mounts_of
from .._rootfs import record as rootfs_record
from .._rootfs.identity import source_prefix
from .choice import Doomed, Inventory, choose
from .spec import Wanted

if TYPE_CHECKING:
    from .._rootfs.record import RootfsRecord
    from .._sys.host import Host

_NANOSECONDS = 10**9


@dataclass(frozen=True)
class Found:
    """``sizes`` are the bytes on the disk of each layer and leftover that may go."""

    doomed: Doomed
    sizes: Mapping[str, int]


def observe(host: Host, wanted: Wanted) -> Found:
    """Raises ContainersError where nobody can tell what a mount of ours stands on."""
    store = wanted.store
    images = tuple(image_record.load_all(host.files, store))
    rootfs = rootfs_record.load_all(host.files, store)
    _refuse_unknown_mounts(host, wanted, rootfs)
    layers = layers_in(host.files, store)
    stood_on = [frozenset(f"sha256:{os.path.basename(path)}" for path in one.layers) for one in rootfs]
    inventory = Inventory(
        images=images,
        ages=tuple(_age(host, image_record.path_of(store, image.id)) for image in images),
        layers=tuple(layers),
        leftovers=tuple(leftovers(host.files, store)),
        standing=frozenset(one.image for one in rootfs if one.image is not None),
        used=(*stood_on, *(mounted for _path, mounted in mounts_of(host.mounts, layers))),
    )
    doomed = choose(wanted, inventory)
    return Found(doomed, _sizes(host, wanted, doomed))


def _age(host: Host, path: str) -> float:
    stamp = host.blobs.stamp(path)
    return time.time() - stamp.mtime_ns / _NANOSECONDS if stamp else 0.0


def _refuse_unknown_mounts(host: Host, wanted: Wanted, rootfs: Sequence[RootfsRecord]) -> None:
    """A mount of ours doesn't tell its layers, its rootfs's record does."""
    ours = source_prefix(wanted.store, "")[:-1]
    known = {one.name for one in rootfs}
    for entry in host.mounts.naming([ours]):
        if entry.source.startswith(ours) and entry.source[len(ours) :].partition(":")[0] not in known:
            name = entry.source[len(ours) :].partition(":")[0]
            raise ContainersError(
                f"rootfs {name} is mounted at {entry.path}, and the store has no record of what it stands on",
                "Unmount it, or bring its record back",
            )


def _sizes(host: Host, wanted: Wanted, doomed: Doomed) -> Dict[str, int]:
    """A layer is measured with its records."""
    sizes = {path: host.disk_usage.of(path) for path in doomed.leftovers}
    for diff_id in (*doomed.layers, *(diff_id for _image, layers in doomed.images for diff_id in layers)):
        layer = layer_of(wanted.store, diff_id)
        sizes[diff_id] = sum(host.disk_usage.of(path) for path in (layer.path, layer.skipped_path))
    for image, _layers in doomed.images:
        sizes[image.id] = host.disk_usage.of(image_record.path_of(wanted.store, image.id))
    return sizes
