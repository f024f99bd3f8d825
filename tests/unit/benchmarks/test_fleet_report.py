# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the benchmark of fleets, and its place in the README."""

from __future__ import annotations

import pytest
from fleet_figures import NOTHING, OURS, Measured
from fleet_report import BEGIN, END, PLOT, report, spliced
from project import ROOT


def test_the_report_has_no_empty_table() -> None:
    measured = Measured()
    measured.add_seconds(OURS, "create", 20, 2.0)
    measured.add_seconds(NOTHING, "unchanged", 20, 0.75)
    assert report(measured, {OURS: "us"}, {"role": "role"}, [20]) == (
        "| create, seconds | 20 | ms per container |\n|---|---|---|\n| us | 2.00 |  |\n\n"
        "Ansible alone takes 0.75 s: one task that does nothing."
    )


def test_the_report_ends_with_what_the_figures_say() -> None:
    measured = Measured()
    for key, seconds in ((OURS, 2.0), ("docker_container", 50.0)):
        measured.add_seconds(key, "create", 100, seconds)
    measured.add_seconds(NOTHING, "unchanged", 100, 0.75)
    assert report(measured, {OURS: "us"}, {}, [100]).endswith(
        "- Making 100 is 25 times as fast as community.docker's loop."
    )


def test_only_what_is_between_the_markers_is_replaced() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = spliced(document, "new")
    assert once.startswith(f"before\n{BEGIN}\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "new" in once
    assert PLOT in once
    assert "old" not in once
    assert spliced(once, "new") == once


@pytest.mark.parametrize("document", ["", BEGIN, END])
def test_a_document_without_markers_is_refused(document: str) -> None:
    with pytest.raises(ValueError, match="no section"):
        spliced(document, "new")


def test_the_readme_has_the_markers() -> None:
    spliced((ROOT / "benchmarks/README.md").read_text(encoding="utf-8"), "new")
