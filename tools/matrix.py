# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The support matrix: which versions are tested with which, one cell each. What runs the cells is noxfile.py.

Not every version with every other: each ansible-core runs the sanity and unit tests on a controller, each Python of
a target runs the unit tests and modules, and pyroute2, old and new, connects containers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, List

from checklist import ROOT, SYSTEM_PYTHON, Check, find_python, integration_check, needs_root, pytest, sanity_check

CORES = (("2.19", "3.11"), ("2.20", "3.12"), ("2.21", "3.13"), ("2.21", "3.14"))
"""Each ansible-core with a Python of the controller: from the oldest that meta/runtime.yml promises to the newest."""
TARGET_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
TARGET_MODULES = ("image_unpack", "overlay_rootfs", "veth_pair")
"""The integration targets that need none of the distribution's packages for its own Python."""
CONTROLLER = ("2.21", "3.13")
"""What plays them on the other Pythons."""
PYROUTE2 = {"oldest": "0.7.2", "newest": "0.9.7"}
LINKS = ["tests/behaviour/veth", "tests/behaviour/interconnect"]


@dataclass(frozen=True)
class Cell:
    name: str
    checks: List[Check]
    row: Dict[str, str]
    """Column -> what stands there in the table of CONTRIBUTING.md; the others are empty."""


def cells() -> Iterator[Cell]:
    for core, python in CORES:
        yield on_controller(core, python)
    for python in TARGET_PYTHONS:
        yield on_target(python)
    for age, version in PYROUTE2.items():
        yield with_pyroute2(age, version)


def on_controller(core: str, python: str) -> Cell:
    name = f"core-{core}-python-{python}"
    lacking = lacks(python)
    make = make_core(core, python)
    return Cell(
        name,
        [
            sanity_check(f"{name}-sanity", core_folder(core, python), [make], lacking=lacking),
            pytest(f"{name}-units", "matrix", [make], core_folder(core, python), ["tests/unit"], lacking=lacking),
        ],
        {"ansible-core": core, "controller": python, "what runs": "sanity, units"},
    )


def on_target(python: str) -> Cell:
    core, controller = CONTROLLER
    name, folder = f"target-python-{python}", f".cache/venv-target-{python}"
    make = ["tools/venv", folder, find_python(python), "unit", "pyroute2-newest"]
    target = ["--target", f"controller:python={python}@{ROOT / folder}/bin/python"]
    return Cell(
        name,
        [
            pytest(f"{name}-units", "matrix", [make], folder, ["tests/unit"], lacking=lacks(python)),
            integration_check(
                f"{name}-modules",
                core_folder(core, controller),
                [make, make_core(core, controller)],
                [*target, *TARGET_MODULES],
                lacks(python) or lacks(controller) or needs_root(),
            ),
        ],
        {
            "ansible-core": core,
            "controller": controller,
            "target": python,
            "pyroute2": PYROUTE2["newest"],
            "what runs": "units; integration of " + ", ".join(TARGET_MODULES),
        },
    )


def with_pyroute2(age: str, version: str) -> Cell:
    name, folder = f"pyroute2-{version}", f".cache/venv-pyroute2-{age}"
    make = ["tools/venv", folder, SYSTEM_PYTHON, "run", "unit", f"pyroute2-{age}"]
    check = pytest(f"{name}-links", "matrix", [make], folder, LINKS, ["tests/sandbox"], needs_root())
    return Cell(name, [check], {"pyroute2": version, "what runs": "behaviour of links and interconnects"})


def core_folder(core: str, python: str) -> str:
    return f".cache/venv-core-{core}-{python}"


def make_core(core: str, python: str) -> List[str]:
    return ["tools/venv", core_folder(core, python), find_python(python), f"core-{core}", "unit"]


def lacks(python: str) -> str:
    return "" if find_python(python) else f"no Python {python} here"
