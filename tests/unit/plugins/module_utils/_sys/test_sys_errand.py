# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child calls one function for us: what it did, how it failed, and that nothing of it stays."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.errand import call_in_child, waiting_child


def children() -> str:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


def test_a_child_does_what_the_function_does(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert call_in_child("rmdir", bytes(tmp_path / "folder")) == 0
    assert not (tmp_path / "folder").exists()
    assert children() == ""


def test_it_is_another_process_that_does_it(tmp_path: Path) -> None:
    here = os.getcwd()
    assert call_in_child("chdir", bytes(tmp_path)) == 0
    assert os.getcwd() == here


def test_a_failure_is_told_by_its_number(tmp_path: Path) -> None:
    assert call_in_child("rmdir", bytes(tmp_path / "nothing")) == errno.ENOENT
    (tmp_path / "file").touch()
    assert call_in_child("rmdir", bytes(tmp_path / "file")) == errno.ENOTDIR
    assert call_in_child("rmdir", bytes(tmp_path / "nothing")) == errno.ENOENT


def test_a_waiting_child_lives_as_long_as_the_block() -> None:
    before = children()
    with waiting_child(0) as pid:
        assert str(pid) in children().split()
        assert Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "SR"
    assert children() == before


def test_a_waiting_child_goes_when_the_block_fails() -> None:
    with pytest.raises(ValueError, match="of ours"), waiting_child(0):
        raise ValueError("of ours")
    assert children() == ""


def test_flags_that_the_kernel_refuses_are_an_error() -> None:
    thread_without_shared_handlers = 0x00010000
    with pytest.raises(OSError, match="Invalid argument"), waiting_child(thread_without_shared_handlers):
        pytest.fail("it was made")
