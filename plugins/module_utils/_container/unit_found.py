# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a container's systemd unit. systemd itself is only asked about one that doesn't run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from .._core.store import Store
from .unit_name import is_ours, unit_name

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class UnitFound:
    """``text`` is its file, if that is this container's."""

    text: Optional[str] = None
    foreign: bool = False
    """A unit of that name is there and is somebody else's."""
    enabled: bool = False
    """Whether it is started at boot."""
    holds_init: bool = False
    """Whether the living init runs in it."""
    restarting: bool = False
    """No init lives, and systemd is about to start one."""


def look(host: Host, store: Store, name: str, pid: Optional[int]) -> UnitFound:
    """``pid`` is the living init's."""
    unit = unit_name(store, name)
    text = host.systemd.read(unit)
    if text is None:
        return UnitFound()
    if not is_ours(text, store, name):
        return UnitFound(foreign=True)
    return UnitFound(
        text=text,
        enabled=host.systemd.is_enabled(unit),
        holds_init=pid is not None and host.systemd.holds(unit, pid),
        restarting=pid is None and host.systemd.running() and not host.systemd.is_idle(unit),
    )
