# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of a container: from the options, as the kernel's cgroup v2 files, and as properties of a systemd unit. Pure.

Limits of single processes (ulimits) are another thing; see ``words``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.sizes import parse_size

MEMORY_MAX = "memory.max"
SWAP_MAX = "memory.swap.max"
CPU_MAX = "cpu.max"
PIDS_MAX = "pids.max"
FILES = (MEMORY_MAX, SWAP_MAX, CPU_MAX, PIDS_MAX)

_WITHOUT = "max"
_PAGES = 64 * 1024
"""The kernel counts memory in pages; the largest that it has anywhere."""
_MEMORY_MIN = 6 * 1024**2
_CPUS_MIN, _CPUS_MAX = 0.01, 8192
_CPUS_DIGITS = 4
_PERIOD = 100_000
_PIDS_MIN, _PIDS_MAX = 2, 2**22


@dataclass(frozen=True)
class Limits:
    """What a container may use at most. None: as much as there is."""

    memory: Optional[int] = None
    """Bytes, without swap."""
    swap: Optional[int] = None
    """Bytes of swap besides."""
    cpus: Optional[float] = None
    pids: Optional[int] = None

    @property
    def needed(self) -> Dict[str, str]:
        """Cgroup controllers that these need, each with the option it is needed for."""
        values = {"memory": self.memory, "cpu": self.cpus, "pids": self.pids}
        options = {"memory": "memory", "cpu": "cpus", "pids": "pids_limit"}
        return {name: options[name] for name, value in values.items() if value is not None}


def parsed(options: Mapping[str, Any]) -> Limits:
    """Of options memory, memory_swap, cpus and pids_limit. Raises ContainersError for one that can't be meant so."""
    memory = _memory(options["memory"])
    return Limits(memory, _swap(options["memory_swap"], memory), _cpus(options["cpus"]), _pids(options["pids_limit"]))


def view(limits: Limits) -> Dict[str, Any]:
    """As shown to the user: by the options' names."""
    both = limits.memory is not None and limits.swap is not None
    return {
        "memory": limits.memory,
        "memory_swap": (limits.memory or 0) + (limits.swap or 0) if both else None,
        "cpus": limits.cpus,
        "pids_limit": limits.pids,
    }


def unit_properties(limits: Limits) -> Tuple[Tuple[str, str], ...]:
    """As a unit's section Service has them.

    The first three change nothing, but without them the unit's cgroup wouldn't have the files that limits can be
    written to later. Without TasksMax systemd would have a limit of its own.
    """
    properties = [("CPUWeight", "100"), ("MemoryAccounting", "yes"), ("TasksAccounting", "yes")]
    properties.append(("TasksMax", "infinity" if limits.pids is None else str(limits.pids)))
    if limits.memory is not None:
        properties.append(("MemoryMax", str(limits.memory)))
        properties.append(("MemorySwapMax", "infinity" if limits.swap is None else str(limits.swap)))
    if limits.cpus is not None:
        properties.append(("CPUQuota", f"{limits.cpus * 100:.2f}%"))
    return tuple(properties)


def as_written(limits: Limits) -> Dict[str, str]:
    """File of a cgroup -> what it has to hold."""
    quota = _WITHOUT if limits.cpus is None else str(round(limits.cpus * _PERIOD))
    return {
        MEMORY_MAX: _number(limits.memory),
        SWAP_MAX: _number(limits.swap),
        CPU_MAX: f"{quota} {_PERIOD}",
        PIDS_MAX: _number(limits.pids),
    }


def as_read(files: Mapping[str, str]) -> Limits:
    """What the files of a cgroup say. One that isn't there limits nothing."""
    quota, _space, period = files.get(CPU_MAX, _WITHOUT).partition(" ")
    return Limits(
        memory=_limit(files.get(MEMORY_MAX)),
        swap=_limit(files.get(SWAP_MAX)),
        cpus=None if quota == _WITHOUT else round(int(quota) / int(period or _PERIOD), _CPUS_DIGITS),
        pids=_limit(files.get(PIDS_MAX)),
    )


def to_write(wanted: Limits, files: Mapping[str, str]) -> Dict[str, str]:
    """Which files of a cgroup have to hold something else. Swap that the kernel doesn't count can't be limited."""
    there = as_written(as_read(files))
    return {
        file: text
        for file, text in as_written(wanted).items()
        if there[file] != text and (file != SWAP_MAX or file in files)
    }


def texts_of(files: Iterable[str], there: Mapping[str, str]) -> Dict[str, str]:
    """What these files of a cgroup hold."""
    now = as_written(as_read(there))
    return {file: now[file] for file in files}


def _memory(text: Optional[str]) -> Optional[int]:
    size = _bytes(text, "memory")
    if size is None or text == "0":
        return None
    if size < _MEMORY_MIN:
        raise ContainersError(f"memory {text!r} is less than 6m, which no container starts with")
    return size


def _swap(text: Optional[str], memory: Optional[int]) -> Optional[int]:
    """As Docker means it: the option is memory and swap together; without it, swap is as much as memory."""
    if text is None or text == "0":
        return memory
    if memory is None:
        raise ContainersError(f"memory_swap {text!r} is given without memory", "It is the sum of memory and swap")
    if text == "-1":
        return None
    both = _bytes(text, "memory_swap") or 0
    if both < memory:
        raise ContainersError(f"memory_swap {text!r} is less than memory", "It is the sum of memory and swap")
    return both - memory


def _bytes(text: Optional[str], option: str) -> Optional[int]:
    """A size such as 64m, in whole pages."""
    return None if text is None else parse_size(text, option) // _PAGES * _PAGES


def _cpus(value: Optional[float]) -> Optional[float]:
    if value is None or value == 0:
        return None
    if not _CPUS_MIN <= value <= _CPUS_MAX:
        raise ContainersError(f"cpus {value} isn't in {_CPUS_MIN}..{_CPUS_MAX}")
    return round(value, _CPUS_DIGITS)


def _pids(value: Optional[int]) -> Optional[int]:
    if value in (None, 0, -1):
        return None
    if value not in range(_PIDS_MIN, _PIDS_MAX + 1):
        raise ContainersError(f"pids_limit {value} isn't in {_PIDS_MIN}..{_PIDS_MAX}, and isn't -1 for no limit")
    return value


def _number(value: Optional[int]) -> str:
    return _WITHOUT if value is None else str(value)


def _limit(text: Optional[str]) -> Optional[int]:
    return None if text in (None, _WITHOUT) else int(text or 0)
