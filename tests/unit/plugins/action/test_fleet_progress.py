# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""While a fleet is made the user sees how far it has come; whatever goes wrong with that, the task doesn't."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, List, Tuple

import pytest

action = pytest.importorskip(
    "ansible_collections.daemonless.containers.plugins.action.container_fleet",
    reason="the controller's side needs a Python that ansible-core runs on",
)


class Connection:
    """Answers with one count after the other, then with nothing any more."""

    def __init__(self, *counts: Any) -> None:
        self.counts = list(counts)
        self.commands: List[str] = []

    def exec_command(self, command: str, sudoable: bool) -> Tuple[int, bytes, bytes]:
        self.commands.append(command)
        count = self.counts.pop(0)
        if isinstance(count, Exception):
            raise count
        return (1, b"", b"") if count is None else (0, count, b"")


class Ended:
    """The end of the module, after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def wait(self, _seconds: float) -> bool:
        self.looks -= 1
        return self.looks < 0

    def is_set(self) -> bool:
        return self.looks < 0


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    lines: List[str] = []
    monkeypatch.setattr(action, "display", SimpleNamespace(display=lines.append))
    return lines


def watch(connection: Connection, looks: int, **options: Any) -> None:
    plugin = object.__new__(action.ActionModule)
    plugin._task = SimpleNamespace(args={"fleet": "web", **options})
    plugin._connection = connection
    plugin._watch(Ended(looks), "host1")


def test_each_new_count_is_shown(shown: List[str]) -> None:
    watch(Connection(None, b"10 300\n", b"10 300\n", b"250 300\n"), 4)
    assert shown == ["host1: fleet web: 10 of 300 containers", "host1: fleet web: 250 of 300 containers"]


def test_it_looks_where_the_module_counts(shown: List[str]) -> None:
    connection = Connection(None, None)
    watch(connection, 1)
    watch(connection, 1, store="/srv/store")
    assert connection.commands[0] == "cat /run/daemonless/fleets/web.progress 2>/dev/null"
    assert connection.commands[1].startswith("cat /run/daemonless/stores/")


def test_a_connection_that_fails_ends_the_watch_alone(shown: List[str]) -> None:
    watch(Connection(OSError("gone")), 9)
    assert shown == []


def test_the_module_is_run_whatever_the_watch_does(shown: List[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        action.CachedCall, "run", lambda *_arguments: {"changed": True, "threads": threading.active_count()}
    )
    plugin = object.__new__(action.ActionModule)
    plugin._task = SimpleNamespace(args={}, async_val=0, check_mode=False)
    plugin._connection = Connection()
    assert plugin.run(None, {"inventory_hostname": "host1"}) == {"changed": True, "threads": 2}
