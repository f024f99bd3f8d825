# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as users write them in options: bytes, or a number with a unit of 1024, such as ``64m`` or ``10G``."""

from __future__ import annotations

import re

from .errors import ContainersError

SIZE_MAX = 2**62
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgt]?)(?:i?b)?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}


def parse_size(text: str, option: str) -> int:
    """The bytes that are meant. Raises ContainersError naming the option."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ContainersError(f"{option} {text!r} isn't a size", "Give bytes, or a number with one of b, k, m, g, t")
    size = float(found[1]) * _FACTORS[found[2].lower()]
    if size > SIZE_MAX:
        raise ContainersError(f"{option} {text!r} is more than any host has")
    return int(size)
