# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tests a check ran, and how they ended, read from what it leaves behind.

An exit status alone would not do: some tools call it a success when they found nothing to test.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Counter as CounterOf


@dataclass(frozen=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: CounterOf[str] = field(default_factory=Counter)
    """Reason -> how often."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {sum(self.skipped.values())} skipped"


def whole(status: int) -> Counts:
    """A check that is one test."""
    return Counts(failed=1) if status else Counts(passed=1)


def from_junit(status: int, report: Path) -> Counts:
    """The report of a pytest run. A run that broke off, or in which nothing passed, counts as a failure more."""
    if not report.exists():
        return Counts(failed=1)
    passed = failed = 0
    skipped: CounterOf[str] = Counter()
    for case in ET.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif skip is not None:
            skipped[skip.get("message") or "no reason given"] += 1
        else:
            passed += 1
    broke_off = (status != 0 and not failed) or (not passed and not failed)
    return Counts(passed, failed + broke_off, skipped)


def from_ansible_test(status: int, output: str, one_test: str) -> Counts:
    """The output of ansible-test; ``one_test`` matches the line that begins a test. However many fail count as one."""
    ran = len(re.findall(one_test, output, flags=re.MULTILINE))
    failed = status != 0 or not ran or "All targets skipped" in output
    return Counts(max(ran - failed, 0), int(failed))
