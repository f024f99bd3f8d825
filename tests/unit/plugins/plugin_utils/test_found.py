# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and variables of the inventory's hosts."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.plugin_utils.found import Machine, called_alike, guest, way_to

WEB = {"name": "web", "status": "running", "pid": 7}


@pytest.mark.parametrize(
    ("name", "given", "way"),
    [
        ("localhost", {}, {}),
        ("server", {}, {"ansible_daemonless_host": "server"}),
        ("server", {"ansible_daemonless_host": "198.51.100.1"}, {"ansible_daemonless_host": "198.51.100.1"}),
        ("server", {"ansible_ssh_host": "198.51.100.1"}, {"ansible_ssh_host": "198.51.100.1"}),
        ("here", {"ansible_daemonless_transport": "local"}, {"ansible_daemonless_transport": "local"}),
        ("localhost", {"ansible_port": 2}, {"ansible_port": 2}),
    ],
)
def test_the_way_to_a_machine(name: str, given: Dict[str, Any], way: Dict[str, Any]) -> None:
    assert way_to(Machine(name, given)) == way


def test_variables() -> None:
    made = guest(Machine("server", {"ansible_ssh_user": "admin"}), WEB, "name")
    assert made.name == "web"
    assert made.variables == {
        "ansible_connection": "daemonless.containers.nsenter",
        "ansible_daemonless_container": "web",
        "ansible_daemonless_host": "server",
        "ansible_ssh_user": "admin",
        "daemonless_host": "server",
        "daemonless_name": "web",
        "daemonless_pid": 7,
        "daemonless_status": "running",
    }


@pytest.mark.parametrize(("naming", "alike"), [("name", ["web on one and two"]), ("name@host", [])])
def test_one_name_on_two_machines(naming: str, alike: object) -> None:
    machines = [Machine("one", {}), Machine("two", {})]
    guests = [guest(machine, WEB, naming) for machine in machines]
    assert called_alike([*guests, guest(machines[0], {"name": "db"}, naming)]) == alike
