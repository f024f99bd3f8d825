# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of system calls that a container has by default, made of the table beside. Pure."""

from __future__ import annotations

import errno
from typing import FrozenSet, Iterable, List, Mapping, Tuple

from .._sys.syscall_filter import ALLOW, Condition, Filter, Rule, refusal
from .seccomp_table import ALLOWED, BY_CAPABILITY

_NEW_NAMESPACES = 0x7E020000
"""Every flag of clone(2) that makes a namespace, but for the time namespace's, which only clone3 and unshare take."""
_AF_ALG = 38
_AF_VSOCK = 40
_PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)
"""Linux, 32-bit Linux, both with the name of Linux 2.6, and the question which it is."""

_MISSING, _DENIED = refusal(errno.ENOSYS), refusal(errno.EPERM)


def default_filter(capabilities: Iterable[str], machine: str) -> Filter:
    """What a container with these capabilities may call on that machine."""
    held = frozenset(capabilities)
    allowed = _names(ALLOWED) | _names({name: BY_CAPABILITY[name] for name in BY_CAPABILITY if name in held})
    return Filter(
        default=_DENIED,
        architectures=None,
        rules=(
            Rule(tuple(sorted(allowed)), ALLOW),
            *_sockets(),
            *(Rule(("personality",), ALLOW, (Condition(0, "EQ", number),)) for number in _PERSONALITIES),
            *(() if "SYS_ADMIN" in held else _clone(machine)),
        ),
    )


def _names(groups: Mapping[str, str]) -> FrozenSet[str]:
    return frozenset(name for names in groups.values() for name in names.split())


def _sockets() -> List[Rule]:
    """Of every family but two that know no namespaces: the kernel's cryptography and the virtual machine's host."""
    between = [Condition(0, "EQ", family) for family in range(_AF_ALG + 1, _AF_VSOCK)]
    conditions = [Condition(0, "LT", _AF_ALG), *between, Condition(0, "GT", _AF_VSOCK)]
    return [Rule(("socket",), ALLOW, (condition,)) for condition in conditions]


def _clone(machine: str) -> Tuple[Rule, ...]:
    """Processes and threads, but no namespaces. The flags of clone3 lie in memory, where no filter sees them."""
    flags = 1 if machine == "s390x" else 0
    unshared = Condition(flags, "MASKED_EQ", _NEW_NAMESPACES, 0)
    return Rule(("clone",), ALLOW, (unshared,)), Rule(("clone3",), _MISSING)
