# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time image_unpack and others on the same image, in turns, and print a table.

Every run has a new ext4 file system of its own (in a file), because ext4 looks for free inodes
among the recently deleted ones: whoever came after a clean-up would be slowed by it. The archive
is in the page cache, and what earlier runs wrote is on the disk before the next one begins.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Dict, List

from bench_disk import CACHE, SANDBOX, file_system
from bench_image import Image, made
from contestants import ALL, MODULE, Contestant, Cost, Room, ansible_tasks

TASKS = 10


def main() -> None:
    options = _options()
    if os.geteuid() != 0:
        sys.exit("this needs root: it mounts file systems and unpacks owners")
    image = made(CACHE)
    if os.environ.get("DAEMONLESS_SANDBOX") != "1":
        os.execv(SANDBOX, [str(SANDBOX), sys.executable, *sys.argv])
    present = []
    for contestant in ALL:
        if contestant.missing():
            print(f"left out: {contestant.name} (not here: {', '.join(contestant.missing())})", file=sys.stderr)
        elif not options.only or any(word in contestant.name for word in options.only):
            present.append(contestant)
    costs: Dict[str, List[Cost]] = {contestant.name: [] for contestant in present}
    for number in range(options.rounds):
        for contestant in present:
            _warm([image.archive, *image.layers])
            costs[contestant.name].append(_run(contestant, image))
            print(f"round {number + 1}: {contestant.name}: {costs[contestant.name][-1]}", file=sys.stderr)
    _table(costs)
    if not options.only:
        _unchanged(image, options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each one runs (default 5)")
    parser.add_argument("--only", nargs="*", metavar="WORD", help="only those with one of the words in their name")
    return parser.parse_args()


def _run(contestant: Contestant, image: Image) -> Cost:
    with file_system() as folder:
        os.sync()
        return contestant.run(image, folder)


def _warm(files: List[Path]) -> None:
    for path in files:
        with path.open("rb") as file:
            while file.read(1 << 22):
                pass


def _table(costs: Dict[str, List[Cost]]) -> None:
    """Medians, as Markdown."""
    ours = statistics.median(cost.seconds for cost in costs.get(Room.name) or next(iter(costs.values())))
    print("| | seconds (median) | lowest to highest | times as long | peak memory, MiB |")
    print("|---|---|---|---|---|")
    for name, runs in costs.items():
        seconds = sorted(cost.seconds for cost in runs)
        median = statistics.median(seconds)
        peak = max(cost.peak for cost in runs) / 1024
        print(f"| {name} | {median:.2f} | {seconds[0]:.2f} to {seconds[-1]:.2f} | {median / ours:.1f} | {peak:.0f} |")


def _unchanged(image: Image, rounds: int) -> None:
    """What a task costs that finds everything in place, against one of a module that does nothing."""
    with file_system() as folder:
        arguments = {"src": str(image.archive), "store": str(folder / "store")}
        ansible_tasks(MODULE, arguments, 1, folder)
        os.sync()
        pairs = [
            (_further_task("empty", {}, folder), _further_task(MODULE, arguments, folder)) for _round in range(rounds)
        ]
    empty, unchanged = (statistics.median(pair[number] for pair in pairs) for number in (0, 1))
    print(
        f"\nA task that finds the image there: {unchanged * 1000:.0f} ms, an empty one: {empty * 1000:.0f} ms ", end=""
    )
    print(f"(difference {1000 * (unchanged - empty):.0f} ms)")


def _further_task(module: str, arguments: Dict[str, str], folder: Path) -> float:
    """Seconds that each further task of a play takes."""
    one, many = (ansible_tasks(module, arguments, count, folder).seconds for count in (1, 1 + TASKS))
    return (many - one) / TASKS


if __name__ == "__main__":
    main()
