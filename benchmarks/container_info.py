# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time what container_info does itself, without Ansible's start, with many containers running and published.

Run by ``make bench-info`` in a sandbox, where it starts them.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Callable, List

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/support"))

from container_runs import FOREVER, container, make_tree, mount_rootfs
from info_runs import containers

from ansible_collections.daemonless.containers.plugins.module_utils._nat import nft_table
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import Rule
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

COUNT = int(os.environ.get("CONTAINERS", "500"))
REPETITIONS = 5


def timed(work: Callable[[], Any]) -> float:
    """The quickest of some runs, in milliseconds."""
    found: List[float] = []
    for _time in range(REPETITIONS):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return min(found)


def publish(number: int) -> None:
    """A port of the host's, as nat_rule does it."""
    port = str(10_000 + number)
    rules = [
        Rule(chain, 4, "dnat", local=True, protocol="tcp", port=port, to=f"100.100.1.2:{port}")
        for chain in ("prerouting", "output")
    ]
    nft_table.replace(Host(), {f"c{number}": rules})


def main() -> None:
    mount_rootfs(make_tree(Path("/run/tree")))
    for number in range(COUNT):
        container(name=f"c{number}", rootfs="web", command=FOREVER, env={"KEY": "value"})
        publish(number)
        if number in (0, COUNT - 1):
            sys.stdout.write(f"{number + 1:5} running: one by name {timed(lambda: containers(name=['c0'])):7.1f} ms")
            sys.stdout.write(f", all {timed(containers):7.1f} ms\n")


main()
