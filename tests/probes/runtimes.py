# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the probes are put to: this collection, Docker and Podman, each behind the same few acts.

Everything an engine keeps lies in a folder of the run's own. The host's /usr is shown in every container, read-only, so
that the probes have a Python there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from container_runs import STORE, container, wait_for_end
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

PYTHON = ("/usr/bin/python3", "-I", "-c")
_NOT_STARTED = (125, 126, 127)
_CONFIG = """
[containers]
pids_limit = 0
init_path = "{init}"
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


@dataclass(frozen=True)
class Ran:
    """How a container ended. ``refused`` is what was said where it was never started."""

    code: Optional[int] = None
    output: str = ""
    refused: str = ""


@dataclass(frozen=True)
class How:
    """What a container is started with besides its command."""

    image: str = "plain"
    user: Optional[str] = None
    working_dir: Optional[str] = None
    init: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    unconfined: bool = False
    nofile: Optional[int] = None
    oom: Optional[int] = None
    volumes: Sequence[str] = ()
    system: bool = True
    """Whether the host's /usr is shown."""

    def shown(self) -> List[str]:
        return [*(["/usr:/usr:ro"] if self.system else []), *self.volumes]


class Ours:
    """The modules' own code, run in this process."""

    name = "this project"

    def __init__(self) -> None:
        self._trees: Dict[str, Path] = {}
        self.version = "this checkout"

    def image(self, label: str, tree: Path) -> None:
        self._trees[label] = tree

    def run(self, command: Sequence[str], how: How = How()) -> Ran:
        try:
            pid = self.start("probe", command, how)
        except ContainersError as error:
            self.remove("probe")
            return Ran(refused=str(error))
        wait_for_end(pid)
        ended = container(name="probe", state="stopped")["container"]
        output = Path(STORE.container("probe"), "log").read_text(encoding="utf-8", errors="replace")
        self.remove("probe")
        return Ran(ended["exit_code"], output)

    def start(self, name: str, command: Sequence[str], how: How = How()) -> Optional[int]:
        rootfs(name=name, layers=[str(self._trees[how.image])])
        optional: Dict[str, Any] = {"user": how.user, "working_dir": how.working_dir, "oom_score_adj": how.oom}
        if how.nofile is not None:
            optional["ulimits"] = [f"nofile:{how.nofile}"]
        found: Optional[int] = container(
            name=name,
            command=list(command),
            volumes=[f"{volume}{',' if volume.count(':') > 1 else ':'}noidmap,bind" for volume in how.shown()],
            env=dict(how.environment),
            init=how.init,
            seccomp="unconfined" if how.unconfined else "default",
            **optional,
        )["container"]["pid"]
        return found

    def stop(self, name: str, seconds: int) -> str:
        """What was said against it."""
        try:
            container(name=name, state="stopped", stop_timeout=seconds)
        except ContainersError as error:
            return str(error)
        return ""

    def remove(self, name: str) -> None:
        container(name=name, state="absent", stop_timeout=0)
        rootfs(name=name, state="absent")

    def states(self) -> List[Path]:
        """Folders in which a container's files lie, the outermost first."""
        return [Path(STORE.containers), Path(STORE.containers, "kept")]


class Client:
    """Docker or Podman, by its command."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, states: Sequence[str]) -> None:
        self.name = name
        self._command = list(command)
        self._folder = folder
        self._states = states
        self.version = self("version", "--format", "{{.Client.Version}}").stdout.strip()

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )

    def image(self, label: str, tree: Path) -> None:
        archive = self._folder / f"{label}.tar"
        subprocess.run(["tar", "--directory", tree, "--create", "--file", archive, "."], check=True)
        done = self("import", str(archive), f"localhost/{label}")
        assert done.returncode == 0, done.stderr

    def run(self, command: Sequence[str], how: How = How()) -> Ran:
        done = self("run", "--rm", "--name", "probe", *self._options(how), *command)
        if done.returncode in _NOT_STARTED and "rror" in done.stderr:
            self.remove("probe")
            return Ran(done.returncode, refused=done.stderr.strip())
        return Ran(done.returncode, done.stdout + done.stderr)

    def start(self, name: str, command: Sequence[str], how: How = How()) -> Optional[int]:
        done = self("run", "--detach", "--name", name, *self._options(how), *command)
        if done.returncode != 0:
            raise ContainersError(done.stderr.strip())
        return int(self("inspect", "--format", "{{.State.Pid}}", name).stdout)

    def stop(self, name: str, seconds: int) -> str:
        done = self("stop", "--time", str(seconds), name)
        return done.stderr.strip() if done.returncode else ""

    def remove(self, name: str) -> None:
        self("rm", "--force", name)

    def states(self) -> List[Path]:
        return [self._folder / state for state in self._states]

    def _options(self, how: How) -> List[str]:
        options = ["--network=none", *(f"--volume={volume}" for volume in how.shown())]
        options += [f"--env={name}={value}" for name, value in how.environment.items()]
        options += [] if how.user is None else [f"--user={how.user}"]
        options += [] if how.working_dir is None else [f"--workdir={how.working_dir}"]
        options += ["--init"] if how.init else []
        options += ["--security-opt=seccomp=unconfined"] if how.unconfined else []
        if how.nofile is not None:  # Podman's other limits are beyond what a sandbox may set, unless it is said
            options += [f"--ulimit=nofile={how.nofile}:{how.nofile}", "--ulimit=nproc=1024:1024"]
        options += [] if how.oom is None else [f"--oom-score-adj={how.oom}"]
        return [*options, f"localhost/{how.image}"]


@contextmanager
def docker(folder: Path) -> Iterator[Client]:
    """Docker, with a daemon of its own."""
    socket = f"unix://{folder}/socket"
    own = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
    with open(folder / "log", "wb") as log:
        daemon = subprocess.Popen(
            [
                *("dockerd", "--host", socket, *(f"--{option}={folder / name}" for option, name in own.items())),
                *("--storage-driver=vfs", "--bridge=none", "--iptables=false", "--ip6tables=false"),
            ],
            stdout=log,
            stderr=log,
        )
    try:
        client = _command("docker")
        deadline = time.monotonic() + 60
        while subprocess.run([client, "--host", socket, "version"], capture_output=True, check=False).returncode:
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"dockerd doesn't start:\n{(folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield Client("Docker", [client, "--host", socket], folder, ["data", "data/containers"])
    finally:
        daemon.terminate()
        daemon.wait()


@contextmanager
def podman(folder: Path) -> Iterator[Client]:
    """Podman, with runc, as a sandbox has no systemd that its default would ask for control groups."""
    config = folder / "containers.conf"
    config.write_text(_CONFIG.format(init=shutil.which("tini-static")), encoding="ascii")
    os.environ["CONTAINERS_CONF"] = str(config)
    roots = [f"--root={folder / 'data'}", f"--runroot={folder / 'run'}", "--storage-driver=vfs"]
    client = Client("Podman", ["podman", *roots], folder, ["data", "data/vfs-containers"])
    yield client
    for name in client("ps", "--all", "--quiet").stdout.split():
        client.remove(name)
    del os.environ["CONTAINERS_CONF"]


def _command(name: str) -> str:
    """The client that came with the daemon, where there are several."""
    beside = shutil.which("dockerd")
    near = shutil.which(name, path=str(Path(beside).parents[1] / "bin")) if beside else None
    found = near or shutil.which(name)
    assert found is not None, f"{name} isn't installed"
    return found


def told(ran: Ran) -> Dict[str, Any]:
    """The JSON that a program inside wrote."""
    assert not ran.refused, ran.refused
    found: Dict[str, Any] = json.loads(ran.output.strip().splitlines()[-1])
    return found
