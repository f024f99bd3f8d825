# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/proc/<pid>/status, read."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Tuple

_OF_LIBC = 1 << 31 | 1 << 32
"""Signals 32 and 33: glibc's posix_spawn, and so make, starts programs that ignore them, and libc keeps it so."""


def status_of(pid: int) -> Dict[str, str]:
    return parsed(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))


def parsed(text: str) -> Dict[str, str]:
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in text.splitlines())}


def signals(status: Dict[str, str]) -> Tuple[int, int, int]:
    """Which are blocked, ignored and caught, a bit each; libc's own left out."""
    blocked, ignored, caught = (int(status[name], 16) & ~_OF_LIBC for name in ("SigBlk", "SigIgn", "SigCgt"))
    return blocked, ignored, caught
