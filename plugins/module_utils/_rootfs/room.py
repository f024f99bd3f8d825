# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of overlay_rootfs: its four functions and the locks a run holds."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from .._core.room import Room
from .found import Found
from .observe import observe
from .plan import plan
from .shown import shown_result
from .spec import Wanted
from .spec import wanted as spec


def result(_wanted: Wanted, found: Found) -> Dict[str, Any]:
    return shown_result(found.record)


def locks(wanted: Wanted) -> Tuple[str, ...]:
    """The rootfs itself; its container, which mustn't start meanwhile; images, which mustn't vanish meanwhile."""
    own = (f"rootfs {wanted.name}", f"container {wanted.name}")
    return (*own, "images") if wanted.state == "mounted" else own


ROOM = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
