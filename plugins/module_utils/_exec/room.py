# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of commands in running containers."""

from __future__ import annotations

from typing import Tuple

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec


def locks(_wanted: Wanted) -> Tuple[str, ...]:
    """None: a command may take long, and the container may be stopped or changed meanwhile."""
    return ()


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
