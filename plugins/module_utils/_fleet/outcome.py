# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How it went with one member, as plain data: it has to come through a pipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional

NONE, CREATE, START, LIVE, RESTART, RECREATE, STOP, REMOVE = (
    *("none", "create", "start", "live", "restart", "recreate", "stop", "remove"),
)
"""By which a member gets what is wanted of it."""


@dataclass
class Outcome:
    """``ops`` are the changes that were, or would be, made and that remain."""

    name: str
    action: str = NONE
    ops: List[str] = field(default_factory=list)
    before: Dict[str, Any] = field(default_factory=dict)
    after: Dict[str, Any] = field(default_factory=dict)
    warnings: List[str] = field(default_factory=list)
    shown: Dict[str, Any] = field(default_factory=dict)
    """What is returned of it."""
    error: Optional[str] = None

    @property
    def changed(self) -> bool:
        return bool(self.ops)

    def then(self, later: Outcome) -> Outcome:
        """What was done first, and what came after, as one."""
        return Outcome(
            name=self.name,
            action=later.action,
            ops=[*self.ops, *later.ops],
            before={**self.before, **later.before},
            after={**self.after, **later.after},
            warnings=[*self.warnings, *later.warnings],
            shown=later.shown,
            error=self.error or later.error,
        )

    def plain(self) -> Dict[str, Any]:
        return dict(vars(self))


def outcome_of(plain: Mapping[str, Any]) -> Outcome:
    return Outcome(**plain)
