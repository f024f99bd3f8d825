# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of interconnects between hosts: its four functions, and what a run of it owns."""

from __future__ import annotations

from typing import Any, Dict, Sequence

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, told
from .spec import Wanted, spec


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What there is of it."""
    return told(wanted, found.current)


def locks(_wanted: Wanted) -> Sequence[str]:
    """The lock of all links: their addresses and the routes to them are the host's."""
    return ("links",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)
