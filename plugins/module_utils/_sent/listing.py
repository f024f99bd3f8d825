# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containers a target has, for the inventory plugin: what container_info shows, and the labels of the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple

from .._container_info.room import ROOM
from .._core.room import run_room
from .._core.store import Store
from .._image import record as images

if TYPE_CHECKING:
    from .._sys.host import Host

_AS_THEY_ARE = ("name", "status", "pid", "started", "addresses", "ports", "hostname", "restart_policy")


def answer(host: Host, asked: Mapping[str, Any], _data: bytes) -> Tuple[Dict[str, Any], bytes]:
    """All of the store, by name; and what of it can't be told."""
    outcome = run_room(ROOM, {"name": None, "ports": True, "store": asked["store"]}, host, check_mode=True)
    store = Store(asked["store"])
    seen = outcome["containers"]
    found = [_shown(host, store, one) for one in seen if one["error"] is None]
    troubles = [f"container {one['name']}: {one['error']}" for one in seen if one["error"] is not None]
    return {"containers": found, "troubles": [*troubles, *outcome["warnings"]]}, b""


def _shown(host: Host, store: Store, one: Mapping[str, Any]) -> Dict[str, Any]:
    image = one["image"] or {"id": None, "names": []}
    kept = images.load(host.files, store, image["id"]) if image["id"] else None
    config = kept.config.get("config") or {} if kept is not None else {}
    return {
        **{key: one[key] for key in _AS_THEY_ARE},
        "image": next(iter(image["names"]), None),
        "image_id": image["id"],
        "labels": dict(config.get("Labels") or {}),
        "rootfs": one["settings"]["rootfs"],
        "user": one["settings"]["user"],
    }
