# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: a small system to run containers on, and a clean host for every test; what cleans it is for others too."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, List

import pytest
from container_runs import STORE, container, make_tree, mount_rootfs


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("tree") / "low")


@pytest.fixture
def merged(tree: Path) -> Path:
    """A mounted rootfs ``web`` with a range of ids of its own."""
    return mount_rootfs(tree)


@pytest.fixture
def plain(tree: Path) -> Path:
    """A mounted rootfs ``web`` with the host's own ids."""
    return mount_rootfs(tree, userns="none")


def mount_points() -> List[str]:
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(autouse=True)
def clean_host() -> Iterator[None]:
    """End and take away whatever the test left."""
    before = mount_points()
    yield
    os.chdir("/")
    take_away_all(before)


def take_away_all(mounted_before: List[str]) -> None:
    """End every container, unmount what was mounted since, and empty the store."""
    for record in Path(STORE.run, "containers").glob("*.json"):
        container(name=record.stem, stop_signal="KILL", state="absent")
    for mounted in reversed(mount_points()[len(mounted_before) :]):
        subprocess.run(["umount", mounted.replace("\\040", " ")], check=True)
    for path in Path(STORE.root).iterdir():
        subprocess.run(["rm", "-rf", path], check=True)
    shutil.rmtree("/run/daemonless", ignore_errors=True)
