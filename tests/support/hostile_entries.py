# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 32 to 48: attributes, owners, modes, times, names, sizes and order of a layer's entries."""

from __future__ import annotations

import os
import stat
from typing import Any, Callable, Dict, List, Tuple

from hostile import Case, Made, refused, unpacked
from hostile_names import holds
from tarbuild import archive, device, file, folder, hardlink, header, long_name, pax, record, symlink

CAPABILITY = bytes.fromhex("0100000200040000000000000000000000000000")
BIG = (1 << 32) - 2
SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "f"}


def has_attributes(**wanted: Dict[str, bytes]) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        for name in wanted:
            path = made.layer / name
            assert {key: os.getxattr(path, key) for key in os.listxattr(path)} == wanted[name]

    return check


def has_modes(**wanted: int) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        assert {name: (made.layer / name).lstat().st_mode for name in wanted} == wanted

    return check


def has_owners(*pairs: Tuple[int, int]) -> Callable[[Made], None]:
    """Of f0, f1 and so on."""

    def check(made: Made) -> None:
        found = [(made.layer / f"f{number}").lstat() for number in range(len(pairs))]
        assert [(one.st_uid, one.st_gid) for one in found] == list(pairs)

    return check


def has_times(*nanoseconds: int) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        found = [(made.layer / f"f{number}").lstat().st_mtime_ns for number in range(len(nanoseconds))]
        assert found == list(nanoseconds)

    return check


def has_names(*names: bytes) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        assert sorted(os.listdir(bytes(made.layer))) == sorted(names)

    return check


def leaves_out(**skipped: str) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        assert os.listdir(made.layer) == ["f"]
        assert made.skipped == skipped

    return check


def fifo_alone(made: Made) -> None:
    assert stat.S_ISFIFO((made.layer / "p").lstat().st_mode)
    for folder_above in (made.layer.parent, made.layer.parent.parent):
        assert folder_above.stat().st_mode & 0o7777 == 0o700


def exact_holes(made: Made) -> None:
    found = made.layer / "f"
    assert found.read_bytes() == bytes(4096) + b"abc" + bytes(901)
    assert found.stat().st_blocks * 512 <= 8192
    assert (made.layer / "g").read_bytes() == b"next"


def last_wins(made: Made) -> None:
    assert (made.layer / "f").read_bytes() == b"last"
    assert (made.layer / "f").stat().st_uid == 0
    assert (made.layer / "g").read_bytes() == b"first"
    assert (made.layer / "d").stat().st_mode == 0o042711


def global_not_applied(made: Made) -> None:
    assert os.listdir(made.layer) == ["f"]
    assert (made.layer / "f").stat().st_uid == 0


def parents(made: Made) -> None:
    for name, wanted in (("a", (0o042777, 50, 11)), ("a/b", (0o040755, 0, 0)), ("a/b/c", (0o040755, 0, 0))):
        found = (made.layer / name).stat()
        assert (found.st_mode, found.st_gid, found.st_mtime) == wanted


def sparse(leading: bytes, stored: bytes, real: int, **records: str) -> bytes:
    data = leading.ljust(512, b"\0") + stored
    return file("made-up", data, records={**SPARSE, "GNU.sparse.realsize": str(real), **records})


def owned(*ids: int) -> bytes:
    """Files with these owners, each once in base 256 and once as pax."""
    numbered = list(enumerate(ids))
    plain = [file(f"f{2 * number}", uid=uid, gid=uid - 1) for number, uid in numbered]
    extended = [file(f"f{2 * number + 1}", records={"uid": str(uid), "gid": str(uid - 1)}) for number, uid in numbered]
    return archive(*plain, *extended)


IDS = (2**21 - 1, 2**21, 2**21 + 1, 2**31, BIG)
MODES = (0o4755, 0o2755, 0o6711, 0o000, 0o100644, 0o040755)
TIMES = (0, -1, -(2**31), 2**31, 2**33)
NAMES = (b"caf\xe9", b"\xff\xfe", "ü".encode(), b"new\nline", b" ")
HOLEY = sparse(b"1\n4096\n3\n", b"abc", 5000)


def moded(uid: int) -> List[bytes]:
    return [
        entry
        for number, mode in enumerate(MODES)
        for entry in (file(f"f{number}", b"x", mode=mode, uid=uid), folder(f"d{number}/", mode=mode, uid=uid))
    ]


EXPECTED_MODES: Dict[str, Any] = {
    f"{kind}{number}": bits | mode & 0o7777
    for number, mode in enumerate(MODES)
    for kind, bits in (("f", stat.S_IFREG), ("d", stat.S_IFDIR))
}

CASES: List[Case] = [
    unpacked(
        32,
        "capability",
        archive(file("f", b"x", uid=3, xattrs={"security.capability": CAPABILITY})),
        has_attributes(f={"security.capability": CAPABILITY}),
    ),
    unpacked(
        33,
        "labels",
        archive(
            file("f", xattrs={"security.selinux": b"x", "security.ima": b"y", "user.note": b"a\0b=\n"}),
            folder("d/", xattrs={"user.d": b"1", "com.apple.provenance": b"z"}),
        ),
        has_attributes(f={"user.note": b"a\0b=\n"}, d={"user.d": b"1"}),
    ),
    refused(34, "nul-in-attribute", archive(file("f", xattrs={"user.a\0b": b"x"})), "pax header is damaged"),
    refused(34, "long-attribute-name", archive(file("f", xattrs={"user." + "n" * 251: b""})), "is too long"),
    refused(34, "long-attribute-value", archive(file("f", xattrs={"user.x": bytes(65537)})), "is too long"),
    unpacked(
        35,
        "devices",
        archive(device("sda", 8, 0, b"4"), device("null", 1, 3), file("f")),
        leaves_out(sda="device node", null="device node"),
    ),
    unpacked(35, "fifo", archive(header("p", b"6", mode=0o4777)), fifo_alone),
    unpacked(36, "dump-folder", archive(header("dump", b"D"), file("f")), leaves_out(dump="GNU dump directory")),
    refused(36, "socket", archive(header("s", b"s")), 'entry "s": unknown type'),
    unpacked(37, "modes-of-root", archive(*moded(0)), has_modes(**EXPECTED_MODES)),
    unpacked(37, "modes-of-others", archive(*moded(1234)), has_modes(**EXPECTED_MODES)),
    unpacked(38, "large-ids", owned(*IDS), has_owners(*((uid, uid - 1) for uid in IDS for _form in range(2)))),
    *(
        refused(39, f"no-such-id-{word}", archive(file("f", uid=uid)), "owner .* is not valid")
        for word, uid in (("negative", -1), ("nobody", BIG + 1), ("wraps", 2**32), ("huge", 2**40))
    ),
    refused(39, "no-such-id-in-pax", archive(file("f", records={"gid": str(2**32)})), "owner .* is not valid"),
    refused(40, "huge-name-of-gnu", archive(long_name("n" * 2**20), file("f")), "at most 1048576 are allowed"),
    refused(40, "huge-name-of-pax", archive(pax({"path": "n" * 2**20}), file("f")), "at most 1048576 are allowed"),
    refused(40, "huge-name", archive(long_name("n" * (2**20 - 2)), file("f")), "at most 4095 are allowed"),
    refused(40, "huge-name-unread", archive(header("x", b"x", size=1 << 60)), "at most 1048576 are allowed"),
    refused(40, "huge-target", archive(pax({"linkpath": "n" * 5000}), symlink("f", "x")), "at most 4095 are allowed"),
    refused(40, "long-component", archive(file("n" * 256)), 'entry "n*…": File name too long'),
    refused(40, "long-whiteout", archive(file(".wh." + "n" * 256)), 'whiteout "n*…": .*File name'),
    refused(41, "nul-in-name", archive(pax(record("path", b"a\0b")), file("f")), "a NUL byte in the name"),
    refused(41, "nul-in-target", archive(pax(record("linkpath", b"a\0b")), symlink("f", "x")), "a NUL byte in the"),
    unpacked(
        41,
        "backslashes",
        archive(file("back\\slash"), file("C:"), file("..\\..\\x")),
        has_names(b"back\\slash", b"C:", b"..\\..\\x"),
    ),
    unpacked(42, "no-unicode", archive(*(file(name) for name in NAMES)), has_names(*NAMES)),
    unpacked(
        43,
        "times",
        archive(*(file(f"f{number}", mtime=seconds) for number, seconds in enumerate(TIMES))),
        has_times(*(seconds * 10**9 for seconds in TIMES)),
    ),
    unpacked(
        43,
        "fractions",
        archive(file("f0", records={"mtime": "-1.25"}), file("f1", records={"mtime": "3.1234567899"})),
        has_times(-1_250_000_000, 3_123_456_789),
    ),
    *(
        refused(43, f"no-time-{word}", archive(file("f", records={"mtime": text})), "time")
        for word, text in (("word", "soon"), ("exponent", "1e9"), ("dot", "."), ("huge", "9" * 30))
    ),
    refused(43, "no-time-in-header", archive(header("f", mtime=b"12x\0")), "tar header with the number"),
    unpacked(44, "holes", archive(HOLEY, file("g", b"next")), exact_holes),
    unpacked(
        44,
        "holes-and-a-size",
        archive(sparse(b"1\n4096\n3\n", b"abc", 5000, size=str(512 + 3)), file("g", b"next")),
        exact_holes,
    ),
    refused(
        44,
        "huge-hole",
        archive(sparse(b"1\n0\n0\n", b"", 60 << 30)),
        "more than 1073741824 bytes.*max_bytes",
        max_bytes="1G",
    ),
    refused(44, "hole-beyond-any-disk", archive(sparse(b"1\n0\n0\n", b"", 2**63)), "more than 274877906944 bytes"),
    refused(44, "many-holes", archive(sparse(b"9999999\n", b"", 5000)), "sparse map of 9999999 pieces, at most"),
    unpacked(
        45,
        "equal-names",
        archive(
            file("f", b"first", uid=5),
            hardlink("g", "f"),
            file("./f", b"last"),
            folder("d/", mode=0o700),
            folder("d", mode=0o2711),
        ),
        last_wins,
    ),
    unpacked(46, "file-over-folder", archive(file("d/e/f", b"1"), file("d", b"2")), holds(d=b"2")),
    unpacked(46, "folder-over-file", archive(file("d", b"2"), file("d/e/f", b"1")), holds(d_e_f=b"1")),
    unpacked(
        46,
        "back-and-forth",
        archive(*(entry for _round in range(20) for entry in (file("d", b"2"), file("d/e/f", b"1"), folder("d/g/")))),
        holds(d_e_f=b"1"),
    ),
    unpacked(
        47,
        "global-header",
        archive(pax({"comment": "git", "path": "elsewhere", "uid": "7"}, b"g"), file("f", b"x")),
        global_not_applied,
    ),
    unpacked(48, "missing-parents", archive(folder("a/", mode=0o2777, gid=50, mtime=11), file("a/b/c/f")), parents),
]
