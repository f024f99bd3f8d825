# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option interactive: a standard input that stays open with nobody at its other end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from container_runs import LOG, container, wait_for, wait_for_end


@pytest.mark.parametrize("user", ["root", "web"])
def test_a_shell_stays_and_does_what_is_written_to_it(merged: Path, user: str) -> None:
    started = container(command=["sh"], interactive=True, user=user)["container"]
    assert started["status"] == "running"
    assert container(command=["sh"], interactive=True, user=user)["changed"] is False
    Path(f"/proc/{started['pid']}/fd/0").write_text("echo heard by $(id -u)\n", encoding="utf-8")
    wait_for(LOG, "heard by 0" if user == "root" else "heard by 33")
    container(state="absent", stop_signal="KILL")


def test_without_it_a_shell_ends_at_once(merged: Path) -> None:
    started = container(command=["sh"])["container"]
    wait_for_end(started["pid"])
    assert container(state="stopped")["container"]["exit_code"] == 0
    container(state="absent")


def test_it_takes_a_restart(merged: Path) -> None:
    container(command=["sleep", "1000"], stop_signal="KILL")
    changed = container(command=["sleep", "1000"], stop_signal="KILL", interactive=True)
    assert "interactive changed" in " ".join(changed["ops"])
    container(state="absent", stop_signal="KILL")


def test_no_other_descriptor_comes_with_it(merged: Path) -> None:
    pid = container(command=["sleep", "1000"], interactive=True)["container"]["pid"]
    assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]
