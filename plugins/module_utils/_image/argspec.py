# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of image_unpack as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "src": {"type": "path"},
    "image": {"type": "str"},
    "name": {"type": "str"},
    "platform": {"type": "str"},
    "max_bytes": {"type": "str", "default": "256G"},
    "max_entries": {"type": "int", "default": 10_000_000},
    "max_path_length": {"type": "int", "default": 4095},
    "max_ratio": {"type": "int", "default": 1000},
    **argspec.state("present", "absent"),
    **argspec.store(),
}
