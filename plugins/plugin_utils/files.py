# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in and out of a container in parts, as commands of its own shell.

The process that reads or writes is inside of the container, with its user's rights there; whatever links it meets are
the container's. A part is held in memory, a file isn't.
"""

from __future__ import annotations

from shlex import quote

PART = 16 * 1024 * 1024
MISSING = 44
NO_FILE = 45
"""Exit codes of ``fetching``: nothing is there; something else than a file is."""

_BLOCK = 64 * 1024


def putting(path: str, first: bool) -> str:
    """Write the standard input to the file; what isn't the first part is appended. A new file is its owner's alone."""
    return f"umask 077 && cat {'>' if first else '>>'} {quote(path)}"


def fetching(path: str, part: int) -> str:
    """Write that part of the file, counted from 0, to the standard output. What is shorter than a part is the last."""
    name = quote(path)
    blocks = PART // _BLOCK
    there = f"test -e {name} || exit {MISSING}; test -f {name} || exit {NO_FILE}"
    return f"{there}; exec dd if={name} bs={_BLOCK} skip={part * blocks} count={blocks}"
