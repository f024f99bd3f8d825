# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The strict tar reader, on archives made byte by byte."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any, Dict, List

import pytest
from memory import Memory
from tarbuild import (
    END,
    GNU,
    archive,
    checksummed,
    device,
    file,
    folder,
    hardlink,
    header,
    long_name,
    padded,
    pax,
    record,
    symlink,
)

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image import tar


def members(data: bytes) -> List[tar.Member]:
    return list(tar.read_members(Memory(data)))


def only(data: bytes) -> tar.Member:
    [member] = members(archive(data))
    return member


def refusal(data: bytes) -> str:
    with pytest.raises(ContainersError) as caught:
        members(data)
    return str(caught.value)


def test_every_kind_is_told() -> None:
    data = archive(
        file("f", b"abc", mode=0o100644, uid=1, gid=2, mtime=3),
        folder("d/"),
        symlink("s", "f"),
        hardlink("h", "f"),
        device("c", 1, 3),
        device("b", 8, 1, b"4"),
        header("p", b"6"),
    )
    found = members(data)
    kinds = [tar.FILE, tar.DIRECTORY, tar.SYMLINK, tar.HARDLINK, tar.CHARACTER, tar.BLOCK_DEVICE, tar.FIFO]
    assert [member.kind for member in found] == kinds
    first = found[0]
    assert (first.name, first.mode, first.uid, first.gid, first.mtime) == (b"f", 0o644, 1, 2, 3_000_000_000)
    assert (first.offset, first.stored, first.size) == (512, 3, 3)
    assert (found[2].linkname, found[4].device, found[5].device) == (b"f", (1, 3), (8, 1))


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("length", [5, 99, 100, 101, 155, 200])
def test_names_and_links_of_any_length_are_read(form: int, length: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as writer:
        info = tarfile.TarInfo("d/" * ((length - 1) // 2) + "f" * (1 + (length - 1) % 2))
        info.size, info.mtime = 4, 1_600_000_000
        writer.addfile(info, io.BytesIO(b"data"))
        link = tarfile.TarInfo("link")
        link.type = tarfile.SYMTYPE
        link.linkname = info.name[:99] if form == tarfile.USTAR_FORMAT else info.name
        writer.addfile(link)
    found = members(stream.getvalue())
    assert [member.name for member in found] == [info.name.encode(), b"link"]
    assert found[1].linkname == link.linkname.encode()
    assert stream.getvalue()[found[0].offset :][:4] == b"data"


def test_a_prefix_counts_in_ustar_only() -> None:
    assert only(header("f", prefix=b"folder")).name == b"folder/f"
    assert only(header("f", prefix=b"0000000", magic=GNU)).name == b"f"
    assert only(header("f", prefix=b"rubbish", magic=bytes(8))).name == b"f"


def test_a_v7_folder_is_told_by_its_slash() -> None:
    assert only(header("d/", b"\0", magic=bytes(8))).kind == tar.DIRECTORY
    assert only(header("f", b"\0", magic=bytes(8))).kind == tar.FILE


def test_contiguous_files_are_files() -> None:
    assert only(header("f", b"7", size=0)).kind == tar.FILE


@pytest.mark.parametrize("kind", [b"1", b"2", b"3", b"5", b"6"])
def test_kinds_without_data_have_none_whatever_their_size(kind: bytes) -> None:
    found = members(archive(header("x", kind, size=12345), pax({"size": "999"}) + header("y", kind), file("f")))
    assert [member.name for member in found] == [b"x", b"y", b"f"]


@pytest.mark.parametrize("value", [-1, -(2**40), 2**33, 2**50])
def test_numbers_in_base_256(value: int) -> None:
    if abs(value) <= 2**40:
        assert only(header("f", mtime=value)).mtime == value * 1_000_000_000
    else:
        assert "time" in refusal(archive(header("f", mtime=value)))


@pytest.mark.parametrize("field", [b"12x\0", b"0x10\0", b"1_0\0", b"-1\0", b"+1\0", b"9\0", b"1 1\0"])
def test_numbers_that_are_none_are_refused(field: bytes) -> None:
    assert "tar header with the number" in refusal(archive(header("f", uid=field)))


@pytest.mark.parametrize("field", [bytes(8), b"       \0", b"     12 ", b"12 \0"])
def test_blanks_around_numbers_are_fine(field: bytes) -> None:
    assert only(header("f", uid=field)).uid in (0, 0o12)


def test_a_checksum_of_signed_bytes_is_fine() -> None:
    block = header(b"caf\xe9")
    blanked = block[:148] + b" " * 8 + block[156:]
    signed = sum(byte - 256 if byte > 127 else byte for byte in blanked)
    assert only(block[:148] + b"%06o\0 " % signed + block[156:]).name == b"caf\xe9"


@pytest.mark.parametrize("at", [0, 50, 120, 148, 150, 257, 500])
def test_any_changed_byte_is_noticed(at: int) -> None:
    block = bytearray(header("f", uid=5))
    block[at] ^= 0x01
    assert "byte 0: not a tar header" in refusal(archive(bytes(block)))


def test_a_lone_block_of_zeros_is_damage() -> None:
    assert "a lone block of zeros" in refusal(file("f") + bytes(512) + file("g") + END)


def test_pax_records_overrule_the_header() -> None:
    records = {
        "path": "p" * 300,
        "linkpath": "l",
        "uid": "4000000",
        "gid": "5000000",
        "size": "3",
        "mtime": "1.000000001",
    }
    [member] = members(archive(pax(records), header("f", size=0, uid=1) + padded(b"abc")))
    assert (member.name, member.linkname, member.uid, member.gid) == (b"p" * 300, b"l", 4_000_000, 5_000_000)
    assert (member.stored, member.mtime) == (3, 1_000_000_001)


def test_an_empty_pax_value_takes_the_record_back() -> None:
    assert only(pax([("path", "x"), ("path", ""), ("uid", "")]) + header("f", uid=7)).name == b"f"


def test_of_several_pax_headers_the_last_counts_alone() -> None:
    """As Go's reader has it; else what a row of them says would grow in memory without end."""
    first, last = pax({"path": "a", "uid": "5", "SCHILY.xattr.user.a": "1"}), pax({"SCHILY.xattr.user.b": "2"})
    member = only(first + last + header("f"))
    assert (member.name, member.uid, dict(member.xattrs)) == (b"f", 0, {b"user.b": b"2"})


@pytest.mark.parametrize("first", [True, False])
def test_a_long_name_of_gnu_comes_before_that_of_pax(first: bool) -> None:
    extras = long_name("gnu"), pax({"path": "pax"})
    assert only(b"".join(extras if first else extras[::-1]) + header("f")).name == b"gnu"


def test_pax_records_end_with_their_member() -> None:
    found = members(archive(pax({"path": "long", "SCHILY.xattr.user.a": b"\0\n="}), file("f"), file("g")))
    assert [(member.name, dict(member.xattrs)) for member in found] == [(b"long", {b"user.a": b"\0\n="}), (b"g", {})]


@pytest.mark.parametrize(
    "data",
    [
        b"rubbish",
        b"10 a=b\n",
        b"5 a=b\n",
        b"6 a=b\nx",
        b"6 a=b ",
        b"06a=b\n",
        b"5 ab\n",
        b"5 =b\n",
        b"-6 a=b\n",
        b"999999999999999999999999999999 a=b\n",
        b"0 a=b\n",
        b"\0" * 10,
        record("a\0b", "c"),
    ],
)
@pytest.mark.parametrize("kind", [b"x", b"g"])
def test_damaged_pax_headers_are_refused(data: bytes, kind: bytes) -> None:
    assert "pax header is damaged" in refusal(archive(pax(data, kind), file("f")))


@pytest.mark.parametrize("records", [{"uid": "1x"}, {"gid": "0x1"}, {"size": "1_0"}, {"size": "-1"}, {"uid": "1" * 30}])
def test_pax_numbers_that_are_none_are_refused(records: Dict[str, Any]) -> None:
    message = refusal(archive(pax(records), file("f")))
    assert "is not valid" in message or "pax header with the number" in message


@pytest.mark.parametrize(
    ("charset", "fine"), [("BINARY", True), ("ISO-IR 10646 2000 UTF-8", True), ("ISO-8859-1", False)]
)
def test_only_known_character_sets_are_read(charset: str, fine: bool) -> None:
    data = archive(pax([("hdrcharset", charset), ("path", b"\xff")]), file("f"))
    if fine:
        assert members(data)[0].name == b"\xff"
    else:
        assert "character set" in refusal(data)


@pytest.mark.parametrize("extra", [pax({"path": "x"}), long_name("x"), long_name("x", b"K")])
def test_an_extended_header_without_its_member_is_refused(extra: bytes) -> None:
    assert "without a member" in refusal(archive(extra))
    assert "without a member" in refusal(extra)


def test_extended_headers_may_not_be_huge() -> None:
    assert "at most 1048576" in refusal(header("x", b"x", size=1 << 30))


@pytest.mark.parametrize("cut", [1, 511, 512 + 1, 512 + 700])
def test_an_archive_cut_short_is_refused(cut: int) -> None:
    assert "cut short" in refusal(file("f", bytes(1000))[:cut])


def test_a_file_source_reads_a_stretch(tmp_path: Path) -> None:
    data = archive(file("f", b"x" * 600), file("g"))
    path = tmp_path / "a"
    path.write_bytes(b"before" + data + b"behind")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        found = list(tar.read_members(tar.FileSource(descriptor, 6, len(data))))
        with pytest.raises(ContainersError, match="cut short"):
            list(tar.read_members(tar.FileSource(descriptor, 6, 700)))
    finally:
        os.close(descriptor)
    assert [(member.name, member.offset) for member in found] == [(b"f", 512), (b"g", 2048)]


def test_names_are_shown_so_that_a_terminal_can_bear_it() -> None:
    assert tar.shown(b"a\x1b[31m\xff\n") == '"a\\x1b[31m\\xff\\x0a"'
    assert tar.shown(b"x" * 1000).endswith('…"')


def test_a_checksummed_block_is_read_as_made() -> None:
    assert only(checksummed(header("f"))).name == b"f"
