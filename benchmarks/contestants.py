# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who unpacks the image in the benchmark, and how each is called. Each gets an empty folder of a new file system."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence

from bench_image import Image
from engines import dockerd, podman_environment, real

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
        return [program for program in self.needs if real(program) is None]

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
        environment = podman_environment(folder)
        subprocess.run(["podman", "images"], check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
        cost = timed(["podman", "load", "--quiet", "--input", str(image.archive)], environment)
        subprocess.run(["umount", "--recursive", "--quiet", str(folder / "root/overlay")], check=False)
        return cost


class Docker(Contestant):
    name = "docker load"
    needs = ("dockerd", "docker")

    def run(self, image: Image, folder: Path) -> Cost:
        without_network = ["--iptables=false", "--ip6tables=false", "--bridge=none"]
        with dockerd(folder, without_network) as (address, pid):
            docker = real("docker") or "docker"
            cost = timed([docker, "--host", address, "load", "--quiet", "--input", str(image.archive)])
            return Cost(cost.seconds, max(cost.peak, _peak(pid)))


ALL: Sequence[Contestant] = (Room(), Module(), Tar(), Docker(), Podman(), Umoci())


ANSIBLE: Dict[str, str] = {
    "ANSIBLE_LIBRARY": str(Path(__file__).parent / "library"),
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
    "ANSIBLE_LOCALHOST_WARNING": "False",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
}


def ansible(module: str, arguments: str) -> Cost:
    """One module on this machine, as a user would call it."""
    program = str(Path(sys.executable).with_name("ansible"))
    return timed([program, "localhost", "--connection", "local", "-m", module, "-a", arguments], ANSIBLE)


def ansible_tasks(module: str, arguments: Dict[str, str], count: int, folder: Path) -> Cost:
    """A play of so many tasks of one module on this machine."""
    tasks = [{module: arguments}] * count
    play = folder / "play.json"
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    return timed([program, "--inventory", "localhost,", "--connection", "local", str(play)], ANSIBLE)


def _peak(pid: int) -> int:
    """The most memory that a living process had, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])
