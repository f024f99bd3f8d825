# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller's plugins have done on a target: the program that they send with every call.

It comes in through the standard input as an archive, runs from memory, answers on the standard output and is gone; the
target keeps nothing of it, and it needs Python alone. How it is sent is in ``plugin_utils``. What it can do is in the
files beside this one, each with a function ``answer``; only the one that is asked for is sent.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import Any, Dict, Optional, Tuple

from .._core.errors import ContainersError, os_error_text
from .._sys.host import Host

_SIZE_DIGITS = 12
_BLOCK = 1 << 16


def serve(act: str) -> None:
    """Do the one thing that is asked for."""
    asked = json.loads(_take())
    data = _take()
    try:
        answer = importlib.import_module(f".{act}", __package__).answer(Host(), asked, data)
    except ContainersError as error:
        answer = _told(error.message, error.hint)
    except OSError as error:
        answer = _told(os_error_text(error), None)
    words, data = answer
    with os.fdopen(1, "wb") as stream:  # behind the mark: what a login shell wrote isn't taken for the answer
        stream.write(f"{asked['mark']} {json.dumps(words)}\n".encode() + data)


def _take() -> bytes:
    """The next part of the standard input: its size, then itself. Not a byte more is read."""
    return _exactly(int(_exactly(_SIZE_DIGITS)))


def _exactly(size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        more = os.read(0, min(size - len(found), _BLOCK))
        if not more:
            raise EOFError("the request was cut short")
        found += more
    return bytes(found)


def _told(message: str, hint: Optional[str]) -> Tuple[Dict[str, Any], bytes]:
    return {"error": message, "hint": hint}, b""
