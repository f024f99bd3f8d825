# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""This host as host_info shows it, against what the kernel's own tools say; and that nothing is changed."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from info_runs import host

from ansible_collections.daemonless.containers.plugins.module_utils._core import deps
from ansible_collections.daemonless.containers.plugins.module_utils._sys.nft import Nft


def lacking(found: Dict[str, Any]) -> str:
    return "; ".join(lack["what"] for lack in found["lacks"])


def sh(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_this_host() -> None:
    found = host()
    told = found["host"]
    assert (found["changed"], found["ops"], found["able"]) == (False, [], True)
    assert (told["kernel"], told["machine"]) == (os.uname().release, os.uname().machine)
    assert told["python"]["version"] == platform.python_version()
    assert told["overlay"] == {"available": True, "id_mapped": True, "layers_max": 500}
    assert told["user_namespaces_max"] == int(Path("/proc/sys/user/max_user_namespaces").read_text(encoding="ascii"))
    unified = Path("/sys/fs/cgroup/cgroup.controllers")
    controllers = unified.read_text(encoding="ascii").split() if unified.exists() else []
    assert (told["cgroup"]["version"] == "v2", told["cgroup"]["controllers"]) == (
        bool(controllers),
        sorted(controllers),
    )
    assert told["systemd"] is False
    assert "systemd doesn't run this host" in lacking(found)


def test_store() -> None:
    store = host()["host"]["store"]
    assert (store["path"], store["lies_on"]) == ("/var/lib/daemonless", "/var/lib/daemonless")
    kind = sh("findmnt", "-n", "-o", "FSTYPE", "--target", store["path"]).strip()
    assert (store["file_system"], store["id_mappable"]) == (kind, True)
    assert abs(store["free"] - shutil.disk_usage(store["path"]).free) < 10 * 1024**2


def test_a_store_that_is_not_there_yet() -> None:
    store = host(store="/srv/daemonless/below")["host"]["store"]
    assert (store["path"], store["lies_on"]) == ("/srv/daemonless/below", "/srv")
    assert not Path("/srv/daemonless").exists()


def test_a_store_where_no_ids_can_be_mapped() -> None:
    found = host(store="/proc/sys")
    assert (found["able"], found["host"]["store"]["id_mappable"]) == (False, False)
    (lack,) = [lack for lack in found["lacks"] if "can't be mapped" in lack["what"]]
    assert lack["what"].startswith("the ids of files in /proc/sys (proc) can't be mapped: ")
    assert lack["required"]
    assert "ext4, xfs or btrfs" in lack["remedy"]


def test_libraries_that_are_there() -> None:
    found = host()["host"]["libraries"]
    assert {name: one["present"] for name, one in found.items()} == dict.fromkeys(
        ("pyroute2", "nftables", "iptc"), True
    )
    assert found["pyroute2"]["version"][0].isdigit()


def test_libraries_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deps.importlib.util, "find_spec", lambda _name: None)
    found = host()
    assert [one["present"] for one in found["host"]["libraries"].values()] == [False, False, False]
    lack = next(lack for lack in found["lacks"] if "pyroute2" in lack["what"])
    assert lack["remedy"] == "Install package python3-pyroute2; role daemonless.containers.host installs it"


@pytest.fixture
def tables() -> Iterator[List[str]]:
    """A network namespace with a table of somebody's, which ends with the test."""
    libc = ctypes.CDLL(None)
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    assert libc.unshare(0x40000000) == 0
    subprocess.run(["nft", "add", "table", "ip", "somebodys"], check=True)
    yield ["ip somebodys"]
    assert libc.setns(own, 0) == 0
    os.close(own)


def test_nft_tables(tables: List[str]) -> None:
    found = host()["host"]["firewall"]
    assert (found["nft_tables"], found["mixed"]) == (tables, False)


def test_legacy_tables_beside(tables: List[str]) -> None:
    sh("iptables-legacy", "-t", "nat", "-L")  # makes the table
    found = host()
    assert "nat (IPv4)" in found["host"]["firewall"]["legacy_tables"]
    assert found["host"]["firewall"]["mixed"]
    assert "both legacy iptables and nftables have tables" in lacking(found)


def test_tables_that_can_not_be_looked_at(tables: List[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nft, "installed", lambda _self: False)
    assert host()["host"]["firewall"]["nft_tables"] is None


def test_firewalls_by_their_programs(tmp_path: Path) -> None:
    assert host()["host"]["firewall"]["owners"] == []
    shutil.copy("/bin/busybox", tmp_path / "dockerd")
    Path("/etc/ufw").mkdir(exist_ok=True)
    Path("/etc/ufw/ufw.conf").write_text("# ENABLED=no\nENABLED=yes\n", encoding="ascii")
    with subprocess.Popen(["sleep", "1000"], executable=tmp_path / "dockerd") as program:
        while Path(f"/proc/{program.pid}/comm").read_text(encoding="ascii") != "dockerd\n":
            pass
        assert host()["host"]["firewall"]["owners"] == ["docker", "ufw"]
        program.kill()
    shutil.rmtree("/etc/ufw")


def test_nothing_is_changed() -> None:
    def state() -> Any:
        modules = Path("/proc/modules")
        return (
            modules.read_text(encoding="ascii") if modules.exists() else "",
            Path("/proc/self/mountinfo").read_text(encoding="utf-8"),
            sorted(os.listdir("/proc/self/fd")),
            sorted(str(path) for root in ("/run", "/var/lib/daemonless") for path in Path(root).rglob("*")),
        )

    before = state()
    first, checked = host(), host(check_mode=True)
    for found in (first, checked):
        found["host"]["store"].pop("free")
    assert first == checked
    assert state() == before
