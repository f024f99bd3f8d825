# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks: one holder at a time, no file left behind, and empty folders tidied away."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys import locks as locks_module
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.locks import Locks


@dataclass(frozen=True)
class HereStore(Store):
    """A store whose live state lies below its root, too."""

    @property
    def run(self) -> str:
        return f"{self.root}-run"


@pytest.fixture
def store(tmp_path: Path) -> HereStore:
    return HereStore(str(tmp_path / "store"))


def test_two_holders_of_one_name_take_turns(store: HereStore) -> None:
    diary: List[str] = []

    def work(name: str) -> None:
        with Locks(Files()).hold(store, ["container web"]):
            diary.append(f"{name} in")
            time.sleep(0.05)
            diary.append(f"{name} out")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(diary) == 6
    assert all(diary[i].split()[0] == diary[i + 1].split()[0] for i in (0, 2, 4))


def test_holders_of_different_names_work_at_once(store: HereStore) -> None:
    with Locks(Files()).hold(store, ["container a"]), Locks(Files()).hold(store, ["container b"]):
        assert sorted(os.listdir(store.locks)) == ["container a.lock", "container b.lock", "store.lock"]


def test_a_wait_too_long_is_an_error_that_names_the_object(store: HereStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with Locks(Files()).hold(store, ["container web"]):
        monkeypatch.setattr(locks_module, "WAIT_SECONDS", 0.05)
        holder = Locks(Files())
        with pytest.raises(ContainersError, match="container web"), holder.hold(store, ["container web"]):
            raise AssertionError("it's taken")


def test_an_empty_store_and_its_locks_are_gone_afterwards(store: HereStore) -> None:
    with Locks(Files()).hold(store, ["container web"]):
        Files().make_dir(store.layers)
    assert not os.path.exists(store.root)
    assert not os.path.exists(store.run)


def test_a_store_that_holds_something_stays(store: HereStore) -> None:
    with Locks(Files()).hold(store, ["image x"]):
        Files().write_atomic(f"{store.images}/x.json", b"{}", 0o600)
        Files().make_dir(store.layers)
    assert os.listdir(store.root) == ["images"]
    assert os.listdir(store.locks) == ["store.lock"]


def test_nothing_is_tidied_while_another_run_works(store: HereStore) -> None:
    with Locks(Files()).hold(store, ["image b"]):
        with Locks(Files()).hold(store, ["image a"]):
            Files().make_dir(store.layers)
        assert os.path.isdir(store.layers)


def test_a_failure_inside_frees_the_lock(store: HereStore) -> None:
    with pytest.raises(ZeroDivisionError), Locks(Files()).hold(store, ["image a"]):
        raise ZeroDivisionError
    with Locks(Files()).hold(store, ["image a"]):
        pass


def test_no_name_means_no_lock_and_no_folder(store: HereStore) -> None:
    with Locks(Files()).hold(store, []):
        assert not os.path.exists(store.run)


def test_locks_of_killed_runs_go_once_nobody_is_at_work(store: HereStore) -> None:
    with Locks(Files()).hold(store, ["container a"]):
        left = Path(store.locks, "id ranges.lock")
        left.touch()
        with Locks(Files()).hold(store, ["container b"]):
            pass
        assert sorted(os.listdir(store.locks)) == ["container a.lock", "id ranges.lock", "store.lock"]
    assert not left.exists()
