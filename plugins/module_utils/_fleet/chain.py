# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A member's way through the rooms: each room's own planner, one after the other, as one transaction.

A later room can be asked only when the earlier ones have done their work (a link needs a process); in check mode
each is asked all the same, and what it misses because an earlier one hasn't worked yet is no failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Tuple

from .._core.errors import ContainersError, os_error_text
from .._core.execute import ExecutionError, execute, undo
from .._core.plan import Op, Plan
from .._core.room import Room, refuse_unmet
from .outcome import Outcome

if TYPE_CHECKING:
    from .._sys.host import Host


class Chain:
    """Collects what is done for one member, so that all of it can be taken back."""

    def __init__(self, host: Host, check_mode: bool, outcome: Outcome) -> None:
        self.host = host
        self.check_mode = check_mode
        self.outcome = outcome
        self._done: List[Op] = []

    def look(self, room: Room[Any, Any], options: Mapping[str, Any]) -> Tuple[Any, Any]:
        """What is wanted of the room, and what it found."""
        wanted = room.spec(options)
        return wanted, room.observe(self.host, wanted)

    def take(self, part: str, plan: Plan) -> None:
        """Note the plan and, but in check mode, carry it out."""
        self.outcome.warnings += plan.warnings
        if not self.check_mode:
            refuse_unmet(plan)
            self._carry_out(plan)
        self.outcome.ops += plan.describe()
        if plan.changes:
            self._show(part, plan)

    def run(self, part: str, room: Room[Any, Any], options: Mapping[str, Any]) -> Dict[str, Any]:
        """Take a room whole; what its module would return."""
        wanted, found = self.look(room, options)
        plan = room.plan(wanted, found)
        self.take(part, plan)
        return dict(plan.predicted) if plan.changes or plan.unmet else room.result(wanted, found)

    def fail(self, error: Exception) -> None:
        """Take back what was done, and say what failed; what can't be taken back stays told as done."""
        left = undo(self._done, self.host)
        kept = error.kept if isinstance(error, ExecutionError) else ()
        text = os_error_text(error) if isinstance(error, OSError) else str(error)
        self.outcome.error = "; ".join([text, *(f"and taking it back: {undone.message}" for _op, undone in left)])
        self.outcome.ops = [*(op.describe() for op, _undone in reversed(left)), *kept]

    def _carry_out(self, plan: Plan) -> None:
        execute(plan, self.host)
        if not plan.teardown:
            self._done += plan.ops

    def _show(self, part: str, plan: Plan) -> None:
        for side, shown in ((self.outcome.before, plan.before), (self.outcome.after, plan.after)):
            if shown:
                side[part] = {**side.get(part, {}), **shown}


def attempt(chain: Chain, work: Any) -> Outcome:
    """Do the work for a member; a failure becomes part of its outcome."""
    try:
        work()
    except (ContainersError, OSError) as error:
        chain.fail(error)
    except Exception as error:  # a defect of ours: the others of the fleet still get their turn
        chain.fail(ContainersError(f"internal error, please report it: {type(error).__name__}: {error}"))
    return chain.outcome
