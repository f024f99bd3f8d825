# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option declarations that more than one module shares; the matching words are in doc_fragments."""

from __future__ import annotations

from typing import Any, Dict

from .store import DEFAULT_STORE


def store() -> Dict[str, Any]:
    """Option ``store``: the folder on the target that everything of ours lies in."""
    return {"store": {"type": "path", "default": DEFAULT_STORE}}


def state(*choices: str) -> Dict[str, Any]:
    """Option ``state``; the first choice is the default."""
    return {"state": {"type": "str", "choices": list(choices), "default": choices[0]}}
