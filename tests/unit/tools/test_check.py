# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check that runs beside the others is shown after them, whole, and counts like any other."""

from __future__ import annotations

from pathlib import Path

import check as runner
import checklist
import pytest
from checklist import Check
from counts import Counts


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (runner, checklist):
        monkeypatch.setattr(module, "LOGS", tmp_path)
    return tmp_path


def saying(name: str, script: str, lane: str = "", lacking: str = "") -> Check:
    return Check(name, "test", [["sh", "-c", script]], lacking=lacking, lane=lane)


def test_what_runs_aside_is_shown_when_the_others_are_done(capsys: pytest.CaptureFixture[str], logs: Path) -> None:
    begun = logs / "begun"
    aside = saying("machines", f"echo one; touch {begun}; echo two; exit 3", lane="long")
    other = saying("units", f"until [ -e {begun} ]; do sleep 0.01; done; echo other")
    outcomes = runner.run_all([aside, other])
    assert capsys.readouterr().out == "\n== units\nother\n\n== machines\none\ntwo\n"
    assert [outcome.counts for outcome in outcomes] == [Counts(passed=1), Counts(failed=1)]
    assert (logs / "machines.log").read_text(encoding="utf-8") == "one\ntwo\n"


def test_each_lane_has_one_at_a_time_and_all_are_at_work_at_once(logs: Path) -> None:
    """The second of the long lane begins when the first has ended, which waits for the one in the other lane."""
    wait = f"until [ -e {logs}/{{}} ]; do sleep 0.01; done; touch {logs}/{{}}"
    first = saying("first", wait.format("other-began", "first-ended"), lane="long")
    second = saying("second", f"test -e {logs}/first-ended", lane="long")
    other = saying("other", f"touch {logs}/other-began", lane="other")
    assert all(outcome.counts == Counts(passed=1) for outcome in runner.run_all([first, second, other]))


def test_a_check_ends_with_the_first_command_that_fails(logs: Path) -> None:
    check = Check("two", "test", [["false"], ["touch", str(logs / "reached")]])
    (outcome,) = runner.run_all([check])
    assert outcome.counts == Counts(failed=1)
    assert not (logs / "reached").exists()


@pytest.mark.parametrize("lane", ["", "long"])
def test_what_cannot_run_says_why(capsys: pytest.CaptureFixture[str], lane: str) -> None:
    (outcome,) = runner.run_all([saying("machines", "echo never", lane, lacking="needs root")])
    assert capsys.readouterr().out == "\n== machines\nskipped: needs root\n"
    assert outcome.counts.skipped == {"needs root": 1}


def test_one_that_broke_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        runner.run_all([Check("gone", "test", [["/does/not/exist"]], lane="long")])
