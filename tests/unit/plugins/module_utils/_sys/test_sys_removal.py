# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees that somebody else filled are removed whole, and nothing beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.removal import remove_at


def remove(path: Path) -> None:
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        remove_at(parent, path.name)
    finally:
        os.close(parent)


def test_files_links_and_folders_go(tmp_path: Path) -> None:
    (tmp_path / "beside").write_text("stays")
    top = tmp_path / "top"
    (top / "a/b/c").mkdir(parents=True)
    (top / "a/b/f").write_text("x")
    (top / "link").symlink_to(tmp_path)
    (top / "a/up").symlink_to("../..")
    os.mkfifo(top / "a/p")
    remove(top)
    assert os.listdir(tmp_path) == ["beside"]


@pytest.mark.parametrize("kind", ["file", "link", "empty"])
def test_a_single_thing_goes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "file":
        path.write_text("x")
    elif kind == "link":
        path.symlink_to("/")
    else:
        path.mkdir()
    remove(path)
    assert os.listdir(tmp_path) == []


def test_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        remove(tmp_path / "x")


def test_a_tree_deeper_than_the_stack_goes(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for depth in range(5000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        if depth % 100 == 0:
            os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.close(here)
        here = below
    os.close(here)
    before = len(os.listdir("/proc/self/fd"))
    remove(tmp_path / "d")
    assert os.listdir(tmp_path) == ["f"]
    assert len(os.listdir("/proc/self/fd")) == before


def test_names_that_the_removal_itself_uses_are_no_trouble(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / ".removed-0/x/y").mkdir(parents=True)
    (top / ".removed-1").write_text("file")
    (top / "a/b/c/d").mkdir(parents=True)
    remove(top)
    assert os.listdir(tmp_path) == []


def test_names_that_are_no_text_go(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    os.makedirs(bytes(tmp_path / "top") + b"/\xff\xfe/\xe9")
    remove(tmp_path / "top")
    assert os.listdir(tmp_path) == []
