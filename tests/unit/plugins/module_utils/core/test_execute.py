# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out plans: all or nothing when building up, everything tried when tearing down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError, execute
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Plan


@dataclass
class Diary:
    """Stands in for the host: it keeps what was done to it."""

    lines: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    name: str
    fails: Optional[Exception] = None
    undo_fails: Optional[Exception] = None

    def describe(self) -> str:
        return f"make {self.name}"

    def apply(self, host: Diary) -> None:
        if self.fails:
            raise self.fails
        host.lines.append(f"+{self.name}")

    def undo(self, host: Diary) -> None:
        if self.undo_fails:
            raise self.undo_fails
        host.lines.append(f"-{self.name}")


def test_ops_are_applied_in_order() -> None:
    diary = Diary()
    execute(Plan(ops=(Step("a"), Step("b"))), diary)
    assert diary.lines == ["+a", "+b"]


@dataclass(frozen=True)
class Ask(Step):
    def apply(self, host: Diary) -> Dict[str, str]:  # type: ignore[override]
        host.lines.append(f"?{self.name}")
        return {self.name: "told"}


def test_what_ops_tell_is_returned() -> None:
    diary = Diary()
    assert execute(Plan(ops=(Step("a"), Ask("b"), Ask("c"))), diary) == {"b": "told", "c": "told"}
    assert execute(Plan(ops=(Step("a"),)), diary) == {}


def test_a_failure_undoes_what_was_done_backwards_and_only_that() -> None:
    diary = Diary()
    with pytest.raises(ExecutionError, match=r"^make c: disk on fire\. Buy a new one$") as caught:
        execute(Plan(ops=(Step("a"), Step("b"), Step("c", ContainersError("disk on fire", "Buy a new one")))), diary)
    assert diary.lines == ["+a", "+b", "-b", "-a"]
    assert caught.value.kept == ()


def test_what_cannot_be_undone_is_named_and_kept() -> None:
    diary = Diary()
    stubborn = Step("b", undo_fails=OSError(16, "busy", "/x"))
    with pytest.raises(ExecutionError, match=r"make c: boom; and taking it back: make b: /x: ") as caught:
        execute(Plan(ops=(Step("a"), stubborn, Step("c", ContainersError("boom")))), diary)
    assert diary.lines == ["+a", "+b", "-a"]
    assert caught.value.kept == ("make b",)


def test_an_os_error_is_told_with_its_path() -> None:
    with pytest.raises(ExecutionError, match=r"^make a: /full: No space left on device$"):
        execute(Plan(ops=(Step("a", OSError(28, "x", "/full")),)), Diary())


def test_a_defect_is_not_swallowed_but_undone_all_the_same() -> None:
    diary = Diary()
    with pytest.raises(ZeroDivisionError):
        execute(Plan(ops=(Step("a"), Step("b", ZeroDivisionError()))), diary)
    assert diary.lines == ["+a", "-a"]


def test_a_teardown_goes_on_and_reports_every_failure() -> None:
    diary = Diary()
    ops = (Step("a", ContainersError("first")), Step("b"), Step("c", OSError(16, "busy", "/c")))
    with pytest.raises(ExecutionError, match=r"make a: first; make c: /c: Device or resource busy") as caught:
        execute(Plan(ops=ops, teardown=True), diary)
    assert diary.lines == ["+b"]
    assert caught.value.kept == ("make b",)
