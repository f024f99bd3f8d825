# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan what is remembered of a pair: the options that the container's next start makes it with. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .._container import replay
from .._container.replay import Remember
from .._core.store import Store
from .observe import Found
from .spec import Wanted


def memory_ops(wanted: Wanted, found: Found) -> List[Remember]:
    """A pair that leads into a plain network namespace belongs to no container."""
    if wanted.place is None or not wanted.place.container:
        return []
    store, name = Store(wanted.place.store), wanted.place.container
    return replay.changes(
        found.memory, store, name, replay.link(wanted.interface), wanted.asked if wanted.present else None
    )


def shown_before(todo: Sequence[Remember]) -> Dict[str, Any]:
    return {"remembered": replay.shown(todo, "before")} if todo else {}


def shown_after(todo: Sequence[Remember]) -> Dict[str, Any]:
    return {"remembered": replay.shown(todo, "after")} if todo else {}
