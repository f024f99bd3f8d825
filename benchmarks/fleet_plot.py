# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plot beside the tables: seconds over containers, for each step, both axes logarithmic."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Mapping

import matplotlib as mpl
from fleet_figures import OURS, Measured, fit

HEADER = """<!--
SPDX-FileCopyrightText: 2026 The daemonless.containers authors
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""
SETTINGS = {"svg.hashsalt": "fleet", "svg.fonttype": "none", "font.size": 9}


def write(path: Path, measured: Measured, names: Mapping[str, str], steps: Mapping[str, str]) -> None:
    """Dashed where it follows from the fit."""
    mpl.use("svg")
    from matplotlib import pyplot as plt  # only now: it opens what use() has chosen

    with mpl.rc_context(SETTINGS):
        figure, panels = plt.subplots(1, len(steps), figsize=(4 * len(steps), 3.6), sharey=True, layout="constrained")
        sizes = sorted({size for key in names for step in steps for size in measured.medians(key, step)})
        for panel, (step, title) in zip(panels, steps.items()):
            for number, (key, name) in enumerate(names.items()):
                medians = measured.medians(key, step)
                style = {"color": f"C{number}", "linewidth": 2.5 if key == OURS else 1.2}
                panel.plot(list(medians), list(medians.values()), marker="o", label=name.replace("`", ""), **style)
                line, last = fit(medians), max(medians, default=0)
                if line is not None and last < sizes[-1]:
                    panel.plot([last, sizes[-1]], [medians[last], line.at(sizes[-1])], linestyle="--", **style)
            panel.set(title=title, xlabel="containers", xscale="log", yscale="log")
            panel.set_xticks(sizes, list(map(str, sizes)))
            panel.yaxis.set_major_formatter("{x:g}")
            panel.minorticks_off()
            panel.grid(visible=True, alpha=0.3)
        panels[0].set_ylabel("seconds")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
        plt.close(figure)
    before, opening, rest = drawn.getvalue().partition("<svg")
    path.write_text(before + HEADER + opening + rest, encoding="utf-8")
