# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody breaks one thing behind our back: the next run mends it, and only that."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Callable, Dict, Iterator, List, Tuple

import pytest
from containers import inside
from internet import WEB_NAME, run
from site_play import pid_of, play_role

MERGED = "/var/lib/daemonless/containers/my-docker/merged"
HOST_END = "veth-my-docker"


def _living_pid() -> int:
    """The container's init, found as any program of the host would find it: by the network it is in."""
    (peer,) = json.loads(run("ip", "-j", "link", "show", HOST_END))
    listed = json.loads(run("lsns", "--json", "--type", "net", "--output", "NETNSID,PID"))["namespaces"]
    return next(int(namespace["pid"]) for namespace in listed if namespace["netnsid"] == str(peer["link_netnsid"]))


def _kill_init(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while os.path.exists(f"/sys/class/net/{HOST_END}") and time.monotonic() < deadline:
        time.sleep(0.01)


def _edit_address(pid: int) -> None:
    run("nsenter", "--target", str(pid), "--net", "ip", "address", "add", "100.100.1.77/24", "dev", "eth0")


def _edit_host_address(pid: int) -> None:
    run("ip", "address", "delete", "100.100.1.1/24", "dev", HOST_END)


# A new link needs its kernel setting for published ports again, which is nat_rule's.
DRIFTS: Dict[str, Tuple[Callable[[int], object], List[str]]] = {
    "init killed": (_kill_init, ["ns_container", "veth_pair", "nat_rule"]),
    "rules flushed": (lambda pid: run("nft", "flush", "ruleset"), ["nat_rule"]),
    "link deleted": (lambda pid: run("ip", "link", "delete", HOST_END), ["veth_pair", "nat_rule"]),
    "link down": (lambda pid: run("ip", "link", "set", HOST_END, "down"), ["veth_pair"]),
    "root unmounted": (lambda pid: run("umount", "--lazy", MERGED), ["overlay_rootfs"]),
    "address inside edited": (_edit_address, ["veth_pair"]),
    "address of the host's end removed": (_edit_host_address, ["veth_pair"]),
    "forwarding off": (lambda pid: run("sysctl", "-w", "net.ipv4.ip_forward=0"), ["nat_rule"]),
}


@pytest.fixture(scope="module", autouse=True)
def _up(archive: None) -> Iterator[None]:
    play_role().succeeded()
    yield
    play_role(container_state="absent").succeeded()


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_mended_and_only_that(drift: str) -> None:
    make_it, mended_by = DRIFTS[drift]
    pid = _living_pid()
    make_it(pid)
    after = play_role().succeeded()
    assert after.changed == mended_by
    assert (pid_of(after) == pid) == ("ns_container" not in mended_by)
    inside(pid_of(after), "ping", "-c", "1", "-W", "5", WEB_NAME)


def test_one_that_is_to_be_healthy_is_asked_when_its_network_is_back() -> None:
    """Its check is tried once only, and fails without a network."""
    once = {"test": "ping -c 1 -W 5 100.100.1.1", "retries": 1}
    healthy = {"container_state": "healthy", "container_healthcheck": once}
    _kill_init(_living_pid())
    foreseen = play_role("--check", **healthy).succeeded()
    after = play_role(**healthy).succeeded()
    assert foreseen.changed == after.changed == ["ns_container", "veth_pair", "nat_rule"]
    assert play_role(**healthy).succeeded().changed == []
