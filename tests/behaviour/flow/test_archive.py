# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's archive on its way from the controller to a target that is another machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Dict

import pytest
from plays import Play, play
from site_play import ARCHIVE, OF_SITE, ROLE, busybox_archive
from snapshots import snapshot

CACHE = Path("/var/cache/daemonless")
REMOTE = {
    **OF_SITE,
    "container_image_src": "busybox.tar",
    "container_image_remote_src": "false",  # as from a command line: text
    "container_archive_local": "false",  # the target is this machine, and the role is not to know
}


@pytest.fixture(scope="module")
def playbook(_internet: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A playbook with the archive of busybox in the folder "files" beside it, on a bare host."""
    folder = tmp_path_factory.mktemp("playbook")
    (folder / "files").mkdir()
    with busybox_archive():
        shutil.copy(ARCHIVE, folder / "files/busybox.tar")
    return Path(shutil.copy(ROLE, folder / "one.yml"))


def _play(playbook: Path, *arguments: str, **variables: Any) -> Play:
    return play(playbook, {**REMOTE, **variables}, *arguments)


def test_it_is_copied_once_and_goes_with_the_container(playbook: Path) -> None:
    before: Dict[str, Any] = snapshot()
    assert "image_unpack" in _play(playbook, "--check").succeeded().changed
    assert snapshot() == before
    assert "ansible.builtin.copy" in _play(playbook).succeeded().changed
    assert [path.name.endswith("-busybox.tar") for path in CACHE.iterdir()] == [True]
    assert _play(playbook).succeeded().changed == []
    _play(playbook, container_state="absent").succeeded()
    assert _play(playbook, container_state="absent").succeeded().changed == []
    assert snapshot() == before
