# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was measured to tables: medians, fitted costs, ratios. Pure arithmetic and text."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Mapping, Optional, Sequence

OURS = "ours"
NOTHING = "ansible"


@dataclass(frozen=True)
class Fit:
    """The line through the figures, by least squares: seconds at no container, and for each."""

    fixed: float
    each: float

    def at(self, size: int) -> float:
        return self.fixed + self.each * size


def fit(points: Mapping[int, float]) -> Optional[Fit]:
    """None of fewer than two sizes."""
    if len(points) < 2:
        return None
    middle, level = statistics.fmean(points), statistics.fmean(points.values())
    spread = sum((size - middle) ** 2 for size in points)
    each = sum((size - middle) * (seconds - level) for size, seconds in points.items()) / spread
    return Fit(level - each * middle, each)


@dataclass
class Measured:
    """Seconds of each run: by contestant, step and size; KiB that stay: by contestant and size."""

    seconds: Dict[str, Dict[str, Dict[int, List[float]]]] = field(default_factory=dict)
    helpers: Dict[str, Dict[int, List[int]]] = field(default_factory=dict)
    engines: Dict[str, List[int]] = field(default_factory=dict)
    spent: Dict[int, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """By size and step, what the floor's seconds went to."""

    def add_seconds(self, key: str, step: str, size: int, seconds: float) -> None:
        self.seconds.setdefault(key, {}).setdefault(step, {}).setdefault(size, []).append(seconds)

    def add_resident(self, key: str, size: int, helpers: int, engine: int) -> None:
        self.helpers.setdefault(key, {}).setdefault(size, []).append(helpers)
        self.engines.setdefault(key, []).append(engine)

    def medians(self, key: str, step: str) -> Dict[int, float]:
        of_step = self.seconds.get(key, {}).get(step, {})
        return {size: statistics.median(runs) for size, runs in sorted(of_step.items())}


def step_table(measured: Measured, names: Mapping[str, str], step: str, sizes: Sequence[int]) -> Iterator[str]:
    """Seconds, and how many times as long as ours. What is in brackets wasn't run, but follows from the fit."""
    ours = measured.medians(OURS, step)
    yield f"| {step}, seconds | {' | '.join(map(str, sizes))} | ms per container |"
    yield f"|---|{'---|' * len(sizes)}---|"
    for key, name in names.items():
        medians = measured.medians(key, step)
        if not medians:
            continue
        line = fit(medians)
        cells = [_cell(medians.get(size), line, size, None if key == OURS else ours.get(size)) for size in sizes]
        yield f"| {name} | {' | '.join(cells)} | {_each(line, fit(ours) if key != OURS else None)} |"


def _cell(seconds: Optional[float], line: Optional[Fit], size: int, ours: Optional[float]) -> str:
    if seconds is None and line is None:
        return ""
    value = seconds if seconds is not None else line.at(size) if line is not None else 0.0
    text = f"{value:.2f}" if value < 10 else f"{value:.1f}"
    if ours:
        text += f" (×{_times(value / ours)})"
    return text if seconds is not None else f"[{text}]"


def _each(line: Optional[Fit], ours: Optional[Fit]) -> str:
    if line is None:
        return ""
    text = f"{1000 * line.each:.1f}"
    return f"{text} (×{_times(line.each / ours.each)})" if ours is not None and min(line.each, ours.each) > 0 else text


def _times(ratio: float) -> str:
    """With two digits at least."""
    return f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def memory_table(measured: Measured, names: Mapping[str, str]) -> Iterator[str]:
    """At the largest size that each was run with."""
    yield "| memory that stays, MiB | per container, beside the payload | whatever the number |"
    yield "|---|---|---|"
    for key, name in names.items():
        if key in measured.helpers:
            size, runs = max(measured.helpers[key].items())
            each = statistics.median(runs) / size / 1024
            yield f"| {name} | {each:.1f} | {statistics.median(measured.engines[key]) / 1024:.1f} |"


def single_table(measured: Measured, names: Mapping[str, str], steps: Sequence[str]) -> Iterator[str]:
    """One container, seconds."""
    yield f"| one container, seconds | {' | '.join(steps)} |"
    yield f"|---|{'---|' * len(steps)}"
    for key, name in names.items():
        if key in measured.seconds:
            found = [measured.medians(key, step).get(1) for step in steps]
            yield f"| {name} | {' | '.join('' if seconds is None else f'{seconds:.2f}' for seconds in found)} |"


def breakdown_table(measured: Measured) -> Iterator[str]:
    """Where the floor's milliseconds go, at its largest size."""
    size, spent = max(measured.spent.items(), default=(0, {}))
    yield f"| the floor, of {size} | ms per container |"
    yield "|---|---|"
    for step, parts in spent.items():
        for what, seconds in parts.items():
            yield f"| {step}: {what} | {1000 * seconds / size:.2f} |"


def start_of_ansible(measured: Measured) -> Optional[float]:
    """Seconds that a playbook takes with one task that does nothing."""
    runs = [run for of_size in measured.seconds.get(NOTHING, {}).get("unchanged", {}).values() for run in of_size]
    return statistics.median(runs) if runs else None


def goals(measured: Measured, start: float, size: int = 100, small: int = 20, large: int = 500) -> Iterator[str]:
    """What the figures say of the aims; one that lacks its sizes says nothing."""
    ours = measured.medians(OURS, "create")
    floor = measured.medians("floor", "create")
    if size in ours and size in floor:
        times = (ours[size] - start) / floor[size]
        yield (
            f"- {size} containers take {ours[size]:.2f} s; without Ansible's own start ({start:.2f} s) that is "
            f"{times:.1f} times the floor ({floor[size]:.2f} s)."
        )
    for step, words in (("create", "Making"), ("unchanged", "Finding nothing to do for")):
        others = measured.medians("docker_container", step)
        own = measured.medians(OURS, step)
        if size in own and size in others:
            yield f"- {words} {size} is {others[size] / own[size]:.0f} times as fast as community.docker's loop."
    if small in ours and large in ours:
        growth = ((ours[large] - start) / large) / ((ours[small] - start) / small)
        yield f"- Of {large} each costs {growth:.2f} times what each of {small} costs, Ansible's own start left out."
