# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that try to lead out of a layer: every one of them ends inside or is refused."""

from __future__ import annotations

import os

from layers import Workshop
from tarbuild import archive, file, folder, hardlink, header, symlink
from victim import snapshot


def test_a_file_through_a_link_lands_where_a_chroot_would_put_it(workshop: Workshop) -> None:
    data = archive(folder("usr/"), folder("usr/lib/", mode=0o700), symlink("lib", "usr/lib"), file("lib/so", b"x"))
    layer = workshop.unpack(data)
    assert (layer / "usr/lib/so").read_bytes() == b"x"
    assert (layer / "usr/lib").stat().st_mode & 0o777 == 0o700


def test_a_deep_tree_is_unpacked_and_can_be_removed(workshop: Workshop) -> None:
    refusal = workshop.refusal(archive(file("d/" * 2000 + "f", b""), hardlink("x", "missing")))
    assert "missing" in refusal


def test_a_hard_link_to_itself_changes_nothing(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("f", b"x"), hardlink("f", "f"), hardlink("./f", "/f")))
    assert (layer / "f").read_bytes() == b"x"


def test_a_folder_named_twice_has_the_last_attributes_and_all_its_files(workshop: Workshop) -> None:
    members = folder("d/", mode=0o700, uid=3), file("d/f"), folder("d", mode=0o2711, mtime=5)
    layer = workshop.unpack(archive(*members))
    found = (layer / "d").stat()
    assert (found.st_mode & 0o7777, found.st_uid, found.st_mtime) == (0o2711, 0, 5)
    assert (layer / "d/f").stat().st_gid == 0


def test_a_folder_that_became_a_link_doesnt_pass_on_its_attributes(workshop: Workshop) -> None:
    data = archive(folder("d/", mode=0o777, uid=5), folder("e/", mode=0o700), symlink("d", "e"))
    layer = workshop.unpack(data)
    assert (layer / "e").stat().st_mode & 0o777 == 0o700
    assert (layer / "e").stat().st_uid == 0


def test_two_runs_make_the_same_layer(workshop: Workshop) -> None:
    data = archive(file("a/b/c", b"1"), folder("x/", mtime=7), file("x/.wh.y"), symlink("l", "a"))
    layer = workshop.unpack(data)
    first = snapshot(layer)
    workshop.unpack(header("pad", b"5") + data)  # another layer in between
    os.rename(layer, workshop.folder / "aside")
    assert snapshot(workshop.unpack(data)) == first
