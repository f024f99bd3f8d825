# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The change of a running container's limits. Those in its unit's file are in ``unit_ops``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Mapping, Optional

from .._core.errors import ContainersError
from .._core.store import Store
from . import record
from .group import unit_group

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class SetLimits:
    """``texts`` are what files of its cgroup are to hold, ``before`` what they held."""

    store: Store
    name: str
    texts: Mapping[str, str]
    before: Mapping[str, str]

    def describe(self) -> str:
        return f"set {', '.join(f'{file} to {text}' for file, text in self.texts.items())} for container {self.name}"

    def apply(self, host: Host) -> None:
        group = self._group(host)
        if group is None:
            raise ContainersError("it has ended meanwhile")
        done = []
        try:
            for file, text in self.texts.items():
                _write(host, group, file, text)
                done.append(file)
        except BaseException:
            for file in done:
                host.cgroups.write(group, file, self.before[file])
            raise

    def undo(self, host: Host) -> None:
        group = self._group(host)
        if group is not None:
            for file, text in self.before.items():
                host.cgroups.write(group, file, text)

    def _group(self, host: Host) -> Optional[str]:
        """None once it has ended."""
        pid = record.living_pid(host, self.store, self.name)
        return None if pid is None else unit_group(host, self.store, self.name, pid)


def _write(host: Host, group: str, file: str, text: str) -> None:
    try:
        host.cgroups.write(group, file, text)
    except FileNotFoundError:
        raise ContainersError(f"its cgroup has no {file}", "Start it anew, with restart: true") from None
