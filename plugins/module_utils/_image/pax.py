# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pax extended headers: records that overrule fields of the member behind them, and extended attributes."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple

from .._core.errors import ContainersError

XATTR = b"SCHILY.xattr."
_SPARSE = b"GNU.sparse."
_CHARSETS = (b"BINARY", b"ISO-IR 10646 2000 UTF-8")
_FIELDS = {b"path": "name", b"linkpath": "linkname", b"uid": "uid", b"gid": "gid", b"size": "size", b"mtime": "mtime"}


class Pax(NamedTuple):
    """What the records of one extended header say."""

    fields: Dict[str, Any]
    """Values for fields of Header."""
    xattrs: Dict[bytes, bytes]
    sparse: List[Tuple[bytes, bytes]]
    """GNU.sparse records in order, keys without that prefix: 0.0 repeats them."""


def parse_pax(data: bytes) -> Pax:
    """Read ``LENGTH KEY=VALUE`` lines. Raises ContainersError on anything else."""
    pax = Pax({}, {}, [])
    at = 0
    while at < len(data):
        blank = data.find(b" ", at, at + 20)
        digits = data[at:blank] if blank > 0 else b""
        end = at + int(digits) if digits.isdigit() else -1
        if not blank + 2 < end <= len(data) or data[end - 1 : end] != b"\n":
            raise ContainersError("pax header is damaged (a record's length is wrong)")
        key, equals, value = data[blank + 1 : end - 1].partition(b"=")
        if not equals or not key or b"\0" in key:
            raise ContainersError("pax header is damaged (a record without a proper key)")
        _take(pax, key, value)
        at = end
    return pax


def _take(pax: Pax, key: bytes, value: bytes) -> None:
    if key.startswith(XATTR):
        pax.xattrs[key[len(XATTR) :]] = value
    elif key.startswith(_SPARSE):
        pax.sparse.append((key[len(_SPARSE) :], value))
    elif key == b"hdrcharset" and value not in _CHARSETS:
        raise ContainersError(f"pax header in the character set {value[:40]!r}")
    elif key in _FIELDS:
        field = _FIELDS[key]
        if not value:  # an empty value takes the record back
            pax.fields.pop(field, None)
        else:
            pax.fields[field] = _value(field, value)


def _value(field: str, value: bytes) -> Any:
    if field in ("name", "linkname"):
        return value
    return nanoseconds(value) if field == "mtime" else decimal(value)


def decimal(value: bytes) -> int:
    """A whole number in plain digits."""
    digits = value[1:] if value.startswith(b"-") else value
    if not digits.isdigit() or len(digits) > 20:
        raise ContainersError(f"pax header with the number {value[:40]!r}")
    return int(value)


def nanoseconds(value: bytes) -> int:
    """A time in seconds with a decimal fraction, rounded down to nanoseconds."""
    negative = value.startswith(b"-")
    whole, _point, fraction = value[negative:].partition(b".")
    digits = whole + fraction
    if not digits.isdigit() or len(digits) > 40:
        raise ContainersError(f"pax header with the time {value[:40]!r}")
    result = int(whole or b"0") * 1_000_000_000 + int(fraction[:9].ljust(9, b"0"))
    if not negative:
        return result
    return -result - 1 if fraction[9:].strip(b"0") else -result
