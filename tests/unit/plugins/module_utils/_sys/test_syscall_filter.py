# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of system calls where there can be none: no library, a kernel that refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core import deps
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.syscall_filter import (
    ALLOW,
    Filter,
    Filters,
    install,
)


def test_the_library_is_missed_by_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deps, "file_of", lambda name: None)
    with pytest.raises(ContainersError, match=r"library seccomp is missing .*package python3-seccomp"):
        Filters(Files(), "x86_64").compiled(Filter(ALLOW, None, ()), str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_whether_a_package_is_there_is_told_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    assert deps.file_of("this") is not None
    assert "this" not in sys.modules
    assert deps.file_of("no_such_package") is None


def test_a_kernel_that_takes_none() -> None:
    """No kernel takes an empty one."""
    with pytest.raises(ContainersError, match="the kernel refuses") as failure:
        install(b"")
    assert "seccomp: unconfined" in str(failure.value)
