# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there: the image in the archive, the images and layers in the store, the rootfs on them.

An archive that was unpacked before and is the same file still isn't opened, nor is what reads archives imported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, FrozenSet, Mapping, Optional, Tuple

from .._core.errors import step
from .._rootfs import record as rootfs_record
from . import record
from .layer import layer_of, mounts_of, stranger_among_layers
from .platform import Platform, host_platform
from .record import Fetched, ImageRecord, Seen
from .spec import PRESENT, Wanted
from .unpack import Skipped, layer_skips

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class Target:
    """The image that is meant, as the archive has it. ``seen`` is set where it is worth remembering.

    ``fetched`` is what a registry calls it, where it comes from one.
    """

    id: str
    names: Tuple[str, ...]
    diff_ids: Tuple[str, ...]
    platform: Platform
    config: Mapping[str, Any]
    seen: Optional[Seen]
    fetched: Tuple[Fetched, ...] = ()


@dataclass(frozen=True)
class Standing:
    """A rootfs and what it stands on: the image's id and the paths of layers."""

    rootfs: str
    image: Optional[str]
    layers: Tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """``target`` is None where src isn't there, or where what is in it doesn't matter."""

    target: Optional[Target]
    images: Tuple[ImageRecord, ...]
    layers: FrozenSet[str]
    """Those layers of all these images, by diff_id, that are in the store."""
    skipped: Tuple[Skipped, ...]
    standing: Tuple[Standing, ...]
    host: Platform
    mounts: Tuple[Tuple[str, FrozenSet[str]], ...] = ()
    """Where somebody has mounted some of the layers, or something in them; looked for where an image is to go."""
    stranger: Optional[str] = None
    """Something of somebody else's where layers are to go, whose folder isn't to be closed to others."""

    def image(self, image_id: str) -> Optional[ImageRecord]:
        return next((image for image in self.images if image.id == image_id), None)

    def named(self, name: str) -> Optional[ImageRecord]:
        return next((image for image in self.images if name in image.names), None)


def observe(host: Host, wanted: Wanted) -> Found:
    """Reads no more of an archive than its headers, manifest and config, never its layers."""
    images = tuple(record.load_all(host.files, wanted.store))
    return found_with(host, wanted, images, _target(host, wanted, images))


def found_with(host: Host, wanted: Wanted, images: Tuple[ImageRecord, ...], target: Optional[Target]) -> Found:
    """What the store has of these images and of the one that is meant."""
    diff_ids = {diff_id for image in images for diff_id in image.diff_ids}
    diff_ids.update(target.diff_ids if target else ())
    layers = frozenset(diff_id for diff_id in diff_ids if _in_store(host, wanted, diff_id))
    skipped: Tuple[Skipped, ...] = ()
    standing: Tuple[Standing, ...] = ()
    mounts: Tuple[Tuple[str, FrozenSet[str]], ...] = ()
    stranger: Optional[str] = None
    if wanted.state == PRESENT:
        stranger = stranger_among_layers(host.files, wanted.store)
        unpacked = [diff_id for diff_id in dict.fromkeys(target.diff_ids if target else ()) if diff_id in layers]
        skipped = tuple(skip for diff_id in unpacked for skip in layer_skips(host.files, wanted.store, diff_id))
    else:
        rootfs = rootfs_record.load_all(host.files, wanted.store)
        standing = tuple(Standing(one.name, one.image, one.layers) for one in rootfs)
        mounts = tuple(mounts_of(host.mounts, layers))
    return Found(target, images, layers, skipped, standing, host_platform(host.machine), mounts, stranger)


def _target(host: Host, wanted: Wanted, images: Tuple[ImageRecord, ...]) -> Optional[Target]:
    if wanted.src is None or (wanted.state != PRESENT and wanted.name is not None):
        return None
    stamp = host.blobs.stamp(wanted.src)
    if stamp is None:
        return None
    now = Seen(wanted.src, tuple(stamp), wanted.image, str(wanted.platform) if wanted.platform else None, ())
    for image in images:
        for seen in image.seen:
            if replace(seen, names=()) == now and all(_in_store(host, wanted, one) for one in image.diff_ids):
                return _remembered(image, seen)
    return _read(host, wanted, now)


def _in_store(host: Host, wanted: Wanted, diff_id: str) -> bool:
    return layer_of(wanted.store, diff_id).exists(host.files)


def _remembered(image: ImageRecord, seen: Seen) -> Target:
    platform = Platform(image.os, image.architecture, str(image.config.get("variant") or ""))
    return Target(image.id, seen.names, image.diff_ids, platform, image.config, seen)


def _read(host: Host, wanted: Wanted, now: Seen) -> Target:
    from .archive import open_archive
    from .choose import Choice, choose, layer_blobs

    choice = Choice(wanted.image, wanted.platform, host_platform(host.machine))
    with open_archive(host.blobs, wanted.store, now.path, wanted.limits) as archive, step(f"read {now.path}"):
        image = choose(archive, choice)
        if wanted.state == PRESENT:
            absent = [one for one in image.config.diff_ids if not _in_store(host, wanted, one)]
            layer_blobs(archive, image, absent)
        seen = replace(now, names=image.names) if archive.is_file else None
    config = image.config
    return Target(image.id, image.names, config.diff_ids, config.platform, config.document, seen)
