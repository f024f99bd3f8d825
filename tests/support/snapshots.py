# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host looks like, as far as containers could leave something on it: to be compared before and after."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any, Dict, List

FOLDERS = ("/var/lib/daemonless", "/run", "/etc")
PARENTS = ("/var/lib", "/var/cache", "/")


def snapshot() -> Dict[str, Any]:
    """Mounts, links, addresses, routes, rules, processes and files, without what counts up by itself."""
    return {
        "mounts": _mounts(),
        "links": _links(),
        "routes": _command("ip", "route") + _command("ip", "-6", "route"),
        "rules": _command("nft", "list", "ruleset") + _command("iptables-legacy-save"),
        "processes": _processes(),
        "files": {folder: _files(folder) for folder in FOLDERS},
        "entries": {folder: sorted(os.listdir(folder)) for folder in PARENTS},
        "host name": os.uname().nodename,
    }


def _command(*command: str) -> List[str]:
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [line for line in lines if not line.startswith("#")]


def _mounts() -> List[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return sorted(" ".join(line.split()[3:]) for line in lines)


def _links() -> List[Dict[str, Any]]:
    links = json.loads(subprocess.run(["ip", "-j", "address"], stdout=subprocess.PIPE, check=True).stdout)
    wanted = ("ifname", "flags", "mtu", "operstate", "address", "ifalias", "master")
    return [{**{key: link.get(key) for key in wanted}, "addresses": _addresses(link)} for link in links]


def _addresses(link: Dict[str, Any]) -> List[str]:
    """Those that somebody gave it; the kernel takes its time to make up others."""
    return [f"{one['local']}/{one['prefixlen']}" for one in link["addr_info"] if one["scope"] == "global"]


def _processes() -> List[str]:
    """Command lines of all processes but this one's children and the kernel's."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", pid, "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue
        if words:
            found.append(words)
    return sorted(found)


def _files(folder: str) -> Dict[str, str]:
    found = {}
    for path in [Path(folder), *Path(folder).rglob("*")]:
        try:
            status = path.lstat()
            content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
        except OSError:
            continue
        link = os.readlink(path) if path.is_symlink() else ""
        found[str(path)] = f"{status.st_mode:o} {status.st_uid}:{status.st_gid} {link}{content}"
    return found
