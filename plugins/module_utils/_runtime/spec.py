# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of the runtime: that it is there, or that it isn't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._core.store import Store


@dataclass(frozen=True)
class Wanted:
    store: Store
    present: bool


def spec(options: Mapping[str, Any]) -> Wanted:
    return Wanted(Store(options["store"]), options["state"] == "present")
