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


def saying(name: str, script: str, aside: bool = False, lacking: str = "") -> Check:
    return Check(name, "test", [["sh", "-c", script]], lacking=lacking, aside=aside)


def test_what_runs_aside_is_shown_when_the_others_are_done(capsys: pytest.CaptureFixture[str], logs: Path) -> None:
    begun = logs / "begun"
    aside = saying("machines", f"echo one; touch {begun}; echo two; exit 3", aside=True)
    other = saying("units", f"until [ -e {begun} ]; do sleep 0.01; done; echo other")
    outcomes = runner.run_all([aside, other])
    assert capsys.readouterr().out == "\n== units\nother\n\n== machines\none\ntwo\n"
    assert [outcome.counts for outcome in outcomes] == [Counts(passed=1), Counts(failed=1)]
    assert (logs / "machines.log").read_text(encoding="utf-8") == "one\ntwo\n"


def test_what_has_not_begun_aside_when_the_others_are_done_runs_too(
    capsys: pytest.CaptureFixture[str], logs: Path
) -> None:
    begun = logs / "begun"
    script = f"for look in $(seq 1000); do [ -e {begun} ] && echo one && exit; sleep 0.01; done; exit 3"
    first = saying("machines", script, aside=True)
    second = saying("integration", f"touch {begun}; echo two; exit 3", aside=True)
    outcomes = runner.run_all([first, second, saying("units", "echo other")])
    assert capsys.readouterr().out == "\n== units\nother\n\n== machines\none\n\n== integration\ntwo\n"
    assert [outcome.counts for outcome in outcomes] == [Counts(passed=1), Counts(passed=1), Counts(failed=1)]


def test_a_check_ends_with_the_first_command_that_fails(logs: Path) -> None:
    check = Check("two", "test", [["false"], ["touch", str(logs / "reached")]])
    (outcome,) = runner.run_all([check])
    assert outcome.counts == Counts(failed=1)
    assert not (logs / "reached").exists()


@pytest.mark.parametrize("aside", [False, True])
def test_what_cannot_run_says_why(capsys: pytest.CaptureFixture[str], aside: bool) -> None:
    (outcome,) = runner.run_all([saying("machines", "echo never", aside, lacking="needs root")])
    assert capsys.readouterr().out == "\n== machines\nskipped: needs root\n"
    assert outcome.counts.skipped == {"needs root": 1}


def test_one_that_broke_is_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        runner.run_all([Check("gone", "test", [["/does/not/exist"]], aside=True)])


def test_each_folder_of_behaviour_is_run_once() -> None:
    words = [word for check in checklist.behaviour() for command in check.commands for word in command]
    folders = [path for path in (checklist.ROOT / checklist.BEHAVIOUR).iterdir() if path.name != "__pycache__"]
    named = [f"{checklist.BEHAVIOUR}/{name}" for name in (*checklist.ALONE, *checklist.CONTROLLERS)]
    assert sorted(word for word in words if word.startswith(f"{checklist.BEHAVIOUR}/")) == sorted(named)
    assert {f"--ignore={path}" for path in named} == {word for word in words if word.startswith("--ignore")}
    assert set(named) <= {f"{checklist.BEHAVIOUR}/{path.name}" for path in folders if path.is_dir()}
    assert words.count(checklist.BEHAVIOUR) == 1
