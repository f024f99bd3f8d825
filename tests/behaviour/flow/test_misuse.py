# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user may get wrong in the role's variables: one clear error each, and nothing left half-made."""

from __future__ import annotations

import socket
from typing import Any, Iterator, Mapping, Sequence, Tuple

import pytest
from internet import run
from site_play import play_role
from snapshots import differences, snapshot

MISUSES: Mapping[str, Tuple[Mapping[str, Any], Sequence[str]]] = {
    "archive that is not there": (
        {"container_image_src": "/nowhere/busybox.tar", "container_image_remote_src": False},
        ["/nowhere/busybox.tar", "on the controller", "container_image_remote_src"],
    ),
    "archive that is none": ({"container_image_src": "/etc/passwd"}, ["/etc/passwd"]),
    "name with a slash": ({"container_name": "a/b"}, ["'a/b' is not valid", "A name begins with"]),
    "state that is none": ({"container_state": "running"}, ["running", "started, healthy, stopped, absent"]),
    "address without prefix": ({"container_address": "100.100.1.2"}, ["100.100.1.2"]),
    "address that is none": ({"container_address": "100.100.1.256/24"}, ["100.100.1.256/24"]),
    "address of the host": ({"container_address": "203.0.113.2/24"}, ["203.0.113.2", "outer0"]),
    "port that is none": ({"container_published_ports": ["80800:80"]}, ["80800"]),
    "command not found": ({"container_command": ["/bin/nothing"]}, ["/bin/nothing", "127"]),
    "command not executable": ({"container_command": ["/etc/passwd"]}, ["/etc/passwd", "126"]),
    "command that ends": ({"container_command": ["sh", "-c", "echo goodbye; exit 3"]}, ["exit code 3", "goodbye"]),
    "nothing to ask for its health": ({"container_state": "healthy"}, ["neither its image nor the options give"]),
    "command that ends before it is healthy": (
        {
            "container_state": "healthy",
            "container_command": ["sh", "-c", "while ! ip link show eth0; do sleep 0.1; done; echo goodbye; exit 3"],
            "container_healthcheck": {"test": "false", "interval": "100ms", "retries": 1000},
        },
        ["exit code 3", "goodbye"],
    ),
    "user that is none": ({"container_user": "nobody-here"}, ["nobody-here"]),
}


@pytest.fixture(scope="module", autouse=True)
def _the_host_is_as_before_when_all_is_taken_down(archive: None) -> Iterator[None]:
    before = snapshot()
    yield
    play_role(container_state="absent").succeeded()
    assert differences(before, snapshot()) == []


def _refused(words: Sequence[str], **variables: Any) -> None:
    failed = play_role(**variables)
    assert failed.code != 0
    assert "Traceback" not in failed.output
    for word in words:
        assert word in failed.error + failed.output


@pytest.mark.parametrize("misuse", MISUSES)
def test_a_misuse_is_told_in_words(misuse: str) -> None:
    variables, words = MISUSES[misuse]
    _refused(words, **variables)


def test_a_port_that_somebody_listens_on_is_named() -> None:
    with socket.create_server(("0.0.0.0", 8099)):
        _refused(["8099", "python"], container_published_ports=["8099:80"])


def test_a_link_of_somebody_else_is_named_and_stays() -> None:
    run("ip", "link", "add", "taken", "type", "bridge")
    try:
        _refused(["taken"], container_host_interface="taken")
        assert "taken" in run("ip", "-br", "link")
    finally:
        run("ip", "link", "delete", "taken")
