# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images are to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.store import Store


@dataclass(frozen=True)
class Wanted:
    """``references`` are names and ids, None for all images."""

    store: Store
    references: Optional[Tuple[str, ...]]
    size: bool


def spec(options: Mapping[str, Any]) -> Wanted:
    references = options["name"]
    if references is not None and not all(references):
        raise ContainersError("name: an empty one")
    return Wanted(
        Store(options["store"]), None if references is None else tuple(dict.fromkeys(references)), options["size"]
    )
