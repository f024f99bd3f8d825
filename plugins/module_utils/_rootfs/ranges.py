# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host ids each rootfs of this host has: a range of its own for each that doesn't say otherwise.

Ranges come from a pool within the one that systemd sets aside for containers (524288 to 1879048191),
high enough to stay clear of the ranges that useradd gives to users by default. One file keeps them
for all stores of the host; whoever changes it owns the lock ``id ranges`` of the default store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterable, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.store import ID_RANGES, read_record, write_record

if TYPE_CHECKING:
    from .._sys.files import Files
    from .record import RootfsRecord

VERSION = 1
LENGTH = 65536
POOL_FIRST = 0x20000000
POOL_END = 0x70000000
OWN_IDS = 65536
"""Below it are the host's own users. Who maps one shares it with the host, and so with whoever maps it too."""
LOCK = "id ranges"

_known: Dict[Tuple[int, ...], Dict[str, Claim]] = {}
"""The file as it was last read, by what tells it from any other."""

Range = Tuple[int, int]
"""First id and how many."""


@dataclass(frozen=True)
class Claim:
    """The ids of one rootfs. ``chosen`` by us, or else given by the user as they are."""

    chosen: bool
    ids: Tuple[Range, ...]


def load(files: Files) -> Dict[str, Claim]:
    """Every claim on this host, by the folder of the rootfs. A file that is the same still isn't read again."""
    stamp = files.stamp(ID_RANGES)
    if stamp is None:
        return {}
    if stamp not in _known:
        _known.clear()
        _known[stamp] = read_record(files, ID_RANGES, _claims) or {}
    return dict(_known[stamp])


def save(files: Files, claims: Mapping[str, Claim]) -> None:
    """Keep these claims and no others; without any there is no file."""
    if not claims:
        files.remove(ID_RANGES)
        return
    plain = {owner: {"chosen": claim.chosen, "ids": claim.ids} for owner, claim in claims.items()}
    write_record(files, ID_RANGES, {"version": VERSION, "claims": plain})


def free_range(owner: str, claims: Mapping[str, Claim], taken: Iterable[Range], wish: Optional[Range] = None) -> Range:
    """The owner's wish if it is free, else the first range of the pool that nobody has."""
    others = [used for other, claim in claims.items() if other != owner for used in claim.ids]
    in_use = sorted([*others, *taken])
    if wish is not None and _in_pool(wish) and not any(_overlap(wish, used) for used in others):
        return wish
    first = POOL_FIRST
    for used in in_use:
        if _overlap((first, LENGTH), used):
            end = used[0] + used[1]
            first = end + -end % LENGTH
    if first + LENGTH > POOL_END:
        raise ContainersError(
            f"no {LENGTH} ids are free between {POOL_FIRST} and {POOL_END - 1}",
            "Remove rootfs that nobody needs (state: absent), or choose ids with uidmap and gidmap",
        )
    return (first, LENGTH)


def refuse_overlap(owner: str, ids: Iterable[Range], claims: Mapping[str, Claim]) -> None:
    """Raise ContainersError if another rootfs has one of these ids. Ids of the host's own users are nobody's alone."""
    for first, length in ids:
        begin = max(first, OWN_IDS)
        for other, claim in claims.items():
            for used in claim.ids if other != owner and begin < first + length else ():
                shared = max(begin, used[0]), min(first + length, used[0] + used[1])
                if shared[0] < shared[1]:
                    raise ContainersError(
                        f"ids {shared[0]} to {shared[1] - 1} of the host belong to the rootfs in {other}",
                        "Choose others with uidmap and gidmap: with ids in common, one container could reach the "
                        "processes and files of the other. Files are shared with volumes, whose owners are mapped",
                    )


def wish_of(record: Optional[RootfsRecord]) -> Optional[Range]:
    """The range a rootfs had by its record: should its claim be lost, it keeps the ids of its processes."""
    if record is None or len(record.uidmap) != 1 or record.uidmap[0].inside != 0:
        return None
    return record.uidmap[0].outside, record.uidmap[0].length


def _in_pool(wish: Range) -> bool:
    return wish[1] == LENGTH and wish[0] % LENGTH == 0 and POOL_FIRST <= wish[0] <= POOL_END - LENGTH


def _overlap(one: Range, other: Range) -> bool:
    return one[0] < other[0] + other[1] and other[0] < one[0] + one[1]


def _claims(record: Mapping[str, Any]) -> Dict[str, Claim]:
    return {
        owner: Claim(claim["chosen"], tuple((int(first), int(length)) for first, length in claim["ids"]))
        for owner, claim in record["claims"].items()
    }
