# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners, modes, times, attributes and holes of a layer's files, exactly as the archive has them."""

from __future__ import annotations

import os

import pytest
from layers import Workshop
from tarbuild import archive, device, file, folder, hardlink, header, symlink

BIG = (1 << 32) - 2
CAPABILITY = bytes.fromhex("0100000200040000000000000000000000000000")


def test_nobody_but_root_reaches_set_user_id_files(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("./", mode=0o777), file("su", mode=0o4755)))
    assert layer.parent.stat().st_mode & 0o777 == 0o700
    assert layer.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_parents_time_survives_its_files(workshop: Workshop) -> None:
    data = archive(folder("a/", mtime=11), folder("a/b/", mtime=22), file("a/b/f", b"x"), hardlink("a/l", "a/b/f"))
    layer = workshop.unpack(data)
    assert ((layer / "a").stat().st_mtime, (layer / "a/b").stat().st_mtime) == (11, 22)


def test_access_lists_are_kept_and_not_inherited(workshop: Workshop) -> None:
    entries = [(1, 7), (2, 6, 1000), (4, 5), (16, 7), (32, 5)]
    value = b"\x02\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + perm.to_bytes(2, "little") + (rest[0] if rest else BIG + 1).to_bytes(4, "little")
        for tag, perm, *rest in entries
    )
    data = archive(folder("d/", xattrs={"system.posix_acl_default": value}), file("d/f", b"", mode=0o640))
    layer = workshop.unpack(data)
    assert os.listxattr(layer / "d") == ["system.posix_acl_default"]
    assert os.listxattr(layer / "d/f") == []


def test_an_attribute_that_a_link_cant_have_is_listed(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(symlink("l", "x", xattrs={"user.note": b"1"})))
    assert os.listxattr(layer / "l", follow_symlinks=False) == []
    assert [entry.path for entry in workshop.skipped] == ["l"]


def test_device_nodes_are_skipped_and_listed(workshop: Workshop) -> None:
    data = archive(device("dev/sda", 8, 0, b"4"), device("dev/null", 1, 3), file("f"), header("dump", b"D"))
    layer = workshop.unpack(data)
    assert sorted(os.listdir(layer)) == ["f"]
    assert [(entry.path, entry.reason) for entry in workshop.skipped] == [
        ("dev/sda", "device node"),
        ("dev/null", "device node"),
        ("dump", "GNU dump directory"),
    ]
    assert {entry.layer for entry in workshop.skipped} == {f"sha256:{layer.name}"}
    first = workshop.skipped
    workshop.unpack(data)
    assert workshop.skipped == first


def test_a_volume_name_is_no_file(workshop: Workshop) -> None:
    assert os.listdir(workshop.unpack(archive(header("disk 1", b"V")))) == []


@pytest.mark.parametrize("kind", [b"M", b"N", b"Z", b"9"])
def test_an_unknown_type_is_an_error_that_names_the_entry(workshop: Workshop, kind: bytes) -> None:
    assert 'entry "strange": unknown type' in workshop.refusal(archive(header("strange", kind)))
