# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two checks run at a time, each is shown whole when it has ended, and all are counted."""

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


def saying(name: str, script: str, lacking: str = "") -> Check:
    return Check(name, "test", [["sh", "-c", script]], lacking=lacking)


def after(path: Path) -> str:
    """Wait until that is there."""
    return f"for look in $(seq 1000); do [ -e {path} ] && break; sleep 0.01; done; [ -e {path} ] || exit 4; "


def test_what_ends_first_is_shown_first_and_whole(capsys: pytest.CaptureFixture[str], logs: Path) -> None:
    begun, ended = logs / "begun", logs / "units.log"
    machines = saying("machines", f"echo one; touch {begun}; {after(logs / 'ended')} echo two; exit 3")
    units = saying("units", f"{after(begun)} echo other")
    last = saying("docs", f"until grep -q other {ended}; do sleep 0.01; done; touch {logs / 'ended'}")
    outcomes = runner.run_all([machines, units, last])
    shown = [line for line in capsys.readouterr().out.splitlines() if line and not line.startswith("-- ")]
    assert shown.index("== units") + 1 == shown.index("other") < shown.index("== machines")
    assert shown[shown.index("== machines") :][:3] == ["== machines", "one", "two"]
    assert [outcome.counts for outcome in outcomes] == [Counts(failed=1), Counts(passed=1), Counts(passed=1)]
    assert (logs / "machines.log").read_text(encoding="utf-8") == "one\ntwo\n"


def test_no_more_run_at_a_time_than_are_to(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "AT_A_TIME", 1)
    first = saying("units", f"sleep 0.1; touch {logs / 'ended'}")
    outcomes = runner.run_all([first, saying("docs", f"[ -e {logs / 'ended'} ]")])
    assert [outcome.counts for outcome in outcomes] == [Counts(passed=1), Counts(passed=1)]


def test_the_log_is_named_when_it_begins(capsys: pytest.CaptureFixture[str], logs: Path) -> None:
    runner.run_all([saying("units", "echo one")])
    assert capsys.readouterr().out == f"-- units begins: {logs}/units.log\n\n== units\none\n"


def test_a_check_ends_with_the_first_command_that_fails(logs: Path) -> None:
    check = Check("two", "test", [["false"], ["touch", str(logs / "reached")]])
    (outcome,) = runner.run_all([check])
    assert outcome.counts == Counts(failed=1)
    assert not (logs / "reached").exists()


def test_what_cannot_run_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    (outcome,) = runner.run_all([saying("machines", "echo never", lacking="needs root")])
    assert capsys.readouterr().out == "\n== machines\nskipped: needs root\n"
    assert outcome.counts.skipped == {"needs root": 1}


def test_one_that_broke_is_no_silence() -> None:
    with pytest.raises(FileNotFoundError):
        runner.run_all([Check("gone", "test", [["/does/not/exist"]])])


def test_each_folder_of_behaviour_is_run_once() -> None:
    words = [word for check in checklist.behaviour() for command in check.commands for word in command]
    folders = [path for path in (checklist.ROOT / checklist.BEHAVIOUR).iterdir() if path.name != "__pycache__"]
    named = [f"{checklist.BEHAVIOUR}/{name}" for part in checklist.PARTS.values() for name in part]
    assert sorted(word for word in words if word.startswith(f"{checklist.BEHAVIOUR}/")) == sorted(named)
    assert {f"--ignore={path}" for path in named} == {word for word in words if word.startswith("--ignore")}
    assert set(named) <= {f"{checklist.BEHAVIOUR}/{path.name}" for path in folders if path.is_dir()}
    assert words.count(checklist.BEHAVIOUR) == 1
