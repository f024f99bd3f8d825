# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctl: reading, writing, and what it says where it can't."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.sysctl import Sysctl

NAME = "net/ipv4/conf/eth0.100/rp_filter"


@pytest.fixture
def setting(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_text("0\n")
    return path


def test_a_dotted_interface_name_stays_whole(tmp_path: Path, setting: Path) -> None:
    assert Sysctl(str(tmp_path)).read(NAME) == "0"


def test_a_missing_setting_reads_as_none(tmp_path: Path) -> None:
    assert Sysctl(str(tmp_path)).read(NAME) is None


def test_write_changes_the_value(tmp_path: Path, setting: Path) -> None:
    sysctl = Sysctl(str(tmp_path))
    sysctl.write(NAME, "2")
    assert sysctl.read(NAME) == "2"


def test_a_missing_setting_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as failure:
        Sysctl(str(tmp_path)).write("vm/none", "1")
    assert failure.value.filename == f"{tmp_path}/vm/none"
    assert not (tmp_path / "vm").exists()


@pytest.mark.parametrize("name", ["/etc/passwd", "net/../../etc/passwd"])
def test_a_name_cannot_lead_out_of_proc_sys(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        Sysctl(str(tmp_path)).read(name)
