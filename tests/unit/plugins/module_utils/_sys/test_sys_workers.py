# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs in forked processes: their results, their failures, and that none stays behind."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals
from ansible_collections.daemonless.containers.plugins.module_utils._sys.workers import Workers, processors, run_forked


def fails(error: BaseException) -> Callable[[], Any]:
    def job() -> None:
        raise error

    return job


@pytest.mark.parametrize("at_once", [1, 2, 10])
def test_results_come_in_the_order_of_the_jobs(at_once: int) -> None:
    jobs = [lambda number=number: (time.sleep(0.02 * (3 - number)), number * 2)[1] for number in range(4)]
    assert run_forked(jobs, at_once) == [0, 2, 4, 6]


def test_no_jobs_no_results() -> None:
    assert run_forked([], 2) == []


def test_jobs_run_side_by_side_but_no_more_than_asked_for(tmp_path: Path) -> None:
    def job() -> int:
        mark = tmp_path / str(os.getpid())
        mark.touch()
        time.sleep(0.1)
        found = len(list(tmp_path.iterdir()))
        mark.unlink()
        return found

    assert max(run_forked([job] * 6, 2)) == 2


def test_a_result_may_be_large() -> None:
    assert run_forked([lambda: "x" * 300_000], 1) == ["x" * 300_000]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ContainersError("layer is bad", "make it good"), "layer is bad. make it good"),
        (OSError(28, "No space left on device", "/x"), "/x: No space left on device"),
        (ValueError("odd"), "internal error, please report it: ValueError: odd"),
    ],
)
def test_a_failure_is_told_in_words(error: Exception, words: str) -> None:
    with pytest.raises(ContainersError) as caught:
        run_forked([fails(error)], 1)
    assert str(caught.value) == words


def test_a_failure_ends_the_others(tmp_path: Path) -> None:
    def slow() -> None:
        (tmp_path / str(os.getpid())).touch()
        time.sleep(30)

    def fast() -> None:
        while not list(tmp_path.iterdir()):
            time.sleep(0.001)
        raise ContainersError("enough")

    began = time.monotonic()
    with pytest.raises(ContainersError, match="enough"):
        run_forked([slow, fast], 2)
    assert time.monotonic() - began < 10
    [pid] = [int(path.name) for path in tmp_path.iterdir()]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_killed_worker_is_an_error() -> None:
    with pytest.raises(ContainersError, match="ended by signal 9"):
        run_forked([lambda: os.kill(os.getpid(), signal.SIGKILL)], 1)


def test_no_descriptors_stay_open() -> None:
    before = os.listdir("/proc/self/fd")
    run_forked([lambda: 1, lambda: 2], 2)
    with pytest.raises(ContainersError):
        run_forked([fails(ContainersError("x"))], 1)
    assert os.listdir("/proc/self/fd") == before


def test_a_job_keeps_its_umask_to_itself() -> None:
    before = os.umask(0o27)
    try:
        assert run_forked([lambda: os.umask(0)], 1) == [0]
        assert os.umask(0o27) == 0o27
    finally:
        os.umask(before)


def test_jobs_can_be_begun_while_others_go_on() -> None:
    with closing(Workers()) as workers:
        workers.start("slow", lambda: time.sleep(30))
        workers.start("first", lambda: 1)
        assert [(key, answer()) for key, answer in workers.ended()] == [("first", 1)]
        workers.start("second", lambda: 2)
        assert [(key, answer()) for key, answer in workers.ended()] == [("second", 2)]
        assert (workers.ended(0.01), workers.busy) == ([], 1)


def test_a_job_that_is_called_off_may_clean_up(tmp_path: Path) -> None:
    def tidy() -> None:
        heed_signals()
        try:
            (tmp_path / "begun").touch()
            time.sleep(30)
        finally:
            (tmp_path / "cleaned").touch()

    with closing(Workers()) as workers:
        workers.start("tidy", tidy)
        while not (tmp_path / "begun").exists():
            time.sleep(0.001)
        workers.call_off(20)
        assert workers.busy == 0
    assert (tmp_path / "cleaned").exists()


def test_a_job_that_cant_be_called_off_is_killed() -> None:
    def stubborn() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(writing, str(os.getpid()).encode())
        time.sleep(30)

    reading, writing = os.pipe()
    with closing(Workers()) as workers:
        workers.start("stubborn", stubborn)
        pid = int(os.read(reading, 10))
        workers.call_off(0.05)
        assert workers.busy == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_there_is_at_least_one_processor() -> None:
    assert processors() >= 1
