# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner on plain data: which ops for which difference, and the two sides of the diff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.found import (
    ABSENT,
    EMPTY,
    FULL,
    WRITTEN,
    Found,
    Mounted,
    User,
    aimed_record,
)
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.identity import source_of, stack
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.ranges import LENGTH, POOL_FIRST, Claim
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.spec import Wanted

STORE = Store()
FOLDER = STORE.container("web")
PLACE = f"{FOLDER}/merged"
WANTED = Wanted(STORE, "web", "mounted", None, ("/a", "/b"), PLACE, "auto", (), (), False, False)
BARE = Found(PLACE, ABSENT, True, FOLDER, layers=("/a", "/b"), free=(POOL_FIRST, LENGTH))
RECORD = aimed_record(WANTED, BARE)
MOUNT = Mounted(PLACE, source_of(STORE, RECORD), True, False, False)
GOOD = replace(
    BARE,
    place_kind=EMPTY,
    record=RECORD,
    claim=Claim(True, ((POOL_FIRST, LENGTH),)),
    free=None,
    mounts=(MOUNT,),
    upper=EMPTY,
    work=True,
)
PROCESS = User("process 7 (sh)", 7, "/", MOUNT.source)


def kinds(wanted: Wanted, found: Found) -> List[str]:
    """The names of the ops; with a check that the diff shows a difference exactly when there are some."""
    made = plan(wanted, found)
    assert bool(made.ops) == (made.before != made.after)
    assert all(op.describe() for op in made.ops)
    return [type(op).__name__ for op in made.ops]


def test_nothing_there() -> None:
    assert kinds(WANTED, BARE) == ["MakeUpper", "ClaimIds", "SaveRecord", "MakePlace", "MountRootfs"]


def test_all_there() -> None:
    assert kinds(WANTED, GOOD) == []


@pytest.mark.parametrize(
    ("change", "ops"),
    [
        ({"mounts": ()}, ["MountRootfs"]),
        ({"mounts": (), "place_kind": ABSENT}, ["MakePlace", "MountRootfs"]),
        ({"mounts": (replace(MOUNT, read_only=True),)}, ["UnmountRootfs", "MountRootfs"]),
        ({"mounts": (replace(MOUNT, devices=True),)}, ["UnmountRootfs", "MountRootfs"]),
        ({"mounts": (replace(MOUNT, source="daemonless:web:other"),)}, ["UnmountRootfs", "MountRootfs"]),
        ({"mounts": (MOUNT, MOUNT, MOUNT)}, ["UnmountRootfs"]),
        ({"mounts": (replace(MOUNT, read_only=True), MOUNT)}, ["UnmountRootfs", "MountRootfs"]),
        ({"record": None, "claim": None, "free": (POOL_FIRST, LENGTH)}, ["ClaimIds", "SaveRecord"]),
        ({"record": replace(RECORD, image="sha256:other")}, ["SaveRecord"]),
        ({"record": replace(RECORD, layers=("/a",))}, ["SaveRecord"]),
        ({"claim": None, "free": (POOL_FIRST, LENGTH)}, ["ClaimIds"]),
        ({"discarded": True}, ["RemoveDiscarded"]),
        ({"work": False}, ["MakeUpper"]),
        ({"mounts": (), "users": (PROCESS,)}, ["BringBack"]),
    ],
)
def test_each_difference_is_mended_and_only_that(change: Any, ops: List[str]) -> None:
    assert kinds(WANTED, replace(GOOD, **change)) == ops


@pytest.mark.parametrize("state", ["mounted", "unmounted", "absent"])
def test_the_image_before_is_told_whatever_is_wanted(state: str) -> None:
    wanted = replace(WANTED, state=state)
    stood = replace(GOOD, record=replace(RECORD, image="sha256:old"))
    assert [dict(plan(wanted, found).told) for found in (BARE, GOOD, stood)] == [
        {"image_before": None},
        {"image_before": None},
        {"image_before": "sha256:old"},
    ]


@pytest.mark.parametrize(
    ("change", "ops"),
    [
        ({"reset": True}, []),
        ({"read_only": True}, ["UnmountRootfs", "SaveRecord", "MountRootfs"]),
        ({"userns": "none"}, ["UnmountRootfs", "ReleaseIds", "SaveRecord", "MountRootfs"]),
        ({"state": "unmounted"}, ["UnmountRootfs"]),
        ({"state": "absent"}, ["RemoveRootfs"]),
    ],
)
def test_each_wish(change: Any, ops: List[str]) -> None:
    assert kinds(replace(WANTED, **change), GOOD) == ops


def test_reset_puts_aside_first_and_removes_last() -> None:
    found = replace(GOOD, upper=WRITTEN, discarded=True)
    wanted = replace(WANTED, reset=True)
    ops = ["RemoveDiscarded", "UnmountRootfs", "SetUpperAside", "MakeUpper", "MountRootfs", "RemoveDiscarded"]
    assert kinds(wanted, found) == ops
    unmounted = ["UnmountRootfs", "RemoveDiscarded", "SetUpperAside", "RemoveDiscarded"]
    assert kinds(replace(wanted, state="unmounted"), found) == unmounted


def test_other_place_takes_the_old_one_away() -> None:
    found = replace(GOOD, place="/srv/web", place_kind=ABSENT)
    assert kinds(WANTED, found) == ["UnmountRootfs", "RemovePlace", "SaveRecord", "MakePlace", "MountRootfs"]
    kept = replace(found, record=replace(RECORD, place_made=False))
    assert "RemovePlace" not in kinds(WANTED, kept)


@pytest.mark.parametrize(
    "found", [BARE, replace(BARE, record=None), replace(BARE, claim=Claim(True, ((POOL_FIRST, LENGTH),)), work=True)]
)
def test_unmounted_without_a_record_is_nothing(found: Found) -> None:
    assert kinds(replace(WANTED, state="unmounted"), found) == []


def test_absent_takes_what_a_killed_run_left() -> None:
    absent = replace(WANTED, state="absent")
    assert kinds(absent, BARE) == []
    for left in (
        {"claim": Claim(False, ())},
        {"upper": EMPTY},
        {"work": True},
        {"discarded": True},
        {"mounts": (MOUNT,)},
    ):
        assert kinds(absent, replace(BARE, **left)) == ["RemoveRootfs"]
    assert plan(absent, GOOD).teardown


def test_what_is_missing_is_told_and_planned_past() -> None:
    found = replace(BARE, layers=None, place="/srv/x/web", place_parent=False)
    made = plan(replace(WANTED, image="busybox"), found)
    assert [unmet.what for unmet in made.unmet] == [
        "image busybox isn't in the store /var/lib/daemonless",
        "folder /srv/x isn't there",
    ]
    assert made.ops[-1].describe() == "mount rootfs web on /srv/x/web"
    assert made.predicted["rootfs"]["uidmap"] == [f"0 {POOL_FIRST} {LENGTH}"]
    assert [unmet.what for unmet in plan(WANTED, replace(BARE, missing_layers=("/b",))).unmet] == [
        "layer /b of rootfs web isn't there or isn't a folder"
    ]


def test_other_layers_below_changes_are_warned_of() -> None:
    found = replace(GOOD, layers=("/a", "/c"), upper=WRITTEN)
    assert "may not fit" in plan(WANTED, found).warnings[0]
    assert plan(replace(WANTED, reset=True), found).warnings == ()
    assert plan(WANTED, replace(found, upper=EMPTY)).warnings == ()


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (replace(BARE, mounts=(replace(MOUNT, source="tmp", ours=False),)), "something else is mounted .source tmp"),
        (replace(BARE, place_kind=FULL), "is not empty"),
        (replace(BARE, place_kind="not a folder"), "is not a folder"),
        (replace(BARE, place=f"{FOLDER}/diff"), "lies in the store"),
        (replace(BARE, place="/var/lib/daemonless"), "lies in the store"),
        (replace(BARE, layers=("/a", "/a/b")), "/a/b lies in /a"),
        (replace(BARE, layers=("/a-b", "/a", "/a/b")), "/a/b lies in /a"),
        (replace(BARE, layers=("/var/lib/daemonless",)), "web lies in /var/lib/daemonless"),
        (replace(BARE, layers=("/",)), "lies in /,"),
        (replace(BARE, layers=tuple(f"/{number}" for number in range(501))), "501 layers are too many"),
        (replace(GOOD, mounts=(), container=5), r"in use by container web \(pid 5\)"),
        (replace(GOOD, mounts=(), users=(PROCESS, replace(PROCESS, source="other"))), "in use by process 7"),
        (replace(GOOD, mounts=(), users=(User("the mount at /x"),)), "in use by the mount at /x"),
        (replace(GOOD, mounts=(MOUNT, MOUNT), users=(PROCESS,)), "can't change how it is mounted"),
    ],
)
def test_refused(found: Found, message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        plan(WANTED, found)


@pytest.mark.parametrize("state", ["unmounted", "absent"])
def test_not_taken_away_while_in_use(state: str) -> None:
    with pytest.raises(ContainersError, match="in use by process 7"):
        plan(replace(WANTED, state=state), replace(GOOD, users=(PROCESS,)))
    assert plan(replace(WANTED, state=state), replace(BARE, container=5)).ops == ()


def test_a_layer_counts_where_it_lies_highest() -> None:
    assert stack(("/a", "/b", "/a", "/c", "/c")) == ("/b", "/a", "/c")


def test_fingerprint_tells_all_that_is_mounted() -> None:
    other = [
        replace(RECORD, layers=("/b", "/a")),
        replace(RECORD, read_only=True),
        replace(RECORD, uidmap=()),
        replace(RECORD, gidmap=()),
        replace(RECORD, diff="/other"),
    ]
    assert len({source_of(STORE, record) for record in [RECORD, *other]}) == 6
    assert source_of(STORE, replace(RECORD, image="x", merged="/y")) == source_of(STORE, RECORD)
    assert source_of(Store("/other"), RECORD) != source_of(STORE, RECORD)
