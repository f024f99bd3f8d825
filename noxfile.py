# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session for each cell of the support matrix, which is in tools/matrix.py; ends with a table of their outcomes.

make matrix                      # all of them
make matrix CELL=pyroute2-0.7.2  # one
"""

from __future__ import annotations

import atexit
import sys
from pathlib import Path
from typing import List

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))

import check as runner
from matrix import Cell, cells

nox.options.default_venv_backend = "none"  # environments are made by tools/venv
nox.options.envdir = ".cache/nox"
outcomes: List[runner.Outcome] = []


def add(cell: Cell) -> None:
    @nox.session(name=cell.name)
    def run(session: nox.Session) -> None:
        ended = runner.run_all(cell.checks)
        outcomes.extend(ended)
        if any(outcome.counts.failed for outcome in ended):
            session.error("a check of this cell failed")
        if not any(outcome.counts.passed for outcome in ended):
            session.skip(", ".join(sorted({check.lacking for check in cell.checks})))


for each in cells():
    add(each)


@atexit.register
def show() -> None:
    if outcomes:
        runner.report(outcomes)
