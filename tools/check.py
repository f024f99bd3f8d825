# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's checks, one after the other, and end with a table of what passed and what did not.

A check that tested nothing has failed. The log of each is kept in .cache/log. What the checks are is in
checklist.py; installing what they need is the Makefile's work.

    tools/check.py all|quick|GROUP ...
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import List

from checklist import GROUPS, LOGS, PROGRAMS, ROOT, Check, checks
from counts import Counts


@dataclass(frozen=True)
class Outcome:
    check: Check
    counts: Counts
    seconds: float


def run(check: Check) -> Outcome:
    print(f"\n== {check.name}", flush=True)
    start = time.monotonic()
    if check.lacking:
        print(f"skipped: {check.lacking}")
        return Outcome(check, Counts(skipped=Counter({check.lacking: 1})), 0)
    LOGS.mkdir(parents=True, exist_ok=True)
    check.report.unlink(missing_ok=True)
    output: List[str] = []
    status = 0
    for command in check.commands:
        status = stream(command, output)
        if status:
            break
    said = "".join(output)
    (LOGS / f"{check.name}.log").write_text(said, encoding="utf-8")
    return Outcome(check, check.count(check, status, said), time.monotonic() - start)


def stream(command: List[str], output: List[str]) -> int:
    """Run the command, showing and keeping what it prints."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join([*map(str, PROGRAMS), os.environ["PATH"]])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    for line in process.stdout or ():
        print(line, end="", flush=True)
        output.append(line)
    return process.wait()


def report(outcomes: List[Outcome]) -> int:
    width = max(len(outcome.check.name) for outcome in outcomes)
    total = Counts()
    print("\n== summary")
    for outcome in outcomes:
        counts = outcome.counts
        total = total + counts
        verdict = "FAILED" if counts.failed else "ok" if counts.passed else "skipped"
        print(f"{outcome.check.name:{width}}  {verdict:7}  {outcome.seconds:5.0f} s  {counts}")
    for reason, number in sorted(total.skipped.items()):
        print(f"skipped {number}: {reason}")
    if not total.passed:
        print("nothing was tested")
    print(total)
    return 1 if total.failed or not total.passed else 0


def main(words: List[str]) -> int:
    names = [name for word in words for name in GROUPS.get(word, [word])]
    unknown = sorted(set(names) - set(GROUPS["all"]))
    if unknown or not names:
        print(f"usage: tools/check.py {'|'.join(GROUPS)} ...", file=sys.stderr)
        return 2
    return report([run(check) for check in checks(quick=words == ["quick"]) if check.group in names])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
