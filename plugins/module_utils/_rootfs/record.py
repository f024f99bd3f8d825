# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store keeps of a rootfs: what it is made of and whose ids it has."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from .._core.store import Store, read_record, write_record

if TYPE_CHECKING:
    from .._sys.files import Files

VERSION = 1


@dataclass(frozen=True)
class IdMap:
    """One line of a uid_map: ids ``inside`` .. inside+length-1 are ``outside`` .. on the host."""

    inside: int
    outside: int
    length: int

    def __str__(self) -> str:
        return f"{self.inside} {self.outside} {self.length}"


@dataclass(frozen=True)
class RootfsRecord:
    """One rootfs. Empty maps mean that it is for no user namespace; ``layers`` lie lowest first."""

    name: str
    merged: str
    diff: str
    work: str
    layers: Tuple[str, ...]
    image: Optional[str]
    """The image's id, or None where the rootfs was made from paths."""
    uidmap: Tuple[IdMap, ...]
    gidmap: Tuple[IdMap, ...]
    read_only: bool
    place_made: bool = True
    """Whether the folder it is mounted on is ours: made for it, to be removed with it."""


def path_of(store: Store, name: str) -> str:
    return f"{store.container(name)}/rootfs.json"


def load(files: Files, store: Store, name: str) -> Optional[RootfsRecord]:
    return read_record(files, path_of(store, name), _from_json)


def load_all(files: Files, store: Store) -> List[RootfsRecord]:
    """Every rootfs in the store, by name."""
    found = [load(files, store, name) for name in files.list(store.containers)]
    return [record for record in found if record is not None]


def save(files: Files, store: Store, record: RootfsRecord) -> None:
    write_record(files, path_of(store, record.name), {"version": VERSION, **asdict(record)})


def _from_json(record: Dict[str, Any]) -> RootfsRecord:
    return RootfsRecord(
        name=record["name"],
        merged=record["merged"],
        diff=record["diff"],
        work=record["work"],
        layers=tuple(record["layers"]),
        image=record["image"],
        uidmap=tuple(IdMap(**line) for line in record["uidmap"]),
        gidmap=tuple(IdMap(**line) for line in record["gidmap"]),
        read_only=record["read_only"],
        place_made=record["place_made"],
    )
