# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the archive that is wanted and what lies at its place to what has to be done. Pure."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, List

from .._core.plan import Plan, Unmet
from .observe import Found
from .ops import WriteArchive
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    predicted = result(wanted, found)
    after = {"dest": wanted.dest, "format": wanted.format, **predicted["image"]}
    if found.same:
        return Plan(before=after, after=after, predicted=predicted)
    before: Dict[str, Any] = {} if found.same is None else {"dest": wanted.dest, "content": "another"}
    return Plan(
        ops=(WriteArchive(wanted, found.packed, replaces=found.same is not None),),
        before=before,
        after=after,
        predicted=predicted,
        unmet=tuple(_unmet(wanted, found)),
    )


def _unmet(wanted: Wanted, found: Found) -> List[Unmet]:
    unmet = [Unmet(f"{path} is not there to be packed", "It is a path on the target") for path in found.missing]
    if not found.has_folder:
        unmet.append(Unmet(f"folder {posixpath.dirname(wanted.dest)} is not there", "dest is a path on the target"))
    return unmet


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What the module returns; without ids while something to be packed isn't there."""
    packed = found.packed
    image = {
        "id": packed.id if packed else None,
        "names": [wanted.tag] if wanted.tag else [],
        "diff_ids": [packed.layer.diff_id] if packed else [],
        "os": found.platform.os,
        "architecture": found.platform.architecture,
    }
    return {"dest": wanted.dest, "size": packed.size if packed else None, "image": image}
