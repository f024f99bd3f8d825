# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which extended attributes of an archive reach the disk.

Kept: ``user.*``, ``security.capability`` and POSIX ACLs. Refused: what overlayfs gives a meaning
of its own. Dropped: labels of the security modules of the machine that made the image, and what
no Linux file can have (macOS writes such).
"""

from __future__ import annotations

from typing import Dict, Mapping

from .._core.errors import ContainersError

NAME_MAX = 255
VALUE_MAX = 64 * 1024
_REFUSED = (b"trusted.", b"user.overlay.")
_KEPT = (b"security.capability", b"system.posix_acl_access", b"system.posix_acl_default")


def kept(attributes: Mapping[bytes, bytes]) -> Dict[bytes, bytes]:
    """Those of the attributes that are to be set. Raises ContainersError on one that can't be right."""
    chosen: Dict[bytes, bytes] = {}
    for name, value in attributes.items():
        if name.startswith(_REFUSED):
            raise ContainersError(f"extended attribute {_text(name)} is reserved for overlayfs and the host")
        if name in _KEPT or name.startswith(b"user."):
            if not 0 < len(name) <= NAME_MAX or len(value) > VALUE_MAX:
                raise ContainersError(f"extended attribute {_text(name)} is too long ({len(value)} bytes)")
            chosen[name] = value
    return chosen


def _text(name: bytes) -> str:
    return name[:80].decode("utf-8", "backslashreplace")
