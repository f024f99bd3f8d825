# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms: ``os/architecture[/variant]`` in the words images use, and which of several fits best. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from .._core.errors import ContainersError

_MACHINES = {
    "x86_64": ("amd64", ""),
    "i386": ("386", ""),
    "i486": ("386", ""),
    "i586": ("386", ""),
    "i686": ("386", ""),
    "aarch64": ("arm64", ""),
    "armv5tel": ("arm", "v5"),
    "armv6l": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "armv8l": ("arm", "v8"),
    "loongarch64": ("loong64", ""),
}
_BASELINE = {"amd64": "v1", "arm64": "v8", "arm": "v7"}
"""What an image of that architecture needs when it names no variant."""

_GRAMMAR = re.compile(r"([a-z0-9]+)/([a-z0-9_]+)(?:/([a-z0-9.]+))?")


@dataclass(frozen=True)
class Platform:
    """What an image runs on. An empty variant stands for the architecture's baseline."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def parse_platform(text: str) -> Platform:
    """The platform of an option's words. Raises ContainersError."""
    match = _GRAMMAR.fullmatch(text)
    if not match:
        raise ContainersError(f"platform {text!r} is not valid", "A platform looks like linux/amd64 or linux/arm/v7")
    return Platform(match[1], match[2], match[3] or "")


def host_platform(machine: str) -> Platform:
    """The platform of a Linux host whose processor uname(2) calls so."""
    architecture, variant = _MACHINES.get(machine, (machine, ""))
    return Platform("linux", architecture, variant)


def fitness(image: Platform, wanted: Platform) -> Optional[int]:
    """How well the image fits, more is better; None if it doesn't run there.

    A variant older than the wanted one runs too (``arm/v6`` on ``arm/v7``); the nearest is best.
    """
    if (image.os, image.architecture) != (wanted.os, wanted.architecture):
        return None
    needs, offers = _variant(image), _variant(wanted)
    if needs == offers:
        return 100
    level, most = _level(needs), _level(offers)
    if level is None or most is None or level > most:
        return None
    return level


def _variant(platform: Platform) -> str:
    return platform.variant or _BASELINE.get(platform.architecture, "")


def _level(variant: str) -> Optional[int]:
    return int(variant[1:]) if re.fullmatch(r"v[0-9]{1,2}", variant) else None
