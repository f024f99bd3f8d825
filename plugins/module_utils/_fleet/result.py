# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What container_fleet returns, from how it went with each member and with what they share."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, List, Sequence

from .outcome import NONE, Outcome


def told(outcomes: Sequence[Outcome], shared: Sequence[Outcome]) -> Dict[str, Any]:
    """``failed`` is set where a member, or what the members share, could not be had."""
    everyone = [*outcomes, *shared]
    failures = {outcome.name: outcome.error for outcome in everyone if outcome.error is not None}
    actions = Counter(outcome.action for outcome in outcomes if outcome.error is None)
    result: Dict[str, Any] = {
        "changed": any(outcome.changed for outcome in everyone),
        "ops": [op for outcome in everyone for op in outcome.ops],
        "diff": _diff(everyone),
        "warnings": tuple(dict.fromkeys(warning for outcome in everyone for warning in outcome.warnings)),
        "containers": [_shown(outcome) for outcome in outcomes],
        "counts": {**{action: actions[action] for action in sorted(actions)}, "failed": len(failures)},
        "failures": failures,
    }
    if failures:
        result["failed"] = True
        result["msg"] = _message(failures, sum(outcome.error is not None for outcome in outcomes), len(outcomes))
    return result


def _shown(outcome: Outcome) -> Dict[str, Any]:
    return {"name": outcome.name, **outcome.shown, "changed": outcome.changed, "error": outcome.error}


def _diff(everyone: Sequence[Outcome]) -> Dict[str, Any]:
    """Each container that changes, with how it does."""
    sides: Dict[str, Dict[str, Any]] = {"before": {}, "after": {}}
    for outcome in everyone:
        if not outcome.changed:
            continue
        for side, shown in (("before", outcome.before), ("after", outcome.after)):
            sides[side].setdefault(outcome.name, {}).update(shown)
        if outcome.action != NONE:
            sides["after"][outcome.name]["action"] = outcome.action
    return dict(sides)


def _message(failures: Dict[str, str], members: int, total: int) -> str:
    """``members`` of ``total`` are among the failures; what else is there is what they share."""
    told_of: List[str] = [f"{name}: {error}" for name, error in failures.items()]
    more = f"; and {len(told_of) - _TOLD} more, see failures" if len(told_of) > _TOLD else ""
    how_many = f"{members} of {total} failed: " if members else ""
    return f"{how_many}{'; '.join(told_of[:_TOLD])}{more}"


_TOLD = 5
