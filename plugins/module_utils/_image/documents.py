# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON documents that strangers wrote, read strictly: bounded, no key twice, every value of its type.

What the documents mean is said in ``docker_archive``, ``oci_layout`` and ``config``.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, Dict, List, Mapping, NoReturn, Optional, Tuple

from .._core.errors import ContainersError

MANIFEST_MAX = 1024 * 1024
CONFIG_MAX = 4 * 1024 * 1024
DEPTH_MAX = 64
_DIGITS_MAX = 40


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def parse(data: bytes, what: str) -> Any:
    """The JSON value. Raises ContainersError naming ``what`` where it isn't strict JSON."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_int=_whole, parse_float=_fraction
        )
        _check_depth(value)
        if b"\\u" in data:  # which alone can bring in half a character
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ContainersError(f"{what} is nested too deeply") from None
    except ValueError as error:
        raise ContainersError(f"{what} is not valid JSON ({error})") from error
    return value


def parse_object(data: bytes, what: str) -> Dict[str, Any]:
    """The JSON object; anything else is an error."""
    return as_object(parse(data, what), what)


def as_object(value: Any, what: str) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise ContainersError(f"{what} is not a JSON object")
    return value


def objects(value: Any, what: str) -> List[Dict[str, Any]]:
    """A list of objects."""
    if not isinstance(value, list):
        raise ContainersError(f"{what} is not a list")
    return [as_object(item, f"{what}[{number}]") for number, item in enumerate(value)]


def text(document: Mapping[str, Any], key: str, what: str) -> str:
    """The string of that key; empty where it is absent or null."""
    value = document.get(key)
    if value is None:
        return ""
    return _checked_text(value, f"{what}: {key}")


def texts(document: Mapping[str, Any], key: str, what: str) -> Optional[Tuple[str, ...]]:
    """The list of strings of that key; None where it is absent or null."""
    value = document.get(key)
    if value is None:
        return None
    if not isinstance(value, list):
        raise ContainersError(f"{what}: {key} is not a list of strings")
    return tuple(_checked_text(item, f"{what}: {key}[{number}]") for number, item in enumerate(value))


def _checked_text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ContainersError(f"{what} is not a string")
    if "\0" in value:
        raise ContainersError(f"{what} contains a NUL byte")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ContainersError(f"{what} is not valid Unicode (a lone surrogate)") from None
    return value


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen = set()
        for key, _value in pairs:
            if key in seen:
                raise ValueError(f"key {key!r} occurs twice")
            seen.add(key)
    return found


def _check_depth(value: Any) -> None:
    """Whoever handles it later may do so by recursion, from any depth of the stack."""
    level = [value]
    for _depth in range(DEPTH_MAX):
        below: List[Any] = []
        for item in level:
            below.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        level = below
    if level:
        raise RecursionError


def _whole(digits: str) -> int:
    """A number of thousands of digits would take its time, and no field is one."""
    return int(digits) if len(digits) <= _DIGITS_MAX else _no_number(f"a number of {len(digits)} digits")


def _fraction(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits[:_DIGITS_MAX])


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number of JSON")
