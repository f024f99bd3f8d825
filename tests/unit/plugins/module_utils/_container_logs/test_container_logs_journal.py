# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines from the journal, of a program that stands in for journalctl and writes as that does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, List

import pytest
from container_data import settings

from ansible_collections.daemonless.containers.plugins.module_utils._container import settings as records
from ansible_collections.daemonless.containers.plugins.module_utils._container_logs.observe import observe
from ansible_collections.daemonless.containers.plugins.module_utils._container_logs.result import result
from ansible_collections.daemonless.containers.plugins.module_utils._container_logs.spec import spec
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

ENTRIES = [
    {"MESSAGE": "first", "__REALTIME_TIMESTAMP": "1795615200123456", "__CURSOR": "s=1"},
    {"MESSAGE": [97, 255, 98], "__REALTIME_TIMESTAMP": "1795615201000000"},
    {"MESSAGE": None, "__REALTIME_TIMESTAMP": "1795615202000000"},
    {"MESSAGE": "last \u00e4", "__REALTIME_TIMESTAMP": "1795615203000000"},
]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """One in which the container ``web`` writes to the journal."""
    root = str(tmp_path / "store")
    records.save(Host().files, Store(root), "web", settings(log_driver="journald"))
    return root


@pytest.fixture
def journalctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program; what it was called with is beside it, in a file ``called``."""
    program = tmp_path / "bin/journalctl"
    program.parent.mkdir()
    lines = "\n".join(json.dumps(entry) for entry in ENTRIES)
    (tmp_path / "bin/entries").write_text(lines + "\n", encoding="ascii")
    program.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > "${0%/*}/called"\nlines=$(sed -n "s/^--lines=//p" "${0%/*}/called")\n'
        'case "$*" in *--since=nonsense*) echo "Failed to parse timestamp: nonsense" >&2; exit 1;; esac\n'
        'tail -n "${lines:-99}" "${0%/*}/entries"\n',
        encoding="ascii",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


def look(store: str, **options: Any) -> Any:
    wanted = spec({"name": "web", "store": store, "tail": 100, "since": None, **options})
    return result(wanted, observe(Host(), wanted))


def called(journalctl: Path) -> List[str]:
    return journalctl.with_name("called").read_text(encoding="ascii").splitlines()


def test_lines_and_their_times(store: str, journalctl: Path) -> None:
    found = look(store)
    assert found["lines"] == ["first", "a\ufffdb", "", "last \u00e4"]
    assert found["times"][0] == "2026-11-25T14:00:00.123456+00:00"
    assert (len(found["times"]), found["truncated"], found["log"], found["exists"]) == (4, False, None, True)
    assert found["unit"].startswith("daemonless-web:")
    assert f"_SYSTEMD_UNIT={found['unit']}" in called(journalctl)
    assert "--lines=101" in called(journalctl)
    assert not [word for word in called(journalctl) if word.startswith("--since")]


def test_the_last_ones(store: str, journalctl: Path) -> None:
    found = look(store, tail=2)
    assert (found["lines"], len(found["times"]), found["truncated"]) == (["", "last \u00e4"], 2, True)
    assert look(store, tail=0)["lines"] == []
    assert look(store, tail=4)["truncated"] is False


def test_all_of_some_time(store: str, journalctl: Path) -> None:
    found = look(store, tail=-1, since="-1h --vacuum-size=1")
    assert len(found["lines"]) == 4
    assert "--since=-1h --vacuum-size=1" in called(journalctl)
    assert not [word for word in called(journalctl) if word.startswith("--lines")]


def test_a_time_that_journalctl_does_not_understand(store: str, journalctl: Path) -> None:
    with pytest.raises(ContainersError, match="look at container web: journalctl: Failed to parse timestamp: nonsense"):
        look(store, since="nonsense")


def test_without_journalctl(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ContainersError, match="journalctl is missing"):
        look(store)
