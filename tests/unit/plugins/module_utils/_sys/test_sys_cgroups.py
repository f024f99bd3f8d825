# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups: what is read of them, on hosts of either version."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.cgroups import Cgroups

GROUP = "/system.slice/web.service"


@pytest.fixture
def cgroups(tmp_path: Path) -> Cgroups:
    root = tmp_path / "cgroup"
    (root / GROUP[1:]).mkdir(parents=True)
    (root / "cgroup.controllers").write_text("cpu memory pids\n")
    (root / GROUP[1:] / "pids.max").write_text("max\n")
    for pid, lines in {
        "7": f"0::{GROUP}\n",
        "8": f"4:memory:/x\n1:name=systemd:/y\n0::{GROUP}\n",
        "9": "4:x:/\n",
    }.items():
        (tmp_path / "proc" / pid).mkdir(parents=True)
        (tmp_path / "proc" / pid / "cgroup").write_text(lines)
    return Cgroups(str(root), str(tmp_path / "proc"))


def test_controllers(cgroups: Cgroups, tmp_path: Path) -> None:
    assert cgroups.controllers() == {"cpu", "memory", "pids"}
    assert Cgroups(str(tmp_path / "none")).controllers() == frozenset()


@pytest.mark.parametrize(("pid", "group"), [(7, GROUP), (8, GROUP), (9, None), (10, None)])
def test_group_of_a_process(cgroups: Cgroups, pid: int, group: str) -> None:
    assert cgroups.of(pid) == group


def test_files_that_are_not_there_are_left_out(cgroups: Cgroups) -> None:
    assert cgroups.read(GROUP, ("pids.max", "cpu.max")) == {"pids.max": "max"}
    assert cgroups.read("/gone", ("pids.max",)) == {}


def test_write(cgroups: Cgroups) -> None:
    cgroups.write(GROUP, "pids.max", "100")
    assert cgroups.read(GROUP, ("pids.max",)) == {"pids.max": "100"}
    with pytest.raises(FileNotFoundError) as failure:
        cgroups.write(GROUP, "cpu.max", "1")
    assert failure.value.filename.endswith(f"{GROUP}/cpu.max")
