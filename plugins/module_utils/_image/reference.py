# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of images: which words are one, and which words mean one image among several.

The short form that the store keeps is made by ``record.normal_name``.
"""

from __future__ import annotations

import re
from typing import Iterable

from .._core.errors import ContainersError
from .record import SHORTEST_ID, normal_name

NAME_MAX = 255
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_NAME = re.compile(rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?")
_DIGEST = re.compile(r"(?:[a-z0-9]+:)?[0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-f]{1,64}")


def checked_image_name(name: str, what: str) -> str:
    """The name as the store keeps it, ``busybox:latest``. Raises ContainersError if it is none."""
    short = normal_name(name)
    if _DIGEST.fullmatch(name):
        raise ContainersError(f"{what} {name!r} is a digest, not a name", "An image is found by its digest anyway")
    if len(name) > NAME_MAX or not _NAME.fullmatch(short):
        raise ContainersError(
            f"{what} {name[:NAME_MAX]!r} is not a valid image name",
            "An image name looks like busybox, busybox:1.36 or registry.example:5000/team/busybox:1.36, in lower case",
        )
    return short


def means_name(reference: str, names: Iterable[str]) -> bool:
    """Whether the reference is one of the names, in whatever length it is written."""
    return normal_name(reference) in {normal_name(name) for name in names}


def means_digest(reference: str, digests: Iterable[str]) -> bool:
    """Whether the reference is one of the digests, whole or its beginning, with ``sha256:`` or without."""
    digits = reference.rpartition("@")[2]
    digits = digits[len("sha256:") :] if digits.startswith("sha256:") else digits
    if len(digits) < SHORTEST_ID or not _HEX.fullmatch(digits):
        return False
    return any(digest.partition(":")[2].startswith(digits) for digest in digests)
