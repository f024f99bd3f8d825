# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of somebody else's are found before the first change, and named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.modules import nat_rule

DB = {"name": "db", "source": ["100.100.2.0/24"], "address": ["100.100.2.2"], "in_interface": "veth-db"}


@pytest.mark.parametrize("backend", ["nftables", "iptables"])
@pytest.mark.parametrize("port", ["8080:81", "203.0.113.1:8080:81", "8000-9000:8000-9000"])
def test_another_owners_port(lab: Any, backend: str, port: str) -> None:
    lab.web(backend=backend, published_ports=["8080:80"])
    state = lab.state()
    with pytest.raises(ContainersError, match="is published for web already"):
        lab.run(backend=backend, published_ports=[port], **DB)
    with pytest.raises(ContainersError, match="is published for web already"):
        lab.run(check_mode=True, backend=backend, published_ports=[port], **DB)
    assert lab.state() == state
    assert lab.run(backend=backend, published_ports=["8080:80/udp"], **DB)["changed"]


@pytest.mark.parametrize(
    ("address", "port", "kind", "taken"),
    [
        ("0.0.0.0", "8080:80", "tcp", "0.0.0.0:8080"),
        ("127.0.0.1", "8080:80", "tcp", "127.0.0.1:8080"),
        ("203.0.113.1", "203.0.113.1:8000-8100:8000-8100", "tcp", "203.0.113.1:8080"),
        ("::", "127.0.0.1:8080:80", "tcp", "[::]:8080"),
        ("203.0.113.1", "8080:80/udp", "udp", "203.0.113.1:8080"),
    ],
)
def test_a_program_has_the_port(lab: Any, address: str, port: str, kind: str, taken: str) -> None:
    state = lab.state()
    with lab.serving("host", 8080, kind, address), pytest.raises(ContainersError) as caught:
        lab.web(published_ports=[port])
    assert f"{kind} {taken} is held by" in str(caught.value)
    assert f"(pid {os.getpid()})" in str(caught.value)
    assert lab.state() == state


@pytest.mark.parametrize(
    ("address", "port", "kind"),
    [
        ("127.0.0.1", "203.0.113.1:8080:80", "tcp"),
        ("0.0.0.0", "8080:80/udp", "tcp"),
        ("0.0.0.0", "8081:80", "tcp"),
        ("2001:db8::1", "8080:80", "tcp"),
    ],
)
def test_no_conflict(lab: Any, address: str, port: str, kind: str) -> None:
    lab.await_ipv6()
    options = {"source": ["100.100.1.0/24"], "address": ["100.100.1.2"]}
    with lab.serving("host", 8080, kind, address):
        if address == "2001:db8::1":
            port = f"0.0.0.0:{port}"
        assert lab.web(published_ports=[port], **options)["changed"]


def test_a_program_that_came_later_does_not_stop_the_second_run(lab: Any) -> None:
    lab.web(published_ports=["8080:80"])
    with lab.serving("host", 8080):
        assert lab.web(published_ports=["8080:80"])["ops"] == []


def test_the_module_itself(lab: Any) -> None:
    """Options in, JSON out, as Ansible runs it: diff on request, one clear message on failure."""
    usual = {"name": "web", "source": ["100.100.1.0/24"], "address": ["100.100.1.2"], "in_interface": "veth-web"}
    assert "diff" not in module({**usual, "_ansible_check_mode": True})
    done = module({**usual, "published_ports": ["8080:80"], "_ansible_diff": True})
    assert done["changed"]
    assert done["diff"]["after"]["settings"]["net/ipv4/ip_forward"] == "1"
    assert module({**usual, "published_ports": ["8080:80"]})["ops"] == []
    failed = module({**usual, "published_ports": ["8080"]})
    assert failed["failed"]
    assert failed["msg"].startswith("published port '8080' is not valid. Write [ip:]host:container")
    assert module({"name": "web", "state": "absent"})["changed"]


def module(options: Any) -> Any:
    """Run the module in a process of its own."""
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options})
    command = [sys.executable, nat_rule.__file__]
    done = subprocess.run(command, input=arguments, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)
