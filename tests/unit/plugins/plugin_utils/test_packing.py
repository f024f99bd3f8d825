# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller packs is what the target finds in it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.bundles import Bundle, Bundles

packing = pytest.importorskip(
    "ansible_collections.daemonless.containers.plugins.plugin_utils.packing",
    reason="the controller's side needs a Python that ansible-core runs on",
)


def unpacked(data: bytes, place: Path) -> Bundle:
    place.write_bytes(data)
    return Bundles().of_archive(str(place))


def packed(path: Path, place: Path, other: str = "") -> Bundle:
    archive = io.BytesIO()
    packing.pack(archive, str(path), lambda whole: other or whole)
    return unpacked(archive.getvalue(), place)


def contents(bundle: Bundle) -> Dict[str, bytes]:
    files = [piece for piece in bundle.pieces if not piece.folder]
    return {piece.path: os.pread(bundle.descriptor, piece.size, piece.offset) for piece in files}


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 512, bytes(range(256)) * 1000])
def test_content(tmp_path: Path, content: bytes) -> None:
    archive = io.BytesIO()
    packing.pack_content(archive, content)
    assert contents(unpacked(archive.getvalue(), tmp_path / "archive")) == {"": content}


def test_a_file_and_its_mode(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"data")
    (tmp_path / "file").chmod(0o4751)
    (piece,) = packed(tmp_path / "file", tmp_path / "archive").pieces
    assert (piece.path, piece.folder, piece.mode, piece.size) == ("", False, 0o4751, 4)
    assert piece == Bundles().of_path(str(tmp_path / "file"), int).pieces[0]._replace(offset=piece.offset)


def test_a_file_that_is_read_elsewhere(tmp_path: Path) -> None:
    """As those in a vault are."""
    (tmp_path / "file").write_bytes(b"sealed")
    (tmp_path / "open").write_bytes(b"opened, and longer")
    assert contents(packed(tmp_path / "file", tmp_path / "archive", str(tmp_path / "open"))) == {
        "": b"opened, and longer"
    }


def test_a_folder_is_the_same_from_either_side(tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "a/deep").mkdir(parents=True)
    (top / "empty").mkdir(mode=0o700)
    for name in ("a/one", "a/deep/two", f"{'long' * 40}", "\u00e4\u4e2d", os.fsdecode(b"raw\xff"), "-a"):
        (top / name).write_text(name, encoding="utf-8", errors="surrogateescape")
    (top / "link").symlink_to("a")
    sent = packed(top, tmp_path / "archive")
    room = os.open(tmp_path / "room", os.O_RDWR | os.O_CREAT)
    here = Bundles().of_path(str(top), lambda: room)
    assert contents(sent) == contents(here)
    assert [piece._replace(offset=0) for piece in sent.pieces] == [piece._replace(offset=0) for piece in here.pieces]
    assert sent.pieces[0].path == ""
    assert "link/deep/two" in contents(sent)


@pytest.mark.parametrize("what", ["fifo", "loop"])
def test_what_can_not_be_packed(tmp_path: Path, what: str) -> None:
    (tmp_path / "top").mkdir()
    if what == "fifo":
        os.mkfifo(tmp_path / "top/fifo")
    else:
        (tmp_path / "top/loop").symlink_to(".")
    with pytest.raises(
        packing.AnsibleError, match=r"is neither a file nor a folder|a link in it leads back to a folder"
    ):
        packed(tmp_path / "top", tmp_path / "archive")
