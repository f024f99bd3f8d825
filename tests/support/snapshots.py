# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host looks like, as far as containers could leave something on it: to be compared before and after."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Sequence

FOLDERS = ("/var/lib/daemonless", "/run", "/etc")
PARENTS = ("/var/lib", "/var/cache", "/")
MODULE_CACHE = "/var/cache/daemonless-modules"
"""The code of modules, which stays; tests/behaviour/module_cache has tests of it."""


def snapshot(folders: Sequence[str] = FOLDERS) -> Dict[str, Any]:
    """Mounts, links, addresses, routes, rules, processes and files, without what counts up by itself."""
    return {
        "mounts": _mounts(),
        "links": _links(),
        "routes": _command("ip", "route") + _command("ip", "-6", "route"),
        "rules": _command("nft", "-s", "list", "ruleset") + _legacy_rules(),
        "processes": _processes(),
        "files": {folder: _files(folder) for folder in folders},
        "entries": {folder: _entries(folder) for folder in PARENTS},
        "host name": os.uname().nodename,
    }


def differences(wanted: Any, found: Any, place: str = "") -> List[str]:
    """Where two snapshots differ, in words."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted({*wanted, *found})
        return [line for key in keys for line in differences(wanted.get(key), found.get(key), f"{place} {key}".strip())]
    if isinstance(wanted, list) and isinstance(found, list):
        missing, surplus = _without(wanted, found), _without(found, wanted)
        return [f"{place}: missing {missing}, surplus {surplus}"] if wanted != found else []
    return [] if wanted == found else [f"{place}: {found!r} instead of {wanted!r}"]


def _without(some: List[Any], others: List[Any]) -> List[Any]:
    """Those that aren't among the others, or not so often."""
    rest = list(others)
    return [one for one in some if one not in rest or rest.remove(one)]


def _entries(folder: str) -> List[str]:
    return sorted(name for name in os.listdir(folder) if os.path.join(folder, name) != MODULE_CACHE)


def _command(*command: str) -> List[str]:
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [line for line in lines if not line.startswith("#")]


def _legacy_rules() -> List[str]:
    """By table; looking makes tables, so that empty ones say nothing."""
    found, table = [], ""
    for line in _command("iptables-legacy-save"):
        if line.startswith("*"):
            table = line
        elif line.startswith("-A") or (line.startswith(":") and " ACCEPT " not in line):
            found.append(f"{table} {line}")
    return found


def _mounts() -> List[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return sorted(" ".join(line.split()[3:]).replace(",uuid=on", "") for line in lines)  # of overlays mounted before


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
            content = _content(path, status) if stat.S_ISREG(status.st_mode) else ""
        except OSError:
            continue
        link = os.readlink(path) if path.is_symlink() else ""
        found[str(path)] = f"{status.st_mode:o} {status.st_uid}:{status.st_gid} {link}{content}"
    return found


def _content(path: Path, status: os.stat_result) -> str:
    """A digest of the file, without what is another with every start of a container."""
    if path.name == "acct":
        return ""
    if path.parent.name == "containers" and path.suffix == ".json":
        record = json.loads(path.read_bytes())
        return repr(sorted((key, value) for key, value in record.items() if key not in ("pid", "start_time")))
    return _digest(str(path), status.st_dev, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)


@lru_cache(maxsize=10_000)
def _digest(path: str, *_version: int) -> str:
    """Of a file that is the same as long as its inode and times are."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
