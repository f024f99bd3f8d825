# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a command from being run: a path of the container that is there, or isn't; and check mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import FOREVER, container, state_of_host
from exec_runs import output_of, run_in


@pytest.fixture(autouse=True)
def _running(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)


@pytest.mark.parametrize(
    ("there", "path"),
    [
        (True, "/etc/passwd"),
        (True, "etc/passwd"),
        (True, "../../etc/passwd"),
        (True, "/etc/pass*"),
        (True, "/*/[p]asswd"),
        (True, "/tmp/up/etc/group"),
        (True, "/tmp/dangling"),
        (True, "/dev/null"),
        (False, "/etc/host-only"),
        (False, "/tmp/up/etc/host-only"),
        (False, "/tmp/out/host-only"),
        (False, "/proc/1/root/etc/passwd"),
        (False, "/etc/passwd/below"),
        (False, "/tmp/round/x"),
        (False, "/e*/host-*"),
        (False, "/tmp/*hidden"),
    ],
)
def test_creates_and_removes_are_looked_up_inside(there: bool, path: str) -> None:
    """Links of the container that would lead to a file of the host, which has a name of its own."""
    Path("/etc/host-only").touch()
    links = {"/../../../..": "up", "/etc": "out", "nowhere": "dangling", "round": "round"}
    output_of("; ".join(f"busybox ln -s {target} /tmp/{link}" for target, link in links.items()))
    output_of("touch /tmp/.hidden")
    before = run_in(command="touch /tmp/ran", creates=path)
    assert (before["changed"], before["rc"]) == (not there, 0)
    if there:
        words = f"'{path}' exists"
        assert (before["ops"], before["stdout"], before["msg"]) == (
            [],
            f"skipped, since {words}",
            f"Did not run command since {words}",
        )
    after = run_in(command="true", removes=path)
    assert after["changed"] is there
    assert there or after["msg"] == f"Did not run command since '{path}' does not exist"


def test_creates_makes_it_idempotent() -> None:
    made = [run_in(shell="echo x >> /tmp/once", creates="/tmp/once")["changed"] for _time in range(3)]
    assert (made, output_of("cat /tmp/once")) == ([True, False, False], "x")


def test_creates_in_a_volume(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    container(command=FOREVER, volumes=[f"{tmp_path}:/mnt"], stop_timeout=0)
    assert not run_in(command="true", creates="/mnt/there")["changed"]


@pytest.mark.parametrize(
    ("options", "changed", "skipped"),
    [({}, False, True), ({"creates": "/nothing"}, True, None), ({"removes": "/etc/passwd"}, True, None)],
)
def test_check_mode_runs_nothing(options: Dict[str, Any], changed: bool, skipped: bool) -> None:
    before = state_of_host()
    predicted = run_in(True, command="touch /tmp/made", **options)
    assert (predicted["changed"], predicted.get("skipped"), predicted["rc"]) == (changed, skipped, 0)
    assert predicted["ops"] == ["run touch in container web"]
    assert predicted["msg"] == "Command would have run if not in check mode"
    assert state_of_host() == before
    assert output_of("ls /tmp") == ""


def test_check_mode_of_what_needs_not_run() -> None:
    predicted = run_in(True, command="true", creates="/etc/passwd")
    assert predicted == run_in(command="true", creates="/etc/passwd")
