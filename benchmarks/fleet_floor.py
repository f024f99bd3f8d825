# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor as a contestant: a process of its own for ``floor.py``, so that its forks copy nothing of the benchmark."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional

from fleet_contestants import PAYLOAD, SUBNET, Contestant, Running, WrongError

PROGRAM = Path(__file__).with_name("floor.py")


class Floor(Contestant):
    key = "floor"
    name = "the floor: kernel calls in a loop, without Ansible"
    steps = ("create", "remove")
    stays = False

    def __init__(self) -> None:
        super().__init__()
        self._process: Optional[subprocess.Popen[str]] = None

    @contextmanager
    def ready(self, folder: Path, archive: Path) -> Iterator[Running]:
        programs = folder / "layer" / "bin"
        programs.mkdir(parents=True)
        shutil.copy(PAYLOAD[0], programs)
        yield Running(folder, {})
        if self._process is not None:
            self._process.communicate()  # the end of its input has it remove what is left
            self._process = None

    def run(self, step: str, count: int, running: Running) -> float:
        if self._process is None:
            command = [sys.executable, str(PROGRAM), "--count", str(count), "--subnet", SUBNET, str(running.folder)]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen([*command, *PAYLOAD], stdin=pipe, stdout=pipe, text=True)
        elif self._process.stdin is not None:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise WrongError("the floor gave way; see above")
        answer = json.loads(line)
        self.spent[step] = answer["spent"]
        return float(answer["seconds"])
