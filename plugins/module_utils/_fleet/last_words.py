# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that ended as soon as they were started: a failure, told with what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from .._container.record import living_pid
from .._container.room import ROOM as CONTAINER
from .._container.room import keep_up
from . import options
from .members import Member
from .outcome import Outcome
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_LOG_MAX = 2000


def look_after(host: Host, wanted: Wanted, outcomes: Sequence[Outcome]) -> None:
    """Set the error of each whose process isn't there any more."""
    for outcome in outcomes:
        if outcome.error is not None:
            continue
        pid = living_pid(host, wanted.store, outcome.name)
        if pid is None:
            outcome.error = _of_ended(host, wanted, outcome)
        else:
            outcome.shown.update(pid=pid, status="running")
            keep_up(host, wanted.store, outcome.name)


def _of_ended(host: Host, wanted: Wanted, outcome: Outcome) -> str:
    asked = CONTAINER.spec(options.container(wanted, Member(outcome.name, {}), "stopped"))
    container = CONTAINER.result(asked, CONTAINER.observe(host, asked))["container"]
    outcome.shown.update(pid=None, status=container["status"], exit_code=container["exit_code"])
    code = "unknown" if container["exit_code"] is None else container["exit_code"]
    log = container["log"]
    text = host.files.read_end(log, _LOG_MAX).decode("utf-8", "replace").strip() if log else ""
    words = f". The last it wrote: {text}" if text else ". It wrote nothing; give a command that stays"
    return f"it ended at once, with exit code {code}{words}"
