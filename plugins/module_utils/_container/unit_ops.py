# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes to a container's systemd unit: its file, and whether it is started at boot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from .._sys.host import Host

_MODE = 0o644


@dataclass(frozen=True)
class WriteUnit:
    """``before`` is the file that was there; it was ours. ``reload``: no op follows that has systemd read it."""

    unit: str
    text: str
    before: Optional[str]
    reload: bool = True

    def describe(self) -> str:
        return f"{'write' if self.before is None else 'change'} unit {self.unit}"

    def apply(self, host: Host) -> None:
        _write(host, self.unit, self.text)
        try:
            if self.reload:
                host.systemd.reload()
        except BaseException:
            self._put_back(host)
            raise

    def undo(self, host: Host) -> None:
        self._put_back(host)
        host.systemd.reload()

    def _put_back(self, host: Host) -> None:
        if self.before is None:
            host.files.remove(host.systemd.path(self.unit))
        else:
            _write(host, self.unit, self.before)


@dataclass(frozen=True)
class SetEnabled:
    """Whether the unit is started at boot. systemd reads all units for it."""

    unit: str
    enabled: bool

    def describe(self) -> str:
        return f"{'enable' if self.enabled else 'disable'} unit {self.unit}"

    def apply(self, host: Host) -> None:
        _set_enabled(host, self.unit, self.enabled)

    def undo(self, host: Host) -> None:
        _set_enabled(host, self.unit, not self.enabled)


@dataclass(frozen=True)
class RemoveUnit:
    """Nothing runs in it any more."""

    unit: str
    text: str
    enabled: bool

    def describe(self) -> str:
        return f"remove unit {self.unit}"

    def apply(self, host: Host) -> None:
        if self.enabled:
            host.systemd.disable(self.unit, reload=False)
        host.files.remove(host.systemd.path(self.unit))
        if host.systemd.running():
            host.systemd.reload()
            host.systemd.forget_failures(self.unit)

    def undo(self, host: Host) -> None:
        _write(host, self.unit, self.text)
        if self.enabled:
            host.systemd.enable(self.unit)
        else:
            host.systemd.reload()


def _write(host: Host, unit: str, text: str) -> None:
    host.files.write_atomic(host.systemd.path(unit), text.encode(), _MODE)


def _set_enabled(host: Host, unit: str, enabled: bool) -> None:
    if enabled:
        host.systemd.enable(unit)
    else:
        host.systemd.disable(unit)
