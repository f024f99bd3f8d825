# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who unpacks the image in the benchmark, and how each is called. Each gets an empty folder of a new file system."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from bench_image import Image

MODULE = "daemonless.containers.image_unpack"
ROOM = """
import sys
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._image.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.image_unpack import ARGUMENT_SPEC
options = {name: option.get("default") for name, option in ARGUMENT_SPEC.items()}
outcome = run_room(ROOM, {**options, "src": sys.argv[1], "store": sys.argv[2]}, Host(), check_mode=False)
assert outcome["changed"]
"""
PODMAN_CONF = """
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
"""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    peak: int
    """KiB of memory at most, of the largest process."""


def timed(command: Sequence[str], environment: Optional[Mapping[str, str]] = None) -> Cost:
    """Run the command to its end, without its output. Raises CalledProcessError."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(seconds, usage.ru_maxrss)


class Contestant:
    """One way to unpack an image."""

    name = ""
    needs: Sequence[str] = ()

    def missing(self) -> List[str]:
        """Programs that it lacks here."""
        return [program for program in self.needs if shutil.which(program) is None]

    def run(self, image: Image, folder: Path) -> Cost:
        """Unpack into the folder; preparations aren't counted."""
        raise NotImplementedError


class Room(Contestant):
    name = "image_unpack, without Ansible"

    def run(self, image: Image, folder: Path) -> Cost:
        return timed([sys.executable, "-c", ROOM, str(image.archive), str(folder / "store")])


class Module(Contestant):
    name = "image_unpack, by `ansible -m`"

    def run(self, image: Image, folder: Path) -> Cost:
        return ansible(MODULE, f"src={image.archive} store={folder / 'store'}")


class Tar(Contestant):
    name = "GNU tar, one layer after the other, nothing verified"
    needs = ("tar",)

    def run(self, image: Image, folder: Path) -> Cost:
        costs = []
        for layer in image.layers:
            target = folder / layer.stem
            target.mkdir()
            options = ["--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--xattrs-include=*"]
            costs.append(timed(["tar", *options, "--directory", str(target), "--file", str(layer)]))
        return Cost(sum(cost.seconds for cost in costs), max(cost.peak for cost in costs))


class Umoci(Contestant):
    name = "umoci unpack"
    needs = ("umoci", "skopeo")

    def run(self, image: Image, folder: Path) -> Cost:
        layout = image.archive.with_name("layout")
        if (
            not layout.exists()
        ):  # umoci reads nothing but layouts; skopeo compresses the layers, as registries have them
            new = layout.with_name("layout.new")
            shutil.rmtree(new, ignore_errors=True)
            copy = ["skopeo", "copy", "--quiet", f"docker-archive:{image.archive}", f"oci:{new}:benchmark"]
            subprocess.run(copy, check=True)
            new.rename(layout)
            os.sync()
        return timed(["umoci", "unpack", "--image", f"{layout}:benchmark", str(folder / "bundle")])


class Podman(Contestant):
    name = "podman load"
    needs = ("podman", "runc")

    def run(self, image: Image, folder: Path) -> Cost:
        configuration = folder / "containers.conf"
        configuration.write_text(PODMAN_CONF)
        options = ["--root", str(folder / "root"), "--runroot", str(folder / "run"), "--storage-driver", "overlay"]
        environment = {"CONTAINERS_CONF": str(configuration), "TMPDIR": str(folder)}
        subprocess.run(
            ["podman", *options, "images"], check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment}
        )
        cost = timed(["podman", *options, "load", "--quiet", "--input", str(image.archive)], environment)
        subprocess.run(["umount", "--recursive", "--quiet", str(folder / "root/overlay")], check=False)
        return cost


class Docker(Contestant):
    name = "docker load"
    needs = ("dockerd", "docker")

    def missing(self) -> List[str]:
        return [program for program in self.needs if _real(program) is None]

    def run(self, image: Image, folder: Path) -> Cost:
        with _dockerd(folder) as (socket, pid):
            docker = _real("docker") or "docker"
            cost = timed([docker, "--host", socket, "load", "--quiet", "--input", str(image.archive)])
            return Cost(cost.seconds, max(cost.peak, _peak(pid)))


ALL: Sequence[Contestant] = (Room(), Module(), Tar(), Docker(), Podman(), Umoci())


_ANSIBLE: Dict[str, str] = {
    "ANSIBLE_LIBRARY": str(Path(__file__).parent / "library"),
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
    "ANSIBLE_LOCALHOST_WARNING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
}


def ansible(module: str, arguments: str) -> Cost:
    """One module on this machine, as a user would call it."""
    program = str(Path(sys.executable).with_name("ansible"))
    return timed([program, "localhost", "--connection", "local", "-m", module, "-a", arguments], _ANSIBLE)


def ansible_tasks(module: str, arguments: Dict[str, str], count: int, folder: Path) -> Cost:
    """A play of so many tasks of one module on this machine."""
    tasks = [{module: arguments}] * count
    play = folder / "play.json"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    return timed([program, "--inventory", "localhost,", "--connection", "local", str(play)], _ANSIBLE)


@contextmanager
def _dockerd(folder: Path) -> Iterator[Tuple[str, int]]:
    """A Docker daemon with everything of its own; yields its socket and pid."""
    socket = folder / "docker.sock"
    own = {"data-root": "data", "exec-root": "exec", "pidfile": "docker.pid"}
    command = [_real("dockerd") or "dockerd", f"--host=unix://{socket}"]
    command += [f"--{option}={folder / name}" for option, name in own.items()]
    command += ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=overlay2"]
    with (folder / "dockerd.log").open("wb") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "TMPDIR": str(folder)})
    try:
        deadline = time.monotonic() + 60
        while (
            not socket.exists()
            or subprocess.run(
                [_real("docker") or "docker", "--host", f"unix://{socket}", "version"], capture_output=True, check=False
            ).returncode
        ):
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"dockerd doesn't start:\n{(folder / 'dockerd.log').read_text()[-2000:]}")
            time.sleep(0.1)
        os.sync()
        yield f"unix://{socket}", daemon.pid
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()


def _real(program: str) -> Optional[str]:
    """The distribution's program, whatever stands in its place earlier in PATH."""
    return shutil.which(program, path="/usr/sbin:/usr/bin")


def _peak(pid: int) -> int:
    """The most memory that a living process had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])
