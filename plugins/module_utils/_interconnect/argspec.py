# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of host_interconnect as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "network": {"type": "str", "required": True},
    "mode": {"type": "str", "choices": ["routes", "vxlan"], "default": "routes"},
    "peers": {
        "type": "list",
        "elements": "dict",
        "options": {
            "address": {"type": "str", "required": True},
            "subnets": {"type": "list", "elements": "str", "required": True},
            "gateway": {"type": "str"},
        },
    },
    "local_address": {"type": "str"},
    "address": {"type": "str"},
    "vni": {"type": "int"},
    "port": {"type": "int", "default": 4789},
    "interface": {"type": "str"},
    "mtu": {"type": "int"},
    **argspec.state("present", "absent"),
    **argspec.store(),
}
