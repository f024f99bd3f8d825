# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user sees of a rootfs: the two sides of ``--diff``, and the module's return value. Pure."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .found import ABSENT, EMPTY, WRITTEN, Found, aimed_claim
from .identity import source_of
from .ranges import Claim
from .record import RootfsRecord
from .spec import Wanted


def shown_result(record: Optional[RootfsRecord]) -> Dict[str, Any]:
    """The module's return value; None for a rootfs that doesn't exist."""
    return {"rootfs": None if record is None else _record(record)}


def told_before(found: Found) -> Dict[str, Any]:
    """What is returned of the rootfs as it was: whoever replaced an image, or removed the rootfs, may want to remove
    that too."""
    return {"image_before": None if found.record is None else found.record.image}


def shown_before(found: Found) -> Dict[str, Any]:
    if not found.exists:
        return {"state": ABSENT}
    return {
        "state": "mounted" if found.ours else "unmounted",
        **({} if found.record is None else _record(found.record)),
        "ids": _ids(found.claim),
        "mounts": [_mount(mount.path, mount.source, mount.read_only, mount.devices) for mount in found.mounts],
        "changes": found.upper,
        "discarded": found.discarded,
        "work_folder": found.work,
    }


def shown_after(wanted: Wanted, found: Found, record: RootfsRecord) -> Dict[str, Any]:
    """The rootfs mounted. ``record`` is the one it is to have."""
    return {
        "state": "mounted",
        **_record(record),
        "ids": _ids(aimed_claim(wanted, found)),
        "mounts": [_mount(record.merged, source_of(wanted.store, record), record.read_only, devices=False)],
        "changes": WRITTEN if found.upper == WRITTEN and not wanted.reset else EMPTY,
        "discarded": False,
        "work_folder": True,
    }


def _mount(path: str, source: str, read_only: bool, devices: bool) -> Dict[str, Any]:
    return {"path": path, "source": source, "read_only": read_only, "devices": devices}


def _ids(claim: Optional[Claim]) -> Any:
    return None if claim is None else [f"{first}-{first + length - 1}" for first, length in claim.ids]


def _record(record: RootfsRecord) -> Dict[str, Any]:
    return {
        "name": record.name,
        "merged": record.merged,
        "diff": record.diff,
        "work": record.work,
        "layers": list(record.layers),
        "image": record.image,
        "uidmap": [str(line) for line in record.uidmap],
        "gidmap": [str(line) for line in record.gidmap],
        "read_only": record.read_only,
    }
