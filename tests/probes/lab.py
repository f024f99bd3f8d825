# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe has at hand: one engine, images made to do harm, and files of the host that must stay as they are."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Union

import inside
from container_runs import make_tree
from programs_inside import with_host_system
from runtimes import PYTHON, Client, How, Ours, told

Engine = Union[Ours, Client]


class Outcome(NamedTuple):
    """Whether it is as it should be, and what it is."""

    good: bool
    words: str


class Lab:
    """One engine and all that is put before it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.victim = folder / "victim"
        self.victim.mkdir(parents=True)
        for name in ("hosts", "hostname", "resolv.conf", "null", "passwd"):
            (self.victim / name).write_text(f"the host's {name}\n", encoding="utf-8")
        engine.image("plain", self.tree("plain"))

    def tree(self, label: str) -> Path:
        """A new small system that the host's Python runs on."""
        tree = with_host_system(make_tree(self.folder / label))
        (tree / "bin/ends").symlink_to("busybox")
        return tree

    def image(self, label: str, change: Callable[[Path], None]) -> How:
        """How to start an image like the plain one but for that change."""
        tree = self.tree(label)
        change(tree)
        self.engine.image(label, tree)
        return How(image=label)

    def unchanged(self) -> Any:
        """What is compared before and after: the files that an image tries to reach, the host's mounts and its root."""
        files = {
            str(path): (_content(path), path.lstat().st_mode, path.lstat().st_mtime_ns)
            for path in [self.victim, *sorted(self.victim.iterdir())]
        }
        return files, host_mounts(), sorted(os.listdir("/"))

    def harmless(self, label: str, change: Callable[[Path], None]) -> Outcome:
        """Whether an image that leads to the victim's files leaves them as they are, started or not."""
        how = self.image(label, change)
        before = self.unchanged()
        ran = self.engine.run(["/bin/sh", "-c", "echo x > /etc/hosts; echo x > /dev/null; echo started"], how)
        same = self.unchanged() == before
        return Outcome(
            same, ("refused" if ran.refused else "runs") + (", host as it was" if same else ", HOST CHANGED")
        )

    @cached_property
    def facts(self) -> Dict[str, Any]:
        """What is seen inside of a container with every default."""
        os.environ["ANSIBLE_SECRET"] = os.environ["SSH_CONNECTION"] = "of the caller"
        ran = self.engine.run([*PYTHON, source()], How(environment={"GIVEN": "yes"}))
        del os.environ["ANSIBLE_SECRET"], os.environ["SSH_CONNECTION"]
        return told(ran)


@dataclass(frozen=True)
class Probe:
    """``number`` is the line of the list that the probes are made from."""

    number: int
    question: str
    act: Callable[[Lab], Outcome]


def source() -> str:
    return Path(inside.__file__).read_text(encoding="utf-8")


def host_mounts() -> List[str]:
    """Places of mounts that a run of the engine itself doesn't make."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return sorted(line.split()[4] for line in lines)


def listed(names: Any, otherwise: str = "none") -> str:
    return ", ".join(map(str, names)) or otherwise


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
