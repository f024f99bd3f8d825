# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes to a container's unit: done, undone, and failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_name import (
    unit_name,
)
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_ops import (
    RemoveUnit,
    SetEnabled,
    WriteUnit,
)
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

STORE = Store("/store")
UNIT = unit_name(STORE, "web")


class FakeHost:
    """Real files; a systemd that writes down what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.files = Files()
        self.folder = folder
        self.systemd = self
        self.done: List[str] = []
        self.fails: Optional[str] = None

    def path(self, unit: str) -> str:
        return str(self.folder / unit)

    def text(self) -> Optional[str]:
        path = self.folder / UNIT
        return path.read_text() if path.exists() else None

    def running(self) -> bool:
        return True

    def reload(self) -> None:
        self._do("reload")

    def enable(self, unit: str) -> None:
        self._do("enable")

    def disable(self, unit: str, reload: bool = True) -> None:
        self._do("disable" if reload else "disable without reload")

    def forget_failures(self, unit: str) -> None:
        self._do("forget")

    def _do(self, word: str) -> None:
        self.done.append(word)
        if self.fails == word:
            raise ContainersError("refused")


@pytest.fixture
def host(tmp_path: Path) -> Any:
    return FakeHost(tmp_path)


@pytest.mark.parametrize("before", [None, "old\n"])
def test_write_and_undo(host: Any, before: Optional[str]) -> None:
    if before is not None:
        (host.folder / UNIT).write_text(before)
    op = WriteUnit(UNIT, "new\n", before)
    op.apply(host)
    assert host.text() == "new\n"
    op.undo(host)
    assert host.text() == before
    assert host.done == ["reload", "reload"]


def test_one_that_is_enabled_next_is_read_then(host: Any) -> None:
    op = WriteUnit(UNIT, "new\n", None, reload=False)
    op.apply(host)
    assert (host.text(), host.done) == ("new\n", [])
    op.undo(host)
    assert (host.text(), host.done) == (None, ["reload"])


@pytest.mark.parametrize("before", [None, "old\n"])
def test_failed_write_leaves_what_was_there(host: Any, before: Optional[str]) -> None:
    if before is not None:
        (host.folder / UNIT).write_text(before)
    host.fails = "reload"
    with pytest.raises(ContainersError):
        WriteUnit(UNIT, "new\n", before).apply(host)
    assert host.text() == before


def test_remove_and_undo(host: Any) -> None:
    WriteUnit(UNIT, "new\n", None).apply(host)
    op = RemoveUnit(UNIT, "new\n", enabled=True)
    op.apply(host)
    assert host.text() is None
    op.undo(host)
    assert host.text() == "new\n"
    assert host.done == ["reload", "disable without reload", "reload", "forget", "enable"]


def test_remove_one_that_wasnt_enabled_and_undo(host: Any) -> None:
    op = RemoveUnit(UNIT, "new\n", enabled=False)
    op.apply(host)
    op.undo(host)
    assert host.done == ["reload", "forget", "reload"]


def test_enable_and_undo(host: Any) -> None:
    op = SetEnabled(UNIT, True)
    op.apply(host)
    op.undo(host)
    assert host.done == ["enable", "disable"]
