# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop a container that runs as the main process of a systemd unit of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.errors import ContainersError
from .._core.store import Store
from . import handover, record
from .handover import Verdict
from .unit_name import unit_name

if TYPE_CHECKING:
    from .._sys.host import Host

_LOOKS = 3000
"""For the verdict, a hundredth of a second apart: when the unit is up, the command is executed in a moment."""


def start_in_unit(host: Host, store: Store, name: str) -> None:
    """Have systemd start it by its record. On failure it doesn't run, and systemd doesn't try again."""
    unit = unit_name(store, name)
    host.systemd.stop(unit)
    handover.announce(host, store, name)
    try:
        verdict = _verdict(host, store, name, unit)
        if verdict.error is not None:
            raise ContainersError(verdict.error, verdict.hint)
    except BaseException:
        host.systemd.stop(unit)
        host.systemd.forget_failures(unit)
        raise
    finally:
        handover.conclude(host, store, name)


def stop_in_unit(host: Host, store: Store, name: str, as_recorded: bool, number: int, seconds: float) -> bool:
    """Stop it and keep systemd from starting it again. Whether it has ended.

    systemd itself sends the signal if that is the one it knows of.
    """
    unit = unit_name(store, name)
    live = record.load(host.files, store, name)
    if live is None or live.boot_id != host.processes.boot_id():
        host.systemd.stop(unit)
        return True
    if as_recorded and host.systemd.holds(unit, live.pid):
        host.systemd.stop(unit)
    ended = host.processes.end(live.pid, live.start_time, number, seconds)
    host.systemd.stop(unit)
    host.systemd.forget_failures(unit)
    return ended


def _verdict(host: Host, store: Store, name: str, unit: str) -> Verdict:
    try:
        host.systemd.start(unit)
    except ContainersError as error:
        verdict = handover.told(host, store, name)
        if verdict is not None and verdict.error is not None:
            return verdict
        return Verdict(error.message, f"See journalctl -u {unit}")
    for _look in range(_LOOKS):
        verdict = handover.told(host, store, name)
        if verdict is not None:
            return verdict
        host.systemd.settle()
    return Verdict("its unit doesn't tell whether it was started", f"See journalctl -u {unit}")
