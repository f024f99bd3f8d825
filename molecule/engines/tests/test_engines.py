# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside a program that drops what it doesn't know, a container is connected; the other's rules stay as they are."""

from __future__ import annotations

import re

import pytest

NAME = "my-docker"
OUTER = "198.51.100.2"
FAR = "203.0.113.80"
FETCH = "import sys, urllib.request as r; print(r.urlopen(f'http://{sys.argv[1]}:8080/', timeout=30).read().decode())"


@pytest.fixture
def pid(host) -> str:
    state = host.check_output(f"cat /run/daemonless/containers/{NAME}.json")
    return re.search(r'"pid": (\d+)', state).group(1)


def test_the_other_program_runs(host) -> None:
    name = host.check_output("uname -n")
    assert host.check_output("systemctl is-active %s", name) == "active"


def test_something_drops_what_is_forwarded(host) -> None:
    """Without it this scenario would prove nothing."""
    assert re.search(r"hook forward .*policy drop|reject with", host.check_output("nft list ruleset"))


def test_the_container_pings_an_outer_name(host, pid: str) -> None:
    answer = host.check_output(f"nsenter --target {pid} --all /bin/sh -c 'ping -c 1 -W 5 www.example.test'")
    assert f"({FAR})" in answer
    assert "1 packets received" in answer


@pytest.mark.parametrize("asker", ["ip netns exec internet", ""])
def test_its_published_port_answers(host, asker: str) -> None:
    page = host.check_output(f"{asker} python3 -c %s %s", FETCH, OUTER)
    assert page == "Served from a container that no daemon runs."


def test_the_rules_of_others_are_as_they_were(host) -> None:
    before = host.check_output("cat /run/foreign-rules")
    assert "daemonless" not in before
    assert host.check_output("foreign-rules") == before
