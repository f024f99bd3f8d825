# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a store's inventory may go and what has to stay. Pure; how large it is comes later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Set, Tuple

from .._image.record import ImageRecord, among
from .spec import DANGLING, Wanted


@dataclass(frozen=True)
class Inventory:
    """What a store holds and who uses it; layers by diff_id. ``ages`` are the images' in seconds."""

    images: Tuple[ImageRecord, ...]
    ages: Tuple[float, ...]
    layers: Tuple[str, ...]
    leftovers: Tuple[str, ...]
    standing: FrozenSet[str]
    """Ids of the images that root file systems stand on."""
    used: Tuple[FrozenSet[str], ...]
    """The layers of each root file system, and of each other mount that is made of some."""


@dataclass(frozen=True)
class Doomed:
    """``images`` go each with those layers that it is the last to have; ``layers`` are those that no image has."""

    images: Tuple[Tuple[ImageRecord, Tuple[str, ...]], ...]
    layers: Tuple[str, ...]
    leftovers: Tuple[str, ...]


def choose(wanted: Wanted, inventory: Inventory) -> Doomed:
    """What may go."""
    kept = {image.id for image in inventory.images if not _may_go(wanted, inventory, image)}
    going = [image for image in inventory.images if image.id not in kept]
    needed: Set[str] = {diff_id for layers in inventory.used for diff_id in layers}
    needed.update(diff_id for image in inventory.images if image.id in kept for diff_id in image.diff_ids)
    had = {diff_id for image in inventory.images for diff_id in image.diff_ids}
    last_of = {diff_id: image.id for image in going for diff_id in image.diff_ids if diff_id not in needed}
    images = tuple(
        (image, tuple(one for one in dict.fromkeys(image.diff_ids) if last_of.get(one) == image.id)) for image in going
    )
    layers = tuple(diff_id for diff_id in inventory.layers if diff_id not in needed and diff_id not in had)
    return Doomed(images, layers, inventory.leftovers)


def _may_go(wanted: Wanted, inventory: Inventory, image: ImageRecord) -> bool:
    if image.id in inventory.standing or any(layers.issuperset(image.diff_ids) for layers in inventory.used):
        return False
    if wanted.images == DANGLING and image.names:
        return False
    if inventory.ages[inventory.images.index(image)] < wanted.age:
        return False
    return not any(among([image], reference) for reference in wanted.keep)
