# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroup that a command is put into, which is the init's; and that no process is forked for one that is gone."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import entering
from ansible_collections.daemonless.containers.plugins.module_utils._sys.entering import Entering, Entry
from ansible_collections.daemonless.containers.plugins.module_utils._sys.launch import Identity, Process

UNIT = "/system.slice/daemonless-web.service"
ENTRY = Entry(7, 70, Process(("x",), (), "/", Identity(), (), (), None, None, None), (0, 0))


class FakeHost:
    """Processes and cgroups that are in lists only."""

    def __init__(self, groups: Dict[int, Optional[str]], controllers: FrozenSet[str] = frozenset({"pids"})) -> None:
        self._groups = groups
        self._controllers = controllers
        self.done: List[str] = []

    def of(self, pid: int) -> Optional[str]:
        return self._groups[pid]

    def controllers(self) -> FrozenSet[str]:
        return self._controllers

    def enter(self, group: str, pid: int) -> None:
        if group == "/full":
            raise OSError(16, "Device or resource busy", group)
        self.done.append(f"{pid} to {group}")

    def open(self, _pid: int, _start_time: int) -> None:
        return None


def entering_on(host: Any) -> Entering:
    return Entering(host, host, host)


@pytest.mark.parametrize(
    ("groups", "done"),
    [
        ({7: UNIT, 8: "/user.slice"}, [f"8 to {UNIT}"]),
        ({7: f"{UNIT}/below", 8: UNIT}, [f"8 to {UNIT}/below"]),
        ({7: "/user.slice", 8: "/user.slice"}, []),
        ({7: None, 8: "/"}, []),
    ],
)
def test_the_command_is_in_the_cgroup_of_the_init(groups: Dict[int, Optional[str]], done: List[str]) -> None:
    host = FakeHost(groups)
    entering_on(host)._join_group(ENTRY, 8)
    assert host.done == done


def test_without_cgroup_2_there_is_none_to_be_in() -> None:
    host = FakeHost({7: UNIT, 8: "/"}, frozenset())
    entering_on(host)._join_group(ENTRY, 8)
    assert host.done == []


def test_a_cgroup_that_takes_nobody_is_told() -> None:
    with pytest.raises(ContainersError, match="put it into cgroup /full: /full: Device or resource busy"):
        entering_on(FakeHost({7: "/full", 8: "/"}))._join_group(ENTRY, 8)


def test_nothing_is_forked_for_a_container_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise AssertionError("forked")

    monkeypatch.setattr(entering.os, "fork", fork)
    with pytest.raises(ContainersError, match="the container has ended meanwhile"):
        entering_on(FakeHost({})).run(ENTRY)
