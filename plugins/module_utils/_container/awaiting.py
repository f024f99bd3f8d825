# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait until containers are healthy: each is asked by its own health check, whoever is due next first.

Many are waited for at once, within one time for all. A check that runs keeps the others waiting meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, Optional, Sequence

from .._core.errors import ContainersError
from .._core.store import Store
from .._sys.program import NotExecutedError
from . import entrance, record, settings
from .entrance import Command
from .health import Health
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_WORDS_MAX = 500
_HINT = "See its log, and try its check with module daemonless.containers.container_exec"


@dataclass
class _Patient:
    """A container that isn't healthy yet. Times are those of the monotonic clock."""

    name: str
    health: Health
    lenient_until: float
    due: float
    failures: int = 0
    said: str = "its check wasn't run to its end"
    """Of the check that failed last."""


def await_wanted(host: Host, wanted: Wanted) -> None:
    """Raises ContainersError where the container is to be healthy and doesn't become so."""
    if wanted.healthy:
        for error in await_healthy(host, wanted.store, [wanted.name], wanted.healthy_wait).values():
            raise ContainersError(f"container {wanted.name}: {error}", _HINT)


def await_healthy(host: Host, store: Store, names: Sequence[str], seconds: float) -> Dict[str, str]:
    """Name -> why not, of those that aren't healthy when the seconds are over, or never will be."""
    deadline = time.monotonic() + seconds
    errors: Dict[str, str] = {}
    waiting = [patient for patient in (_patient(host, store, name, errors) for name in names) if patient is not None]
    while waiting:
        patient = min(waiting, key=lambda one: one.due)
        if patient.due >= deadline:
            errors.update({one.name: f"it isn't healthy after {seconds:g} seconds: {one.said}" for one in waiting})
            break
        time.sleep(max(0.0, patient.due - time.monotonic()))
        if _is_decided(host, store, patient, deadline, errors):
            waiting.remove(patient)
    return errors


def _patient(host: Host, store: Store, name: str, errors: Dict[str, str]) -> Optional[_Patient]:
    live = record.living(host, store, name)
    kept = settings.load(host.files, store, name)
    if live is None or kept is None or kept.healthcheck is None:
        errors[name] = "it has ended" if kept is None or kept.healthcheck else "it has no health check"
        return None
    age = time.time() - host.processes.wall_clock(live.start_time)
    now = time.monotonic()
    return _Patient(name, kept.healthcheck, lenient_until=now - age + kept.healthcheck.start_period, due=now)


def _is_decided(host: Host, store: Store, patient: _Patient, deadline: float, errors: Dict[str, str]) -> bool:
    """Ask once. True where it is healthy, or never will be, which is noted then."""
    failure = _failure(host, store, patient, deadline)
    if failure is None:
        return True
    now = time.monotonic()
    patient.said, patient.due = failure, now + patient.health.interval
    patient.failures += now >= patient.lenient_until
    if record.living(host, store, patient.name) is None:
        errors[patient.name] = f"it ended while it was waited for; {failure}"
    elif patient.failures >= patient.health.retries:
        errors[patient.name] = f"it is unhealthy: {failure}"
    return patient.name in errors


def _failure(host: Host, store: Store, patient: _Patient, deadline: float) -> Optional[str]:
    """What the check says against it; None where it says nothing."""
    try:
        entry = entrance.entry(host, store, patient.name, Command(patient.health.test))
        if entry is None:
            return "no check could be run"
        patience = max(0.1, min(patient.health.timeout, deadline - time.monotonic()))
        ended = host.entering.run(entry, None, patience)
    except NotExecutedError as error:
        return str(error)
    if ended.timed_out:
        return f"its check didn't end within {patience:g} seconds"
    if ended.code == 0:
        return None
    text = (ended.output + ended.errors)[-_WORDS_MAX:].decode("utf-8", "replace").strip()
    return f"its check ended with exit code {ended.code}" + (f": {text}" if text else "")
