# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images may go: the options of ``image_prune``, checked. Pure."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

from .._core.errors import ContainersError
from .._core.store import Store

DANGLING = "dangling"
_PARTS = re.compile(r"([0-9]{1,9})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True)
class Wanted:
    """``age`` is how many seconds an image must have been left alone; ``keep`` are names and ids."""

    images: str
    age: int
    keep: Tuple[str, ...]
    store: Store


def spec(options: Mapping[str, Any]) -> Wanted:
    """Raises ContainersError for every option that can't be meant so."""
    if not os.path.isabs(options["store"]):
        raise ContainersError(f"store {options['store']!r} is not an absolute path", "It is a path on the target")
    if "" in options["keep"]:
        raise ContainersError("keep has an entry that is empty", "Each is the name or the id of an image")
    age = 0 if options["until"] is None else _seconds(options["until"])
    return Wanted(options["images"], age, tuple(options["keep"]), Store(options["store"]))


def _seconds(text: str) -> int:
    parts = _PARTS.findall(text)
    if not parts or "".join(map("".join, parts)) != text:
        raise ContainersError(f"until {text!r} is no length of time", "It looks like 36h, 1h30m or 7d")
    return sum(int(count) * _SECONDS[unit] for count, unit in parts)
