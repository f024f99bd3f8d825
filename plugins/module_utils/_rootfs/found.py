# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found of a rootfs, as data, and what that says about the one that is wanted. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Mapping, Optional, Tuple

from .._core.store import Store
from .identity import source_of
from .ranges import Claim, Range
from .record import IdMap, RootfsRecord
from .spec import Wanted

ABSENT = "absent"
EMPTY = "empty"
WRITTEN = "written"
FULL = "full"
OTHER = "not a folder"


@dataclass(frozen=True)
class Mounted:
    """A mount in the kernel's table. ``ours`` by its source; the topmost at a path comes last."""

    path: str
    source: str
    ours: bool
    read_only: bool
    devices: bool
    """Whether device nodes work in it; in ours they never should."""


@dataclass(frozen=True)
class User:
    """A process, and its container if it is one's, or a mount that keeps the rootfs in use."""

    words: str
    pid: int = 0
    path: str = ""
    source: str = ""
    """Of the mount it has in its own mount namespace."""


@dataclass(frozen=True)
class Found:
    """The host's side. ``layers`` is None where the wanted image isn't in the store."""

    place: str
    """Where it is to be mounted, links resolved."""
    place_kind: str
    """ABSENT, EMPTY, FULL or OTHER: what is there beneath any mount of ours."""
    place_parent: bool
    """Whether the folder it is in is there."""
    folder: str
    """The folder of the rootfs in the store, links resolved."""
    image: Optional[str] = None
    layers: Optional[Tuple[str, ...]] = None
    missing_layers: Tuple[str, ...] = ()
    highest: Tuple[int, int] = (0, 0)
    """The highest uid and gid in the image's layers, where the usual maps wouldn't hold them."""
    record: Optional[RootfsRecord] = None
    claim: Optional[Claim] = None
    free: Optional[Range] = None
    """The ids it would get, where it needs some and has none."""
    claims: Mapping[str, Claim] = field(default_factory=dict)
    """What every rootfs of the host has, by its folder."""
    mounts: Tuple[Mounted, ...] = ()
    """Every mount at the wanted place and at the recorded one."""
    upper: str = ABSENT
    """ABSENT, EMPTY or WRITTEN."""
    work: bool = False
    discarded: bool = False
    """Whether an upper that was to be thrown away is still there, because that run was killed."""
    container: Optional[int] = None
    """The pid of the living container of that name."""
    users: Tuple[User, ...] = ()
    """Who else uses a mount of this rootfs; only looked for where that matters."""

    @property
    def default_place(self) -> str:
        return f"{self.folder}/merged"

    @property
    def store_root(self) -> str:
        return os.path.dirname(os.path.dirname(self.folder))

    @property
    def ours(self) -> Tuple[Mounted, ...]:
        return tuple(mount for mount in self.mounts if mount.ours)

    @property
    def exists(self) -> bool:
        """Whether anything is left of a rootfs of that name."""
        parts = (self.record, self.claim, self.ours, self.work, self.discarded)
        return any(bool(part) for part in parts) or self.upper != ABSENT


def aimed_claim(wanted: Wanted, found: Found) -> Optional[Claim]:
    """The ids the rootfs is to have; None where it is for no user namespace."""
    if wanted.userns == "none":
        return None
    if wanted.userns == "given":
        lines = (*wanted.uidmap, *wanted.gidmap)
        return Claim(False, tuple(sorted({(line.outside, line.length) for line in lines})))
    if found.claim is not None and found.claim.chosen:
        return found.claim
    return None if found.free is None else Claim(True, (found.free,))


def aimed_record(wanted: Wanted, found: Found) -> RootfsRecord:
    """The record the rootfs is to have. Layers of an image that isn't there are none."""
    uidmap, gidmap = wanted.uidmap, wanted.gidmap
    claim = aimed_claim(wanted, found)
    if wanted.userns == "auto" and claim is not None:
        uidmap = gidmap = maps_of(claim)
    same_place = found.record is not None and found.record.merged == found.place
    made = found.place_kind == ABSENT or found.place == found.default_place
    return RootfsRecord(
        name=wanted.name,
        merged=found.place,
        diff=upper_path(wanted.store, wanted.name),
        work=f"{wanted.folder}/work",
        layers=found.layers or (),
        image=found.image,
        uidmap=uidmap,
        gidmap=gidmap,
        read_only=wanted.read_only,
        place_made=found.record.place_made if found.record and same_place else made,
    )


def maps_of(claim: Claim) -> Tuple[IdMap, ...]:
    """The map of a range that we chose: all of it, from id 0 inside."""
    first, length = claim.ids[0]
    return (IdMap(0, first, length),)


def upper_path(store: Store, name: str) -> str:
    return f"{store.container(name)}/diff"


def right_mount(wanted: Wanted, found: Found, mount: Mounted) -> bool:
    """Whether that mount is the one wanted."""
    record = aimed_record(wanted, found)
    made_of = mount.source == source_of(wanted.store, record) and found.layers is not None
    return made_of and mount.path == record.merged and mount.read_only == record.read_only and not mount.devices


def mounted_right(wanted: Wanted, found: Found) -> bool:
    """Whether there is exactly one mount of it and that is the one wanted."""
    return len(found.mounts) == 1 and right_mount(wanted, found, found.mounts[0])


def mount_must_change(wanted: Wanted, found: Found) -> bool:
    """Whether mounts of a rootfs that exists are to be made or taken away: then it matters who uses them."""
    if wanted.state == ABSENT or not found.exists:
        return found.exists
    reset = wanted.reset and found.upper == WRITTEN
    return reset or (not mounted_right(wanted, found) if wanted.state == "mounted" else bool(found.ours))


def still_had(wanted: Wanted, found: Found) -> Optional[User]:
    """A process that has the wanted mount in its own namespace, where nothing of the rootfs is mounted here."""
    if found.mounts or found.layers is None or (wanted.reset and found.upper == WRITTEN):
        return None
    source = source_of(wanted.store, aimed_record(wanted, found))
    right = [user for user in found.users if user.pid and user.source == source]
    return right[0] if right and len(right) == len(found.users) else None
