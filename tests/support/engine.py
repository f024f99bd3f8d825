# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine, to make real archives with: dockerd, run by hand on folders of its own, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional

START_SECONDS = 60


@dataclass(frozen=True)
class Engine:
    """A running dockerd and the client that talks to it."""

    client: str
    socket: Path

    def __call__(self, *words: object, stdin: Optional[bytes] = None) -> str:
        done = subprocess.run(
            [self.client, "--host", f"unix://{self.socket}", *map(str, words)],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DOCKER_BUILDKIT": "0"},
            check=False,
        )
        output = done.stdout.decode()
        assert done.returncode == 0, f"docker {words[0]}: {output}"
        return output


def client() -> Optional[str]:
    """The docker command that came with the dockerd that is installed, or any; None where one of them is missing."""
    server = shutil.which("dockerd")
    if server is None:
        return None
    return shutil.which("docker", path=str(Path(server).parents[1] / "bin")) or shutil.which("docker")


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """An engine whose everything lies in that folder. Needs a sandbox: it mounts the control groups."""
    command = client()
    assert command is not None
    if not os.path.ismount("/sys/fs/cgroup"):
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)
    running = Engine(command, folder / "socket")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [
                *("dockerd", "--data-root", folder / "data", "--exec-root", folder / "exec"),
                *("--pidfile", folder / "pid", "--host", f"unix://{running.socket}"),
                *("--storage-driver=vfs", "--bridge=none", "--iptables=false", "--ip6tables=false"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(running, process, folder / "log")
        yield running
    finally:
        process.terminate()
        process.wait()


def _wait_for(running: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            running("version")
        except AssertionError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"dockerd doesn't answer: {log.read_text()[-2000:]}")
