# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stays in memory beside the payloads: the proportional set size (PSS) of processes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Set, Tuple

PROC = Path("/proc")


@dataclass(frozen=True)
class Resident:
    """In KiB: processes that came with the containers, and those of the engine that were there before."""

    helpers: int
    engine: int


def processes(proc: Path = PROC) -> Set[int]:
    return {int(entry.name) for entry in proc.iterdir() if entry.name.isdecimal()}


def payloads(payload: Sequence[str], proc: Path = PROC) -> List[int]:
    """The pids of all processes with that command line."""
    return [pid for pid in sorted(processes(proc)) if _words(proc, pid) == tuple(payload)]


def resident(payload: Sequence[str], before: Set[int], outside: Set[int], proc: Path = PROC) -> Resident:
    """Now. ``before``: what ran just before the containers came; ``outside``: what ran before the engine did."""
    sizes = _sizes(proc, processes(proc) - outside - set(payloads(payload, proc)))
    helpers = sum(size for pid, size in sizes.items() if pid not in before)
    return Resident(helpers, sum(sizes.values()) - helpers)


def _words(proc: Path, pid: int) -> Tuple[str, ...]:
    """Of the command line; the kernel's own threads, and what has ended, have none."""
    try:
        raw = (proc / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ()
    return tuple(raw.rstrip(b"\0").decode(errors="replace").split("\0")) if raw else ()


def _sizes(proc: Path, pids: Set[int]) -> Dict[int, int]:
    """The PSS of those that live."""
    found = {}
    for pid in pids:
        if _words(proc, pid):
            text = (proc / str(pid) / "smaps_rollup").read_text(encoding="ascii")
            found[pid] = int(text.partition("\nPss:")[2].split()[0])
    return found
