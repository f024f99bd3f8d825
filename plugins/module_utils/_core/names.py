# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of containers, rootfs and owners of rules: one grammar for all of them."""

from __future__ import annotations

import re

from .errors import ContainersError

NAME_MAX = 64
_NAME = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9_+.-]*")


def checked_name(name: str, what: str = "name") -> str:
    """The name itself if it can safely be a file name, a comment and a host name's stem."""
    if not _NAME.fullmatch(name):
        raise ContainersError(
            f"{what} {name!r} is not valid",
            "A name begins with a letter, digit, '_', '+' or '-' and goes on with those and '.'",
        )
    if len(name) > NAME_MAX:
        raise ContainersError(f"{what} {name[:20]!r}… has {len(name)} characters, at most {NAME_MAX} are allowed")
    return name
