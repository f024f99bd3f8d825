# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's result as Markdown, and its place in the README."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping, Sequence

from fleet_figures import Measured, breakdown_table, goals, memory_table, single_table, start_of_ansible, step_table

STEPS = {"create": "made", "unchanged": "run again, unchanged", "remove": "removed"}
HEADER = ("names", "line below")
PLOT = "fleet.svg"
BEGIN, END = "<!-- fleet: begin, written by make bench-fleet -->", "<!-- fleet: end -->"


def report(measured: Measured, names: Mapping[str, str], singles: Mapping[str, str], sizes: Sequence[int]) -> str:
    """All tables; those for which nothing was measured are left out."""
    parts = [list(step_table(measured, names, step, sizes)) for step in STEPS]
    parts += [list(memory_table(measured, names)), list(single_table(measured, singles, list(STEPS)))]
    parts.append(list(breakdown_table(measured)))
    found = ["\n".join(lines) for lines in parts if len(lines) > len(HEADER)]
    start = start_of_ansible(measured)
    if start is not None:
        found.append(f"Ansible alone takes {start:.2f} s: one task that does nothing.")
        found += ["\n".join(goals(measured, start))]
    return "\n\n".join(filter(None, found))


def publish(readme: Path, text: str, measured: Measured, names: Mapping[str, str]) -> None:
    """Between the markers of the README, with the plot beside it."""
    from fleet_plot import write  # matplotlib takes its time

    replaced = spliced(readme.read_text(encoding="utf-8"), text)
    write(readme.with_name(PLOT), measured, names, STEPS)
    readme.write_text(replaced, encoding="utf-8")


def spliced(document: str, text: str) -> str:
    """The document with the text, and the plot, between its markers. Raises ValueError without them."""
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"there is no section between {BEGIN} and {END}")
    plot = f"![Seconds over containers, for each step]({PLOT})"
    return f"{before}{begin}\n\n{text}\n\n{plot}\n\n{end}{after}"
