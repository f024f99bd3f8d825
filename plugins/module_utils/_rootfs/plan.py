# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""(Wanted, Found) -> Plan. Pure: refusals are in ``refusals``, what ``--diff`` shows in ``shown``."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import List, Tuple

from .._core.plan import Op, Plan, Unmet
from .found import (
    ABSENT,
    WRITTEN,
    Found,
    aimed_claim,
    aimed_record,
    mounted_right,
    right_mount,
    still_had,
)
from .id_ops import ClaimIds, ReleaseIds
from .mount_ops import BringBack, MountRootfs, UnmountRootfs
from .ops import MakePlace, MakeUpper, RemoveDiscarded, RemovePlace, SaveRecord, SetUpperAside
from .refusals import refuse
from .remove_ops import RemoveRootfs
from .shown import shown_after, shown_before, shown_result, told_before
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    """What brings the rootfs into the wanted state. Raises ContainersError where it must not be touched."""
    refuse(wanted, found)
    planners = {"mounted": _mounted, "unmounted": _unmounted, ABSENT: _removal}
    return replace(planners[wanted.state](wanted, found), told=told_before(found))


def _removal(wanted: Wanted, found: Found) -> Plan:
    if not found.exists:
        return Plan(predicted=shown_result(None), teardown=True)
    paths = sorted({mount.path for mount in found.ours})
    counts = tuple((path, sum(mount.path == path for mount in found.ours)) for path in paths)
    record = found.record
    default = found.place if record is None and found.place == found.default_place else None
    place = record.merged if record is not None and record.place_made else default
    op = RemoveRootfs(wanted.store, wanted.name, counts, place)
    before = shown_before(found)
    return Plan((op,), before, {"state": ABSENT}, shown_result(None), teardown=True)


def _unmounted(wanted: Wanted, found: Found) -> Plan:
    if found.record is None:
        return Plan(predicted=shown_result(None))
    ops: List[Op] = _unmounts(wanted, found)
    if wanted.reset and found.upper == WRITTEN:
        ops += [*_leftover(wanted, found), SetUpperAside(wanted.store, wanted.name), _remove_discarded(wanted)]
    before = shown_before(found)
    after = {**before, "state": "unmounted", "mounts": []} if ops else before
    if ops and wanted.reset and found.upper == WRITTEN:
        after = {**after, "changes": ABSENT, "discarded": False}
    return Plan(tuple(ops), before, after, shown_result(found.record))


def _mounted(wanted: Wanted, found: Found) -> Plan:
    record = aimed_record(wanted, found)
    reset = wanted.reset and found.upper == WRITTEN
    ops: List[Op] = _leftover(wanted, found)
    brought_back = None if reset else still_had(wanted, found)
    remount = (reset or not mounted_right(wanted, found)) and brought_back is None
    surplus = not reset and _only_surplus(wanted, found)
    if surplus:
        ops.append(UnmountRootfs(wanted.store, wanted.name, found.place, len(found.mounts) - 1, alone=False))
    elif remount:
        ops += _unmounts(wanted, found)
    if reset:
        ops.append(SetUpperAside(wanted.store, wanted.name))
    new_upper = reset or found.upper == ABSENT
    if new_upper or not found.work:
        top = record.layers[-1] if record.layers else None
        ops.append(MakeUpper(wanted.store, wanted.name, top, new_upper, not found.work))
    ops += _bookkeeping(wanted, found)
    if found.place_kind == ABSENT:
        ops.append(MakePlace(found.place))
    if brought_back is not None:
        ops.append(BringBack(wanted.store, wanted.name, found.place, brought_back, wanted.read_only))
    elif remount and not surplus:
        ops.append(MountRootfs(wanted.store, wanted.name, found.place))
    if reset:
        ops.append(_remove_discarded(wanted))
    return Plan(
        ops=tuple(ops),
        before=shown_before(found),
        after=shown_after(wanted, found, record) if ops else shown_before(found),
        predicted=shown_result(record),
        unmet=_unmet(wanted, found),
        warnings=_warnings(wanted, found),
    )


def _leftover(wanted: Wanted, found: Found) -> List[Op]:
    return [_remove_discarded(wanted)] if found.discarded else []


def _remove_discarded(wanted: Wanted) -> RemoveDiscarded:
    return RemoveDiscarded(wanted.store, wanted.name)


def _unmounts(wanted: Wanted, found: Found) -> List[Op]:
    """Every mount of the rootfs away; and the folder it was mounted on, where it is to be at another."""
    ops: List[Op] = []
    for path in sorted({mount.path for mount in found.ours}):
        count = sum(mount.path == path for mount in found.ours)
        ops.append(UnmountRootfs(wanted.store, wanted.name, path, count))
    record = found.record
    if wanted.state == "mounted" and record is not None and record.merged != found.place and record.place_made:
        ops.append(RemovePlace(record.merged))
    return ops


def _bookkeeping(wanted: Wanted, found: Found) -> List[Op]:
    """Ids first, then the record, which tells them; the mount that follows is made by the record."""
    ops: List[Op] = []
    claim = aimed_claim(wanted, found)
    if claim is None and found.claim is not None:
        ops.append(ReleaseIds(wanted.store, wanted.name, found.claim))
    elif claim is not None and claim != found.claim:
        ops.append(ClaimIds(wanted.store, wanted.name, claim, found.claim))
    record = aimed_record(wanted, found)
    if record != found.record:
        ops.append(SaveRecord(wanted.store, record, wanted.userns == "auto", found.record))
    return ops


def _only_surplus(wanted: Wanted, found: Found) -> bool:
    """Whether the right mount is there and lies below others of the same rootfs."""
    return len(found.ours) == len(found.mounts) > 1 and right_mount(wanted, found, found.mounts[0])


def _unmet(wanted: Wanted, found: Found) -> Tuple[Unmet, ...]:
    unmet = [
        Unmet(
            f"layer {layer} of rootfs {wanted.name} isn't there or isn't a folder",
            "Unpack the image again, or mend the path",
        )
        for layer in found.missing_layers
    ]
    if found.layers is None:
        what = f"image {wanted.image} isn't in the store {wanted.store.root}"
        unmet.append(Unmet(what, "Module daemonless.containers.image_unpack puts it there"))
    if not found.place_parent:
        unmet.append(Unmet(f"folder {os.path.dirname(found.place)} isn't there", "Make it, or choose another path"))
    return tuple(unmet)


def _warnings(wanted: Wanted, found: Found) -> Tuple[str, ...]:
    kept = found.record is not None and found.upper == WRITTEN and not wanted.reset
    if not kept or found.layers is None or found.record is None or found.record.layers == found.layers:
        return ()
    text = f"rootfs {wanted.name} gets other layers and keeps the changes made over the old ones, which may not fit"
    return (f"{text}; reset: true starts afresh",)
