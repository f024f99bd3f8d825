# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of nat_rule: its four functions and its lock."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, told
from .spec import Wanted, spec


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """The owner's rules as they stand."""
    return told(found.backend, {item.place: item.rules for item in found.standing if item.owner == wanted.name})


def locks(_wanted: Wanted) -> Tuple[str, ...]:
    """One lock for all owners: they share tables, forwarding and the host's ports."""
    return ("nat",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks, host_wide=True)
