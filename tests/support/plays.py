# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks with the real ansible-playbook and tell task by task how they ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "daemonless.containers."


@dataclass(frozen=True)
class Task:
    """How one task ended on one host."""

    host: str
    task: str
    action: str
    status: str
    result: Mapping[str, Any]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def module(self) -> str:
        """The module's name, without the collection's before it for one of ours."""
        return self.action[len(COLLECTION) :] if self.action.startswith(COLLECTION) else self.action


@dataclass(frozen=True)
class Play:
    """One finished run of ansible-playbook."""

    code: int
    output: str
    tasks: Tuple[Task, ...]

    def last(self, module: str) -> Mapping[str, Any]:
        """What the last task with that module returned."""
        return [task.result for task in self.tasks if task.module == module and task.status != "skipped"][-1]

    @property
    def changed(self) -> List[str]:
        """The modules of the tasks that changed something, in order."""
        return [task.module for task in self.tasks if task.changed]

    @property
    def ops(self) -> List[str]:
        return [op for task in self.tasks for op in task.result.get("ops", ())]

    @property
    def error(self) -> str:
        failed = [task for task in self.tasks if task.status == "failed"]
        return str(failed[-1].result.get("msg")) if failed else ""

    def succeeded(self) -> Play:
        assert self.code == 0, self.output
        return self


def play(
    playbook: Path,
    variables: Optional[Mapping[str, Any]] = None,
    *arguments: str,
    inventory: Path = ROOT / "playbooks/inventory.yml",
) -> Play:
    """Run the playbook as the Makefile does, with pipelining, which is faster, and its own temporary folders."""
    with tempfile.TemporaryDirectory() as scratch:
        record = Path(scratch, "tasks")
        done = subprocess.run(
            [
                Path(sys.executable).with_name("ansible-playbook"),
                *("--inventory", inventory, "--extra-vars", json.dumps(dict(variables or {}))),
                *arguments,
                playbook,
            ],
            env=_environment(Path(scratch), record),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        lines = record.read_text().splitlines() if record.exists() else []
    return Play(done.returncode, done.stdout, tuple(Task(**json.loads(line)) for line in lines))


def _environment(scratch: Path, record: Path) -> Dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
    site = next(path for path in sys.path if Path(path, "ansible_collections/daemonless/containers").exists())
    return {
        **kept,
        "ANSIBLE_HOME": f"{scratch}/home",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_REMOTE_TEMP": f"{scratch}/remote",
        "ANSIBLE_COLLECTIONS_PATH": site,
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/support/callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record_tasks",
        "RECORD_TASKS": str(record),
    }
