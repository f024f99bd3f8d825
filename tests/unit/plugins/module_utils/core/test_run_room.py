# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of a room: check mode changes nothing, unmet needs fail only a real run, results are honest."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core import run as run_module
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Plan, Unmet
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import Room, run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import run
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store


@dataclass
class Shelf:
    """A host with one number on it, and the locks that were asked for."""

    number: int = 0
    taken: List[Tuple[str, Tuple[str, ...]]] = field(default_factory=list)

    @property
    def locks(self) -> Shelf:
        return self

    @contextmanager
    def hold(self, store: Store, names: Sequence[str]) -> Iterator[None]:
        self.taken.append((store.root, tuple(names)))
        yield


@dataclass(frozen=True)
class SetNumber:
    number: int

    def describe(self) -> str:
        return f"set {self.number}"

    def apply(self, host: Shelf) -> None:
        host.number = self.number

    def undo(self, host: Shelf) -> None:
        raise AssertionError("nothing fails behind it")


def plan(wanted: Mapping[str, Any], found: int) -> Plan:
    unmet = (Unmet("no shelf", "Buy one"),) if wanted.get("unmet") else ()
    if wanted["number"] == found and not unmet:
        return Plan()
    return Plan(
        ops=(SetNumber(wanted["number"]),),
        before={"number": found},
        after={"number": wanted["number"]},
        predicted={"number": wanted["number"]},
        unmet=unmet,
        warnings=("mind the step",),
    )


def result(_wanted: Mapping[str, Any], found: int) -> Dict[str, Any]:
    return {"number": found}


ROOM: Room[Mapping[str, Any], int] = Room(
    spec=dict, observe=lambda host, _wanted: host.number, plan=plan, result=result, locks=lambda _wanted: ("shelf",)
)


def test_a_run_changes_the_host_and_returns_what_is_found_afterwards() -> None:
    shelf = Shelf()
    outcome = run_room(ROOM, {"number": 7, "store": "/elsewhere"}, shelf, check_mode=False)
    assert outcome == {
        "changed": True,
        "ops": ["set 7"],
        "diff": {"before": {"number": 0}, "after": {"number": 7}},
        "warnings": ("mind the step",),
        "number": 7,
    }
    assert shelf.number == 7
    assert shelf.taken == [("/elsewhere", ("shelf",))]


@dataclass(frozen=True)
class Ask(SetNumber):
    def apply(self, host: Shelf) -> Dict[str, Any]:  # type: ignore[override]
        host.number = self.number
        return {"answer": "no", "failed": True, "msg": "it said no"}


def asking(_wanted: Any, _found: Any) -> Plan:
    return Plan(ops=(Ask(7),))


def test_what_an_op_tells_is_the_result_and_there_is_no_second_look() -> None:
    looks: List[int] = []
    room = replace(ROOM, plan=asking, observe=lambda host, _wanted: looks.append(host.number))
    outcome = run_room(room, {"number": 7}, Shelf(), check_mode=False)
    assert (outcome["answer"], outcome["failed"], outcome["changed"], looks) == ("no", True, True, [0])


def test_the_second_run_changes_nothing() -> None:
    outcome = run_room(ROOM, {"number": 7}, Shelf(7), check_mode=False)
    assert (outcome["changed"], outcome["ops"], outcome["number"]) == (False, [], 7)


def test_check_mode_predicts_and_touches_neither_host_nor_locks() -> None:
    shelf = Shelf()
    outcome = run_room(ROOM, {"number": 7}, shelf, check_mode=True)
    assert (outcome["changed"], outcome["ops"], outcome["number"]) == (True, ["set 7"], 7)
    assert shelf == Shelf()


def test_an_unmet_need_fails_a_real_run_before_any_change() -> None:
    shelf = Shelf()
    with pytest.raises(ContainersError, match=r"^no shelf\. Buy one$"):
        run_room(ROOM, {"number": 7, "unmet": True}, shelf, check_mode=False)
    assert shelf.number == 0


def test_an_unmet_need_is_a_warning_in_check_mode() -> None:
    outcome = run_room(ROOM, {"number": 7, "unmet": True}, Shelf(), check_mode=True)
    assert outcome["number"] == 7
    assert outcome["warnings"] == ("mind the step", "no shelf; an earlier task has to make it")


@pytest.mark.parametrize(
    "options",
    [
        {"path": "/a\0b"},
        {"path": ["/a", "/a\0b"]},
        {"path": [{"src": "\0"}]},
        {"path": {"a\0b": "c"}},
    ],
)
def test_a_nul_character_is_refused_before_anything_is_looked_at(options: Dict[str, Any]) -> None:
    shelf = Shelf()
    with pytest.raises(ContainersError, match=r"^path holds a NUL character"):
        run_room(ROOM, {"number": 7, **options}, shelf, check_mode=False)
    assert shelf == Shelf()


@dataclass
class Module:
    """Stands in for AnsibleModule; keeps what the run ended with."""

    params: Mapping[str, Any]
    check_mode: bool = False

    def fail_json(self, **values: Any) -> None:
        raise SystemExit(values["msg"])


def failure(monkeypatch: pytest.MonkeyPatch, uid: int, error: Exception) -> str:
    """What the user is told where a look at the host fails with the error."""

    def observe(_host: Any, _wanted: Any) -> int:
        try:
            raise error
        except PermissionError as cause:
            raise ContainersError(f"look: {cause.strerror}") from cause

    room: Room[Any, Any] = Room(spec=dict, observe=observe, plan=plan, result=result, locks=lambda _wanted: ())
    monkeypatch.setattr(run_module, "_Module", lambda **_given: Module({}))
    monkeypatch.setattr(run_module, "Host", Shelf)
    monkeypatch.setattr(run_module, "heed_signals", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    with pytest.raises(SystemExit) as ended:
        run(room, argument_spec={})
    return str(ended.value)


def test_a_user_without_rights_is_told_to_become_root(monkeypatch: pytest.MonkeyPatch) -> None:
    told = failure(monkeypatch, 1000, PermissionError(13, "Permission denied"))
    assert told == (
        "look: Permission denied. The task runs as user id 1000, which may not do this: give it become: true"
    )


def test_root_is_not_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(monkeypatch, 0, PermissionError(13, "Permission denied")) == "look: Permission denied"


def test_nor_is_a_user_whose_task_fails_for_another_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(monkeypatch, 1000, ContainersError("no shelf", "Buy one")) == "no shelf. Buy one"


def test_what_is_done_but_is_to_fail_fails_with_all_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: Dict[str, Any] = {}

    class Ending(Module):
        _diff = False

        def warn(self, _warning: str) -> None:
            """Nobody listens."""

        def fail_json(self, **values: Any) -> None:
            ended.update(values)
            raise SystemExit

    monkeypatch.setattr(run_module, "_Module", lambda **_given: Ending({"number": 7}))
    monkeypatch.setattr(run_module, "Host", Shelf)
    monkeypatch.setattr(run_module, "heed_signals", lambda: None)
    with pytest.raises(SystemExit):
        run(replace(ROOM, plan=asking), argument_spec={})
    assert ended == {"changed": True, "ops": ["set 7"], "answer": "no", "failed": True, "msg": "it said no"}
