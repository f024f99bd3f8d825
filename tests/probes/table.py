# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every probe, in the order of the list; as a program, what comes of them with each engine, a table in Markdown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Dict, List

import acts
import ends
import seen
from lab import Engine, Lab, Outcome, Probe
from runtimes import Ours, docker, podman

ROOT = Path(__file__).resolve().parents[2]
PROBES: List[Probe] = sorted([*seen.PROBES, *acts.PROBES, *ends.PROBES], key=lambda probe: probe.number)
SIGNS = {True: "✓", False: "✗"}


def main() -> None:
    if os.environ.get("DAEMONLESS_SANDBOX") != "1":
        os.execv(ROOT / "tests/sandbox", ["tests/sandbox", sys.executable, *sys.argv])
    folder = Path(tempfile.mkdtemp(prefix="probes-"))
    try:
        with ExitStack() as running:
            _see_control_groups()
            found = {}
            for make in (None, docker, podman):
                place = folder / (make.__name__ if make else "ours")
                place.mkdir()
                engine: Engine = Ours() if make is None else running.enter_context(make(place))
                found[f"{engine.name}, {engine.version}"] = outcomes(Lab(engine, place / "lab"))
            _print(found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def outcomes(lab: Lab) -> Dict[int, Outcome]:
    found = {}
    for probe in PROBES:
        try:
            found[probe.number] = probe.act(lab)
        except Exception as error:  # one that can't be put to this engine says so in its cell
            found[probe.number] = Outcome(False, f"not answered: {type(error).__name__}: {error}"[:100])
        sys.stderr.write(f"{lab.engine.name} {probe.number} {found[probe.number]}\n")
    return found


def _see_control_groups() -> None:
    """As the engines want to find them."""
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"], check=True)


def _print(found: Dict[str, Dict[int, Outcome]]) -> None:
    print(f"| | | {' | '.join(found)} |")
    print(f"|---|---|{'---|' * len(found)}")
    for probe in PROBES:
        cells = [outcome_of[probe.number] for outcome_of in found.values()]
        shown = [f"{SIGNS[cell.good]} {cell.words}".replace("|", "/").replace("\n", " ") for cell in cells]
        print(f"| {probe.number} | {probe.question} | {' | '.join(shown)} |")
    counts = [sum(outcome.good for outcome in outcome_of.values()) for outcome_of in found.values()]
    print(f"| | as it should be, of {len(PROBES)} | {' | '.join(map(str, counts))} |")


if __name__ == "__main__":
    main()
