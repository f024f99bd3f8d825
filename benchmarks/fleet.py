# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time fleets of containers with a network, ours and others', in turns, and print tables.

Every run has a sandbox of its own, in it a new ext4 file system (in a file), an engine where it needs one, and the
image already. Seconds are those of the whole ansible-playbook; of the docker command, those of its loop; of the floor,
those of its kernel calls.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Type

from bench_disk import CACHE, SANDBOX
from fleet_contestants import IMAGE, PAYLOAD, Contestant, Nothing
from fleet_figures import Measured
from fleet_report import publish, report
from fleet_run import MANY, SINGLE

RUN = Path(__file__).with_name("fleet_run.py")
README = Path(__file__).with_name("README.md")
PACK = "daemonless.containers.image_pack"
ONCE = 30.0
"""Seconds; whoever takes longer than that for the first of several runs isn't asked again."""


def main() -> None:
    options = _options()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody is to compile its modules anew in every run
    if os.geteuid() != 0:
        sys.exit("this needs root: it starts containers")
    CACHE.mkdir(parents=True, exist_ok=True)
    archive = _archive()
    present = _present([*MANY, *SINGLE], options.only)
    each: List[Type[Contestant]] = [Nothing, *present]
    measured = Measured()
    failures = []
    for size in options.sizes:
        for number in range(options.repeat):
            for contestant in each:
                if not _is_due(contestant, size, number, measured, options):
                    continue
                figures = _run(contestant, size, archive)
                if figures is None:
                    failures.append(f"{contestant.name}: failed with {size}")
                else:
                    _take(contestant, size, figures, measured)
    names = {contestant.key: contestant.name for contestant in present if contestant not in SINGLE}
    singles = {contestant.key: contestant.name for contestant in present if contestant in SINGLE}
    text = report(measured, names, singles, options.sizes)
    print(text)
    if failures:
        sys.exit("\n".join(failures))
    if options.write:
        publish(README, text, measured, names)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    keys = ", ".join(contestant.key for contestant in [*MANY, *SINGLE])
    parser.add_argument("--sizes", type=_numbers, default=[1, 20, 100, 500], help="how many (default 1,20,100,500)")
    parser.add_argument("--repeat", type=int, default=3, help=f"runs of each; one where one takes {ONCE:.0f} s")
    parser.add_argument("--only", type=_words, default=[], metavar="KEY,…", help=f"of {keys}")
    parser.add_argument("--engines-up-to", type=int, default=10**6, metavar="N", help="larger sizes by the fit only")
    parser.add_argument("--write", action="store_true", help="put tables and plot into benchmarks/README.md")
    return parser.parse_args()


def _numbers(text: str) -> List[int]:
    return sorted({int(number) for number in text.split(",")})


def _words(text: str) -> List[str]:
    return text.split(",")


def _archive() -> Path:
    """The image: one program."""
    archive = CACHE / "fleet.tar"
    if not archive.exists():
        files = [{"path": PAYLOAD[0].lstrip("/"), "src": PAYLOAD[0]}]
        pack = {"dest": str(archive), "tag": IMAGE, "files": files, "config": {"Cmd": list(PAYLOAD)}}
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            Nothing().started(Path(scratch)).play([{PACK: pack}], changes=True)
    return archive


def _present(contestants: Sequence[Type[Contestant]], only: Sequence[str]) -> List[Type[Contestant]]:
    unknown = set(only) - {contestant.key for contestant in contestants}
    if unknown:
        sys.exit(f"--only: nobody is called {', '.join(sorted(unknown))}")
    present = []
    for contestant in contestants:
        missing = contestant().missing()
        if missing:
            print(f"left out: {contestant.name} (not here: {', '.join(missing)})", file=sys.stderr)
        elif not only or contestant.key in only:
            present.append(contestant)
    return present


def _is_due(
    contestant: Type[Contestant], size: int, number: int, measured: Measured, options: argparse.Namespace
) -> bool:
    if (contestant.engine and size > options.engines_up_to) or (contestant in SINGLE and size != 1):
        return False
    runs = measured.seconds.get(contestant.key, {}).get("create", {}).get(size, [])
    return number == 0 or all(seconds < ONCE for seconds in runs)


def _run(contestant: Type[Contestant], size: int, archive: Path) -> Optional[Dict[str, Any]]:
    """What the run says, in a process of its own; None if it failed."""
    command = [str(SANDBOX), sys.executable, str(RUN), contestant.key, str(size), str(archive)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def _take(contestant: Type[Contestant], size: int, figures: Dict[str, Any], measured: Measured) -> None:
    for step, seconds in figures["seconds"].items():
        measured.add_seconds(contestant.key, step, size, seconds)
        print(f"{size}: {contestant.key}: {step}: {seconds:.2f} s", file=sys.stderr)
    if "helpers" in figures:
        measured.add_resident(contestant.key, size, figures["helpers"], figures["engine"])
    if figures["spent"]:
        measured.spent[size] = figures["spent"]


if __name__ == "__main__":
    main()
