# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers made by hand, processes that use a mount, and a clean host for every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest
from container_fixtures import clean_host

__all__ = ["clean_host"]


@pytest.fixture
def layers(tmp_path: Path) -> List[str]:
    """Three layers, lowest first. Each has its own file; ``same`` is in all, ``hidden`` whited out by the second."""
    made = []
    for name in ("low", "middle", "top"):
        layer = tmp_path / name
        layer.mkdir(mode=0o755)
        (layer / name).write_text(name, encoding="utf-8")
        (layer / "same").write_text(name, encoding="utf-8")
        made.append(str(layer))
    Path(made[0], "hidden").write_text("low", encoding="utf-8")
    os.mknod(Path(made[1], "hidden"), 0o600 | 0o020000, os.makedev(0, 0))
    return made


@pytest.fixture
def process() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a Python program that does something, says a line and then waits until the test is over."""
    started: List[subprocess.Popen[bytes]] = []

    def start(code: str, **arguments: Any) -> subprocess.Popen[bytes]:
        program = f"{code}\nimport sys\nprint('ready', flush=True)\nsys.stdin.read()"
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **arguments
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
