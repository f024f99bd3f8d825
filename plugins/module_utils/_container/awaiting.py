# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until containers are healthy: many at once, each judged by its own checks.

Every check is run by a process of its own, so many side by side, whoever is due first. What one try is, is said in
``asking``.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Dict, List, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.interruption import heeded_at_once, held_back
from .._core.store import Store
from .._sys.workers import Answer, Workers
from . import record, settings
from .asking import ask
from .health import Health
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

AT_ONCE = 32
"""Checks mostly wait, but each costs two processes of Python besides its own, of some 4 MB."""
GRACE = 2.0
"""How many seconds a check may need to be ended when the time is over."""
_LEAST = 0.5
"""How many seconds a check has at least that is begun before the time is over."""
_HINT = "See its log, and try its check with module daemonless.containers.container_exec"


@dataclass
class _Patient:
    """A container that isn't healthy yet. Times are those of the monotonic clock."""

    name: str
    health: Health
    lenient_until: float
    due: float
    tries: int = 0
    failures: int = 0
    """Those that count."""
    said: str = ""
    """Of the check that failed last."""

    def note(self, failure: str, now: float) -> None:
        """A try that failed, and when the next is due."""
        self.said = failure
        self.tries += 1
        starting = self.lenient_until - now
        self.failures += starting <= 0
        self.due = now + (min(self.health.start_interval, starting) if starting > 0 else self.health.interval)

    def late(self, seconds: float, now: float) -> str:
        """Why it isn't healthy when the time is over."""
        if not self.tries:
            others = f"those of {AT_ONCE} others took all the time"
            return f"it isn't healthy: its check wasn't begun within {seconds:g} seconds, as {others}"
        tries = _number(self.tries, "try", "tries") + (
            ", still in its start period" if now < self.lenient_until else ""
        )
        return f"it isn't healthy after {tries} within {seconds:g} seconds: {self.said}"


def await_wanted(host: Host, wanted: Wanted) -> None:
    """Raises ContainersError where the container is to be healthy and doesn't become so."""
    if wanted.healthy:
        for error in await_healthy(host, wanted.store, [wanted.name], wanted.healthy_wait).values():
            raise ContainersError(f"container {wanted.name}: {error}", _HINT)


def await_healthy(host: Host, store: Store, names: Sequence[str], seconds: float) -> Dict[str, str]:
    """Name -> why not, of those that aren't healthy when the seconds are over, or never will be."""
    wait = _Wait(host, store, seconds)
    with held_back(), closing(Workers()) as workers:
        wait.over(names, workers)
    return wait.errors


class _Wait:
    """One wait for many. An interruption is heeded where it waits, and ends the checks that were begun."""

    def __init__(self, host: Host, store: Store, seconds: float) -> None:
        self.errors: Dict[str, str] = {}
        self._host = host
        self._store = store
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._waiting: List[Tuple[float, str, _Patient]] = []
        """A heap of those who are to be asked, by when that is due."""
        self._asked: Dict[str, _Patient] = {}
        """Those whose check goes on."""

    def over(self, names: Sequence[str], workers: Workers) -> None:
        """Until each is decided, or the time is over."""
        for name in names:
            try:
                self._queue(_patient(self._host, self._store, name))
            except ContainersError as error:
                self.errors[name] = str(error)
        try:
            while self._waiting or (workers.busy and time.monotonic() < self._deadline + GRACE):
                self._begin(workers)
                with heeded_at_once():
                    ended = workers.ended(self._pause(workers))
                for name, answer in ended:
                    self._take(self._asked.pop(name), answer)
        finally:
            workers.call_off(GRACE)
        for patient in self._asked.values():
            patient.note("its check can't be ended", time.monotonic())
            self._give_up(patient)

    def _queue(self, patient: _Patient) -> None:
        if patient.due < self._deadline:
            heappush(self._waiting, (patient.due, patient.name, patient))
        else:
            self._give_up(patient)

    def _give_up(self, patient: _Patient) -> None:
        self.errors[patient.name] = patient.late(self._seconds, time.monotonic())

    def _begin(self, workers: Workers) -> None:
        """Have those asked who are due; nobody any more when the time is over."""
        now = time.monotonic()
        while self._waiting and now >= self._deadline:
            self._give_up(heappop(self._waiting)[2])
        while self._waiting and self._waiting[0][0] <= now and workers.busy < AT_ONCE:
            patient = heappop(self._waiting)[2]
            patience = min(patient.health.timeout, max(self._deadline - now, _LEAST))
            self._asked[patient.name] = patient
            workers.start(patient.name, partial(ask, self._host, self._store, patient.name, patient.health, patience))

    def _pause(self, workers: Workers) -> float:
        """How many seconds nothing is to be done but to wait for answers."""
        until = self._deadline
        if not self._waiting:
            until += GRACE
        elif workers.busy < AT_ONCE:
            until = self._waiting[0][0]
        return until - time.monotonic() if self._waiting or workers.busy else 0.0

    def _take(self, patient: _Patient, answer: Answer) -> None:
        """What came of a try: it is healthy, or never will be, or is to be asked again."""
        try:
            failure = answer()
        except ContainersError as error:
            failure = str(error)
        if failure is None:
            return
        patient.note(failure, time.monotonic())
        if self._has_ended(patient.name):
            self.errors[patient.name] = f"it ended while it was waited for; {failure}"
        elif patient.failures >= patient.health.retries:
            self.errors[patient.name] = f"it is unhealthy after {_number(patient.failures, 'failure')}: {failure}"
        else:
            self._queue(patient)

    def _has_ended(self, name: str) -> bool:
        """Nobody can tell where the record is damaged; then its next check fails for that."""
        try:
            return record.living(self._host, self._store, name) is None
        except ContainersError:
            return False


def _patient(host: Host, store: Store, name: str) -> _Patient:
    """Raises ContainersError where there is nobody to ask, or nothing to."""
    live = record.living(host, store, name)
    kept = settings.load(host.files, store, name)
    if live is None or kept is None:
        raise ContainersError("it has ended")
    if kept.healthcheck is None:
        raise ContainersError("it has no health check")
    age = time.time() - host.processes.wall_clock(live.start_time)
    now = time.monotonic()
    return _Patient(name, kept.healthcheck, lenient_until=now - age + kept.healthcheck.start_period, due=now)


def _number(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {plural or noun + 's'}"
