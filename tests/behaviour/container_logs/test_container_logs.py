# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containers have written, from their log files, and that looking changes nothing.

What comes of the journal is in the unit tests, since no systemd runs here, and in a virtual machine (molecule).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, List

import pytest
from container_runs import FOLDER, LOG, container, state_of_host, wait_for_end
from info_runs import logs

from ansible_collections.daemonless.containers.plugins.module_utils._container_logs import observe
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def write(script: str) -> None:
    """Run a container that writes, to its end."""
    wait_for_end(container(command=["sh", "-c", script])["container"]["pid"])


@pytest.fixture(autouse=True)
def _rootfs(merged: Path) -> None:
    """All of them stand on one."""


def test_both_streams_while_it_runs_and_afterwards() -> None:
    container(command=["sh", "-c", "echo out; echo error >&2; exec sleep 1000"])
    while len(logs()["lines"]) < 2:
        pass
    found = logs()
    assert (found["lines"], found["times"], found["truncated"]) == (["out", "error"], [], False)
    assert (found["log"], found["unit"], found["exists"]) == (str(LOG), None, True)
    assert (found["changed"], found["ops"]) == (False, [])
    container(state="stopped", stop_timeout=0)
    assert logs()["lines"] == ["out", "error"]


@pytest.mark.parametrize(
    ("tail", "lines", "truncated"),
    [
        (-1, ["1", "2", "3", "4"], False),
        (4, ["1", "2", "3", "4"], False),
        (3, ["2", "3", "4"], True),
        (1, ["4"], True),
        (0, [], True),
    ],
)
def test_tail(tail: int, lines: List[str], truncated: bool) -> None:
    write("echo 1; echo 2; echo 3; echo 4")
    found = logs(tail=tail)
    assert (found["lines"], found["truncated"]) == (lines, truncated)


def test_nothing_was_written() -> None:
    write("true")
    assert (logs()["lines"], logs(tail=-1)["lines"], logs(tail=0)["truncated"]) == ([], [], False)


def test_lines_as_they_were_written() -> None:
    """Empty ones, one without an end, progress bars, and bytes that are no text."""
    write("echo; echo ' a  '; busybox printf 'x\\r y\\n\\377\\nlast'")
    assert logs()["lines"] == ["", " a  ", "x\r y", "\ufffd", "last"]


def test_long_logs_are_read_from_their_end() -> None:
    write("true")
    LOG.write_bytes(b"".join(b"%d %s\n" % (number, b"x" * 100) for number in range(5000)))
    found = logs(tail=2000)
    assert [int(line.split()[0]) for line in found["lines"]] == list(range(3000, 5000))
    assert found["truncated"]
    assert len(logs(tail=-1)["lines"]) == 5000


def test_a_log_larger_than_any_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first line that is read may be the end of one, so it isn't shown."""
    monkeypatch.setattr(observe, "BYTES_MAX", 1000)
    monkeypatch.setattr(observe, "_FIRST_BLOCK", 1000)
    write("true")
    LOG.write_bytes(b"".join(b"%03d\n" % number for number in range(900)))
    found = logs(tail=-1)
    assert (found["lines"][0], found["lines"][-1], len(found["lines"])) == ("651", "899", 249)
    assert found["truncated"]
    LOG.write_bytes(b"x" * 5000)
    assert (logs()["lines"], logs()["truncated"]) == ([], True)


def test_one_that_is_not_there() -> None:
    found = logs(name="other")
    assert (found["exists"], found["lines"], found["log"]) == (False, [], None)
    assert not FOLDER.with_name("other").exists()


def test_a_log_that_was_removed() -> None:
    write("echo 1")
    LOG.unlink()
    assert logs()["lines"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"since": "-1h"}, "since: its log is a file, which has no times in it"),
        ({"tail": -2}, "tail -2 is no number of lines"),
        ({"since": ""}, "since '' is not valid"),
        ({"name": "../x"}, "is not valid"),
    ],
)
def test_refusals(options: Any, words: str) -> None:
    write("echo 1")
    with pytest.raises(ContainersError, match=words):
        logs(**options)


def test_a_damaged_record() -> None:
    write("echo 1")
    (FOLDER / "container.json").write_text("{", encoding="ascii")
    with pytest.raises(ContainersError, match="not JSON"):
        logs()


def test_nothing_is_changed() -> None:
    container(command=["sh", "-c", "echo 1; exec sleep 1000"])
    while not logs()["lines"]:
        pass
    before, opened = state_of_host(), os.listdir("/proc/self/fd")
    assert logs() == logs(check_mode=True)
    assert state_of_host() == before
    assert os.listdir("/proc/self/fd") == opened
