# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of a container's network, and the handover of a start between a task and the runtime."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container import handover, replay, service
from ansible_collections.daemonless.containers.plugins.module_utils._container.replay import Memory, Remember
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_name import mark, unit_name
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

LINK = replay.link("eth0")
OLD, NEW = {"address": ["old"]}, {"address": ["new"]}


class FakeHost:
    """Real files; a systemd that starts what a test says, and processes that live by pid and start time."""

    def __init__(self) -> None:
        self.files = Files()
        self.systemd = self.processes = self
        self.units: Dict[str, str] = {}
        self.done: List[str] = []
        self.verdict: Optional[Dict[str, Any]] = None
        self.refused = False
        self.boot = "boot"
        self.path = ""

    def read(self, unit: str) -> Optional[str]:
        return self.units.get(unit)

    def boot_id(self) -> str:
        return self.boot

    def start_time(self, pid: int) -> Optional[int]:
        return 7 if pid == os.getpid() else None

    def start(self, unit: str) -> None:
        self.done.append("start")
        if self.verdict is not None:
            handover.tell(self, STORE[0], "web", self.verdict["error"])  # type: ignore[arg-type]
        if self.refused:
            raise ContainersError("systemctl start: failed")

    def stop(self, unit: str) -> None:
        self.done.append("stop")

    def forget_failures(self, unit: str) -> None:
        self.done.append("forget")

    def settle(self) -> None:
        """No time passes."""


STORE: List[Store] = []


@pytest.fixture
def host() -> Any:
    return FakeHost()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "run", property(lambda self: f"{self.root}/run"))
    STORE[:] = [Store(str(tmp_path / "store"))]
    return STORE[0]


@pytest.mark.parametrize(
    ("memory", "wanted", "said"),
    [
        (Memory(True, None), NEW, ["remember the link eth0 of container web for when it is started again"]),
        (Memory(True, OLD), NEW, ["remember the link eth0 of container web for when it is started again"]),
        (Memory(True, NEW), NEW, []),
        (Memory(True, OLD), None, ["forget the link eth0 of container web"]),
        (Memory(False, None), NEW, []),
        (Memory(False, OLD), NEW, ["forget the link eth0 of container web"]),
        (Memory(True, None), None, []),
    ],
)
def test_changes_of_memory(store: Store, memory: Memory, wanted: Any, said: List[str]) -> None:
    todo = replay.changes(memory, store, "web", LINK, wanted)
    assert [op.describe() for op in todo] == said
    assert replay.shown(todo, "before") == ({LINK: memory.options} if said else {})


def test_remember_forget_and_undo(host: Any, store: Store) -> None:
    remember = Remember(store, "web", LINK, OLD, None)
    remember.apply(host)
    assert replay.load_links(host, store, "web") == [OLD]
    assert Path(replay.folder(store, "web"), "link-eth0.json").stat().st_mode & 0o777 == 0o600
    forget = Remember(store, "web", LINK, None, OLD)
    forget.apply(host)
    assert not Path(replay.folder(store, "web")).exists()
    forget.apply(host)
    forget.undo(host)
    assert replay.load(host, store, "web", LINK) == OLD
    remember.undo(host)
    assert replay.load_links(host, store, "web") == []


def test_only_a_container_with_a_unit_is_remembered(host: Any, store: Store) -> None:
    assert replay.look(host, store, "web", LINK) == Memory()
    host.units[unit_name(store, "web")] = "# somebody else's\n"
    assert replay.look(host, store, "web", LINK) == Memory()
    host.units[unit_name(store, "web")] = f"{mark(store, 'web')}\n"
    assert replay.look(host, store, "web", LINK) == Memory(True)


def test_a_start_is_announced_by_a_living_task_only(host: Any, store: Store) -> None:
    assert not handover.is_announced(host, store, "web")
    handover.announce(host, store, "web")
    assert handover.is_announced(host, store, "web")
    host.boot = "another"
    assert not handover.is_announced(host, store, "web")
    host.boot = "boot"
    handover.conclude(host, store, "web")
    assert not handover.is_announced(host, store, "web")


def test_a_start_that_goes_well(host: Any, store: Store) -> None:
    handover.tell(host, store, "web", ContainersError("of an earlier start"))
    host.verdict = {"error": None}
    service.start_in_unit(host, store, "web")
    assert host.done == ["stop", "start"]
    assert not handover.is_announced(host, store, "web")


@pytest.mark.parametrize("refused", [False, True])
def test_the_error_of_the_runtime_comes_back(host: Any, store: Store, refused: bool) -> None:
    host.verdict, host.refused = {"error": ContainersError("not found", "Look")}, refused
    with pytest.raises(ContainersError) as failure:
        service.start_in_unit(host, store, "web")
    assert (failure.value.message, failure.value.hint) == ("not found", "Look")
    assert host.done == ["stop", "start", "stop", "forget"]
    assert not handover.is_announced(host, store, "web")


def test_a_runtime_that_says_nothing(host: Any, store: Store) -> None:
    with pytest.raises(
        ContainersError, match=r"doesn't tell whether it was started\. See journalctl -u daemonless-web"
    ):
        service.start_in_unit(host, store, "web")
    host.refused = True
    with pytest.raises(ContainersError, match=r"^systemctl start: failed\. See journalctl"):
        service.start_in_unit(host, store, "web")
