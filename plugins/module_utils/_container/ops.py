# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes to a container. Each puts back what was there before, as far as that is possible."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.store import Store
from . import record, settings
from .observe import names_of
from .running import remove, start, stop, write_etc
from .settings import Settings

if TYPE_CHECKING:
    from .._sys.host import Host

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class StartContainer:
    """``before`` is what it last ran with, if it was there."""

    store: Store
    name: str
    settings: Settings
    etc: Files
    why: str
    before: Optional[Settings]
    etc_before: Files

    def describe(self) -> str:
        return f"start container {self.name}{self.why}"

    def apply(self, host: Host) -> None:
        try:
            start(host, self.store, self.name, self.settings, self.etc)
        except BaseException:
            self._put_back(host)
            raise

    def undo(self, host: Host) -> None:
        stop(host, self.store, self.name, signal.SIGKILL, 0)
        self._put_back(host)

    def _put_back(self, host: Host) -> None:
        if self.before is None:
            remove(host, self.store, self.name)
        else:
            settings.save(host.files, self.store, self.name, self.before)
            for file, data in self.etc_before.items():
                write_etc(host, self.store, self.name, self.before, file, data)


@dataclass(frozen=True)
class RestartContainer:
    """Stop it as it was told to be stopped, and start it with new settings; if that fails, with the former ones."""

    store: Store
    name: str
    settings: Settings
    etc: Files
    why: str
    before: Settings
    etc_before: Files
    afresh: bool

    def describe(self) -> str:
        return f"restart container {self.name}: {self.why}"

    def apply(self, host: Host) -> None:
        stop(host, self.store, self.name, self.before.stop_signal, self.before.stop_timeout)
        if self.afresh:
            host.files.remove(names_of(self.store, self.name)["log"])
        try:
            start(host, self.store, self.name, self.settings, self.etc)
        except (ContainersError, OSError) as error:
            raise self._start_former(host, error) from error

    def undo(self, host: Host) -> None:
        stop(host, self.store, self.name, signal.SIGKILL, 0)
        start(host, self.store, self.name, self.before, self.etc_before)

    def _start_former(self, host: Host, failure: Exception) -> ContainersError:
        """The failure, with what became of the container."""
        words, hint = (failure.message, failure.hint) if isinstance(failure, ContainersError) else (str(failure), None)
        try:
            start(host, self.store, self.name, self.before, self.etc_before)
        except (ContainersError, OSError) as error:
            return ContainersError(f"{words}; it is stopped, as starting it again as it was failed too: {error}", hint)
        return ContainersError(f"{words}; it was started again as it was", hint)


@dataclass(frozen=True)
class StopContainer:
    store: Store
    name: str
    number: int
    seconds: int
    settings: Settings
    etc: Files

    def describe(self) -> str:
        return f"stop container {self.name}"

    def apply(self, host: Host) -> None:
        stop(host, self.store, self.name, self.number, self.seconds)

    def undo(self, host: Host) -> None:
        start(host, self.store, self.name, self.settings, self.etc)


@dataclass(frozen=True)
class KillUnknown:
    """End an init whose settings are lost: only its live record is there."""

    store: Store
    name: str

    def describe(self) -> str:
        return f"stop container {self.name}, whose settings are lost"

    def apply(self, host: Host) -> None:
        stop(host, self.store, self.name, signal.SIGKILL, 0)

    def undo(self, host: Host) -> None:
        """An init nobody knows the settings of can't be started again."""


@dataclass(frozen=True)
class RemoveContainer:
    store: Store
    name: str

    def describe(self) -> str:
        return f"remove container {self.name}"

    def apply(self, host: Host) -> None:
        pid = record.living_pid(host, self.store, self.name)
        if pid is not None:
            raise ContainersError(f"it still runs (pid {pid}), and without its files nobody would know of it")
        remove(host, self.store, self.name)

    def undo(self, host: Host) -> None:
        """Part of a teardown, which isn't undone."""


@dataclass(frozen=True)
class SetHostname:
    store: Store
    name: str
    hostname: str
    before: str

    def describe(self) -> str:
        return f"set the host name of container {self.name} to {self.hostname}"

    def apply(self, host: Host) -> None:
        self._set(host, self.hostname)

    def undo(self, host: Host) -> None:
        self._set(host, self.before)

    def _set(self, host: Host, hostname: str) -> None:
        pid = record.living_pid(host, self.store, self.name)
        if pid is None:
            raise ContainersError("it has ended meanwhile")
        host.namespaces.set_hostname(pid, hostname)


@dataclass(frozen=True)
class WriteEtc:
    store: Store
    name: str
    settings: Settings
    file: str
    data: bytes
    before: Optional[bytes]

    def describe(self) -> str:
        return f"write /etc/{self.file} of container {self.name}"

    def apply(self, host: Host) -> None:
        write_etc(host, self.store, self.name, self.settings, self.file, self.data)

    def undo(self, host: Host) -> None:
        write_etc(host, self.store, self.name, self.settings, self.file, self.before or b"")


@dataclass(frozen=True)
class KeepSettings:
    """Record settings that a running container has by now, or that only matter when it is stopped."""

    store: Store
    name: str
    settings: Settings
    before: Settings
    names: Tuple[str, ...]

    def describe(self) -> str:
        return f"record {', '.join(self.names)} of container {self.name}"

    def apply(self, host: Host) -> None:
        settings.save(host.files, self.store, self.name, self.settings)

    def undo(self, host: Host) -> None:
        settings.save(host.files, self.store, self.name, self.before)
