# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the image that is wanted to what has to be done: fetch its layers, and what the image's own room plans. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

from .._core.plan import Plan, Unmet
from .observe import Found
from .ops import FetchLayers
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    if found.coming is None:
        return _no_skopeo(wanted, found)
    coming = found.coming
    ops = coming.rest.ops
    if coming.unpack is not None:
        ops = (FetchLayers(wanted, found.image_id, coming.missing, coming.unpack), *ops)
    return replace(
        coming.rest,
        ops=ops,
        predicted={**coming.rest.predicted, "digest": found.digest},
        warnings=coming.rest.warnings + found.warnings,
    )


def _no_skopeo(wanted: Wanted, found: Found) -> Plan:
    names = [wanted.name] if wanted.name else []
    image: Dict[str, Any] = {
        "id": None,
        "names": names,
        "layers": [],
        "diff_ids": [],
        "config": {},
        "os": found.platform.os,
        "architecture": found.platform.architecture,
    }
    return Plan(
        ops=(FetchLayers(wanted, None, (), None),),
        after={"names": names, "source": str(wanted.source)},
        predicted={"image": image, "skipped_entries": [], "digest": None},
        unmet=(
            Unmet(
                "skopeo is not installed, which fetches images",
                "Role daemonless.containers.host installs it with host_skopeo: true",
            ),
        ),
    )


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What the module returns of the state that was found."""
    return dict(plan(wanted, found).predicted)
