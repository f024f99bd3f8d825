# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A crew does each item once, tells of it at once, and is called off without leaving anything in hand."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.crew import Crew


def served(count: int, work: Any) -> Dict[int, Any]:
    heard: List[Tuple[int, Any]] = []
    Crew().serve(count, work, lambda number, value: heard.append((number, value)))
    assert len(heard) == len(dict(heard))
    return dict(heard)


def test_each_item_is_done_once_in_other_processes() -> None:
    done = served(50, lambda number: [number * 2, os.getpid()])
    assert {number: value[0] for number, value in done.items()} == {number: number * 2 for number in range(50)}
    assert os.getpid() not in {value[1] for value in done.values()}


def test_nobody_is_needed_for_nothing() -> None:
    assert served(0, lambda number: number) == {}


def test_long_answers_come_whole() -> None:
    assert served(3, lambda number: str(number) * 300_000)[2] == "2" * 300_000


def test_a_process_that_ends_early_is_an_error() -> None:
    def work(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    with pytest.raises(ContainersError, match=r"ended early \(signal 9\)"):
        served(8, work)


def test_a_defect_in_the_work_is_an_error() -> None:
    with pytest.raises(ContainersError, match=r"ended early \(status 1\)"):
        served(2, lambda number: 1 // 0)


def test_a_crew_that_is_called_off_takes_back_what_it_has_in_hand(tmp_path: Path) -> None:
    def work(number: int) -> int:
        mark = tmp_path / str(number)
        try:
            mark.touch()
            time.sleep(60 if number else 0.05)
        except ContainersError:
            mark.unlink(missing_ok=True)
            raise
        return number

    def heard(_number: int, _value: Any) -> None:
        raise ContainersError("interrupted")

    begin = time.monotonic()
    with pytest.raises(ContainersError, match="interrupted"):
        Crew().serve(9, work, heard)
    assert time.monotonic() - begin < 50
    assert [path.name for path in tmp_path.iterdir()] == ["0"]
