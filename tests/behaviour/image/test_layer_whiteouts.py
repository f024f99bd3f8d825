# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whiteouts of layer archives in the form that overlayfs knows."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest
from layers import Workshop
from tarbuild import archive, device, file, folder, hardlink, symlink


def is_whiteout(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == 0


def is_opaque(path: Path) -> bool:
    return "trusted.overlay.opaque" in os.listxattr(path) and os.getxattr(path, "trusted.overlay.opaque") == b"y"


def test_a_whiteout_becomes_a_device(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("etc/"), file("etc/.wh.passwd")))
    assert is_whiteout(layer / "etc/passwd")
    assert os.listdir(layer / "etc") == ["passwd"]


@pytest.mark.parametrize("name", [".wh.", "d/.wh.", ".wh..", ".wh...", "d/.wh.."])
def test_a_whiteout_of_no_name_is_refused(workshop: Workshop, name: str) -> None:
    assert "a whiteout of no name" in workshop.refusal(archive(folder("d/"), file(name)))


@pytest.mark.parametrize("first", [True, False])
def test_an_opaque_mark_works_before_and_after_the_files(workshop: Workshop, first: bool) -> None:
    members = [file("d/.wh..wh..opq"), file("d/f", b"1")]
    layer = workshop.unpack(archive(folder("d/", mtime=3), *(members if first else members[::-1])))
    assert is_opaque(layer / "d")
    assert os.listdir(layer / "d") == ["f"]
    assert (layer / "d").stat().st_mtime == 3


def test_an_opaque_mark_makes_the_folder_it_is_in(workshop: Workshop) -> None:
    assert is_opaque(workshop.unpack(archive(file("a/b/.wh..wh..opq"))) / "a/b")


def test_bookkeeping_of_aufs_is_left_out(workshop: Workshop) -> None:
    data = archive(file(".wh..wh.aufs"), folder(".wh..wh.orph/"), file(".wh..wh.orph/x", b"1"), file("f"))
    assert os.listdir(workshop.unpack(data)) == ["f"]


def test_hard_links_to_aufs_own_folder_work(workshop: Workshop) -> None:
    data = archive(
        folder(".wh..wh.plnk/", mode=0o700),
        file(".wh..wh.plnk/12.34", b"linked", mode=0o640, uid=9),
        hardlink("a", ".wh..wh.plnk/12.34"),
        hardlink("b", ".wh..wh.plnk/12.34"),
    )
    layer = workshop.unpack(data)
    assert sorted(os.listdir(layer)) == ["a", "b"]
    assert (layer / "a").read_bytes() == b"linked"
    assert (layer / "a").stat().st_uid == 9
    assert (layer / "a").stat().st_ino == (layer / "b").stat().st_ino


@pytest.mark.parametrize("first", [True, False])
def test_a_file_beside_its_own_whiteout_stays(workshop: Workshop, first: bool) -> None:
    members = [file("f", b"stays"), file(".wh.f")]
    layer = workshop.unpack(archive(*(members if first else members[::-1])))
    assert (layer / "f").read_bytes() == b"stays"
    assert os.listdir(layer) == ["f"]


@pytest.mark.parametrize("first", [True, False])
def test_a_folder_beside_its_own_whiteout_is_new(workshop: Workshop, first: bool) -> None:
    members = [folder("d/"), file(".wh.d")]
    layer = workshop.unpack(archive(*(members if first else members[::-1]), file("d/new")))
    assert is_opaque(layer / "d")
    assert os.listdir(layer / "d") == ["new"]


def test_a_whiteout_before_its_folder_leaves_the_folders_attributes(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("d/.wh.x"), folder("d/", mode=0o710, uid=4, mtime=8)))
    found = (layer / "d").stat()
    assert (found.st_mode & 0o777, found.st_uid, found.st_mtime) == (0o710, 4, 8)
    assert is_whiteout(layer / "d/x")


def test_a_whiteout_makes_the_folders_it_is_in(workshop: Workshop) -> None:
    assert is_whiteout(workshop.unpack(archive(file("a/b/.wh.x"))) / "a/b/x")


@pytest.mark.parametrize("first", [True, False])
def test_whiteouts_below_an_opaque_folder_are_dropped(workshop: Workshop, first: bool) -> None:
    members = [file("d/.wh..wh..opq"), file("d/.wh.x"), file("d/s/.wh.y"), file("d-e/.wh.z")]
    layer = workshop.unpack(archive(folder("d/"), folder("d/s/"), *(members if first else members[::-1])))
    assert os.listdir(layer / "d") == ["s"]
    assert os.listdir(layer / "d/s") == []
    assert is_whiteout(layer / "d-e/z")


def test_whiteouts_below_a_whiteout_are_dropped(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("d/.wh.x"), file(".wh.d")))
    assert is_whiteout(layer / "d")


def test_a_whiteout_of_a_link_to_a_folder_is_of_the_link(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("real/"), file("real/f"), file(".wh.link")))
    assert is_whiteout(layer / "link")
    assert (layer / "real/f").exists()


def test_a_whiteout_through_a_link_stays_inside(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(symlink("link", str(workshop.victim)), file("link/.wh.secret")))
    assert is_whiteout(layer / str(workshop.victim)[1:] / "secret")


def test_a_name_that_only_passes_a_whiteout_takes_nothing_away(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("etc/"), file("etc/x"), file(".wh.etc/f", b"1")))
    assert (layer / "etc/x").exists()
    assert (layer / ".wh.etc/f").read_bytes() == b"1"


def test_repeated_opaque_marks_cost_no_more_than_their_number(workshop: Workshop) -> None:
    files = [file(f"d/{number}") for number in range(500)]
    began = time.monotonic()
    layer = workshop.unpack(archive(folder("d/"), *files, *[file("d/.wh..wh..opq")] * 20_000))
    assert len(os.listdir(layer / "d")) == 500
    assert time.monotonic() - began < 5


def test_a_forged_whiteout_device_is_refused(workshop: Workshop) -> None:
    assert "character device 0:0" in workshop.refusal(archive(device("passwd", 0, 0)))
