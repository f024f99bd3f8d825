# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four hosts with an sshd each, an inventory that grows, and playbooks/fleet.yml played against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from plays import ROOT, Play, play
from rooms import pack
from ssh_hosts import SshHost, ssh_hosts, write_inventory
from sshd import hang_up

HOSTS = 4
FLEET = ROOT / "playbooks/fleet.yml"


class Lab:
    """The hosts, and what is played against the first so many of them."""

    def __init__(self, hosts: List[SshHost], folder: Path) -> None:
        self.hosts, self.folder = hosts, folder
        self.plan = folder / ".fleet-web.json"
        self.untouched = [host.state() for host in hosts]
        self.played: List[Play] = []

    def play(self, count: int, *arguments: str, **variables: Any) -> Play:
        inventory = write_inventory(self.folder / "inventory", self.hosts[:count], self.folder)
        usual = {
            "fleet_name": "web",
            "fleet_count": "7",
            "fleet_image_src": str(self.folder / "image.tar"),
            "fleet_image_remove": True,
            "fleet_network": "100.100.1.0/24",
            "fleet_host_prefix": 27,
            "fleet_prepare_host": False,
            "fleet_defaults": {"stop_timeout": 0},  # a sleep that runs as init is deaf to TERM
        }
        done = play(FLEET, {**usual, **variables}, "--forks", str(HOSTS), *arguments, inventory=inventory)
        self.played.append(done)
        return done

    def numbers(self) -> Dict[str, int]:
        found: Dict[str, int] = json.loads(self.plan.read_text(encoding="utf-8"))
        return found

    def reaches(self, host: str, container: str, address: str) -> bool:
        """Whether the container on that host gets an answer from the address."""
        where = next(one for one in self.hosts if one.name == host)
        record = json.loads(where.run("cat", f"/run/daemonless/containers/{container}.json"))
        said = where.run(
            "nsenter", "--target", str(record["pid"]), "--net", "ping", "-c2", "-i0.2", "-W1", address, check=False
        )
        return " 0% packet loss" in said or " 50% packet loss" in said


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("fleet")
    files = [{"path": "/bin/busybox", "src": "/bin/busybox", "mode": "0755"}]
    links = [{"path": f"/bin/{name}", "target": "busybox", "type": "link"} for name in ("sh", "sleep")]
    pack(dest=str(folder / "image.tar"), tag="web:1", files=files + links, config={"Cmd": ["sleep", "100000"]})
    with ssh_hosts(HOSTS, folder) as hosts:
        try:
            yield Lab(hosts, folder)
        finally:
            hang_up(folder / "control")
