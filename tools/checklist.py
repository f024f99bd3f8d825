# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of this project: what each runs, with which interpreter, and how its tests are counted."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Sequence

from counts import Counts, from_ansible_test, from_junit, whole

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "log"
PROGRAMS = (ROOT / ".venv/bin", ROOT / ".cache/engine/usr/sbin", ROOT / ".cache/engine/usr/bin")
"""Where the checks find programs first."""
GROUPS: Dict[str, List[str]] = {
    "quick": ["lint", "sanity", "units"],
    "all": ["lint", "sanity", "units", "behaviour", "integration", "vm"],
}
COLLECTION = "ansible_collections.daemonless.containers"
SYSTEM_PYTHON = "/usr/bin/python3"
BEHAVIOUR = "tests/behaviour"
PARTS: Dict[str, Sequence[str]] = {
    "flow": ("flow",),
    "faults": ("faults",),
    "rooms": (),
    "controller": ("connection", "fleetplay", "inventory", "module_cache"),
    "image": ("image",),
    "fleet": ("fleet",),
}
"""Folders of behaviour with a process of their own, as what is forked from one that has run thousands of tests pays for
its memory; and the rest."""
OLDEST = "3.9"
"""The oldest Python that a target may have."""


@dataclass(frozen=True)
class Check:
    name: str
    group: str
    commands: List[List[str]]
    """Run in this order; the first that fails ends the check."""
    count: Callable[[Check, int, str], Counts] = lambda _check, status, _output: whole(status)
    lacking: str = ""
    """Why it cannot run here; empty when it can."""

    @property
    def report(self) -> Path:
        """Where pytest writes its report."""
        return LOGS / f"{self.name}.xml"


def checks() -> Iterator[Check]:
    """In the order in which they begin. Two run at a time: the machines take longest, and the shorter ones come last,
    so that in the end none is waited for alone."""
    yield from machines()
    yield from sanity()
    yield from units()
    yield from lint()
    yield from integration()
    yield from behaviour()


def lint() -> Iterator[Check]:
    def check(name: str, *commands: List[str]) -> Check:
        return Check(name, "lint", [[f".venv/bin/{command[0]}", *command[1:]] for command in commands])

    yield check("ruff", ["ruff", "check", "."], ["ruff", "format", "--check", "."])
    yield check("mypy", ["mypy", "--package", f"{COLLECTION}.plugins"], ["mypy", "tools"])
    yield check("yamllint", ["yamllint", "--strict", "."])
    yield check("ansible-lint", ["ansible-lint", "--nocolor"])
    yield Check("shellcheck", "lint", [["shellcheck", *shell_scripts()]])
    yield check("reuse", ["reuse", "lint", "--lines"])
    yield check("changelog", ["antsibull-changelog", "lint"])
    options = ["--plugin-docs", "--validate-collection-refs", "all"]
    antsibull = ["env", f"HOME={LOGS}", ".venv/bin/antsibull-docs"]  # it leaves a log there
    yield Check("docs", "lint", [[*antsibull, "lint-collection-docs", *options, "."]])
    yield Check("docs-site", "lint", [["tools/docs"]])


def shell_scripts() -> List[str]:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split("\0")
    return [name for name in names if name and begins_as_shell_script(ROOT / name)]


def begins_as_shell_script(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(10) in {b"#!/bin/sh\n", b"#!/bin/bas"}


def sanity() -> Iterator[Check]:
    """On the controller's Python, and what imports and compiles on the oldest that a target may have."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    yield sanity_check("sanity", ".venv", [], ["--python", here])
    lacking = "" if find_python(OLDEST) else f"no Python {OLDEST} here"
    oldest = ["--python", OLDEST, "--test", "compile", "--test", "import"]
    yield sanity_check(f"sanity-{OLDEST}", ".venv", [], oldest, lacking)


def sanity_check(
    name: str, venv: str, before: List[List[str]], options: Sequence[str] = ("--python", "default"), lacking: str = ""
) -> Check:
    def count(_check: Check, status: int, output: str) -> Counts:
        return from_ansible_test(status, output, r"^Running sanity test ")

    command = ["tools/ansible-test", venv, "sanity", "--color", "no", *options]
    return Check(name, "sanity", [*before, command], count, lacking)


def units() -> Iterator[Check]:
    """With the system's Python and the oldest that a target may have; the others are cells of the matrix."""
    yield pytest("units", "units", [], ".venv", ["tests/unit"])
    python, folder = find_python(OLDEST), f".cache/venv-{OLDEST}"
    make = ["tools/venv", folder, python, "unit"]
    lacking = "" if python else f"no Python {OLDEST} here"
    yield pytest(f"units-{OLDEST}", "units", [make], folder, ["tests/unit"], lacking=lacking)


def behaviour() -> Iterator[Check]:
    """On the real kernel."""
    named = [f"{BEHAVIOUR}/{folder}" for folders in PARTS.values() for folder in folders]
    rest = [BEHAVIOUR, *(f"--ignore={path}" for path in named)]
    for part, folders in PARTS.items():
        tests = [f"{BEHAVIOUR}/{folder}" for folder in folders] or rest
        yield pytest(f"behaviour-{part}", "behaviour", [], ".venv", tests, ["tests/sandbox"], needs_root())


def pytest(
    name: str,
    group: str,
    before: List[List[str]],
    venv: str,
    tests: List[str],
    inside: Sequence[str] = (),
    lacking: str = "",
) -> Check:
    def count(check: Check, status: int, _output: str) -> Counts:
        return from_junit(status, check.report)

    report = LOGS / f"{name}.xml"
    command = [*inside, f"{venv}/bin/python", "-m", "pytest", "--quiet", f"--junit-xml={report}", *tests]
    return Check(name, group, [*before, command], count, lacking)


def integration() -> Iterator[Check]:
    """The modules through Ansible itself, as ansible-test runs them; and the example, as its readers do."""
    lacking = needs_root()
    venv = ["tools/venv", ".cache/venv-vm", SYSTEM_PYTHON, "run", "vm"]
    yield integration_check("integration", ".venv", [], ["--python", "default"], lacking)
    yield Check("molecule-example", "integration", [venv, ["tools/test-example"]], lacking=lacking)


def integration_check(name: str, venv: str, before: List[List[str]], words: List[str], lacking: str) -> Check:
    def count(_check: Check, status: int, output: str) -> Counts:
        return from_ansible_test(status, output, r"^Running \S+ integration test role")

    options = ["--color", "no", "--allow-destructive", "--allow-root", *words]
    command = ["tests/sandbox", "tools/ansible-test", venv, "integration", *options]
    return Check(name, "integration", [*before, command], count, lacking)


def machines() -> Iterator[Check]:
    """The site's playbook on whole machines, through a reboot; counted as the tests that look at them afterwards."""

    def count(check: Check, status: int, _output: str) -> Counts:
        return from_junit(status, check.report)

    venv = ["tools/venv", ".cache/venv-vm", SYSTEM_PYTHON, "run", "vm"]
    yield Check("molecule-default", "vm", [venv, ["tools/test-vm", "default"]], count, needs_root())


def needs_root() -> str:
    return "" if os.geteuid() == 0 else "needs root"


def find_python(version: str) -> str:
    """Path of a real CPython of that version, or nothing."""
    found = subprocess.run(["tools/python", version], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return found.stdout.strip()
