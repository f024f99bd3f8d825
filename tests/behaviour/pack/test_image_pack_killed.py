# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive is written beside its place; what a killed run left there goes, and what others write there stays."""

from __future__ import annotations

import fcntl
import os
import signal
from pathlib import Path
from typing import Any, Callable

import pytest
from children import started
from rooms import pack

from ansible_collections.daemonless.containers.plugins.module_utils._pack import ops

FILES = [{"path": "bin/tool", "content": "#!tool\n", "mode": "0755"}]
LEFT = ".a.tar.daemonless-left"


def write_half(patch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Have the next archive end in its middle."""

    def half(_host: Any, _wanted: Any, _packed: Any, put: Any) -> None:
        put(b"half")
        then()

    patch.setattr(ops, "write", half)


def test_killed_while_it_writes(tmp_path: Path) -> None:
    def killed() -> None:
        with pytest.MonkeyPatch.context() as patch:
            write_half(patch, lambda: os.kill(os.getpid(), signal.SIGKILL))
            pack(dest=str(tmp_path / "a.tar"), files=FILES)

    _pid, status = os.waitpid(started(killed), 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    (left,) = os.listdir(tmp_path)
    assert left.startswith(".a.tar.daemonless-")
    assert pack(dest=str(tmp_path / "a.tar"), files=FILES)["changed"]
    assert os.listdir(tmp_path) == ["a.tar"]


def test_written_beside_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether there is a folder for temporary files or not, and however open the mask is."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    seen = []
    write_half(
        monkeypatch, lambda: seen.extend((path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir())
    )
    mask = os.umask(0)
    try:
        pack(dest=str(tmp_path / "a.tar"), files=FILES)
    finally:
        os.umask(mask)
    ((name, mode),) = seen
    assert name.startswith(".a.tar.daemonless-")
    assert mode == 0o600


@pytest.mark.parametrize("what", ["locked", "another user's", "a link", "a folder", "of another name"])
def test_what_others_are_writing_stays(tmp_path: Path, what: str) -> None:
    path = tmp_path / (".a.tar.mine" if what == "of another name" else LEFT)
    if what == "a link":
        (tmp_path / "victim").write_text("victim")
        path.symlink_to("victim")
    elif what == "a folder":
        path.mkdir()
    else:
        path.write_text("theirs")
    if what == "another user's":
        os.chown(path, 1000, 1000)
    before = path.lstat()
    with open(tmp_path / "lock" if what != "locked" else path, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        pack(dest=str(tmp_path / "a.tar"), files=FILES)
    assert path.lstat() == before


def test_a_leftover_that_nobody_writes_goes(tmp_path: Path) -> None:
    (tmp_path / LEFT).write_text("half")
    pack(dest=str(tmp_path / "a.tar"), files=FILES)
    assert os.listdir(tmp_path) == ["a.tar"]
