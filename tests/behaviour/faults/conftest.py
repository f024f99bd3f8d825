# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host that runs are broken on, and the counts of points at which they were."""

from __future__ import annotations

from collections import Counter
from typing import Dict, Iterator, List

import pytest
from fault_cases import Ground, clear, prepare

COUNTS: Counter[str] = Counter()
TABLES: List[str] = []


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    yield prepare(tmp_path_factory.mktemp("archives"))
    clear()


@pytest.fixture(scope="session")
def counts() -> Dict[str, int]:
    """What was tried, and how often: told at the end."""
    return COUNTS


@pytest.fixture(scope="session")
def tables() -> List[str]:
    """Tables to be shown at the end."""
    return TABLES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, number in COUNTS.items():
        terminalreporter.write_line(f"{what}: {number}")
    for table in TABLES:
        terminalreporter.write_line(table)
