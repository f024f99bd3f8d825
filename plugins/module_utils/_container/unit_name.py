# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a container's systemd unit, and the line that says whose a unit file is. Pure."""

from __future__ import annotations

import hashlib
from typing import Optional

from .._core.store import DEFAULT_STORE, Store

PREFIX = "daemonless-"
_MARK = "# daemonless.containers: "
_HASH_LENGTH = 12


def unit_name(store: Store, name: str) -> str:
    """Unlike that of any other container of this host. Units can't have every character of our names."""
    suffix = "" if store.root == DEFAULT_STORE else f":{hashlib.sha256(store.root.encode()).hexdigest()[:_HASH_LENGTH]}"
    return "{}{}{}.service".format(PREFIX, name.replace("+", r"\x2b"), suffix)


def mark(store: Store, name: str) -> str:
    """The first line of that container's unit file."""
    return f"{_MARK}container {name} in {escaped(store.root)}"


def is_ours(text: str, store: Store, name: str) -> bool:
    """Whether a unit file was written for that container."""
    return text.partition("\n")[0] == mark(store, name)


def container_of(text: str, store: Store) -> Optional[str]:
    """The container that a unit file was written for, if that is one of the store."""
    name = text.partition("\n")[0][len(f"{_MARK}container ") :].partition(" ")[0]
    return name if is_ours(text, store, name) else None


def escaped(text: str) -> str:
    """In C's way, without quotes, line breaks and other characters that would end a word or a line."""
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if character in '"\\' or ord(character) < ord(" ") or ord(character) == 0x7F:
        return f"\\x{ord(character):02x}"
    return character
