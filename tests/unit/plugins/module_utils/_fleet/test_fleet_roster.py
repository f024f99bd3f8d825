# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is to be up and who is to leave, from options and records; what the records say before and after."""

from __future__ import annotations

from typing import Any, List

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import entry_check
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.argspec import ARGUMENT_SPEC, entry
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.outcome import Outcome, outcome_of
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.record import FleetRecord
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.result import told
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.roster import (
    left_record,
    planned_record,
    roster,
)
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.spec import Wanted, spec

SUBNET = "100.100.8.0/24"
KEPT = FleetRecord("web", ("a", "b"), {"a": 2, "b": 3}, (SUBNET,), "br-web")


def wanted(*names: str, **options: Any) -> Wanted:
    entries = [{"name": name} for name in names]
    asked = {"fleet": "web", "containers": entries, "network": {"subnet": [SUBNET]}, **options}
    return spec(with_defaults(ARGUMENT_SPEC, asked), entry_check(entry()))


def names(members: Any) -> List[str]:
    return [member.name for member in members]


def test_listed_ones_come_up_and_others_stay() -> None:
    plan = roster(wanted("b", "c"), KEPT, (), KEPT.members)
    assert (names(plan.up), plan.down, plan.gone) == (["b", "c"], (), ())
    assert plan.numbers == {"b": 3, "c": 4}


def test_pruned_ones_leave_and_give_their_address_back() -> None:
    plan = roster(wanted("b", "c", prune=True), KEPT, (), KEPT.members)
    assert (names(plan.up), names(plan.gone)) == (["b", "c"], ["a"])
    assert plan.numbers == {"b": 3, "c": 2}


def test_another_subnet_gives_other_addresses() -> None:
    assert roster(wanted("b", network={"subnet": ["100.100.9.0/24"]}), KEPT, (), KEPT.members).numbers == {"b": 2}


def test_stopped_ones_stay_members() -> None:
    asked = wanted("a", state="stopped", network=None)
    plan = roster(asked, KEPT, (), KEPT.members)
    assert (names(plan.down), names(plan.gone), plan.up) == (["a"], [], ())
    assert planned_record(asked, KEPT, plan) == KEPT


def test_absent_without_a_list_is_the_whole_fleet() -> None:
    assert names(roster(wanted(state="absent", containers=None), KEPT, (), KEPT.members).gone) == ["a", "b"]
    assert names(roster(wanted("b", state="absent"), KEPT, (), KEPT.members).gone) == ["b"]


def test_the_record_holds_all_that_may_be_there_while_a_run_is_at_work() -> None:
    asked = wanted("c", prune=True)
    plan = roster(asked, KEPT, (), KEPT.members)
    record = planned_record(asked, KEPT, plan)
    assert record.members == ("a", "b", "c")
    assert left_record(record, ["a", "b"]) == FleetRecord("web", ("c",), {"c": 2}, (SUBNET,), "br-web")


def test_a_list_is_needed_but_for_absent() -> None:
    with pytest.raises(ContainersError, match="containers is missing"):
        wanted(containers=None)


def test_another_fleets_names_and_addresses_are_refused() -> None:
    with pytest.raises(ContainersError, match="container a belongs to fleet other"):
        roster(wanted("a"), FleetRecord("web"), (FleetRecord("other", ("a",)),), ("a",))
    others = (FleetRecord("other", ("x",), {}, ("2001:db8::/64", "100.100.0.0/16")),)
    with pytest.raises(ContainersError, match=r"overlaps 100.100.0.0/16 of fleet other"):
        roster(wanted("a"), FleetRecord("web"), others, ())


@pytest.mark.parametrize("state", ["started", "healthy", "stopped", "absent"])
def test_a_container_that_no_fleet_made_is_refused(state: str) -> None:
    with pytest.raises(ContainersError, match="container c is there, and fleet web didn't make it"):
        roster(wanted("a", "c", state=state), KEPT, (), ("a", "b", "c"))
    assert names(roster(wanted("a", state="absent"), KEPT, (), ("a", "b", "c")).gone) == ["a"]


def test_outcomes_come_through_a_pipe_as_they_are() -> None:
    outcome = Outcome("a", "create", ["start container a"], {}, {"x": 1}, ["careful"], {"pid": 1})
    assert outcome_of(outcome.plain()) == outcome


def test_the_result_counts_and_names_failures() -> None:
    good = Outcome("a", "create", ["start container a"], {}, {"container": {"status": "running"}}, ["w"], {"pid": 7})
    bad = Outcome("b", error="no room")
    result = told([good, bad, Outcome("c")], [Outcome("web", ops=["create bridge"])])
    assert result["changed"]
    assert result["ops"] == ["start container a", "create bridge"]
    assert result["counts"] == {"create": 1, "none": 1, "failed": 1}
    assert result["failures"] == {"b": "no room"}
    assert result["msg"] == "1 of 3 failed: b: no room"
    assert result["diff"]["after"] == {"a": {"container": {"status": "running"}, "action": "create"}, "web": {}}
    assert result["containers"][0] == {"name": "a", "pid": 7, "changed": True, "error": None}
    assert result["warnings"] == ("w",)


def test_many_failures_are_told_in_short() -> None:
    result = told([Outcome(f"n{number}", error="no") for number in range(9)], [])
    assert result["msg"].startswith("9 of 9 failed: n0: no; ")
    assert result["msg"].endswith("; and 4 more, see failures")


def test_what_was_done_before_a_failure_stays_told() -> None:
    both = Outcome("a", ops=["stop"]).then(Outcome("a", "recreate", ["start"], error="no"))
    assert (both.ops, both.error, both.action) == (["stop", "start"], "no", "recreate")
