# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of veth_pair as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "container": {"type": "str"},
    "netns": {"type": "str"},
    "host_interface": {"type": "str"},
    "interface": {"type": "str", "default": "eth0"},
    "host_address": {"type": "list", "elements": "str"},
    "address": {"type": "list", "elements": "str"},
    "gateway": {"type": "list", "elements": "str"},
    "routes": {"type": "list", "elements": "raw"},
    "bridge": {"type": "str"},
    "mtu": {"type": "int"},
    "mac": {"type": "str", "aliases": ["mac_address"]},
    "checksum_offload": {"type": "bool", "default": True},
    **argspec.state("present", "absent"),
    **argspec.store(),
}
