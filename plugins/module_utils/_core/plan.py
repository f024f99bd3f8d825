# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan: what a run would do, as data. Pure; no I/O, no Ansible, no knowledge of any resource.

A planner compares what is wanted with what was found and returns a :class:`Plan`. Carrying it
out is the work of ``_core.execute``; deciding whether to is the work of ``_core.room``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping, Optional, Protocol, Tuple

if TYPE_CHECKING:
    from .._sys.host import Host


class Op(Protocol):
    """One change to the host.

    An op is a frozen dataclass that names things (``container web``), never pids, descriptors
    or interface indexes: those are looked up in ``apply``. It carries what ``undo`` needs, as
    the planner saw it. One that destroys for good says so with ``final = True``: when it fails, nothing before it is
    undone.
    """

    def describe(self) -> str:
        """The change in words, imperative and without secrets: ``create link veth-web``."""

    def apply(self, host: Host) -> Optional[Mapping[str, Any]]:
        """Make the change. On failure leave nothing half-made: ``undo`` isn't called then.

        Mostly nothing is returned. What can't be seen on the host afterwards, such as a command's output, is; it is the
        result of the run then, instead of a second look.
        """

    def undo(self, host: Host) -> None:
        """Take back an ``apply`` that succeeded. Must tolerate that part of it is gone."""


@dataclass(frozen=True)
class Unmet:
    """Something an earlier task should have made. Check mode warns of it; a real run fails on it."""

    what: str
    hint: Optional[str] = None


@dataclass(frozen=True)
class Plan:
    """The ops of a run in order, and what a user may see of its effect.

    ``before``/``after`` are shown by ``--diff``: plain, JSON-able, free of secrets, and equal
    exactly when there is nothing to do. ``predicted`` is what the module would return after a
    real run; check mode returns it.
    """

    ops: Tuple[Op, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    predicted: Mapping[str, Any] = field(default_factory=dict)
    unmet: Tuple[Unmet, ...] = ()
    warnings: Tuple[str, ...] = ()
    teardown: bool = False
    """Removing things: an op that fails doesn't stop those behind it, and nothing is undone."""
    once: bool = False
    """What a user wants to know is what was done, not what is there then: ``predicted`` is the result in any case."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """Returned beside the result: something of how it was before."""

    @property
    def changes(self) -> bool:
        return bool(self.ops)

    def describe(self) -> Tuple[str, ...]:
        return tuple(op.describe() for op in self.ops)
