# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image is made once for its recipe; what a killed run left half-made is neither used nor kept."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import List

import image
import layout
import pytest
from layout import MACHINES, VmError

MADE: List[str] = []


@pytest.fixture(autouse=True)
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    monkeypatch.setattr(image, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(image, "_make", make)
    MADE.clear()
    return tmp_path / "images"


def make(name: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "root.img").touch()
    MADE.append(name)


def test_an_image_is_made_once() -> None:
    first = image.made("debian12")
    assert image.made("debian12") == first
    assert MADE == ["debian12"]


def test_another_recipe_is_another_image(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = image.made("debian13")
    before = image.made("debian12")
    changed = dataclasses.replace(MACHINES["debian12"], packages=("hello",))
    monkeypatch.setitem(MACHINES, "debian12", changed)
    after = image.made("debian12")
    assert after != before
    assert sorted(images.iterdir()) == sorted([after, other])


def test_what_a_killed_run_left_half_made_is_removed(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(name: str, folder: Path) -> None:
        make(name, folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(image, "_make", killed)
    with pytest.raises(KeyboardInterrupt):
        image.made("debian12")
    assert [folder.suffix for folder in images.iterdir()] == [".partial"]
    monkeypatch.setattr(image, "_make", make)
    whole = image.made("debian12")
    assert list(images.iterdir()) == [whole]


def test_what_makes_an_image_is_killed_with_the_run(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    script = (
        f"import image; image._run('sh', '-c', 'echo $$ >{started}.new; mv {started}.new {started}; exec sleep 60')"
    )
    folder = str(Path(image.__file__).parent)
    run = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": folder})
    deadline = time.monotonic() + 20
    while not started.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    run.kill()
    run.wait()
    while time.monotonic() < deadline and lives(int(started.read_text(encoding="ascii"))):
        time.sleep(0.01)
    assert not lives(int(started.read_text(encoding="ascii")))


def lives(pid: int) -> bool:
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(VmError, match=r"(?s)sh -c .*failed.*no space"):
        image._run("sh", "-c", "echo no space >&2; exit 1")
