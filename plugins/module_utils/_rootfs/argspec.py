# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of overlay_rootfs as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "image": {"type": "str"},
    "layers": {"type": "list", "elements": "path"},
    "path": {"type": "path"},
    "userns": {"type": "str", "choices": ["auto", "none"], "default": "auto"},
    "uidmap": {"type": "list", "elements": "str"},
    "gidmap": {"type": "list", "elements": "str"},
    "read_only": {"type": "bool", "default": False},
    "reset": {"type": "bool", "default": False},
    **argspec.state("mounted", "unmounted", "absent"),
    **argspec.store(),
}
