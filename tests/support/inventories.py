# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the real ansible-inventory on an inventory of containers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict

NAME = "daemonless.containers.containers"
HERE = {"name": "localhost"}


@dataclass(frozen=True)
class Listed:
    """One finished run."""

    code: int
    output: str
    messages: str

    @property
    def hosts(self) -> Dict[str, Dict[str, Any]]:
        assert self.code == 0, self.messages
        found: Dict[str, Dict[str, Any]] = json.loads(self.output, object_hook=_plain)["_meta"]["hostvars"]
        return found

    def members(self, group: str) -> Any:
        return json.loads(self.output).get(group, {}).get("hosts", [])


def _plain(value: Dict[str, Any]) -> Any:
    """A string that isn't to be taken for a template is shown as such."""
    return value.get("__ansible_unsafe", value)


def ansible_inventory(folder: Path, *arguments: str, name: str = "daemonless.yml", **config: Any) -> Listed:
    """List the hosts; of this machine, where the config says nothing else."""
    path = folder / name
    path.write_text(json.dumps({"plugin": NAME, "hosts": [HERE], **config}), encoding="utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON"))}
    site = next(place for place in sys.path if Path(place, "ansible_collections/daemonless/containers").exists())
    program = Path(sys.executable).with_name("ansible-inventory")
    done = subprocess.run(
        [program, "--inventory", path, *(arguments or ("--list", "--export"))],
        env={
            **kept,
            "ANSIBLE_HOME": f"{folder}/home",
            "ANSIBLE_COLLECTIONS_PATH": site,
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Listed(done.returncode, done.stdout, " ".join(done.stderr.split()))
