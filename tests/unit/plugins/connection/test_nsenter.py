# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the connection: what they make of the way to the host, and of a command."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Tuple

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from plugged import connection

from ansible_collections.daemonless.containers.plugins.connection import nsenter
from ansible_collections.daemonless.containers.plugins.plugin_utils.transport import Answer, RefusedError

Connected = List[Tuple[str, Mapping[str, Any]]]


class Way:
    """Stands in for the way to the host."""

    def __init__(self) -> None:
        self.asked: List[Dict[str, Any]] = []
        self.words: Dict[str, Any] = {"code": 0, "output": 3, "timed_out": False}
        self.data = b"outerr"

    def ask(self, act: str, data: bytes = b"", **words: Any) -> Answer:
        self.asked.append({"act": act, "data": data, **words})
        if "refuse" in self.words:
            raise RefusedError(self.words["refuse"])
        return Answer(self.words, self.data)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> Connected:
    """What is asked of Ansible's own connections: kind and variables."""
    found: Connected = []

    def connect(kind: str, _context: object, variables: Mapping[str, Any], _keys: object) -> None:
        found.append((kind, variables))

    monkeypatch.setattr(nsenter, "connect", connect)
    return found


def with_way(**variables: Any) -> Tuple[nsenter.Connection, Way]:
    plugin, way = connection(**variables), Way()
    plugin._way = way  # type: ignore[assignment]
    return plugin, way


@pytest.mark.parametrize(
    ("variables", "kind", "told"),
    [
        ({}, "local", {}),
        ({"ansible_daemonless_host": "h"}, "ssh", {"ansible_host": "h", "ansible_ssh_host": "h"}),
        ({"ansible_ssh_host": "h"}, "ssh", {"ansible_host": "h", "ansible_ssh_host": "h"}),
        ({"ansible_daemonless_host": "h", "ansible_daemonless_transport": "local"}, "local", {}),
        (
            {
                "ansible_daemonless_host": "h",
                "ansible_user": "inside",
                "ansible_ssh_user": "admin",
                "ansible_port": 22,
                "ansible_private_key_file": "/key",
                "ansible_ssh_common_args": "-J jump",
                "ansible_ssh_pipelining": False,
            },
            "ssh",
            {
                "ansible_host": "h",
                "ansible_ssh_host": "h",
                "ansible_ssh_user": "admin",
                "ansible_port": 22,
                "ansible_private_key_file": "/key",
                "ansible_ssh_common_args": "-J jump",
                "ansible_ssh_pipelining": False,
            },
        ),
    ],
)
def test_the_way_to_the_host(
    connected: Connected, variables: Dict[str, Any], kind: str, told: Mapping[str, Any]
) -> None:
    connection(**variables)._connect()
    assert connected == [(kind, told)]


def test_ssh_needs_to_know_where_to(connected: Connected) -> None:
    with pytest.raises(AnsibleError, match="transport ssh needs to know the host"):
        connection(ansible_daemonless_transport="ssh")._connect()


def test_a_command_as_it_is_by_default() -> None:
    plugin, way = with_way()
    assert plugin.exec_command("id", in_data=b"in") == (0, b"out", b"err")
    assert way.asked == [
        {
            "act": "execution",
            "data": b"in",
            "store": "/var/lib/daemonless",
            "container": "web",
            "argv": ["/bin/sh", "-c", "id"],
            "env": {},
            "user": None,
            "working_dir": None,
            "timeout": None,
        }
    ]


def test_a_command_with_options() -> None:
    plugin, way = with_way(
        ansible_daemonless_container="other",
        ansible_daemonless_store="/store",
        ansible_daemonless_executable="/bin/bash",
        ansible_daemonless_env={"N": 1},
        ansible_daemonless_working_dir="/srv",
        ansible_daemonless_command_timeout=5,
        ansible_user="root",
        ansible_daemonless_user="web:log",
    )
    plugin.exec_command("id")
    told = dict(way.asked[0])
    assert told.pop("argv") == ["/bin/bash", "-c", "id"]
    assert told == {
        "act": "execution",
        "data": b"",
        "store": "/store",
        "container": "other",
        "env": {"N": "1"},
        "user": "web:log",
        "working_dir": "/srv",
        "timeout": 5,
    }


def test_failures() -> None:
    plugin, way = with_way(ansible_daemonless_command_timeout=5)
    way.words = {"code": 137, "output": 0, "timed_out": True}
    with pytest.raises(AnsibleError, match="container web: the command took longer than 5 s and was killed"):
        plugin.exec_command("sleep 9")
    way.words = {"refuse": "enter container web: it isn't running"}
    with pytest.raises(AnsibleConnectionFailure, match="enter container web: it isn't running"):
        plugin.exec_command("true")
    with pytest.raises(AnsibleFileNotFound, match="there is no file /no/such to copy"):
        plugin.put_file("/no/such", "/tmp/file")


def test_become_is_possible_and_pipelining_too() -> None:
    plugin = connection()
    assert plugin.has_pipelining
    assert not plugin.has_tty
