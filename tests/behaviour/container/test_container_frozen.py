# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container that somebody has frozen (paused) by a control group of his own, and its removal."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest
from container_runs import FOLDER, FOREVER, container, processes, wait_for, wait_for_end

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.processes import Processes


def inits() -> List[str]:
    return [line for line in processes() if "sleep 1000" in line]


@pytest.fixture(params=["cgroup2", "cgroup"])
def freezer(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tuple[Path, str, str]]:
    """A switch of a new control group of somebody else's, and what to write to it to freeze and to thaw."""
    place = tmp_path / "freezer"
    place.mkdir()
    legacy = request.param == "cgroup"
    options = ["-o", "freezer"] if legacy else []
    if subprocess.run(["mount", "-t", request.param, *options, "cgroup", place], check=False).returncode != 0:
        pytest.skip("this host's freezer is in the other version of control groups")
    group = place / f"somebody-{os.getpid()}"
    group.mkdir()
    yield (group / "freezer.state", "FROZEN", "THAWED") if legacy else (group / "cgroup.freeze", "1", "0")
    group.rmdir()
    subprocess.run(["umount", place], check=True)


def test_frozen_it_is_kept_and_removed_once_thawed(
    merged: Path, freezer: Tuple[Path, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even SIGKILL waits for the thaw (version 1 of control groups), nothing is forgotten meanwhile.

    In version 2 the kernel ends it as it is.
    """
    monkeypatch.setattr(sys.modules[Processes.__module__], "DEATH_SECONDS", 0.2)
    switch, frozen, thawed = freezer
    pid = container(command=FOREVER, stop_timeout=0)["container"]["pid"]
    (switch.parent / "cgroup.procs").write_text(str(pid))
    switch.write_text(frozen)
    waits = switch.name == "freezer.state"
    wait_for(*((switch, frozen) if waits else (switch.parent / "cgroup.events", "frozen 1")))
    with pytest.raises(ContainersError, match=r"doesn't end after SIGKILL.*thaw it") if waits else nullcontext():
        container(state="absent")
    assert (FOLDER / "container.json").exists() is waits
    assert len(inits()) == waits
    switch.write_text(thawed)
    wait_for_end(pid)
    container(state="absent")
    assert inits() == []
    assert not (FOLDER / "container.json").exists()
