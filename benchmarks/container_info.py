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


def timed(work: Callable[[], Any]) -> str:
    """The least of some runs, by the clock and of the processor."""
    clock: List[float] = []
    processor: List[float] = []
    for _time in range(REPETITIONS):
        before = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    return f"{min(clock) * 1000:7.1f} ms ({min(processor) * 1000:.1f} ms of the processor)"


def rules(number: int) -> List[Rule]:
    """A published port, as nat_rule has it."""
    port = str(10_000 + number)
    chains = ("prerouting", "output")
    return [Rule(chain, 4, "dnat", local=True, protocol="tcp", port=port, to=f"100.100.1.2:{port}") for chain in chains]


def main() -> None:
    mount_rootfs(make_tree(Path("/run/tree")))
    for count in (1, COUNT):
        for number in range(0 if count == 1 else 1, count):
            container(name=f"c{number}", rootfs="web", command=FOREVER, env={"KEY": "value"})
        nft_table.replace(Host(), {f"c{number}": rules(number) for number in range(count)})
        sys.stdout.write(f"{count} running and published\n")
        sys.stdout.write(f"  one by name, without ports {timed(lambda: containers(name=['c0'], ports=False))}\n")
        sys.stdout.write(f"  one by name                {timed(lambda: containers(name=['c0']))}\n")
        sys.stdout.write(f"  all                        {timed(containers)}\n")


main()
