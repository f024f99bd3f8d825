# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images and layers on their way out of the store: the front door of the room for who tidies it up.

What may go is for the caller to know, who has the store's images for itself.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, List, Sequence, Set

from .._core.plan import Op
from .._core.store import Store
from .layer import PARTIAL, REMOVED, is_layer_name
from .ops import RemoveImage
from .partial import is_left
from .record import ImageRecord

if TYPE_CHECKING:
    from .._sys.files import Files

_HALF_WRITTEN = re.compile(r"\.[0-9a-f]{64}\.[a-z.]+\.new")
"""Files on their way to where a record of an image or a layer goes."""


def remove_image(store: Store, image: ImageRecord, diff_ids: Sequence[str]) -> Op:
    """The op that removes the image and those of its layers."""
    return RemoveImage(store, image, tuple(diff_ids))


def layers_in(files: Files, store: Store) -> List[str]:
    """The diff_ids of all layers that lie in the store, whole or not."""
    return [f"sha256:{name}" for name in files.list(store.layers) if is_layer_name(name)]


def leftovers(files: Files, store: Store) -> List[str]:
    """Paths of what killed runs left in the folders of images and layers.

    These are images and layers on their way in or out, records half written, and records of layers that aren't there.
    """
    layers = set(files.list(store.layers))
    found = [f"{store.images}/{name}" for name in files.list(store.images) if _HALF_WRITTEN.fullmatch(name)]
    found += [f"{store.layers}/{name}" for name in sorted(layers) if _is_leftover(name, layers)]
    found += [f"{store.fetching}/{name}" for name in files.list(store.fetching) if is_layer_name(name)]
    return [path for path in found if not os.path.isdir(path) or path.endswith(REMOVED) or is_left(path)]


def _is_leftover(name: str, all_names: Set[str]) -> bool:
    """Whether a name in the folder of layers is that of a layer on its way, or of a record about one that isn't there.

    Other names are others'.
    """
    if name.startswith(PARTIAL) or name.endswith(REMOVED):
        return is_layer_name(name[len(PARTIAL) :]) or is_layer_name(name[: -len(REMOVED)])
    if _HALF_WRITTEN.fullmatch(name):
        return True
    layer, _dot, _kind = name.partition(".")
    return is_layer_name(layer) and layer != name and layer not in all_names
