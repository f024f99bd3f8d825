# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which store the host is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._core.store import Store


@dataclass(frozen=True)
class Wanted:
    store: Store


def spec(options: Mapping[str, Any]) -> Wanted:
    return Wanted(Store(options["store"]))
