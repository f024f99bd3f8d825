# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's checks, one after the other, and end with a table of what passed and what did not.

Checks that take long run beside the others, one of them at a time, and two when the others are done; what they print
is shown then. A check that tested nothing has failed. The log of each is kept in .cache/log. What the checks are is in
checklist.py; installing what they need is the Makefile's work.

    tools/check.py all|quick|GROUP ...
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Callable, List, Optional

from checklist import GROUPS, LOGS, PROGRAMS, ROOT, Check, checks
from counts import Counts


@dataclass(frozen=True)
class Outcome:
    check: Check
    counts: Counts
    seconds: float


Say = Callable[[str], None]


class Aside:
    """A check that runs in another thread, and keeps what it says until somebody listens."""

    def __init__(self, check: Check, threads: ThreadPoolExecutor) -> None:
        self._check = check
        self._said: SimpleQueue[Optional[str]] = SimpleQueue()
        self._outcome: Future[Outcome] = threads.submit(run, check, self._said.put)
        self._outcome.add_done_callback(lambda _outcome: self._said.put(None))

    def run_here(self) -> None:
        """Run it in this thread, unless it has begun in the other."""
        if not self._outcome.cancel():
            return
        self._said, self._outcome = SimpleQueue(), Future()
        self._outcome.set_result(run(self._check, self._said.put))
        self._said.put(None)

    def outcome(self) -> Outcome:
        """Show what was said and what still is, until it ends."""
        show_name(self._check)
        for text in iter(self._said.get, None):
            show(text)
        return self._outcome.result()


def run_all(wanted: List[Check]) -> List[Outcome]:
    with ThreadPoolExecutor(max_workers=1) as threads:
        aside = [Aside(check, threads) for check in wanted if check.aside]
        outcomes = []
        for check in wanted:
            if not check.aside:
                show_name(check)
                outcomes.append(run(check, show))
        for other in reversed(aside):
            other.run_here()
        return outcomes + [other.outcome() for other in aside]


def run(check: Check, say: Say) -> Outcome:
    start = time.monotonic()
    if check.lacking:
        say(f"skipped: {check.lacking}\n")
        return Outcome(check, Counts(skipped=Counter({check.lacking: 1})), 0)
    LOGS.mkdir(parents=True, exist_ok=True)
    check.report.unlink(missing_ok=True)
    output: List[str] = []
    status = 0
    with (LOGS / f"{check.name}.log").open("w", encoding="utf-8", buffering=1) as log:
        for command in check.commands:
            status = stream(command, [output.append, log.write, say])
            if status:
                break
    return Outcome(check, check.count(check, status, "".join(output)), time.monotonic() - start)


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


def show_name(check: Check) -> None:
    show(f"\n== {check.name}\n")


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
