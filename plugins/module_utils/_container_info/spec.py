# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which containers are to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .._core.names import checked_name
from .._core.store import Store


@dataclass(frozen=True)
class Wanted:
    """``names`` is None for all there are."""

    store: Store
    names: Optional[Tuple[str, ...]]
    ports: bool


def spec(options: Mapping[str, Any]) -> Wanted:
    names = options["name"]
    return Wanted(
        Store(options["store"]),
        None if names is None else tuple(dict.fromkeys(checked_name(name) for name in names)),
        options["ports"],
    )
