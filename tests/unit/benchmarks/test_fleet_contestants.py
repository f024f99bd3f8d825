# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A contestant that doesn't do what it was to do is not measured."""

from __future__ import annotations

import re
import string
import sys
from pathlib import Path

import pytest
from fleet_contestants import NAME, PAYLOAD, STEPS, Contestant, Running, WrongError
from fleet_run import ALL

RECAP = "localhost : ok=3    changed={}    unreachable=0    failed={}    skipped=0"


class Play(Running):
    """Instead of Ansible, something that says how it went."""

    def __init__(self, folder: Path, changed: int, failed: int = 0) -> None:
        super().__init__(folder, {})
        self._recap = RECAP.format(changed, failed)

    def said(self) -> str:
        return self._recap

    def run(self, command: object) -> float:
        return 1.5


@pytest.mark.parametrize(("changed", "wanted"), [(2, True), (0, False)])
def test_a_play_that_ends_as_wanted(tmp_path: Path, changed: int, wanted: bool) -> None:
    assert Play(tmp_path, changed).play([], changes=wanted) == 1.5


@pytest.mark.parametrize(("changed", "failed", "wanted"), [(0, 0, True), (1, 0, False), (1, 1, True)])
def test_a_play_that_does_not(tmp_path: Path, changed: int, failed: int, wanted: bool) -> None:
    with pytest.raises(WrongError):
        Play(tmp_path, changed, failed).play([], changes=wanted)


def test_a_command_that_fails_is_no_time(tmp_path: Path) -> None:
    running = Running(tmp_path, {"WORD": "no luck"})
    with pytest.raises(WrongError, match="no luck"):
        running.run([sys.executable, "-c", "import os, sys; sys.exit(os.environ['WORD'])"])


PLAYS = [key for key, kind in ALL.items() if kind.run is Contestant.run and kind.containers] + ["docker_container"]


def test_most_are_plays() -> None:
    assert len(PLAYS) == 5


@pytest.mark.parametrize("key", PLAYS)
def test_all_run_the_same_payload(tmp_path: Path, key: str) -> None:
    made, again, gone = (str(ALL[key]().tasks(step, 20, tmp_path)) for step in STEPS)
    assert str(list(PAYLOAD)) in made
    assert made == again
    assert "absent" in gone


@pytest.mark.parametrize("key", PLAYS)
def test_no_name_could_be_the_beginning_of_an_id(tmp_path: Path, key: str) -> None:
    named = set(
        re.findall(r"'(?:container_name|name|name_prefix)': '([^']*)'", str(ALL[key]().tasks("create", 20, tmp_path)))
    )
    names = {name for name in named if name.startswith(NAME)}
    assert len(names) == 1
    assert not set(NAME) <= set(string.hexdigits)
