# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build tar archives byte by byte, wrong ones too: what a well-meaning library would refuse to write."""

from __future__ import annotations

from typing import Dict, Iterable, Optional, Tuple, Union

BLOCK = 512
END = bytes(2 * BLOCK)
USTAR = b"ustar\x0000"
GNU = b"ustar  \x00"

Text = Union[str, bytes]
Number = Union[int, bytes]
"""Bytes are put into the field as they stand."""


def raw(text: Text) -> bytes:
    return text.encode() if isinstance(text, str) else text


def number(value: Number, width: int) -> bytes:
    """Octal as long as it fits, GNU's base 256 beyond and below zero."""
    if isinstance(value, bytes):
        return value.ljust(width, b"\0")[:width]
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    field = bytearray((value & ((1 << 8 * width) - 1)).to_bytes(width, "big"))
    field[0] |= 0x80
    return bytes(field)


def checksummed(block: bytes) -> bytes:
    """The block with its right checksum."""
    total = sum(block[:148]) + 8 * 32 + sum(block[156:])
    return block[:148] + b"%06o\0 " % total + block[156:]


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def header(
    name: Text,
    kind: bytes = b"0",
    size: Number = 0,
    mode: Number = 0o644,
    uid: Number = 0,
    gid: Number = 0,
    mtime: Number = 0,
    link: Text = b"",
    device: Tuple[int, int] = (0, 0),
    magic: bytes = USTAR,
    prefix: bytes = b"",
) -> bytes:
    """One header block; a name that is too long is cut."""
    fields = (
        raw(name)[:100].ljust(100, b"\0"),
        number(mode, 8),
        number(uid, 8),
        number(gid, 8),
        number(size, 12),
        number(mtime, 12),
        bytes(8),
        kind,
        raw(link)[:100].ljust(100, b"\0"),
        magic,
        bytes(64),
        number(device[0], 8),
        number(device[1], 8),
        prefix.ljust(155, b"\0"),
        bytes(12),
    )
    return checksummed(b"".join(fields))


def record(key: Text, value: Text) -> bytes:
    """One pax record with its own length in front."""
    body = b" " + raw(key) + b"=" + raw(value) + b"\n"
    length = len(body)
    while length != len(body) + len(str(length)):
        length = len(body) + len(str(length))
    return str(length).encode() + body


def pax(records: Union[Dict[str, Text], Iterable[Tuple[str, Text]], bytes], kind: bytes = b"x") -> bytes:
    """An extended header of records, or of bytes as they stand."""
    if not isinstance(records, bytes):
        pairs = records.items() if isinstance(records, dict) else records
        records = b"".join(record(key, value) for key, value in pairs)
    return header("pax", kind, len(records)) + padded(records)


def long_name(name: Text, kind: bytes = b"L") -> bytes:
    """GNU's header for a name (L) or link (K) of any length."""
    data = raw(name) + b"\0"
    return header("././@LongLink", kind, len(data), magic=GNU) + padded(data)


def file(name: Text, data: bytes = b"", mode: Number = 0o644, **fields: object) -> bytes:
    extra = _extended(name, fields)
    return extra + header(name, size=len(data), mode=mode, **fields) + padded(data)  # type: ignore[arg-type]


def folder(name: Text, mode: Number = 0o755, **fields: object) -> bytes:
    extra = _extended(name, fields)
    return extra + header(name, b"5", mode=mode, **fields)  # type: ignore[arg-type]


def symlink(name: Text, target: Text, **fields: object) -> bytes:
    extra = _extended(name, fields, target)
    return extra + header(name, b"2", mode=0o777, link=target, **fields)  # type: ignore[arg-type]


def hardlink(name: Text, target: Text, **fields: object) -> bytes:
    extra = _extended(name, fields, target)
    return extra + header(name, b"1", link=target, **fields)  # type: ignore[arg-type]


def device(name: Text, major: int, minor: int, kind: bytes = b"3", **fields: object) -> bytes:
    return header(name, kind, device=(major, minor), **fields)  # type: ignore[arg-type]


def archive(*members: bytes, end: bytes = END) -> bytes:
    return b"".join(members) + end


def _extended(name: Text, fields: Dict[str, object], link: Optional[Text] = None) -> bytes:
    """The pax header that a member needs; takes ``xattrs`` and ``records`` out of ``fields``."""
    records = [(f"SCHILY.xattr.{key}", value) for key, value in fields.pop("xattrs", {}).items()]  # type: ignore[attr-defined]
    records += fields.pop("records", {}).items()  # type: ignore[attr-defined]
    if len(raw(name)) > 100:
        records.append(("path", name))
    if link is not None and len(raw(link)) > 100:
        records.append(("linkpath", link))
    return pax(records) if records else b""
