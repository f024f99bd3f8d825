# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one op: run the command in the container, as it is when its turn comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from .._container import entrance
from .._container.entrance import Command
from .._core.errors import ContainersError
from .._core.store import Store
from .._sys.program import NotExecutedError
from .result import blank, failure, not_executed, outcome, times

if TYPE_CHECKING:
    from .._sys.entering import Entry
    from .._sys.host import Host


@dataclass(frozen=True)
class RunCommand:
    store: Store
    name: str
    command: Command
    given: Optional[bytes] = field(repr=False)
    timeout: Optional[float]
    detach: bool
    strip: bool

    def describe(self) -> str:
        return f"run {self.command.argv[0]} in container {self.name}"

    def apply(self, host: Host) -> Mapping[str, Any]:
        """What the command wrote and how it ended, which is seen nowhere afterwards."""
        entry = entrance.entry(host, self.store, self.name, self.command)
        if entry is None:
            raise ContainersError("the container has ended meanwhile")
        start = datetime.now()
        try:
            told = self._started(host, entry) if self.detach else self._ended(host, entry)
        except NotExecutedError as error:
            told = not_executed(self.command, error.code, str(error))
        return {**told, **times(start, datetime.now())}

    def undo(self, host: Host) -> None:
        """What a command did isn't known, and it is the only op."""

    def _started(self, host: Host, entry: Entry) -> Dict[str, Any]:
        told = {**blank(self.command), "pid": host.entering.start(entry)}
        del told["rc"]  # to Ansible any other than 0 is a failure
        return told

    def _ended(self, host: Host, entry: Entry) -> Dict[str, Any]:
        ended = host.entering.run(entry, self.given, self.timeout)
        told = outcome(self.command, ended.code, ended.output, ended.errors, self.strip)
        if ended.timed_out:
            told.update(failure(f"it didn't end within {self.timeout:g} seconds and was killed"))
        return told
