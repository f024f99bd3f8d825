# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of veth pairs: its four functions, and what a run of it owns."""

from __future__ import annotations

from typing import Sequence

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec


def locks(_wanted: Wanted) -> Sequence[str]:
    """One lock for all pairs: bridges are shared, and so are the addresses of the host."""
    return ("links",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
