# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at the host: the kernel's mounts, our records, the folders. Changes nothing."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Dict, List, Optional, Tuple

from .._container import record as container_record
from .._image import record as image_record
from .._image.layer import highest_owner, layer_of
from . import ranges
from . import record as rootfs_record
from .found import ABSENT, EMPTY, FULL, OTHER, WRITTEN, Found, Mounted, User, mount_must_change, upper_path
from .identity import source_prefix
from .ops import discarded_path
from .record import RootfsRecord
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.mountinfo import MountEntry


def observe(host: Host, wanted: Wanted) -> Found:
    """Everything the plan depends on."""
    record = rootfs_record.load(host.files, wanted.store, wanted.name)
    place = os.path.realpath(wanted.path)
    mounts, elsewhere = _mounts(host, wanted, place, record)
    image, layers, highest = _made_of(host, wanted)
    upper = upper_path(wanted.store, wanted.name)
    folder = os.path.realpath(wanted.folder)
    found = Found(
        place=place,
        place_kind=_kind(place, mounted=any(mount.path == place for mount in mounts)),
        place_parent=os.path.isdir(os.path.dirname(place)) or place == f"{folder}/merged",
        folder=folder,
        image=image,
        layers=layers,
        highest=highest,
        missing_layers=tuple(layer for layer in layers or () if not os.path.isdir(layer)),
        record=record,
        mounts=mounts,
        upper=_upper(upper),
        work=os.path.isdir(f"{wanted.folder}/work"),
        discarded=host.files.exists(discarded_path(upper)),
        container=container_record.living_pid(host, wanted.store, wanted.name),
    )
    found = _with_ids(host, wanted, found)
    if not mount_must_change(wanted, found):
        return found
    return replace(found, users=_users(host, wanted, elsewhere, found.container))


def _mounts(
    host: Host, wanted: Wanted, place: str, record: Optional[RootfsRecord]
) -> Tuple[Tuple[Mounted, ...], List[MountEntry]]:
    """The mounts at the wanted and the recorded place; and elsewhere those of this rootfs, and any among its files.

    What is removed with those files would be that of whoever mounted it there.
    """
    prefix = source_prefix(wanted.store, wanted.name)
    places = {place} if record is None else {place, record.merged}
    own = tuple(f"{os.path.realpath(wanted.folder)}/{part}" for part in ("diff", "work"))
    entries = host.mounts.naming([prefix, *places, *own])
    at_place = tuple(
        Mounted(
            path=entry.path,
            source=entry.source,
            ours=entry.source.startswith(prefix),
            read_only=not entry.writable,
            devices="nodev" not in entry.options,
        )
        for entry in entries
        if entry.path in places
    )
    elsewhere = [entry for entry in entries if entry.path not in places]
    return at_place, [e for e in elsewhere if e.source.startswith(prefix) or _is_within(e.path, own)]


def _is_within(path: str, folders: Tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _made_of(host: Host, wanted: Wanted) -> Tuple[Optional[str], Optional[Tuple[str, ...]], Tuple[int, int]]:
    """The image's id, the layers, links resolved, and their highest owners; no layers where the store has no image."""
    if wanted.image is None:
        return None, tuple(os.path.realpath(layer) for layer in wanted.layers), (0, 0)
    image = image_record.find(host.files, wanted.store, wanted.image)
    if image is None:
        return None, None, (0, 0)
    layers = (layer_of(wanted.store, diff_id).path for diff_id in image.diff_ids)
    owners = [highest_owner(host.files, wanted.store, diff_id) for diff_id in image.diff_ids]
    highest = max((uid for uid, _gid in owners), default=0), max((gid for _uid, gid in owners), default=0)
    return image.id, tuple(os.path.realpath(layer) for layer in layers), highest


def _kind(place: str, mounted: bool) -> str:
    """What is at the place. What a mount covers can't be seen and was seen to when that was made."""
    if mounted:
        return EMPTY
    try:
        mode = os.lstat(place).st_mode
    except FileNotFoundError:
        return ABSENT
    if not stat.S_ISDIR(mode):
        return OTHER
    return FULL if _has_entries(place) else EMPTY


def _upper(path: str) -> str:
    try:
        return WRITTEN if _has_entries(path) else EMPTY
    except FileNotFoundError:
        return ABSENT


def _has_entries(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return next(entries, None) is not None


def _with_ids(host: Host, wanted: Wanted, found: Found) -> Found:
    claims = ranges.load(host.files)
    claim = claims.get(wanted.folder)
    if wanted.state != "mounted" or wanted.userns != "auto" or (claim is not None and claim.chosen):
        return replace(found, claim=claim, claims=claims)
    free = ranges.free_range(wanted.folder, claims, host.accounts.taken_ids(), ranges.wish_of(found.record))
    return replace(found, claim=claim, claims=claims, free=free)


def _users(host: Host, wanted: Wanted, elsewhere: List[MountEntry], container: Optional[int]) -> Tuple[User, ...]:
    """Processes in other mount namespaces that have this rootfs, and its mounts at other places here.

    ``container`` is the pid of the container of the same name; others' names are looked up only for other pids.
    """
    users = [User(f"the mount at {entry.path}") for entry in elsewhere]
    processes = host.mounts.users_elsewhere(source_prefix(wanted.store, wanted.name))
    others = any(process.pid != container for process in processes)
    names = _containers_by_pid(host, wanted) if others else {container: wanted.name}
    for process in processes:
        name = names.get(process.pid)
        words = f"container {name} (pid {process.pid})" if name else str(process)
        users.append(User(words, process.pid, process.path, process.source))
    return tuple(users)


def _containers_by_pid(host: Host, wanted: Wanted) -> Dict[Optional[int], str]:
    folder = os.path.dirname(wanted.store.live(wanted.name))
    names = [name[: -len(".json")] for name in host.files.list(folder) if name.endswith(".json") and name[0] != "."]
    living = {name: container_record.living_pid(host, wanted.store, name) for name in names}
    return {pid: name for name, pid in living.items() if pid is not None}
