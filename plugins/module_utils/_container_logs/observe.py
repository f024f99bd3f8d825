# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last lines that a container wrote, from its log file or from the journal of its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from .._container.overview import Overview, log_of, overview
from .._container.unit_name import unit_name
from .._core.errors import ContainersError, step
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

BYTES_MAX = 16 * 1024**2
"""Of a file; an answer that is longer helps nobody."""
_FIRST_BLOCK = 64 * 1024


@dataclass(frozen=True)
class Found:
    """``times`` are seconds since the epoch, of lines of the journal; none of a file's."""

    exists: bool
    log: Optional[str] = None
    """The file; None where it is the journal, or where there is no container."""
    unit: Optional[str] = None
    lines: Tuple[bytes, ...] = ()
    times: Tuple[float, ...] = ()
    truncated: bool = False
    """Whether it wrote more before these."""


def observe(host: Host, wanted: Wanted) -> Found:
    """Raises ContainersError where the container's record is damaged, or its log can't be read as asked."""
    with step(f"look at container {wanted.name}"):
        container = overview(host, wanted.store, wanted.name)
        if container.error is not None:
            raise ContainersError(container.error)
        if not container.exists:
            return Found(exists=False)
        return _journal(host, wanted) if container.in_journal else _file(host, wanted, container)


def _file(host: Host, wanted: Wanted, container: Overview) -> Found:
    if wanted.since is not None:
        raise ContainersError(
            "since: its log is a file, which has no times in it", "One with log_driver: journald has; or give tail"
        )
    path = log_of(wanted.store, container.name)
    size = _FIRST_BLOCK
    while True:
        data = host.files.read_end(path, size)
        lines = data.removesuffix(b"\n").split(b"\n") if data else []
        whole = len(data) < size
        if whole or size >= BYTES_MAX or (wanted.tail is not None and len(lines) > wanted.tail + 1):
            break
        size *= 4
    if not whole:
        lines = lines[1:]  # of that one only the end may have been read
    kept = lines if wanted.tail is None else lines[max(0, len(lines) - wanted.tail) :]
    return Found(True, log=path, lines=tuple(kept), truncated=not whole or len(kept) < len(lines))


def _journal(host: Host, wanted: Wanted) -> Found:
    """One more line is asked for than is shown, to know whether there is one."""
    unit = unit_name(wanted.store, wanted.name)
    entries = host.journal.of(unit, None if wanted.tail is None else wanted.tail + 1, wanted.since)
    kept = entries if wanted.tail is None else entries[max(0, len(entries) - wanted.tail) :]
    return Found(
        exists=True,
        unit=unit,
        lines=tuple(entry.line for entry in kept),
        times=tuple(entry.time for entry in kept),
        truncated=len(kept) < len(entries),
    )
