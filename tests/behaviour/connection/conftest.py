# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running container ``web`` to connect to."""

from __future__ import annotations

from pathlib import Path

import pytest
from container_fixtures import clean_host, merged, plain, tree
from container_runs import FOREVER, container, mount_rootfs
from guests import WITH_USR, make_python_tree

__all__ = ["clean_host", "merged", "plain", "tree"]


@pytest.fixture
def web(merged: Path) -> int:
    """The pid of its init."""
    return int(container(command=FOREVER)["container"]["pid"])


@pytest.fixture(scope="session")
def python_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_python_tree(tmp_path_factory.mktemp("python") / "low")


@pytest.fixture
def snake(python_tree: Path) -> None:
    """One that has Python."""
    mount_rootfs(python_tree)
    container(command=FOREVER, **WITH_USR)
