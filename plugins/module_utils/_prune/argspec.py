# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of image_prune as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "images": {"type": "str", "choices": ["dangling", "unused"], "default": "dangling"},
    "until": {"type": "str"},
    "keep": {"type": "list", "elements": "str", "default": []},
    **argspec.store(),
}
