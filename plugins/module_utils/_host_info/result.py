# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as the module returns it. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Dict

from .lacks import lacks, numbers
from .observe import Found
from .spec import Wanted

LAYERS_MAX = 500
"""What overlayfs takes; the names that it is given for them fit into its page of options."""
_ID_MAPPED_OVERLAY = (5, 19)


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    missing = lacks(found)
    firewall = found.firewall
    return {
        "able": not any(lack.required for lack in missing),
        "lacks": [asdict(lack) for lack in missing],
        "host": {
            "kernel": found.kernel,
            "machine": found.machine,
            "python": {"version": found.python, "executable": found.interpreter},
            "overlay": {
                "available": found.overlay,
                "id_mapped": found.overlay and numbers(found.kernel) >= _ID_MAPPED_OVERLAY,
                "layers_max": LAYERS_MAX,
            },
            "user_namespaces_max": found.user_namespaces or 0,
            "cgroup": {"version": found.cgroup, "controllers": sorted(found.controllers)},
            "systemd": found.systemd,
            "firewall": {
                "owners": list(firewall.owners),
                "iptables": firewall.iptables or None,
                "legacy_tables": list(firewall.legacy_tables),
                "nft_tables": None if firewall.nft_tables is None else list(firewall.nft_tables),
                "mixed": bool(firewall.legacy_tables and firewall.nft_tables),
            },
            "libraries": {
                name: {"present": version is not None, "version": version or None}
                for name, version in found.libraries.items()
            },
            "store": {
                "path": wanted.store.root,
                "lies_on": found.place.path,
                "file_system": found.place.file_system,
                "id_mappable": found.place.refusal is None,
                "free": found.place.free,
            },
        },
    }
