# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners, modes, times, attributes and holes of a layer's files, exactly as the archive has them."""

from __future__ import annotations

import os
import stat
from typing import Any, Dict

import pytest
from layers import Workshop
from tarbuild import archive, device, file, folder, hardlink, header, symlink

BIG = (1 << 32) - 2
CAPABILITY = bytes.fromhex("0100000200040000000000000000000000000000")


@pytest.mark.parametrize("mode", [0o4755, 0o2755, 0o1777, 0o6711, 0o000, 0o777, 0o100644, 0o040755])
@pytest.mark.parametrize("uid", [0, 1234])
def test_modes_survive_the_owner(workshop: Workshop, mode: int, uid: int) -> None:
    data = archive(file("f", b"x", mode=mode, uid=uid), folder("d/", mode=mode, uid=uid), header("p", b"6", mode=mode))
    layer = workshop.unpack(data)
    for name in ("f", "d", "p"):
        assert (layer / name).stat().st_mode & 0o7777 == mode & 0o7777
    assert stat.S_ISFIFO((layer / "p").stat().st_mode)


def test_nobody_but_root_reaches_set_user_id_files(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("./", mode=0o777), file("su", mode=0o4755)))
    assert layer.parent.stat().st_mode & 0o777 == 0o700
    assert layer.parent.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("uid", [2**21 - 1, 2**21, 2**21 + 1, 2**31, BIG])
@pytest.mark.parametrize("way", ["base256", "pax"])
def test_large_ids_are_exact(workshop: Workshop, uid: int, way: str) -> None:
    ids: Dict[str, Any] = {"uid": uid, "gid": uid - 1}
    if way == "pax":
        ids = {"records": {"uid": str(uid), "gid": str(uid - 1)}}
    layer = workshop.unpack(archive(file("f", **ids), folder("d/", **ids), symlink("l", "f", **ids)))
    for name in ("f", "d", "l"):
        found = (layer / name).lstat()
        assert (found.st_uid, found.st_gid) == (uid, uid - 1)


@pytest.mark.parametrize("uid", [-1, BIG + 1, 2**32, 2**40])
def test_ids_that_the_kernel_hasnt_are_refused(workshop: Workshop, uid: int) -> None:
    for data in (archive(file("f", uid=uid)), archive(file("f", records={"gid": str(uid)}))):
        assert "is not valid" in workshop.refusal(data)


@pytest.mark.parametrize("seconds", [0, -1, -(2**31), 2**31, 2**33, 1_700_000_000])
def test_times_before_1970_and_beyond_2038_are_kept(workshop: Workshop, seconds: int) -> None:
    layer = workshop.unpack(
        archive(file("f", mtime=seconds), folder("d/", mtime=seconds), symlink("l", "f", mtime=seconds))
    )
    assert {(layer / name).lstat().st_mtime for name in ("f", "d", "l")} == {seconds}


@pytest.mark.parametrize(
    ("text", "expected"), [("1.5", 1_500_000_000), ("-1.25", -1_250_000_000), ("3.1234567899", 3_123_456_789)]
)
def test_times_are_exact_to_the_nanosecond(workshop: Workshop, text: str, expected: int) -> None:
    layer = workshop.unpack(archive(file("f", records={"mtime": text})))
    assert (layer / "f").stat().st_mtime_ns == expected


@pytest.mark.parametrize("text", ["soon", "1e9", "1_0", "--1", "0x1", ".", "9" * 30])
def test_a_time_that_is_none_is_an_error(workshop: Workshop, text: str) -> None:
    assert "time" in workshop.refusal(archive(file("f", records={"mtime": text})))


def test_a_parents_time_survives_its_files(workshop: Workshop) -> None:
    data = archive(folder("a/", mtime=11), folder("a/b/", mtime=22), file("a/b/f", b"x"), hardlink("a/l", "a/b/f"))
    layer = workshop.unpack(data)
    assert ((layer / "a").stat().st_mtime, (layer / "a/b").stat().st_mtime) == (11, 22)


def test_missing_parents_are_made_plainly(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(folder("a/", mode=0o2777, gid=50, mtime=11), file("a/b/c/f", b"x")))
    for name in ("a/b", "a/b/c"):
        found = (layer / name).stat()
        assert (found.st_mode & 0o7777, found.st_uid, found.st_gid, found.st_mtime) == (0o755, 0, 0, 0)
    assert (layer / "a").stat().st_mtime == 11
    assert (layer / "a/b/c/f").stat().st_gid == 0


def test_capabilities_and_user_attributes_are_kept(workshop: Workshop) -> None:
    attributes = {"security.capability": CAPABILITY, "user.note": b"a\0b=\n", "user.empty": b""}
    layer = workshop.unpack(archive(file("f", b"x", uid=3, xattrs=attributes), folder("d/", xattrs={"user.d": b"1"})))
    assert {name: os.getxattr(layer / "f", name) for name in os.listxattr(layer / "f")} == attributes
    assert os.getxattr(layer / "d", "user.d") == b"1"


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


def test_labels_of_another_machine_are_dropped(workshop: Workshop) -> None:
    attributes = {"security.selinux": b"x", "security.ima": b"y", "com.apple.provenance": b"z"}
    layer = workshop.unpack(archive(file("f", b"x", xattrs=attributes)))
    assert os.listxattr(layer / "f") == []
    assert workshop.skipped == ()


@pytest.mark.parametrize(
    "name", ["trusted.overlay.opaque", "trusted.x", "user.overlay.opaque", "user.overlay.metacopy"]
)
@pytest.mark.parametrize("kind", [file, folder])
def test_attributes_of_overlayfs_are_refused(workshop: Workshop, name: str, kind: Any) -> None:
    message = workshop.refusal(archive(kind("x", xattrs={name: b"y"})))
    assert f'entry "x": extended attribute {name} is reserved' in message


@pytest.mark.parametrize("attributes", [{"user." + "n" * 251: b""}, {"user.x": bytes(65537)}])
def test_attributes_that_are_too_long_are_an_error(workshop: Workshop, attributes: Dict[str, bytes]) -> None:
    assert "is too long" in workshop.refusal(archive(file("f", xattrs=attributes)))


def test_a_nul_byte_in_an_attributes_name_is_an_error(workshop: Workshop) -> None:
    assert "pax header is damaged" in workshop.refusal(archive(file("f", xattrs={"user.a\0b": b"x"})))


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
