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
from contextlib import ExitStack
from typing import Any, Callable, Dict, List, Sequence

from .._core.errors import ContainersError, os_error_text
from .._core.interruption import heeded_at_once
from .syscall import end_with_parent

_HEEDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

Job = Callable[[], Any]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def run_forked(jobs: Sequence[Job], at_once: int) -> List[Any]:
    """Run each job in a process of its own; their JSON-able results, in the jobs' order.

    Raises the first failure as ContainersError once every other process has been ended.
    """
    workers = [_Worker(job) for job in jobs]
    waiting = workers[::-1]
    running: Dict[int, _Worker] = {}
    poll = select.poll()
    with ExitStack() as ending:
        while running or waiting:
            while waiting and len(running) < at_once:
                worker = waiting.pop()
                ending.callback(worker.end)
                descriptor = worker.start()
                running[descriptor] = worker
                poll.register(descriptor, select.POLLIN)
            with heeded_at_once():
                ended = poll.poll()
            for descriptor, _events in ended:
                poll.unregister(descriptor)
                running.pop(descriptor).finish()
    return [worker.result for worker in workers]


class _Worker:
    """One job and its process."""

    def __init__(self, job: Job) -> None:
        self.result: Any = None
        self._job = job
        self._pid = 0
        self._pidfd = -1
        self._answer = -1

    def start(self) -> int:
        """Fork; returns the pidfd, readable once the process has ended."""
        self._answer = os.memfd_create("answer")
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _live(self._job, self._answer, parent)
        self._pidfd = os.pidfd_open(self._pid)
        return self._pidfd

    def finish(self) -> None:
        """Take the answer of a process that has ended. Raises ContainersError if it failed."""
        status = self._reap()
        data = os.pread(self._answer, os.fstat(self._answer).st_size, 0)
        if not data:
            raise ContainersError(f"the worker process was ended by signal {status}", "Is the host short of memory?")
        answer = json.loads(data)
        if "error" in answer:
            raise ContainersError(answer["error"], answer["hint"])
        self.result = answer["result"]

    def end(self) -> None:
        """End the process if it still runs, and let go of what belongs to it."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._reap()
        for descriptor in (self._pidfd, self._answer):
            if descriptor >= 0:
                os.close(descriptor)

    def _reap(self) -> int:
        _pid, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


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
