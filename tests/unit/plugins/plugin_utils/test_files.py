# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell's commands for files, run by a shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.plugin_utils import files

NAMES = ["plain", "two words", "new\nline", "it's", '"', "$(id)", "-n", "\u00fc"]


def run(command: str, data: bytes = b"") -> Tuple[int, bytes]:
    done = subprocess.run(
        ["/bin/sh", "-c", command], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_there_and_back(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    assert run(files.putting(path, first=True), b"one") == (0, b"")
    assert run(files.putting(path, first=False), b"two") == (0, b"")
    assert os.listdir(tmp_path) == [name]
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert run(files.fetching(path, 0)) == (0, b"onetwo")


def test_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PART", 2 * files._BLOCK)
    data = os.urandom(5 * files._BLOCK + 7)
    (tmp_path / "file").write_bytes(data)
    parts = [run(files.fetching(str(tmp_path / "file"), number))[1] for number in range(4)]
    assert [len(part) for part in parts] == [files.PART, files.PART, files._BLOCK + 7, 0]
    assert b"".join(parts) == data


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert run(files.fetching(str(tmp_path), 0))[0] == files.NO_FILE
    assert run(files.fetching(str(tmp_path / "fifo"), 0))[0] == files.NO_FILE
    assert run(files.fetching(str(tmp_path / "missing"), 0))[0] == files.MISSING
