# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rootfs is to be mounted again with when a reboot has taken the mount: the options that lead to its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict

from .._core.errors import ContainersError
from .._core.store import Store
from . import ranges, record

if TYPE_CHECKING:
    from .._sys.host import Host


def options_again(host: Host, store: Store, name: str) -> Dict[str, Any]:
    """The options of overlay_rootfs for the very rootfs that the record tells of, with the ids that it has."""
    kept = record.load(host.files, store, name)
    if kept is None:
        raise ContainersError(f"rootfs {name} doesn't exist", "Module daemonless.containers.overlay_rootfs makes it")
    claim = ranges.load(host.files).get(store.container(name))
    given = bool(kept.uidmap) and claim is not None and not claim.chosen
    return {
        "store": store.root,
        "name": name,
        "state": "mounted",
        "image": kept.image,
        "layers": None if kept.image else list(kept.layers),
        "path": kept.merged,
        "userns": "auto" if kept.uidmap else "none",
        "uidmap": [str(line) for line in kept.uidmap] if given else None,
        "gidmap": [str(line) for line in kept.gidmap] if given else None,
        "read_only": kept.read_only,
        "reset": False,
    }
