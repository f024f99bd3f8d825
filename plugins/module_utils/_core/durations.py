# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lengths of time as users write them in options: numbers with units, the longest first, such as ``1h30m``."""

from __future__ import annotations

import re

from .errors import ContainersError

_UNITS = {"w": 604_800.0, "d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6}
_DURATION = re.compile("".join(f"(?:([0-9]{{1,9}}(?:[.][0-9]{{1,9}})?){unit}(?![a-z]))?" for unit in _UNITS))


def parse_duration(text: str, option: str) -> float:
    """The seconds that are meant. Raises ContainersError naming the option."""
    found = _DURATION.fullmatch(text.strip())
    if not found or not found[0]:
        raise ContainersError(f"{option} {text!r} isn't a duration", "Write it as 7d, 1h30m, 30s or 500ms")
    return sum(float(count) * seconds for count, seconds in zip(found.groups(), _UNITS.values()) if count)
