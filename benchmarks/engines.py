# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that benchmarks compare with: where their programs are, and running them with everything of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Optional, Sequence, Tuple

UNPACKED = Path(__file__).resolve().parents[1] / ".cache" / "engine" / "usr"
"""Where ``tools/engine`` has the distribution's Docker."""
PATH = f"/usr/sbin:/usr/bin:{UNPACKED}/sbin:{UNPACKED}/bin:/sbin:/bin"
CGROUPS = Path("/sys/fs/cgroup")
PODMAN_CONF = """
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
"""


def real(program: str) -> Optional[str]:
    """The distribution's program, whatever stands in its place earlier in PATH."""
    return shutil.which(program, path=PATH)


def mount_control_groups() -> None:
    """A sandbox has none, and engines put containers into them: of version 1 where this machine has that."""
    if any(CGROUPS.iterdir()):
        return
    lines = Path("/proc/cgroups").read_text(encoding="ascii").splitlines()[1:]
    former = [name for name, hierarchy, _count, enabled in map(str.split, lines) if hierarchy != "0" and enabled == "1"]
    if not former:
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", str(CGROUPS)], check=True)
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(CGROUPS)], check=True)
    for name in former:
        folder = CGROUPS / name
        folder.mkdir()
        subprocess.run(["mount", "-t", "cgroup", "-o", name, "cgroup", str(folder)], check=True)


@contextmanager
def dockerd(folder: Path, options: Sequence[str]) -> Iterator[Tuple[str, int]]:
    """A Docker daemon with everything of its own in the folder; yields its address and pid."""
    address = f"unix://{folder / 'docker.sock'}"
    own = {"data-root": "data", "exec-root": "exec", "pidfile": "docker.pid"}
    command = [real("dockerd") or "dockerd", f"--host={address}", "--storage-driver=overlay2", *options]
    command += [f"--{option}={folder / name}" for option, name in own.items()]
    environment = {**os.environ, "PATH": PATH, "TMPDIR": str(folder)}
    log = folder / "dockerd.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        _wait_until_it_answers(daemon, address, log)
        os.sync()
        yield address, daemon.pid
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()


def _wait_until_it_answers(daemon: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    asked = [real("docker") or "docker", "--host", address, "version"]
    while subprocess.run(asked, capture_output=True, check=False).returncode:
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"dockerd doesn't start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.1)


def podman_environment(folder: Path) -> Dict[str, str]:
    """What has the podman command keep everything of its own in the folder."""
    (folder / "containers.conf").write_text(PODMAN_CONF, encoding="utf-8")
    storage = f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/root"\nrunroot = "{folder}/run"\n'
    (folder / "storage.conf").write_text(storage, encoding="utf-8")
    return {
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "PATH": PATH,
        "TMPDIR": str(folder),
    }
