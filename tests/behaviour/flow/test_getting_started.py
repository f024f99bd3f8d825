# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/getting-started.md, played as it is written there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from plays import ROOT, play
from site_play import pid_of
from snapshots import snapshot

PAGE = (ROOT / "docs/getting-started.md").read_text(encoding="utf-8")
HELLO = "Hello from a container.\n"


@pytest.fixture(scope="module")
def playbook(_internet: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/srv"], check=True)  # the sandbox's own from here on
    path = tmp_path_factory.mktemp("reader") / "web.yml"
    (block,) = re.findall(r"^```yaml\n(- .*?)^```$", PAGE, re.M | re.S)
    path.write_text(block, encoding="utf-8")
    return path


def typed(line: str) -> str:
    """What a line of the page writes when it is typed in the shell that the page is about."""
    path = {"PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}", "ANSIBLE_LOCALHOST_WARNING": "0"}
    done = subprocess.run(
        ["sh", "-c", line], cwd=ROOT, env={**os.environ, **path}, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def fetched(port: int) -> str:
    program = ["busybox", "wget", "-q", "-O", "-", f"http://127.0.0.1:{port}/"]
    return subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_the_page_from_end_to_end(playbook: Path) -> None:
    first = play(playbook).succeeded()
    assert fetched(8080) == HELLO

    os.kill(pid_of(first), signal.SIGKILL)
    mended = play(playbook).succeeded()
    assert set(mended.changed) == {"ns_container", "veth_pair", "nat_rule"}
    assert fetched(8080) == HELLO

    before = snapshot()
    assert play(playbook, {"port": 8081}, "--check", "--diff").succeeded().changed == ["nat_rule"]
    assert snapshot() == before

    info, logs, ran = [typed(line) for line in PAGE.splitlines() if line.startswith("    ansible localhost")]
    assert f'"pid": {pid_of(mended)}' in info
    assert "SUCCESS" in logs
    assert "httpd -f -p 80" in ran

    play(playbook, {"container_state": "absent", "container_image_remove": True}).succeeded()
    assert Path("/srv/web.tar").is_file()
