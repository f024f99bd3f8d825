# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays whose hosts are containers, with the real Ansible: with Python inside and without, here and through SSH."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping

import plays
from container_runs import LOG, STORE
from guests import PYTHON
from plugged import NAME
from sshd import PASSWORD, server

LIVE = Path(STORE.live("web"))
CONFORMANCE = Path(__file__).with_name("conformance.yml")


def inventory(folder: Path, **variables: Any) -> Path:
    path = folder / "inventory.json"
    told = {"ansible_connection": NAME, "ansible_python_interpreter": PYTHON, **variables}
    path.write_text(json.dumps({"all": {"hosts": {"web": told}}}), encoding="ascii")
    return path


def conform(folder: Path, has_python: bool, more: Mapping[str, Any]) -> plays.Play:
    tree = folder / "web/folder/deeper"
    tree.mkdir(parents=True)
    (tree / "file").write_bytes(bytes(range(256)))
    variables = {"scratch": str(folder), "has_python": has_python}
    return plays.play(CONFORMANCE, variables, inventory=inventory(folder, **more)).succeeded()


def test_with_python(snake: None, tmp_path: Path) -> None:
    played = conform(tmp_path, True, {"ansible_pipelining": True})
    assert len(played.tasks) > 15
    assert {task.status for task in played.tasks} == {"ok"}
    assert not Path("/tmp/folder").exists()


def test_without_python(web: int, tmp_path: Path) -> None:
    conform(tmp_path, False, {})


def test_through_ssh_with_a_password(web: int, tmp_path: Path) -> None:
    with server() as there:
        variables = there.variables(ansible_password=PASSWORD)
        del variables["ansible_ssh_private_key_file"]
        conform(tmp_path, False, variables)
        wrong = inventory(
            tmp_path, **{**variables, "ansible_password": "wrong", "ansible_ssh_args": "-o ControlPath=none"}
        )
        played = plays.play(CONFORMANCE, {"scratch": "/", "has_python": False}, inventory=wrong)
    assert played.code == 4
    assert "nvalid/incorrect password" in played.output or "Permission denied" in played.output


def test_a_container_that_ends_in_a_play(snake: None, tmp_path: Path) -> None:
    """Its second task finds it gone. It is ended as what is in it can't end it: it would not be heard."""
    book = tmp_path / "book.yml"
    pid = json.loads(LIVE.read_text(encoding="ascii"))["pid"]
    end_it = {"name": "End it", "ansible.builtin.command": f"kill -9 {pid}", "delegate_to": "localhost"}
    tasks = [end_it, {"name": "Try it", "ansible.builtin.raw": "true"}]
    book.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]), encoding="ascii")
    local = {"ansible_connection": "local", "ansible_python_interpreter": PYTHON}
    path = inventory(tmp_path)
    hosts = json.loads(path.read_text(encoding="ascii"))
    hosts["all"]["hosts"]["localhost"] = local
    path.write_text(json.dumps(hosts), encoding="ascii")
    played = plays.play(book, None, "--limit", "web", inventory=path)
    assert ([task.status for task in played.tasks], played.code) == (["ok"], 4)
    assert "enter container web: it isn't running" in played.output


def test_console(web: int, tmp_path: Path) -> None:
    console = Path(sys.executable).with_name("ansible-console")
    done = subprocess.run(
        [console, "--inventory", inventory(tmp_path), "all"],
        input="raw id; cat /etc/passwd\nexit\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "ANSIBLE_HOME": str(tmp_path), "HOME": str(tmp_path)},
        text=True,
        check=False,
    )
    assert "uid=0(root) gid=0(root)" in done.stdout
    assert "web:x:33:34" in done.stdout
    assert LOG.read_bytes() == b""
