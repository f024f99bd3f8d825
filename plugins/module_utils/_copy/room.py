# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of files that are copied into containers."""

from __future__ import annotations

from typing import Tuple

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec


def locks(wanted: Wanted) -> Tuple[str, ...]:
    """The container, which mustn't be started or stopped meanwhile."""
    return (f"container {wanted.name}",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
