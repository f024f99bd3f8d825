# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image on its way into the store from elsewhere: the front door of the room for who brings it.

They tell what it is, and get the room's own plan for it; the layers that the store lacks they put into an OCI image
layout, which the plan's first op unpacks. Where the image comes from, and how, is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Tuple

from .._core.plan import Op, Plan
from .._core.store import Store
from . import record
from .argspec import ARGUMENT_SPEC
from .config import ImageConfig
from .layer import layer_of
from .observe import Target, found_with
from .ops import UnpackLayers
from .plan import plan
from .platform import Platform
from .record import Fetched, ImageRecord
from .spec import spec

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class Arrival:
    """The plan for an image, apart into what needs its layers and the rest.

    ``unpack`` is None where the store has all layers; else it unpacks those of ``missing``, by diff_id.
    """

    unpack: Optional[Op]
    missing: Tuple[str, ...]
    rest: Plan


def is_whole(host: Host, store: Store, image: ImageRecord) -> bool:
    """Whether the store has every layer of the image."""
    return all(layer_of(store, diff_id).exists(host.files) for diff_id in image.diff_ids)


def of_record(image: ImageRecord) -> ImageConfig:
    """What the image's config says, as the store keeps it."""
    platform = Platform(image.os, image.architecture, str(image.config.get("variant") or ""))
    return ImageConfig(image.config, platform, image.diff_ids)


def arrival(
    host: Host, options: Mapping[str, Any], image_id: str, config: ImageConfig, fetched: Sequence[Fetched]
) -> Arrival:
    """The plan for the image of that id and config.

    ``options`` are those of image_unpack that aren't at their defaults; ``src`` is that layout.
    """
    wanted = spec({name: options.get(name, declared.get("default")) for name, declared in ARGUMENT_SPEC.items()})
    images = tuple(record.load_all(host.files, wanted.store))
    target = Target(image_id, (), config.diff_ids, config.platform, config.document, None, tuple(fetched))
    planned = plan(wanted, found_with(host, wanted, images, target))
    unpack = next((op for op in planned.ops if isinstance(op, UnpackLayers)), None)
    rest = replace(planned, ops=tuple(op for op in planned.ops if op is not unpack))
    return Arrival(unpack, unpack.diff_ids if unpack else (), rest)
