# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as a task has it: files come from the controller, a role and a vault, and secrets stay secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest
import yaml
from container_runs import FOREVER, container
from exec_runs import output_of
from plays import Play, play
from secrecy import SECRET, readable_by_others

COPY = "daemonless.containers.container_copy"


@pytest.fixture
def role(merged: Path, tmp_path: Path) -> Path:
    """A folder for a playbook, with a role that has files; and a container that runs."""
    container(command=FOREVER, stop_timeout=0)
    files = tmp_path / "roles/web/files"
    (files / "site/deep").mkdir(parents=True)
    (files / "nginx.conf").write_text("of the role\n", encoding="ascii")
    (files / "site/index.html").write_text("index", encoding="ascii")
    (files / "site/deep/page").symlink_to("../index.html")
    (files / "site/tool").write_bytes(bytes(range(256)) * 5000)
    (files / "site/tool").chmod(0o755)
    (tmp_path / "password").write_text("vault-password", encoding="ascii")
    (files / "site/secret").write_text(SECRET, encoding="ascii")
    vault = [sys.executable, Path(sys.executable).with_name("ansible-vault")]
    arguments = ["encrypt", "--vault-password-file", tmp_path / "password", files / "site/secret"]
    subprocess.run([*vault, *arguments], check=True, stderr=subprocess.DEVNULL)
    assert SECRET not in (files / "site/secret").read_text(encoding="ascii")
    return tmp_path


def play_tasks(folder: Path, tasks: List[Dict[str, Any]], *arguments: str) -> Play:
    named = [{"name": f"Task {number}", **task} for number, task in enumerate(tasks)]
    (folder / "roles/web/tasks").mkdir(exist_ok=True)
    (folder / "roles/web/tasks/main.yml").write_text(yaml.safe_dump(named), encoding="utf-8")
    whole = [{"hosts": "localhost", "gather_facts": False, "roles": ["web"]}]
    (folder / "play.yml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    return play(folder / "play.yml", {}, "--vault-password-file", str(folder / "password"), *arguments)


def task(**options: Any) -> Dict[str, Any]:
    return {COPY: {"name": "web", **options}}


def test_files_of_the_role(role: Path) -> None:
    tasks = [
        task(src="nginx.conf", dest="/srv/"),
        task(src="site", dest="/srv", mode="preserve", owner="web"),
        task(src="site/", dest="/srv/inner"),
        task(content={"port": 80}, dest="/srv/settings.json"),
    ]
    predicted = play_tasks(role, tasks[:2], "--check").succeeded()
    assert [one.changed for one in predicted.tasks] == [True, True]
    assert output_of("ls -A /srv") == ""
    made = play_tasks(role, [*tasks, *tasks[1:3]]).succeeded()
    assert [one.changed for one in made.tasks] == [*[True] * len(tasks), False, False]
    assert made.ops[:2] == predicted.ops
    assert made.tasks[0].result["src"] == str(role / "roles/web/files/nginx.conf")
    assert output_of("cat /srv/nginx.conf /srv/settings.json") == 'of the role\n{"port": 80}'
    assert output_of("cat /srv/site/deep/page /srv/inner/index.html /srv/inner/secret") == f"indexindex{SECRET}"
    assert output_of("stat -c '%a %u %s' /srv/site/tool; stat -c %a /srv/inner/tool") == "755 33 1280000\n644"


def test_a_secret_is_told_to_nobody(role: Path) -> None:
    """And what is none is shown."""
    tasks = [
        {**task(content=SECRET, dest="/srv/secret", mode="0600"), "no_log": True},
        {**task(content=SECRET, dest="/srv/other", mode="0600"), "diff": False},
        task(src="nginx.conf", dest="/srv/"),
    ]
    done = play_tasks(role, tasks, "--diff", "-vvv").succeeded()
    assert len(done.changed) == len(tasks)
    assert output_of("cat /srv/secret /srv/other") == SECRET * 2
    assert SECRET not in done.output
    assert not [one for one in done.tasks if SECRET in str(one.result)]
    assert [line for line in readable_by_others() if not line.startswith("/tmp/")] == []
    assert '+            "of the role"' in done.output


def test_what_is_wrong_is_told(role: Path) -> None:
    said = {
        "Could not find or access 'none.conf'": {"src": "none.conf", "dest": "/srv/"},
        "mutually exclusive: src|content": {"src": "nginx.conf", "content": "words", "dest": "/srv/x"},
        "neither src nor content is given. Say what is to be copied": {"dest": "/srv/x"},
        "_archive is no option": {"src": "nginx.conf", "dest": "/srv/", "_archive": "/etc/shadow"},
    }
    done = play_tasks(role, [{**task(**options), "ignore_errors": True} for options in said.values()])
    assert len(done.tasks) == len(said)
    for words, one in zip(said, done.tasks):
        assert words in one.result["msg"]
        assert not one.changed
