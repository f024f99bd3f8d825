# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's checks, two at a time, and end with a table of what passed and what did not.

What a check prints is shown when it has ended; meanwhile it can be read in its log, which is kept in .cache/log. A
check that tested nothing has failed. What the checks are is in checklist.py; installing what they need is the
Makefile's work.

    tools/check.py all|quick|GROUP ...
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Callable, List

from checklist import GROUPS, LOGS, PROGRAMS, ROOT, Check, checks
from counts import Counts

AT_A_TIME = 2


@dataclass(frozen=True)
class Outcome:
    check: Check
    counts: Counts
    seconds: float
    output: str


def run_all(wanted: List[Check]) -> List[Outcome]:
    """Begun in their order; what comes back is in that order too."""
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as threads:
        begun = [threads.submit(run, check) for check in wanted]
        for ended in as_completed(begun):
            show(f"\n== {ended.result().check.name}\n{ended.result().output}")
    return [each.result() for each in begun]


def run(check: Check) -> Outcome:
    start = time.monotonic()
    if check.lacking:
        return Outcome(check, Counts(skipped=Counter({check.lacking: 1})), 0, f"skipped: {check.lacking}\n")
    LOGS.mkdir(parents=True, exist_ok=True)
    check.report.unlink(missing_ok=True)
    log = LOGS / f"{check.name}.log"
    show(f"-- {check.name} begins: {log}\n")
    output: List[str] = []
    status = 0
    with log.open("w", encoding="utf-8", buffering=1) as file:
        for command in check.commands:
            status = stream(command, [output.append, file.write])
            if status:
                break
    text = "".join(output)
    return Outcome(check, check.count(check, status, text), time.monotonic() - start, text)


def stream(command: List[str], listeners: List[Callable[[str], object]]) -> int:
    """Run the command, passing on each line that it prints."""
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
        for listener in listeners:
            listener(line)
    return process.wait()


def show(text: str) -> None:
    print(text, end="", flush=True)


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
    return report(run_all([check for check in checks() if check.group in names]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
