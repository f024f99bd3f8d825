# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host for tests of veth pairs: runs the room on it, and looks at the outcome with iproute2, not with our code."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Dict, List

from ansible_collections.daemonless.containers.plugins.module_utils._container.record import LiveRecord, save
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.module_utils._veth.room import ROOM
from ansible_collections.daemonless.containers.plugins.modules.veth_pair import ARGUMENT_SPEC

_SETTINGS = ("ipv4/conf/{}/rp_filter", "ipv4/conf/{}/arp_notify", "ipv6/conf/{}/accept_ra", "ipv6/conf/{}/disable_ipv6")

_LATE_FLAGS = {"NO-CARRIER", "LOWER_UP", "linkdown"}  # of links and routes: they follow the peer, when its turn comes


class Lab:
    """The host to work on, and the means to look at it with the kernel's other tools."""

    def __init__(self) -> None:
        self.processes: List[subprocess.Popen[bytes]] = []

    def pair(self, *, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
        """Run the room with these options, the others as the argument spec has them."""
        complete = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
        return run_room(ROOM, {**complete, **options}, Host(), check_mode)

    def ip(self, words: str) -> List[Dict[str, Any]]:
        """What ``ip`` says, with -json where it answers at all."""
        said = self.sh(f"ip -j -d {words}")
        return json.loads(said) if said.strip() else []

    def sh(self, words: str) -> str:
        """Run a command that has to succeed; what it printed."""
        done = subprocess.run(words, shell=True, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def reaches(self, address: str, namespace: str = "") -> bool:
        """Whether any of three pings is answered: a busy machine may be late with one."""
        prefix = f"ip netns exec {namespace} " if namespace else ""
        ping = f"{prefix}ping -c3 -i0.3 -W2 {address}"
        return subprocess.run(ping, shell=True, capture_output=True, check=False).returncode == 0

    def link(self, name: str, namespace: str = "") -> Dict[str, Any]:
        return self.ip(f"{f'-n {namespace} ' if namespace else ''}addr show dev {name}")[0]

    def addresses(self, name: str, namespace: str = "") -> List[str]:
        """Addresses on the link but the kernel's own link-local one."""
        found = self.link(name, namespace)["addr_info"]
        return [f"{a['local']}/{a['prefixlen']}" for a in found if a["scope"] != "link"]

    def setting(self, name: str) -> str:
        with open(f"/proc/sys/net/{name}", encoding="ascii") as file:
            return file.read().strip()

    def names(self) -> List[str]:
        return sorted(link["ifname"] for link in self.ip("link show"))

    def dump(self) -> Dict[str, Any]:
        """All that this module could change, without what changes by itself."""
        shown: Dict[str, Any] = {}
        for namespace in ("", "blue", "red"):
            option = f"-n {namespace} " if namespace else ""
            links = self.ip(f"{option}addr show")
            for link in links:
                link["addr_info"] = [a for a in link["addr_info"] if not a["local"].startswith("fe80:")]
                _settle(link)
            routes = self.ip(f"{option}route show table all") + self.ip(f"{option}-6 route show table all")
            shown[namespace] = [links, [_without_late_flags(r) for r in routes if not _comes_late(r)]]
        shown["settings"] = {
            path.format(link): self.setting(path.format(link)) for link in self.names() for path in _SETTINGS
        }
        return shown

    def container(self, name: str, userns: bool = False) -> int:
        """A process with a network of its own, on record as the container of that name; its pid."""
        users = ["--user", "--map-root-user"] if userns else []
        process = subprocess.Popen(["unshare", *users, "--net", "sleep", "600"])
        self.processes.append(process)
        host = Host()
        own = os.stat("/proc/self/ns/net").st_ino
        while os.stat(f"/proc/{process.pid}/ns/net").st_ino == own:
            os.sched_yield()
        start_time = host.processes.start_time(process.pid)
        assert start_time is not None
        record = LiveRecord(name, host.processes.boot_id(), process.pid, start_time)
        save(host.files, Store(), record)
        return process.pid

    def kill(self, pid: int) -> None:
        process = next(process for process in self.processes if process.pid == pid)
        process.kill()
        process.wait()


def _settle(link: Dict[str, Any]) -> None:
    """Drop what the kernel brings up to date in its own time."""
    link.pop("operstate", None)
    _without_late_flags(link)
    for address in link["addr_info"]:
        address.pop("tentative", None)
    for part in ("info_data", "info_slave_data"):
        data = link.get("linkinfo", {}).get(part, {})
        for key in [key for key in data if key.endswith("_timer")]:
            del data[key]


def _without_late_flags(shown: Dict[str, Any]) -> Dict[str, Any]:
    shown["flags"] = [flag for flag in shown.get("flags", []) if flag not in _LATE_FLAGS]
    return shown


def _comes_late(route: Dict[str, Any]) -> bool:
    """Whether the kernel makes this route itself, once an IPv6 address is found to be free."""
    local = route.get("table") == "local" and ":" in route["dst"]
    return local or route["dst"].startswith(("fe80:", "ff00:"))
