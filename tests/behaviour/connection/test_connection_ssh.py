# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers of another machine, through SSH: whoever may log in there and become root there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Set

import pytest
from ansible.errors import AnsibleConnectionFailure
from container_runs import FOREVER, STORE, container
from guests import run
from plugged import connection
from sshd import Server, server

ALONE = "-o ControlPath=none"
"""Log in for this alone, and not through what another test has opened."""
MERGED = Path(STORE.container("web"), "merged")


@pytest.fixture(scope="module")
def there() -> Iterator[Server]:
    with server() as running:
        yield running


def refusal(**variables: object) -> str:
    with pytest.raises(AnsibleConnectionFailure) as raised:
        connection(**variables).exec_command("true")
    return str(raised.value)


def test_as_root(web: int, there: Server) -> None:
    assert run("readlink /proc/self/ns/pid", **there.variables()) == os.readlink(f"/proc/{web}/ns/pid")


def test_through_sudo(merged: Path, there: Server) -> None:
    container(command=FOREVER, user="web", env={"A": "container"})
    through_sudo = there.variables("admin", ansible_daemonless_host_become=True, ansible_daemonless_env={"B": "it's"})
    assert run("echo $A $B $(id -un)", **through_sudo) == "container it's web"
    assert connection(**through_sudo).exec_command("cat; exit 255", in_data=b"\0\xff") == (255, b"\0\xff", b"")


def test_files(web: int, there: Server, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "local").write_bytes(data)
    plugin = connection(**there.variables("admin", ansible_daemonless_host_become=True))
    plugin.put_file(str(tmp_path / "local"), "/tmp/with 'quote' and \n line")
    assert (MERGED / "tmp/with 'quote' and \n line").read_bytes() == data
    plugin.fetch_file("/tmp/with 'quote' and \n line", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == data


def test_nothing_stays_on_the_host(web: int, there: Server) -> None:
    def found() -> Set[Path]:
        shared = [Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/root")]
        named = {path for place in shared for path in place.iterdir() if path.name.startswith("daemonless_containers")}
        return named | set(there.home("admin").rglob("*")) | set(Path("/run/daemonless").rglob("*"))

    before = found()
    run("true", **there.variables("admin", ansible_daemonless_host_become=True))
    assert found() == before


def test_with_ansible_ssh_host(web: int, there: Server) -> None:
    variables = there.variables()
    variables["ansible_ssh_host"] = variables.pop("ansible_daemonless_host")
    assert run("echo in", **variables) == "in"


def test_a_user_that_is_not_root(web: int, there: Server) -> None:
    told = refusal(**there.variables("admin"))
    assert "to see and enter containers, root is needed on the host, this is user id" in told
    assert "See ansible_daemonless_host_become" in told


def test_a_user_that_sudo_does_not_let_in(web: int, there: Server) -> None:
    told = refusal(**there.variables("guest", ansible_daemonless_host_become=True))
    assert "it says: sudo: " in told
    assert "must be let in by sudo with no password" in told


def test_a_host_that_is_not_to_be_reached(web: int, there: Server) -> None:
    assert "Permission denied" in refusal(**there.variables("nobody-at-all"))
    assert "Connection refused" in refusal(**{**there.variables(), "ansible_port": 2})
    known = f"-o UserKnownHostsFile={there.folder}/none -o StrictHostKeyChecking=yes"
    assert "Host key verification failed" in refusal(
        **there.variables(ansible_ssh_common_args=known, ansible_ssh_args=ALONE)
    )


def test_a_container_that_does_not_run(web: int, there: Server) -> None:
    container(state="stopped", stop_signal="KILL")
    assert "enter container web: it isn't running" in refusal(**there.variables())


def test_the_way_can_be_made_anew(web: int, there: Server) -> None:
    plugin = connection(**there.variables())
    assert plugin.exec_command("echo in")[1] == b"in\n"
    plugin.reset()
    assert plugin.exec_command("echo in")[1] == b"in\n"
