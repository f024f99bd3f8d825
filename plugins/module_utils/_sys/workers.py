# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in forked processes: several jobs side by side, ended together when one fails.

A job's memory, umask and threads are its own. No job outlives the process that started it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import time
from contextlib import closing
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from .._core.errors import ContainersError, os_error_text
from .._core.interruption import heeded_at_once
from .syscall import end_with_parent

_HEEDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Job = Callable[[], Any]
Answer = Callable[[], Any]
"""The job's result, JSON-able; raises ContainersError where the job failed."""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def run_forked(jobs: Sequence[Job], at_once: int) -> List[Any]:
    """Run each job in a process of its own; their JSON-able results, in the jobs' order.

    Raises the first failure as ContainersError once every other process has been ended.
    """
    results: Dict[int, Any] = {}
    waiting = list(enumerate(jobs))[::-1]
    with closing(Workers()) as workers:
        while workers.busy or waiting:
            while waiting and workers.busy < at_once:
                workers.start(*waiting.pop())
            with heeded_at_once():
                ended = workers.ended()
            results.update({number: answer() for number, answer in ended})
    return [results[number] for number in range(len(jobs))]


class Workers:
    """Jobs that are begun one by one and go on side by side, for whoever decides meanwhile what comes next.

    ``close`` kills those that still run.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._running: Dict[int, Tuple[Any, _Worker]] = {}

    @property
    def busy(self) -> int:
        """How many jobs are going on."""
        return len(self._running)

    def start(self, key: Any, job: Job) -> None:
        worker = _Worker(job)
        self._running[worker.pidfd] = key, worker
        self._poll.register(worker.pidfd, select.POLLIN)

    def ended(self, seconds: Optional[float] = None) -> List[Tuple[Any, Answer]]:
        """The keys and answers of those that have ended, once one has or the seconds are over."""
        found = []
        for pidfd, _events in self._poll.poll(None if seconds is None else max(0.0, seconds) * 1000):
            self._poll.unregister(pidfd)
            key, worker = self._running.pop(pidfd)
            found.append((key, worker.finish()))
        return found

    def call_off(self, seconds: float) -> None:
        """Ask those that still run to end, and wait so long until they have: jobs that heed signals clean up."""
        for _key, worker in self._running.values():
            worker.ask_to_end()
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            self.ended(deadline - time.monotonic())

    def close(self) -> None:
        for _key, worker in self._running.values():
            worker.end()


class _Worker:
    """One job and its process."""

    def __init__(self, job: Job) -> None:
        self._answer = os.memfd_create("answer")
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _live(job, self._answer, parent)
        self.pidfd = os.pidfd_open(self._pid)
        """Readable once the process has ended."""

    def finish(self) -> Answer:
        """What a process that has ended has to say."""
        data = os.pread(self._answer, os.fstat(self._answer).st_size, 0)
        return partial(_told, data, self._reap())

    def ask_to_end(self) -> None:
        os.kill(self._pid, signal.SIGTERM)

    def end(self) -> None:
        """Kill the process, and let go of what belongs to it."""
        os.kill(self._pid, signal.SIGKILL)
        self._reap()

    def _reap(self) -> int:
        """Let go of the process, and of what belongs to it; the signal that ended it, if one did."""
        _pid, status = os.waitpid(self._pid, 0)
        for descriptor in (self.pidfd, self._answer):
            os.close(descriptor)
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _told(data: bytes, ended_by: int) -> Any:
    if not data:
        raise ContainersError(f"the worker process was ended by signal {ended_by}", "Is the host short of memory?")
    answer = json.loads(data)
    if "error" in answer:
        raise ContainersError(answer["error"], answer["hint"])
    return answer["result"]


def _live(job: Job, answer: int, parent: int) -> None:
    """The whole life of the forked process."""
    try:
        for number in _HEEDED:
            signal.signal(number, signal.SIG_DFL)
        end_with_parent(signal.SIGKILL)
        if os.getppid() == parent:
            os.umask(0)
            os.write(answer, json.dumps(outcome_of(job)).encode())
    finally:
        os._exit(0)


def outcome_of(job: Job) -> Dict[str, Any]:
    """``result``, or ``error`` and ``hint``: what a forked process tells of a job."""
    try:
        return {"result": job()}
    except ContainersError as error:
        return {"error": error.message, "hint": error.hint}
    except OSError as error:
        return {"error": os_error_text(error), "hint": None}
    except Exception as error:  # a defect of ours: told, for there is nobody else to see it
        return {"error": f"internal error, please report it: {type(error).__name__}: {error}", "hint": None}
