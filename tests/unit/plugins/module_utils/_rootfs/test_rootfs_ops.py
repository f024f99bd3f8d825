# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each op against a host that only writes down what it is told: what it does, and what undo takes back."""

from __future__ import annotations

import errno
import json
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import ID_RANGES, Store
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs import record as rootfs_record
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.found import User
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.id_ops import ClaimIds, ReleaseIds
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.identity import source_of
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.mount_ops import (
    BringBack,
    MountRootfs,
    UnmountRootfs,
)
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.ops import (
    MakePlace,
    MakeUpper,
    RemovePlace,
    SaveRecord,
    SetUpperAside,
)
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.ranges import LENGTH, POOL_FIRST, Claim
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.record import IdMap, RootfsRecord
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.remove_ops import RemoveRootfs
from ansible_collections.daemonless.containers.plugins.module_utils._sys.mountinfo import MountEntry

STORE = Store()
FOLDER = STORE.container("web")
MERGED, DIFF, WORK = f"{FOLDER}/merged", f"{FOLDER}/diff", f"{FOLDER}/work"
MAP = (IdMap(0, POOL_FIRST, LENGTH),)
RECORD = RootfsRecord("web", MERGED, DIFF, WORK, ("/a", "/b", "/a"), None, MAP, MAP, False)
CHOSEN = Claim(True, ((POOL_FIRST, LENGTH),))


class Files:
    """Records are kept, everything else is only written down."""

    def __init__(self, told: List[Tuple[Any, ...]]) -> None:
        self.told = told
        self.contents: Dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if path not in self.contents:
            raise FileNotFoundError(path)
        return self.contents[path]

    def stamp(self, path: str) -> Any:
        """Each content is another file."""
        return (id(self), self.contents[path]) if path in self.contents else None

    def write_atomic(self, path: str, data: bytes, mode: int) -> None:
        self.contents[path] = data
        self.told.append(("write", path, oct(mode)))

    def remove(self, path: str) -> None:
        self.contents.pop(path, None)
        self.told.append(("remove", path))

    def exists(self, path: str) -> bool:
        return path == DIFF or path in self.contents

    def __getattr__(self, act: str) -> Any:
        return lambda *arguments: self.told.append((act, *arguments))


class Mounts:
    """The topmost mount at each path is one of ``sources``; all of it is busy if so said."""

    def __init__(self, told: List[Tuple[Any, ...]]) -> None:
        self.told = told
        self.sources: Dict[str, List[str]] = {}
        self.busy = False

    def naming(self, words: List[str]) -> List[MountEntry]:
        (path,) = words
        return [MountEntry("/", path, ("rw",), "overlay", source, ("rw",)) for source in self.sources.get(path, [])]

    def mount_overlay(self, overlay: Any) -> None:
        self.told.append(("mount", overlay))

    def unmount(self, path: str) -> None:
        if self.busy:
            raise OSError(errno.EBUSY, "busy")
        self.sources[path].pop()
        self.told.append(("unmount", path))

    def holders(self, path: str) -> List[str]:
        return [f"process {number}" for number in range(7)]

    def bring_back(self, *arguments: Any) -> None:
        self.told.append(("bring back", *arguments))


class Host:
    def __init__(self) -> None:
        self.told: List[Tuple[Any, ...]] = []
        self.files = Files(self.told)
        self.mounts = Mounts(self.told)
        self.locks = self
        self.accounts = self

    @contextmanager
    def hold(self, store: Store, names: List[str]) -> Iterator[None]:
        self.told.append(("lock", *names))
        yield
        self.told.append(("unlock", *names))

    def taken_ids(self) -> List[Tuple[int, int]]:
        return []

    def claims(self) -> Dict[str, Any]:
        found: Dict[str, Any] = json.loads(self.files.contents.get(ID_RANGES, b'{"claims": {}}'))
        return {owner: claim["ids"] for owner, claim in found["claims"].items()}


@pytest.fixture
def host() -> Any:
    return Host()


def test_upper_is_made_in_a_closed_folder_and_taken_back(host: Any) -> None:
    op = MakeUpper(STORE, "web", "/b", upper=True, work=True)
    op.apply(host)
    assert host.told == [
        ("make_dir", STORE.containers),
        ("make_dir", FOLDER, 0o700),
        ("make_dir", WORK, 0o700),
        ("make_dir_like", DIFF, "/b"),
    ]
    host.told.clear()
    op.undo(host)
    assert host.told == [("remove_tree", DIFF), ("remove_tree", WORK), ("remove_empty", [FOLDER])]


def test_undo_leaves_an_upper_that_was_there(host: Any) -> None:
    MakeUpper(STORE, "web", "/b", upper=False, work=True).undo(host)
    assert ("remove_tree", DIFF) not in host.told


def test_upper_is_put_aside_and_back(host: Any) -> None:
    op = SetUpperAside(STORE, "web")
    op.apply(host)
    host.files.contents[f"{DIFF}.discarded"] = b""
    op.undo(host)
    assert host.told == [("rename", DIFF, f"{DIFF}.discarded"), ("rename", f"{DIFF}.discarded", DIFF)]


def test_record_takes_the_ids_claimed_by_then(host: Any) -> None:
    ClaimIds(STORE, "web", CHOSEN, None).apply(host)
    SaveRecord(STORE, replace(RECORD, uidmap=(), gidmap=()), True, None).apply(host)
    assert rootfs_record.load(host.files, STORE, "web") == RECORD


def test_record_is_restored_or_removed(host: Any) -> None:
    old = replace(RECORD, layers=("/old",))
    SaveRecord(STORE, RECORD, False, old).undo(host)
    assert rootfs_record.load(host.files, STORE, "web") == old
    SaveRecord(STORE, RECORD, False, None).undo(host)
    assert rootfs_record.load(host.files, STORE, "web") is None


def test_range_taken_meanwhile_is_passed_over(host: Any) -> None:
    ClaimIds(STORE, "other", CHOSEN, None).apply(host)
    op = ClaimIds(STORE, "web", CHOSEN, None)
    op.apply(host)
    assert host.claims()[FOLDER] == [[POOL_FIRST + LENGTH, LENGTH]]
    assert host.told[-1] == ("unlock", "id ranges")
    op.undo(host)
    assert list(host.claims()) == [STORE.container("other")]


def test_released_ids_come_back_and_the_last_takes_the_file_along(host: Any) -> None:
    ClaimIds(STORE, "web", CHOSEN, None).apply(host)
    op = ReleaseIds(STORE, "web", CHOSEN)
    op.apply(host)
    assert ID_RANGES not in host.files.contents
    op.undo(host)
    assert host.claims() == {FOLDER: [[POOL_FIRST, LENGTH]]}


def test_mounted_by_the_record(host: Any) -> None:
    rootfs_record.save(host.files, STORE, RECORD)
    MountRootfs(STORE, "web", MERGED).apply(host)
    (_act, overlay) = host.told[-1]
    assert (overlay.source, overlay.target, overlay.layers) == (source_of(STORE, RECORD), MERGED, ("/b", "/a"))
    assert (overlay.folder, overlay.upper, overlay.work) == (FOLDER, "diff", "work")
    assert (overlay.uidmap, overlay.read_only) == (((0, POOL_FIRST, LENGTH),), False)


def test_no_mount_without_a_record(host: Any) -> None:
    with pytest.raises(ContainersError, match="record of rootfs web is gone"):
        MountRootfs(STORE, "web", MERGED).apply(host)


def test_only_our_mounts_are_taken_away(host: Any) -> None:
    ours = source_of(STORE, RECORD)
    host.mounts.sources[MERGED] = ["foreign", ours, ours]
    op = UnmountRootfs(STORE, "web", MERGED, 3)
    op.apply(host)
    assert host.told == [("unmount", MERGED)] * 2
    rootfs_record.save(host.files, STORE, RECORD)
    op.undo(host)
    assert host.told[-1][0] == "mount"


def test_surplus_mounts_are_not_made_again(host: Any) -> None:
    rootfs_record.save(host.files, STORE, RECORD)
    host.told.clear()
    UnmountRootfs(STORE, "web", MERGED, 1, alone=False).undo(host)
    assert host.told == []


def test_busy_mount_names_some_holders(host: Any) -> None:
    host.mounts.sources[MERGED] = [source_of(STORE, RECORD)]
    host.mounts.busy = True
    with pytest.raises(ContainersError, match=r"is busy: it is held by process 0, .* process 4 and 2 more\. End"):
        UnmountRootfs(STORE, "web", MERGED, 1).apply(host)


def test_brought_back_and_taken_away_again(host: Any) -> None:
    source = source_of(STORE, RECORD)
    op = BringBack(STORE, "web", MERGED, User("container web (pid 7)", 7, "/", source), False)
    op.apply(host)
    host.mounts.sources[MERGED] = [source]
    op.undo(host)
    assert host.told == [("bring back", 7, "/", MERGED, False), ("unmount", MERGED)]


def test_places_are_made_and_removed(host: Any) -> None:
    for op in (MakePlace("/srv/web"), RemovePlace("/srv/web")):
        op.apply(host)
        op.undo(host)
    make, remove = ("make_dir", "/srv/web", 0o700), ("remove_empty", ["/srv/web"])
    assert host.told == [make, remove, remove, make]


def test_removal_unmounts_first_and_forgets_last(host: Any) -> None:
    ClaimIds(STORE, "web", CHOSEN, None).apply(host)
    rootfs_record.save(host.files, STORE, RECORD)
    host.mounts.sources[MERGED] = [source_of(STORE, RECORD)]
    host.told.clear()
    RemoveRootfs(STORE, "web", ((MERGED, 1),), MERGED).apply(host)
    acts = [told for told in host.told if told[0] not in ("lock", "unlock")]
    assert acts == [
        ("unmount", MERGED),
        ("remove_tree", f"{DIFF}.discarded"),
        ("rename", DIFF, f"{DIFF}.discarded"),
        ("remove_tree", f"{DIFF}.discarded"),
        ("remove_tree", WORK),
        ("remove_empty", [MERGED]),
        ("remove", rootfs_record.path_of(STORE, "web")),
        ("remove_empty", [FOLDER]),
        ("remove", ID_RANGES),
    ]


def test_busy_removal_removes_nothing(host: Any) -> None:
    host.mounts.sources[MERGED] = [source_of(STORE, RECORD)]
    host.mounts.busy = True
    with pytest.raises(ContainersError, match="is busy"):
        RemoveRootfs(STORE, "web", ((MERGED, 1),), MERGED).apply(host)
    assert host.told == []
