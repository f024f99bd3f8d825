# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""container_fleet run as its module runs it, on a rootfs with a static busybox, and what the kernel has of it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Dict, List

from container_runs import FOREVER, make_tree
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import entry_check
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.argspec import ARGUMENT_SPEC, entry
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.lead import run_fleet
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

SUBNET = "100.100.8.0/24"
NETWORK = {"subnet": [SUBNET], "masquerade": False}


def fleet(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """Run it with the options that Ansible would fill in, on the real host. Failures are in the result."""
    return fleet_on(Host(), check_mode, **options)


def fleet_on(host: Any, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """The same on a host of the caller's."""
    complete = with_defaults(ARGUMENT_SPEC, {"fleet": "web", **options})
    return run_fleet(entry_check(entry()), complete, host, check_mode)


def layer(folder: Path) -> str:
    """A small Linux system to make root file systems of."""
    return str(make_tree(folder / "layer"))


def alike(layers: str, count: int = 3, **options: Any) -> Dict[str, Any]:
    """Options for so many containers of one kind on a bridge."""
    defaults = {"layers": [layers], "command": FOREVER, "stop_signal": "KILL"}
    entries = [{"name_prefix": "web", "count": count}]
    return {"defaults": defaults, "containers": entries, "network": NETWORK, **options}


def by_name(result: Dict[str, Any]) -> Dict[str, Dict[str, Any]]:
    return {container["name"]: container for container in result["containers"]}


def links() -> List[str]:
    """Names of the links of this host that are ours by their names."""
    lines = subprocess.run(["ip", "-br", "link"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    names = [line.split()[0].partition("@")[0] for line in lines]
    return sorted(name for name in names if name.startswith(("veth", "br-")))


def rules() -> str:
    return subprocess.run(["nft", "list", "ruleset"], stdout=subprocess.PIPE, text=True, check=True).stdout
