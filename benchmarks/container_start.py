# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time what the modules themselves do to start a container with a network, without Ansible, and print a table.

The rooms run in one process, one container after the other, each with three further runs that find nothing
to do. The store lies on a new ext4 file system, so that records that are synced cost what they cost.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, List, Tuple

from bench_disk import CACHE, SANDBOX, file_system

from ansible_collections.daemonless.containers.plugins.module_utils._container.room import ROOM as CONTAINER
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import Room, run_room
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.room import ROOM as ROOTFS
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.module_utils._veth.room import ROOM as VETH
from ansible_collections.daemonless.containers.plugins.modules import ns_container, overlay_rootfs, veth_pair

BUSYBOX = Path("/bin/busybox")
Step = Tuple[str, Room[Any, Any], Dict[str, Any]]


def main() -> None:
    options = _options()
    if os.geteuid() != 0:
        sys.exit("this needs root: it starts containers")
    if not BUSYBOX.exists():
        sys.exit(f"{BUSYBOX} is not here: apt-get install busybox-static")
    if os.environ.get("DAEMONLESS_SANDBOX") != "1":
        os.execv(SANDBOX, [str(SANDBOX), sys.executable, *sys.argv])
    CACHE.mkdir(parents=True, exist_ok=True)
    times: Dict[str, Dict[str, List[float]]] = defaultdict(lambda: defaultdict(list))
    with file_system() as disk:
        layer, store = _layer(disk), str(disk / "store")
        first = _steps(0, layer, store)
        _run("create, the first", first, times)
        for number in range(1, options.containers + 1):
            steps = _steps(number, layer, store)
            _run("create", steps, times)
            _run("unchanged", steps, times)
            _run("remove", [*reversed(steps)], times, state="absent")
        _run("remove, the last", [*reversed(first)], times, state="absent")
    _table(times)


def _run(kind: str, steps: List[Step], times: Dict[str, Dict[str, List[float]]], **states: str) -> None:
    for module, room, wanted in steps:
        begin = time.perf_counter()
        run_room(room, {**wanted, **states}, Host(), check_mode=False)
        times[kind][module].append(time.perf_counter() - begin)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--containers", type=int, default=50, help="how many are started (default 50)")
    return parser.parse_args()


def _layer(folder: Path) -> Path:
    """A root file system with one program in it."""
    programs = folder / "layer" / "bin"
    programs.mkdir(parents=True)
    shutil.copy(BUSYBOX, programs / "busybox")
    return folder / "layer"


def _steps(number: int, layer: Path, store: str) -> List[Step]:
    name = f"bench{number}"
    process = {"command": ["/bin/busybox", "sleep", "3600"], "stop_signal": "KILL"}
    net = 4 * min(number, 1)  # the first stays while the others come and go
    link = {"host_address": [f"198.51.100.{net + 1}/30"], "address": [f"198.51.100.{net + 2}/30"]}
    return [
        ("overlay_rootfs", ROOTFS, _complete(overlay_rootfs, name=name, layers=[str(layer)], store=store)),
        ("ns_container", CONTAINER, _complete(ns_container, name=name, store=store, **process)),
        ("veth_pair", VETH, _complete(veth_pair, container=name, store=store, **link)),
    ]


def _complete(module: Any, **options: Any) -> Dict[str, Any]:
    """With the defaults that the module declares."""
    return {**{name: declared.get("default") for name, declared in module.ARGUMENT_SPEC.items()}, **options}


def _table(times: Dict[str, Dict[str, List[float]]]) -> None:
    """Medians, as Markdown."""
    modules = list(times["create"])
    print(f"| milliseconds (median of {len(times['create'][modules[0]])}) | {' | '.join(modules)} | all |")
    print(f"|---|{'---|' * len(modules)}---|")
    for kind, of_module in times.items():
        medians = [1000 * statistics.median(of_module[module]) for module in modules]
        cells = [f"{value:.1f}" for value in (*medians, sum(medians))]
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
