# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as the module returns them. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Dict

from .observe import Found, Seen
from .spec import Wanted


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """``exists`` is about all that were asked for; of all there are, whether there is one."""
    exists = [seen.image is not None for seen in found.seen]
    return {"exists": bool(exists) and all(exists), "images": [_shown(wanted, seen) for seen in found.seen]}


def _shown(wanted: Wanted, seen: Seen) -> Dict[str, Any]:
    image = seen.image
    told: Dict[str, Any] = {"asked": seen.reference, "exists": image is not None}
    if image is None:
        return told
    distinct = {layer.diff_id: layer for layer in seen.layers}.values()
    return {
        **told,
        "id": image.id,
        "names": list(image.names),
        "os": image.os,
        "architecture": image.architecture,
        "created": image.config.get("created"),
        "diff_ids": list(image.diff_ids),
        "layers": [asdict(layer) for layer in seen.layers],
        "complete": all(layer.exists for layer in seen.layers),
        "size": sum(layer.size or 0 for layer in distinct) if wanted.size else None,
        "rootfs": list(seen.rootfs),
        "containers": list(seen.containers),
        "config": dict(image.config),
    }
