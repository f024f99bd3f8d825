# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What packing would give now, and whether that is what lies at ``dest``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from .._image.platform import Platform, host_platform
from .archive import Packed, is_there, pack
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class Found:
    """``packed`` is None where something that is to be packed, one of ``missing``, isn't there."""

    packed: Optional[Packed]
    same: Optional[bool]
    """Whether dest is that archive; None where there is nothing at dest."""
    platform: Platform
    missing: Tuple[str, ...]
    has_folder: bool
    """Whether the folder that dest is to lie in is there."""


def observe(host: Host, wanted: Wanted) -> Found:
    platform = wanted.platform or host_platform(host.machine)
    sources = [file.src for file in wanted.files if file.src is not None] + ([wanted.root] if wanted.root else [])
    missing = tuple(path for path in sources if host.blobs.stamp(path) is None)
    has_folder = host.blobs.is_folder(os.path.dirname(wanted.dest))
    if missing:
        return Found(None, None, platform, missing, has_folder)
    packed = pack(host, wanted, platform)
    return Found(packed, is_there(host, wanted.dest, packed), platform, (), has_folder)
