# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rootfs must not be done to: each case an error that names what stands in the way. Pure."""

from __future__ import annotations

from typing import Tuple

from .._core.errors import ContainersError, InUseError
from . import ranges
from .found import ABSENT, FULL, OTHER, Found, aimed_claim, aimed_record, mount_must_change, still_had
from .identity import stack
from .spec import Wanted

LAYERS_MAX = 500
"""overlayfs' own limit."""


def refuse(wanted: Wanted, found: Found) -> None:
    """Raise ContainersError where the wanted state can't be reached without harm."""
    _refuse_foreign_mounts(wanted, found)
    if wanted.state == "mounted":
        _refuse_place(found)
        _refuse_layers(found)
        _refuse_ids_of_others(wanted, found)
        _refuse_owners(wanted, found)
        if found.layers is None or found.missing_layers:
            return
    _refuse_in_use(wanted, found)


def _refuse_foreign_mounts(wanted: Wanted, found: Found) -> None:
    """Nothing is mounted over a mount of somebody else, and none of theirs over ours is taken away."""
    foreign = [mount for mount in found.mounts if not mount.ours]
    covered = {mount.path for mount in found.ours} | ({found.place} if wanted.state == "mounted" else set())
    for mount in foreign:
        if mount.path in covered:
            raise ContainersError(
                f"at {mount.path} something else is mounted (source {mount.source})",
                f"Unmount it if it isn't needed (umount {mount.path}), or choose another path",
            )


def _refuse_place(found: Found) -> None:
    place, root = found.place, found.store_root
    if (place == root or place.startswith(f"{root}/")) and place != found.default_place:
        raise ContainersError(f"path {place} lies in the store", "Leave path out, or choose one outside of the store")
    if found.place_kind == OTHER:
        raise ContainersError(f"path {place} is not a folder", "Remove what is there, or choose another path")
    if found.place_kind == FULL:
        raise ContainersError(
            f"path {place} is not empty, and mounting there would hide what is in it",
            "Move that away, or choose another path",
        )


def _refuse_layers(found: Found) -> None:
    layers = stack(found.layers or ())
    if len(layers) > LAYERS_MAX:
        raise ContainersError(f"{len(layers)} layers are too many: overlayfs takes at most {LAYERS_MAX}")
    outer, inner = _one_inside_another((*layers, found.folder))
    if inner:
        raise ContainersError(f"layers: {inner} lies in {outer}, and overlayfs refuses layers within one another")


def _refuse_ids_of_others(wanted: Wanted, found: Found) -> None:
    claim = aimed_claim(wanted, found)
    if claim is not None and not claim.chosen and claim != found.claim:
        ranges.refuse_overlap(wanted.folder, claim.ids, found.claims)


def _refuse_owners(wanted: Wanted, found: Found) -> None:
    """An owner that the map doesn't hold is nobody in the container, whose files not even its root may touch."""
    record = aimed_record(wanted, found)
    for kind, lines, highest in zip(("uid", "gid"), (record.uidmap, record.gidmap), found.highest):
        if lines and not any(line.inside <= highest < line.inside + line.length for line in lines):
            raise ContainersError(
                f"image {wanted.image} has files of {kind} {highest}, which the rootfs's {kind}map doesn't hold",
                'Give uidmap and gidmap a line for it as well, such as "0 100000 65536", or userns: none',
            )


def _one_inside_another(paths: Tuple[str, ...]) -> Tuple[str, str]:
    """A path and one below it, if there are such. Sorted, a path comes right before those below it."""
    in_order = sorted(f"{path.rstrip('/')}/" for path in paths)
    for outer, inner in zip(in_order, in_order[1:]):
        if inner.startswith(outer):
            return outer.rstrip("/") or "/", inner.rstrip("/")
    return "", ""


def _refuse_in_use(wanted: Wanted, found: Found) -> None:
    if not mount_must_change(wanted, found):
        return
    if wanted.state == "mounted" and still_had(wanted, found) is not None:
        return
    users = [user.words for user in found.users]
    if not users and found.container is not None:
        users = [f"container {wanted.name} (pid {found.container})"]
    if not users:
        return
    what = "remove it" if wanted.state == ABSENT else "change how it is mounted"
    message = f"rootfs {wanted.name} is in use by {', '.join(users)}: can't {what}"
    hint = "Stop the container first (ns_container with state: stopped), or end what uses it"
    if found.container is not None and all(user.pid == found.container for user in found.users):
        raise InUseError(message, hint, wanted.name)
    raise ContainersError(message, hint)
