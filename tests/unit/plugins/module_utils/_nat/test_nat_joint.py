# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of several owners as one: one transaction, settings in an order that leaves no gap."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, List, Sequence, cast

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Op, Plan
from ansible_collections.daemonless.containers.plugins.module_utils._nat.joint import (
    ReplaceTogether,
    joined,
    seen_after,
)
from ansible_collections.daemonless.containers.plugins.module_utils._nat.nft_table import MARK, TABLE
from ansible_collections.daemonless.containers.plugins.module_utils._nat.observe import Seen
from ansible_collections.daemonless.containers.plugins.module_utils._nat.ops import (
    DropFlows,
    ReplaceRules,
    SetSetting,
    WriteDropIn,
)
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import NFTABLES, Place, Rule, Standing
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

PLACE = Place(NFTABLES)
WEB = Rule("forward", 4, "accept", in_interface="veth-web")
DB = Rule("forward", 4, "accept", in_interface="veth-db")
FORWARD = SetSetting("net/ipv4/ip_forward", "0", "1")


def replacing(owner: str, before: Sequence[Rule], after: Sequence[Rule]) -> ReplaceRules:
    return ReplaceRules(owner, PLACE, tuple(before), tuple(after))


class Nft:
    """A kernel whose table has one rule of web's."""

    def __init__(self) -> None:
        self.changes: List[Any] = []
        rule = {"chain": "forward", "handle": 4, "comment": "daemonless:web", "expr": []}
        self.objects: List[Dict[str, Any]] = [{"table": TABLE}, {"chain": {"name": MARK}}, {"rule": rule}]

    def list(self, what: str, **_names: str) -> List[Dict[str, Any]]:
        return [item for item in self.objects if what == "table" or "table" in item]

    def change(self, commands: Sequence[Dict[str, Any]]) -> None:
        self.changes.append(commands)


def test_rules_of_all_owners_change_in_one_transaction() -> None:
    nft = Nft()
    plan = joined([Plan((replacing("web", [WEB], []),)), Plan((replacing("db", [], [DB]),))])
    (op,) = plan.ops
    op.apply(cast(Host, SimpleNamespace(nft=nft)))
    (commands,) = nft.changes
    deleted = [command["delete"]["rule"]["handle"] for command in commands if "delete" in command]
    added = [command["add"]["rule"]["comment"] for command in commands if "rule" in command.get("add", {})]
    assert (deleted, added) == ([4], ["daemonless:db"])


def test_and_go_back_in_one() -> None:
    nft = Nft()
    ReplaceTogether(PLACE, (replacing("db", [DB], []), replacing("web", [WEB], [WEB]))).undo(
        cast(Host, SimpleNamespace(nft=nft))
    )
    (commands,) = nft.changes
    assert [c["add"]["rule"]["comment"] for c in commands if "rule" in c.get("add", {})] == [
        "daemonless:web",
        "daemonless:db",
    ]


def test_settings_are_off_before_rules_go_and_on_after_they_came() -> None:
    on = SetSetting("net/ipv4/conf/veth-web/route_localnet", "0", "1")
    off = SetSetting("net/ipv4/conf/veth-db/route_localnet", "1", "0")
    flow = DropFlows(4, "", (53, 53))
    one: List[Op] = [FORWARD, WriteDropIn("a", "b"), replacing("web", [], [WEB]), on]
    two: List[Op] = [FORWARD, WriteDropIn("b", "c"), off, replacing("db", [DB], []), flow]
    ops = joined([Plan(tuple(one)), Plan(tuple(two))]).ops
    together = ReplaceTogether(PLACE, (replacing("web", [], [WEB]), replacing("db", [DB], [])))
    assert ops == (off, FORWARD, WriteDropIn("a", "c"), together, on, flow)


def test_the_next_owner_is_planned_for_as_if_the_former_were_through() -> None:
    seen = Seen(NFTABLES, (Standing(PLACE, "web", (WEB,)), Standing(PLACE, "other", (DB,))), drop_in=None)
    plan = Plan((FORWARD, WriteDropIn(None, "text"), replacing("web", [WEB], []), replacing("web", [WEB], [])))
    after = seen_after(seen, "web", plan)
    assert after.standing == (Standing(PLACE, "other", (DB,)),)
    assert (after.drop_in, after.settings) == ("text", {"net/ipv4/ip_forward": "1"})
    assert seen_after(after, "db", Plan((replacing("db", [], [DB]),))).standing[-1] == Standing(PLACE, "db", (DB,))


def test_nothing_to_do_changes_nothing() -> None:
    seen = Seen(NFTABLES)
    assert seen_after(seen, "web", Plan()) is seen
    assert joined([]).ops == ()


@pytest.mark.parametrize("teardown", [True, False])
def test_a_teardown_of_all_is_one(teardown: bool) -> None:
    plans = [Plan((replacing("web", [WEB], []),), teardown=True), Plan(teardown=teardown)]
    assert joined(plans).teardown is teardown
