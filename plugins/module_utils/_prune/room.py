# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pruning room's functions under one name, for ``_core.room``."""

from __future__ import annotations

from typing import Sequence

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec


def locks(_wanted: Wanted) -> Sequence[str]:
    """As the room of images: one run at a time changes a store's images."""
    return ("images",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
