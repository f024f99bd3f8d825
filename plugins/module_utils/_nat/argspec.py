# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of nat_rule as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

ARGUMENT_SPEC: Dict[str, Any] = {
    "name": {"type": "str"},
    "source": {"type": "list", "elements": "str"},
    "address": {"type": "list", "elements": "str"},
    "in_interface": {"type": "str"},
    "out_interface": {"type": "str"},
    "published_ports": {"type": "list", "elements": "str"},
    "masquerade": {"type": "bool", "default": True},
    "direct_access": {"type": "bool"},
    "routed_networks": {"type": "list", "elements": "str"},
    "backend": {"type": "str", "choices": ["auto", "nftables", "iptables"], "default": "auto"},
    **argspec.state("present", "absent"),
    **argspec.store(),
}
