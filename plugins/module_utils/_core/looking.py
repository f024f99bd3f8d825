# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rooms that only look: no lock is taken, nothing is planned, and check mode does what any run does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Tuple, TypeVar

from .plan import Plan
from .room import Room

if TYPE_CHECKING:
    from .._sys.host import Host

W = TypeVar("W")
F = TypeVar("F")


def looking_room(
    spec: Callable[[Mapping[str, Any]], W],
    observe: Callable[[Host, W], F],
    result: Callable[[W, F], Dict[str, Any]],
    warnings: Callable[[F], Tuple[str, ...]] = lambda _found: (),
) -> Room[W, F]:
    """The room of these. ``warnings`` are about what couldn't be looked at."""
    return Room(
        spec=spec,
        observe=observe,
        plan=lambda _wanted, found: Plan(warnings=warnings(found)),
        result=result,
        locks=lambda _wanted: (),
    )
