# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out a plan: all of it, or, where something fails, nothing of it. An interruption is such a failure.

A teardown is the exception: there every op is tried and every failure reported, because half a
container is worth less than none. An interruption of it is told at its end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Sequence, Tuple

from . import interruption
from .errors import ContainersError, os_error_text
from .plan import Op, Plan

if TYPE_CHECKING:
    from .._sys.host import Host


class ExecutionError(ContainersError):
    """A plan failed. ``kept`` are the descriptions of the changes that remain made."""

    def __init__(self, message: str, hint: str | None, kept: Tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.kept = kept


def execute(plan: Plan, host: Host) -> Dict[str, Any]:
    """Apply the ops in order; what they told. Raises ExecutionError; see ``kept`` there for what remains."""
    with interruption.held_back():
        if plan.teardown:
            _tear_down(plan.ops, host)
            return {}
        return _build_up(plan.ops, host)


def _build_up(ops: Sequence[Op], host: Host) -> Dict[str, Any]:
    done: List[Op] = []
    told: Dict[str, Any] = {}
    for op in ops:
        try:
            told.update(op.apply(host) or {})
            done.append(op)
            if not is_final(op):
                interruption.heed()
        except (ContainersError, OSError) as error:
            failure = _told(op, error)
            if is_final(op):
                raise ExecutionError(failure.message, failure.hint, tuple(op.describe() for op in done)) from error
            left = undo(done, host)
            message = "; ".join([failure.message, *(f"and taking it back: {error.message}" for _op, error in left)])
            kept = tuple(op.describe() for op, _error in left)
            raise ExecutionError(message, failure.hint, kept) from error
        except BaseException:
            undo(done, host)
            raise
    return told


def is_final(op: Op) -> bool:
    """Whether what was done before can't be taken back once the op is begun."""
    return bool(getattr(op, "final", False))


def undo(done: Sequence[Op], host: Host) -> List[Tuple[Op, ContainersError]]:
    """Take back what was done, the last first; those that can't be, with the reason."""
    left: List[Tuple[Op, ContainersError]] = []
    for op in reversed(done):
        try:
            op.undo(host)
        except (ContainersError, OSError) as error:
            left.append((op, _told(op, error)))
    return left


def _tear_down(ops: Sequence[Op], host: Host) -> None:
    failures: List[ContainersError] = []
    done: List[str] = []
    for op in ops:
        try:
            op.apply(host)
            done.append(op.describe())
        except (ContainersError, OSError) as error:
            failures.append(_told(op, error))
    try:
        interruption.heed()
    except ContainersError as error:
        failures.append(error)
    if failures:
        hint = next((failure.hint for failure in failures if failure.hint), None)
        raise ExecutionError("; ".join(failure.message for failure in failures), hint, tuple(done))


def _told(op: Op, error: Exception) -> ContainersError:
    if isinstance(error, ContainersError):
        return error.within(op.describe())
    text = os_error_text(error) if isinstance(error, OSError) else str(error)
    return ContainersError(f"{op.describe()}: {text}")
