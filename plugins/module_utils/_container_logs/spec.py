# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of which container, and how much of what it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional

from .._container import words
from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store

_ALL = -1


@dataclass(frozen=True)
class Wanted:
    """``tail`` is None for all lines."""

    store: Store
    name: str
    tail: Optional[int]
    since: Optional[str]


def spec(options: Mapping[str, Any]) -> Wanted:
    tail = options["tail"]
    if tail < _ALL:
        raise ContainersError(f"tail {tail} is no number of lines", "-1 means all there are")
    return Wanted(
        Store(options["store"]),
        checked_name(options["name"]),
        None if tail == _ALL else tail,
        words.plain(options["since"], "since"),
    )
