# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of a whole fleet: its own, that all members on its network share, and those for published ports.

They are looked at once and changed together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Mapping, Optional, Set, Tuple

from .._core.errors import ContainersError, os_error_text
from .._core.execute import execute
from .._core.plan import Plan
from .._core.room import refuse_unmet
from .._nat.joint import joined, seen_after
from .._nat.observe import Seen, look
from .._nat.observe import observe as observe_rules
from .._nat.room import ROOM as NAT
from .outcome import Outcome

if TYPE_CHECKING:
    from .._sys.host import Host


class Rules:
    """One look at the packet filter, and what is to be changed in it."""

    def __init__(self, host: Host, check_mode: bool, backend: str) -> None:
        self._host = host
        self._check_mode = check_mode
        self._seen: Seen = look(host, backend)
        self._plans: List[Tuple[Outcome, Plan]] = []

    @property
    def owners(self) -> Set[str]:
        """Who has rules now."""
        return {item.owner for item in self._seen.standing}

    def plan(self, outcome: Outcome, options: Mapping[str, object]) -> None:
        """Plan one owner's rules; what stands against them becomes the outcome's error."""
        try:
            wanted = NAT.spec(options)
            plan = NAT.plan(wanted, observe_rules(self._host, wanted, self._seen))
            if not self._check_mode:
                refuse_unmet(plan)
        except (ContainersError, OSError) as error:
            outcome.error = _told(error)
            return
        outcome.warnings += [warning for warning in plan.warnings if warning not in outcome.warnings]
        if plan.changes:
            self._seen = seen_after(self._seen, wanted.name, plan)
            self._plans.append((outcome, plan))

    def carry_out(self) -> None:
        """All of it at once; a failure is that of everyone whose rules were to change."""
        failed: Optional[str] = None
        if self._plans and not self._check_mode:
            try:
                execute(joined([plan for _outcome, plan in self._plans]), self._host)
            except (ContainersError, OSError) as error:
                failed = _told(error)
        for outcome, plan in self._plans:
            if failed is not None:
                outcome.error = failed
                continue
            outcome.ops += plan.describe()
            outcome.before["rules"] = dict(plan.before)
            outcome.after["rules"] = dict(plan.after)


def _told(error: Exception) -> str:
    return os_error_text(error) if isinstance(error, OSError) else str(error)
