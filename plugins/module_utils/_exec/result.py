# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is returned of a command: the same names as ansible.builtin.command has. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict

from .._container.entrance import Command


def blank(command: Command) -> Dict[str, Any]:
    """Of one that wasn't run."""
    return {
        "cmd": list(command.argv),
        "rc": None,
        "stdout": "",
        "stderr": "",
        "start": None,
        "end": None,
        "delta": None,
        "pid": None,
        "msg": "",
    }


def outcome(command: Command, code: int, output: bytes, errors: bytes, strip: bool) -> Dict[str, Any]:
    """Of one that was."""
    told = {**blank(command), "rc": code, "stdout": _text(output, strip), "stderr": _text(errors, strip)}
    return {**told, **failure("non-zero return code")} if code else told


def not_executed(command: Command, code: int, why: str) -> Dict[str, Any]:
    """Of one that couldn't be; nothing has changed."""
    return {**blank(command), "rc": code, "stderr": why, **failure(why), "changed": False, "ops": []}


def failure(message: str) -> Dict[str, Any]:
    return {"failed": True, "msg": message}


def times(start: datetime, end: datetime) -> Dict[str, str]:
    return {"start": str(start), "end": str(end), "delta": str(end - start)}


def _text(data: bytes, strip: bool) -> str:
    text = data.decode("utf-8", "replace")
    return text.rstrip("\r\n") if strip else text
