# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of several owners carried out together: every place is changed in one step for all of them.

Each owner is planned for as if those before it were through already, so that two that want one port are told so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Dict, List, Mapping, Optional, Sequence, Tuple

from .._core.plan import Op, Plan
from . import nft_table
from .observe import Seen
from .ops import ReplaceRules, SetSetting, WriteDropIn
from .rule import NFTABLES, Place, Rule, Standing

if TYPE_CHECKING:
    from .._sys.host import Host

_LOCALNET = "/route_localnet"


@dataclass(frozen=True)
class ReplaceTogether:
    """The rules of several owners in one place; in our own table by one transaction."""

    place: Place
    changes: Tuple[ReplaceRules, ...]

    def describe(self) -> str:
        return f"{self.place.text()}, rules of {', '.join(change.owner for change in self.changes)}: replace them"

    def apply(self, host: Host) -> None:
        self._replace(host, [(change.owner, change.before, change.after) for change in self.changes])

    def undo(self, host: Host) -> None:
        self._replace(host, [(change.owner, change.after, change.before) for change in reversed(self.changes)])

    def _replace(self, host: Host, changes: Sequence[Tuple[str, Tuple[Rule, ...], Tuple[Rule, ...]]]) -> None:
        if self.place.kind == NFTABLES:
            nft_table.replace(host, {owner: after for owner, _before, after in changes})
            return
        done: List[ReplaceRules] = []
        try:
            for owner, before, after in changes:
                change = ReplaceRules(owner, self.place, before, after)
                change.apply(host)
                done.append(change)
        except BaseException:
            for change in reversed(done):
                change.undo(host)
            raise


def seen_after(seen: Seen, owner: str, plan: Plan) -> Seen:
    """What would be seen once the plan is carried out."""
    rules: Dict[Place, Tuple[Rule, ...]] = {
        op.place: op.after for op in plan.ops if isinstance(op, ReplaceRules) and op.owner == owner
    }
    if not plan.changes:
        return seen
    others = tuple(item for item in seen.standing if item.owner != owner or item.place not in rules)
    own = tuple(Standing(place, owner, after) for place, after in rules.items() if after)
    written = [op for op in plan.ops if isinstance(op, WriteDropIn)]
    values: Mapping[str, Optional[str]] = {op.name: op.after for op in plan.ops if isinstance(op, SetSetting)}
    return replace(
        seen,
        standing=others + own,
        drop_in=written[-1].after if written else seen.drop_in,
        settings={**seen.settings, **values},
    )


def joined(plans: Sequence[Plan]) -> Plan:
    """One plan for all. ``route_localnet`` goes off before any rule goes, and on once all guards stand."""
    ops = [op for plan in plans for op in plan.ops]
    off = [op for op in ops if _is_localnet(op, "0")]
    on = [op for op in ops if _is_localnet(op, "1")]
    lasting = [op for op in ops if isinstance(op, SetSetting) and op not in off and op not in on]
    written = [op for op in ops if isinstance(op, WriteDropIn)]
    drop_in = [WriteDropIn(written[0].before, written[-1].after)] if written else []
    rules = [op for op in ops if isinstance(op, ReplaceRules)]
    together = [
        ReplaceTogether(place, tuple(op for op in rules if op.place == place))
        for place in dict.fromkeys(op.place for op in rules)
    ]
    sorted_out = (SetSetting, WriteDropIn, ReplaceRules)
    rest = [op for op in ops if not isinstance(op, sorted_out)]
    ordered: List[Op] = [*dict.fromkeys(off), *dict.fromkeys(lasting), *drop_in, *together, *dict.fromkeys(on), *rest]
    return Plan(ops=tuple(ordered), teardown=bool(plans) and all(plan.teardown for plan in plans))


def _is_localnet(op: Op, value: str) -> bool:
    return isinstance(op, SetSetting) and op.name.endswith(_LOCALNET) and op.after == value
