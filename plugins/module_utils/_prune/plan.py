# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what may go to the ops that remove it and the bytes that frees. Pure."""

from __future__ import annotations

from typing import Any, Dict

from .._core.plan import Op, Plan
from .observe import Found
from .ops import RemoveLayer, RemoveLeftover, removal
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    doomed = found.doomed
    ops: list[Op] = [removal(wanted.store, image, layers) for image, layers in doomed.images]
    ops += [RemoveLayer(wanted.store, diff_id) for diff_id in doomed.layers]
    ops += [RemoveLeftover(path) for path in doomed.leftovers]
    told = result(wanted, found)
    before = {part: told[part] for part in ("images", "layers", "leftovers")}
    return Plan(
        ops=tuple(ops),
        before=before,
        after={part: [] for part in before},
        predicted=told,
        teardown=True,
        once=True,
    )


def result(_wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What goes, or went, and the bytes of it."""
    doomed = found.doomed
    of_images = [diff_id for _image, layers in doomed.images for diff_id in layers]
    return {
        "images": [{"id": image.id, "names": list(image.names)} for image, _layers in doomed.images],
        "layers": [*of_images, *doomed.layers],
        "leftovers": list(doomed.leftovers),
        "space_reclaimed": sum(found.sizes.values()),
    }
