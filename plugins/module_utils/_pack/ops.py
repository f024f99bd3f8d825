# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one change that image_pack makes: the archive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Optional

from .._core.errors import ContainersError
from .archive import Packed, write
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_MODE = 0o600


@dataclass(frozen=True)
class WriteArchive:
    """Write the archive, or replace what is at dest with it. ``packed`` None: not all of it is there yet."""

    wanted: Wanted
    packed: Optional[Packed]
    replaces: bool

    def describe(self) -> str:
        image = f"image {self.packed.id}" if self.packed else "image"
        tag = f" ({self.wanted.tag})" if self.wanted.tag else ""
        verb = "replace" if self.replaces else "write"
        return f"{verb} {self.wanted.dest} with {image}{tag} as {self.wanted.format}"

    def apply(self, host: Host) -> None:
        packed = self.packed
        if packed is None:
            raise ContainersError("not all that is to be packed was there")
        host.blobs.write_whole(self.wanted.dest, _MODE, partial(write, host, self.wanted, packed))

    def undo(self, host: Host) -> None:
        if self.replaces:
            raise ContainersError(f"{os.path.basename(self.wanted.dest)} was replaced; what it was is gone")
        host.files.remove(self.wanted.dest)
