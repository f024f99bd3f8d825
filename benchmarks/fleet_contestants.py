# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes the containers in the benchmark of fleets, and how each is called.

All make the same: containers of one image with a bridged network, whose only process sleeps, and which may be killed
when they are removed. Each gets an empty folder of a new file system, and starts from an image that is there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence

from contestants import ANSIBLE, ROOM
from engines import dockerd, podman_environment, real

IMAGE = "bench:latest"
PAYLOAD = ("/bin/busybox", "sleep", "infinity")
SUBNET = "100.100.0.0/16"
NAME = "node"
"""All names begin so. docker_container and podman_container take the beginning of an id for a name, and ids are
hexadecimal: of containers called ``c1`` to ``c100`` one or two are not made, as one is there whose id begins so."""
LOOPED = NAME + "{{ item }}"
STEPS = ("create", "unchanged", "remove")
_RECAP = re.compile(r"changed=(\d+) +unreachable=0 +failed=0 ")

Task = Dict[str, Any]


class WrongError(Exception):
    """A contestant didn't do what it was to do."""


class Running:
    """A contestant at work in its folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = {**os.environ, **environment}

    def run(self, command: Sequence[str]) -> float:
        """Seconds that the command takes; what it says goes to a file. Raises WrongError."""
        log = self.folder / "log"
        with log.open("wb") as output:
            began = time.monotonic()
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self._environment, check=False
            )
            seconds = time.monotonic() - began
        if done.returncode:
            raise WrongError(f"{command[0]} failed:\n{self.said()[-2000:]}")
        return seconds

    def play(self, tasks: Sequence[Task], changes: bool) -> float:
        """Seconds of a whole ansible-playbook, that has to end with changes or without."""
        file = self.folder / "play.json"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        file.write_text(json.dumps([play]), encoding="utf-8")
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        seconds = self.run([program, "--inventory", "localhost,", "--connection", "local", str(file)])
        recap = _RECAP.search(self.said())
        if recap is None or (recap.group(1) != "0") != changes:
            raise WrongError(
                f"a play that was to end {'with' if changes else 'without'} changes:\n{self.said()[-2000:]}"
            )
        return seconds

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")


class Contestant:
    """One way to have containers."""

    key = ""
    name = ""
    needs: Sequence[str] = ()
    steps: Sequence[str] = STEPS
    engine = False
    """Whether it is one of those that may be kept to small sizes."""
    containers = True
    """Whether it makes any."""
    stays = True
    """Whether it is asked what stays in memory."""

    def __init__(self) -> None:
        self.spent: Dict[str, Dict[str, float]] = {}
        """By step, what the seconds were spent on, if it knows."""

    def missing(self) -> List[str]:
        """Programs that it lacks here."""
        return [program for program in self.needs if real(program) is None]

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        """With the image there, and an engine running if it has one; isn't counted."""
        yield self.started(folder)

    def started(self, folder: Path, **environment: str) -> Running:
        return Running(folder, {**ANSIBLE, "ANSIBLE_PYTHON_INTERPRETER": sys.executable, **environment})

    def run(self, step: str, count: int, running: Running) -> float:
        """Seconds of one of the steps."""
        return running.play(self.tasks(step, count, running.folder), changes=step != "unchanged")

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        raise NotImplementedError


class Fleet(Contestant):
    key = "ours"
    name = "`container_fleet`"

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        running = self.started(folder)
        running.run([sys.executable, "-c", ROOM, str(archive), str(folder / "store")])
        running.play(self.tasks("remove", 1, folder), changes=False)  # as any earlier task, brings the code
        yield running

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        alike = {"name_prefix": NAME, "count": count, "command": list(PAYLOAD), "stop_signal": "KILL"}
        options = {
            "fleet": "bench",
            "image": IMAGE,
            "containers": [alike],
            "network": {"subnet": SUBNET, "mode": "bridge", "bridge": "br-bench"},
            "state": _state(step),
            "store": str(folder / "store"),
        }
        return [{"daemonless.containers.container_fleet": options}]


class Role(Fleet):
    """One container only."""

    key = "role"
    name = "role `container`, five tasks"
    _archive = ""

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        self._archive = str(archive)
        with super().ready(folder, archive) as running:
            yield running

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        variables = {
            "name": f"{NAME}1",
            "image_src": self._archive,
            "image_remote_src": True,
            "command": list(PAYLOAD),
            "stop_signal": "KILL",
            "bridge": "br-bench",
            "host_address": "100.100.0.1/16",
            "address": "100.100.0.2/16",
            "state": _state(step),
            "store": str(folder / "store"),
        }
        role = {"name": "daemonless.containers.container"}
        named = {f"container_{name}": value for name, value in variables.items()}
        return [{"ansible.builtin.include_role": role, "vars": named}]


class Nothing(Contestant):
    key = "ansible"
    name = "Ansible alone: one task that does nothing"
    steps = ("unchanged",)
    containers = stays = False

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        return [{"empty": {}}]


class DockerCommand(Contestant):
    key = "docker"
    name = "`docker run -d`, in a loop"
    needs = ("dockerd", "containerd", "runc", "iptables")
    steps: Sequence[str] = ("create", "remove")
    engine = True

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        with dockerd(folder, ["--exec-opt=native.cgroupdriver=cgroupfs"]) as (address, _pid):
            running = self.started(folder, DOCKER_HOST=address)
            running.run([_docker(), "load", "--quiet", "--input", str(archive)])
            yield running

    def run(self, step: str, count: int, running: Running) -> float:
        each = f'"{_docker()}" rm --force {NAME}$number'
        if step == "create":
            each = f'"{_docker()}" run --detach --name {NAME}$number {IMAGE} {" ".join(PAYLOAD)}'
        loop = f"for number in $(seq {count}); do {each} || exit 1; done"
        return running.run(["/bin/sh", "-c", loop])


class DockerModule(DockerCommand):
    key = "docker_container"
    name = "`community.docker.docker_container`, in a loop"
    steps = STEPS

    def run(self, step: str, count: int, running: Running) -> float:
        return Contestant.run(self, step, count, running)

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        options: Task = {"name": LOOPED, "state": "absent", "force_kill": True}
        if step != "remove":
            options = {"name": LOOPED, "state": "started", "image": IMAGE, "command": list(PAYLOAD)}
        return [{"community.docker.docker_container": options, "loop": list(range(count))}]


class PodmanModule(Contestant):
    key = "podman_container"
    name = "`containers.podman.podman_container`, in a loop"
    needs = ("podman", "conmon", "runc", "iptables")
    engine = True

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        running = self.started(folder, **podman_environment(folder))
        running.run(["podman", "load", "--quiet", "--input", str(archive)])
        yield running
        subprocess.run(["umount", "--recursive", "--quiet", str(folder / "root/overlay")], check=False)

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        return [{"containers.podman.podman_container": _podman(step, LOOPED), "loop": list(range(count))}]


class PodmanSingle(PodmanModule):
    """One container only."""

    key = "podman_single"
    name = "`podman_network` and `podman_container`"

    def tasks(self, step: str, count: int, folder: Path) -> List[Task]:
        state = "absent" if step == "remove" else "present"
        network = {"containers.podman.podman_network": {"name": "bench", "subnet": SUBNET, "state": state}}
        container = {"containers.podman.podman_container": {**_podman(step, f"{NAME}1"), "network": ["bench"]}}
        return [container, network] if step == "remove" else [network, container]


def _state(step: str) -> str:
    return "absent" if step == "remove" else "started"


def _podman(step: str, name: str) -> Task:
    options: Task = {"name": name, "image": IMAGE, "state": _state(step)}
    return {**options, "command": list(PAYLOAD), "stop_signal": 9} if step != "remove" else options


def _docker() -> str:
    return real("docker") or "docker"
