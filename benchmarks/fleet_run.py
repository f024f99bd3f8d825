# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of one contestant in the benchmark of fleets, in a sandbox that ends with it. Prints its figures as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Sequence, Type

from bench_disk import file_system
from engines import mount_control_groups
from fleet_contestants import (
    PAYLOAD,
    Contestant,
    DockerCommand,
    DockerModule,
    Fleet,
    Nothing,
    PodmanModule,
    PodmanSingle,
    Role,
    WrongError,
)
from fleet_floor import Floor
from fleet_memory import payloads, processes, resident

MANY: Sequence[Type[Contestant]] = (Fleet, Floor, DockerModule, PodmanModule, DockerCommand)
SINGLE: Sequence[Type[Contestant]] = (Role, PodmanSingle)
EACH: Sequence[Type[Contestant]] = (Nothing, *MANY, *SINGLE)
ALL = {contestant.key: contestant for contestant in EACH}


def main() -> None:
    key, size, archive = sys.argv[1:]
    mount_control_groups()
    _make_way_out()
    outside = processes()
    with file_system() as folder:
        try:
            print(json.dumps(_figures(ALL[key](), int(size), Path(archive), folder, outside)))
        except WrongError as error:
            print(f"{key} of {size}: {error}", file=sys.stderr, flush=True)
            os._exit(1)  # the sandbox takes along whatever still runs on the file system


def _make_way_out() -> None:
    """A sandbox leads nowhere; rules that let containers out need an interface of a default route."""
    for words in (
        "link add outside up type veth peer name beyond",
        "address add 198.51.100.2/24 dev outside",
        "route add default via 198.51.100.1",
    ):
        subprocess.run(["ip", *words.split()], check=True)


def _figures(contestant: Contestant, size: int, archive: Path, folder: Path, outside: set[int]) -> Dict[str, Any]:
    """Seconds of each step, and what stayed in memory after the first. Raises WrongError."""
    figures: Dict[str, Any] = {"seconds": {}}
    with contestant.ready(folder, archive) as running:
        before = processes()
        for step in contestant.steps:
            os.sync()
            seconds = contestant.run(step, size, running)
            wanted = size if contestant.containers and step != "remove" else 0
            if len(payloads(PAYLOAD)) != wanted:
                raise WrongError(f"{len(payloads(PAYLOAD))} payloads run after {step}, not {wanted}")
            figures["seconds"][step] = seconds
            if step == "create" and contestant.stays:
                found = resident(PAYLOAD, before, outside)
                figures.update(helpers=found.helpers, engine=found.engine)
    return {**figures, "spent": contestant.spent}


if __name__ == "__main__":
    main()
