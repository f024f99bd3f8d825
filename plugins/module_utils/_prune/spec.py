# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images may go: the options of ``image_prune``, checked. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

from .._core.durations import parse_duration
from .._core.errors import ContainersError
from .._core.store import Store

DANGLING = "dangling"


@dataclass(frozen=True)
class Wanted:
    """``age`` is how many seconds an image must have been left alone; ``keep`` are names and ids."""

    images: str
    age: float
    keep: Tuple[str, ...]
    store: Store


def spec(options: Mapping[str, Any]) -> Wanted:
    """Raises ContainersError for every option that can't be meant so."""
    if not os.path.isabs(options["store"]):
        raise ContainersError(f"store {options['store']!r} is not an absolute path", "It is a path on the target")
    if "" in options["keep"]:
        raise ContainersError("keep has an entry that is empty", "Each is the name or the id of an image")
    age = 0.0 if options["until"] is None else parse_duration(options["until"], "until")
    return Wanted(options["images"], age, tuple(options["keep"]), Store(options["store"]))
