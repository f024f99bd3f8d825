# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing what nothing uses: images by their own room's op, layers that no image has, leftovers of killed runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Tuple

from .._core.errors import ContainersError
from .._core.plan import Op
from .._core.store import Store
from .._image.departure import remove_image
from .._image.layer import layer_of
from .._image.record import ImageRecord

if TYPE_CHECKING:
    from .._sys.host import Host


def removal(store: Store, image: ImageRecord, diff_ids: Tuple[str, ...]) -> Op:
    """The op that removes the image with those layers."""
    return remove_image(store, image, diff_ids)


@dataclass(frozen=True)
class RemoveLayer:
    """Remove a layer that no image has."""

    store: Store
    diff_id: str

    def describe(self) -> str:
        return f"remove layer {self.diff_id}, which no image has"

    def apply(self, host: Host) -> None:
        layer_of(self.store, self.diff_id).remove(host.files)

    def undo(self, _host: Host) -> None:
        raise ContainersError(f"layer {self.diff_id} was removed for good", "Unpack its image again")


@dataclass(frozen=True)
class RemoveLeftover:
    """Remove what a killed run left."""

    path: str

    def describe(self) -> str:
        return f"remove {self.path}, which a run left that was killed"

    def apply(self, host: Host) -> None:
        if os.path.isdir(self.path):
            host.files.remove_tree(self.path)
        else:
            host.files.remove(self.path)

    def undo(self, _host: Host) -> None:
        raise ContainersError(f"{self.path} was removed for good")
