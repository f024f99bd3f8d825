# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No two root file systems of a host have an id in common, whichever store they lie in and whoever chose the ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import List

import pytest
from children import ended_well, started
from rootfs_runs import STORE, rootfs, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import ID_RANGES

OTHER = f"{STORE.root}/other-store"
MAP = ["0 700000 65536"]


def _claims() -> List[List[int]]:
    return sorted(ids for claim in json.loads(Path(ID_RANGES).read_bytes())["claims"].values() for ids in claim["ids"])


@pytest.mark.parametrize("uidmap", [MAP, ["0 765535 1"], ["0 0 1", "1 690000 10001"]])
@pytest.mark.parametrize("store", [STORE.root, OTHER])
def test_given_ids_of_another_are_refused(layers: List[str], store: str, uidmap: List[str]) -> None:
    rootfs(layers=layers, name="first", uidmap=MAP)
    before = state_of_host()
    for check_mode in (True, False):
        with pytest.raises(ContainersError, match=f"belong to the rootfs in {STORE.container('first')}") as failure:
            rootfs(check_mode, layers=layers, name="second", store=store, uidmap=uidmap)
        assert "Choose others" in str(failure.value)
    assert state_of_host() == before
    rootfs(name="first", state="absent")
    assert rootfs(layers=layers, name="second", store=store, uidmap=uidmap)["changed"]
    assert not rootfs(layers=layers, name="second", store=store, uidmap=uidmap)["changed"]


def test_groups_count_as_users_do(layers: List[str]) -> None:
    rootfs(layers=layers, name="first", uidmap=["0 700000 10"], gidmap=["0 710000 10"])
    with pytest.raises(ContainersError, match="ids 710000 to 710000 of the host"):
        rootfs(layers=layers, name="second", uidmap=["0 720000 10"], gidmap=["0 710000 1"])


def test_ids_that_were_chosen_are_refused_too(layers: List[str]) -> None:
    first = rootfs(layers=layers, name="first")["rootfs"]["uidmap"]
    with pytest.raises(ContainersError, match="belong to the rootfs in"):
        rootfs(layers=layers, name="second", uidmap=first)


def test_users_of_the_host_may_be_mapped_by_several(layers: List[str]) -> None:
    for name in ("first", "second"):
        assert rootfs(layers=layers, name=name, uidmap=["0 0 1"])["changed"]
    assert _claims() == [[0, 1], [0, 1]]


def test_of_eight_runs_at_once_for_the_same_ids_one_gets_them(layers: List[str]) -> None:
    runs = [{"name": f"web{number}", "store": STORE.root if number % 2 else OTHER} for number in range(8)]
    children = [started(rootfs, layers=layers, uidmap=MAP, **run) for run in runs]
    assert sorted(ended_well(child) for child in children) == [False] * 7 + [True]
    assert _claims() == [[700000, 65536]]
