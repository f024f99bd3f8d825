# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The change that fetching makes: layers come into the store. They are on the target already when it is applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from .._core.errors import ContainersError
from .._core.plan import Op
from .bringing import layout_of
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class FetchLayers:
    """Have those layers in the store. ``image`` and ``unpack`` None: nobody can tell yet what they are."""

    wanted: Wanted
    image: Optional[str]
    diff_ids: Tuple[str, ...]
    unpack: Optional[Op]

    def describe(self) -> str:
        if self.image is None:
            return f"fetch {self.wanted.source}"
        layers = "1 layer" if len(self.diff_ids) == 1 else f"{len(self.diff_ids)} layers"
        return f"fetch {layers} of image {self.image} from {self.wanted.source}"

    def apply(self, host: Host) -> None:
        if self.image is None or self.unpack is None:
            raise ContainersError("the source was not asked")
        if not host.files.exists(layout_of(self.wanted.store, self.image)):
            raise ContainersError("layers that the store had were removed meanwhile", "Run it again")
        self.unpack.apply(host)

    def undo(self, host: Host) -> None:
        if self.unpack is not None:
            self.unpack.undo(host)
