# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of image_fetch as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "source": {"type": "str", "required": True},
    "name": {"type": "str"},
    "platform": {"type": "str"},
    "pull": {"type": "str", "choices": ["always", "newer", "missing"], "default": "always"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "authfile": {"type": "path"},
    "tls_verify": {"type": "bool", "default": True},
    "cert_dir": {"type": "path"},
    "docker_host": {"type": "str"},
    "policy": {"type": "path"},
    "timeout": {"type": "int", "default": 1800},
    "retries": {"type": "int", "default": 3},
    **argspec.store(),
}
