# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out plans: all or nothing when building up, everything tried when tearing down."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import ClassVar, Dict, Iterator, List, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core import interruption
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


@dataclass(frozen=True)
class Interrupted(Step):
    """A signal comes while it is applied."""

    def apply(self, host: Diary) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        super().apply(host)


@dataclass(frozen=True)
class Destroy(Step):
    final: ClassVar[bool] = True


@dataclass(frozen=True)
class InterruptedDestroy(Interrupted):
    final: ClassVar[bool] = True


@pytest.fixture
def heeding() -> Iterator[None]:
    """Signals as a module has them."""
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    interruption.heed_signals()
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)
    interruption._STATE.signal = None


@pytest.mark.usefixtures("heeding")
def test_an_op_that_is_begun_is_finished_and_then_undone_with_the_others() -> None:
    diary = Diary()
    with pytest.raises(ExecutionError, match="make b: interrupted by SIGTERM") as caught:
        execute(Plan(ops=(Step("a"), Interrupted("b"), Step("c"))), diary)
    assert diary.lines == ["+a", "+b", "-b", "-a"]
    assert caught.value.kept == ()


@pytest.mark.usefixtures("heeding")
def test_the_last_op_is_undone_too_but_for_one_that_destroys_for_good() -> None:
    diary = Diary()
    with pytest.raises(ExecutionError, match="make a: interrupted by SIGTERM"):
        execute(Plan(ops=(Interrupted("a"), Destroy("b"))), diary)
    assert diary.lines == ["+a", "-a"]


@pytest.mark.usefixtures("heeding")
def test_a_plan_that_has_destroyed_what_was_to_go_is_done() -> None:
    diary = Diary()
    execute(Plan(ops=(Step("a"), InterruptedDestroy("b"))), diary)
    assert diary.lines == ["+a", "+b"]


def test_what_destroys_for_good_and_fails_leaves_what_was_done() -> None:
    diary = Diary()
    with pytest.raises(ExecutionError, match="make b: no") as caught:
        execute(Plan(ops=(Step("a"), Destroy("b", ContainersError("no")))), diary)
    assert diary.lines == ["+a"]
    assert caught.value.kept == ("make a",)


@pytest.mark.usefixtures("heeding")
def test_a_teardown_is_finished_and_then_told_to_be_interrupted() -> None:
    diary = Diary()
    with pytest.raises(ExecutionError, match="interrupted by SIGTERM") as caught:
        execute(Plan(ops=(Interrupted("a"), Step("b")), teardown=True), diary)
    assert caught.value.kept == ("make a", "make b")


@pytest.mark.usefixtures("heeding")
def test_what_waits_lets_itself_be_interrupted() -> None:
    with interruption.held_back():
        os.kill(os.getpid(), signal.SIGHUP)
        with pytest.raises(ContainersError, match="interrupted by SIGHUP"), interruption.heeded_at_once():
            raise AssertionError("not reached")
