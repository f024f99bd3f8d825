# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role with an image of a registry: one variable from there to a running container, and back to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import registry
from plays import Play
from site_play import ARCHIVE, busybox_archive, pid_of, play_role
from snapshots import snapshot


@pytest.fixture(scope="module")
def secured(_internet: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[registry.Registry]:
    """A registry that has busybox, on a bare host."""
    if registry.program() is None:
        pytest.skip("no registry here to fetch from: docker-registry is not installed")
    with registry.registry(tmp_path_factory.mktemp("registry"), 5000) as running:
        with busybox_archive():
            running.copy(f"docker-archive:{ARCHIVE}", "team/busybox:1")
        yield running


def _play(secured: registry.Registry, *arguments: str, **variables: Any) -> Play:
    fetched = {
        "container_image_src": secured.source("team/busybox:1"),
        "container_image_remote_src": False,
        "container_image_username": registry.USER,
        "container_image_password": registry.PASSWORD,
        "container_image_cert_dir": str(secured.folder / "certs"),
    }
    return play_role(*arguments, **{**fetched, **variables})


def test_an_image_of_a_registry_runs_and_goes_with_the_container(secured: registry.Registry) -> None:
    before: Dict[str, Any] = snapshot()
    assert "image_fetch" in _play(secured, "--check").succeeded().changed
    assert snapshot() == before
    up = _play(secured, "-vvv").succeeded()
    assert Path(f"/proc/{pid_of(up)}").exists()
    assert registry.PASSWORD not in up.output
    assert _play(secured).succeeded().changed == []
    _play(secured, container_state="absent").succeeded()
    assert _play(secured, container_state="absent").succeeded().changed == []
    assert snapshot() == before


def test_a_name_of_ones_own(secured: registry.Registry) -> None:
    up = _play(secured, container_image_name="web", container_image_pull="missing").succeeded()
    assert up.last("image_fetch")["image"]["names"] == ["web:latest"]
    assert _play(secured, container_image_name="web", container_state="absent").succeeded().changed != []
    assert list(Path("/var/lib/daemonless").iterdir()) == []
