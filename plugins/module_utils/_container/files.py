# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container's files are and whose they can be, whether it runs, is stopped or has never been started.

The front door for whoever copies files into containers; how they are reached is in ``_sys.insides``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from .._core.errors import ContainersError, step
from .._core.store import Store
from .._rootfs import record as rootfses
from .._rootfs.identity import source_prefix
from .._sys.insides import Reach
from . import record, settings
from .account import ACCOUNTS_MAX, group_id, outside, user_id
from .etcfiles import FILES
from .settings import Settings

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.idmap import Lines

_OF_THE_KERNEL = ("/proc", "/sys", "/dev")


@dataclass(frozen=True)
class Surface:
    """The files of one container."""

    reach: Reach
    rootfs: str
    uid_map: str
    gid_map: str
    running: bool
    covered: Tuple[str, ...] = ()
    """Paths at which something else than the rootfs is seen when the container runs, but not now."""


def surface(host: Host, store: Store, name: str) -> Optional[Surface]:
    """None where nothing of it can be reached: no process runs in it, and its rootfs isn't mounted."""
    with step(f"look at container {name}"):
        kept = settings.load(host.files, store, name)
        live = record.living(host, store, name)
        if kept is not None and live is not None:
            uidmap, gidmap = _lines(kept.uid_map), _lines(kept.gid_map)
            reach = Reach(f"/proc/{live.pid}/root", live.pid, live.start_time, uidmap, gidmap)
            return Surface(reach, kept.rootfs, kept.uid_map, kept.gid_map, running=True)
        return _at_rest(host, store, kept.rootfs if kept is not None else name, kept)


def owner_ids(
    host: Host, found: Surface, owner: Optional[str], group: Optional[str]
) -> Tuple[Optional[int], Optional[int]]:
    """The ids, as the container counts, of names of the container or of numbers; None for what isn't given.

    Raises ContainersError for what isn't among its users, groups and ids.
    """
    with step(f"read the users of rootfs {found.rootfs}"):
        uid = None if owner is None else user_id(owner, _file(host, found, "etc/passwd"))
        gid = None if group is None else group_id(group, _file(host, found, "etc/group"))
    for kind, id_map, number in (("user", found.uid_map, uid), ("group", found.gid_map, gid)):
        if number is not None and outside(id_map, number) is None:
            raise ContainersError(
                f"{kind} id {number} isn't among the ids that rootfs {found.rootfs} maps",
                "See its options uidmap and gidmap",
            )
    return uid, gid


def _file(host: Host, found: Surface, path: str) -> bytes:
    return host.container_files.read_in_rootfs(found.reach.root, path, ACCOUNTS_MAX)


def _at_rest(host: Host, store: Store, rootfs: str, kept: Optional[Settings]) -> Optional[Surface]:
    made = rootfses.load(host.files, store, rootfs)
    if made is None:
        return None
    prefix = source_prefix(store, rootfs)
    if not any(entry.path == made.merged for entry in host.mounts.naming([prefix]) if entry.source.startswith(prefix)):
        return None
    uid_map, gid_map = ("\n".join(map(str, lines)) for lines in (made.uidmap, made.gidmap))
    reach = Reach(made.merged, uidmap=_lines(uid_map), gidmap=_lines(gid_map))
    return Surface(reach, rootfs, uid_map, gid_map, running=False, covered=_covered(kept))


def _covered(kept: Optional[Settings]) -> Tuple[str, ...]:
    if kept is None:
        return _OF_THE_KERNEL
    mounted = (entry.target for entries in (kept.volumes, kept.tmpfs) for entry in entries)
    return (*_OF_THE_KERNEL, *(f"/etc/{file}" for file in FILES), *mounted)


def _lines(id_map: str) -> Lines:
    rows = (line.split() for line in id_map.splitlines())
    return tuple((int(inside), int(first), int(length)) for inside, first, length in rows)
