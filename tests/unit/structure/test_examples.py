# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example that a reader may copy is one that Ansible, our modules and our roles take."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
import yaml
from calls import NAME, faults, role_faults, task_faults, tasks
from project import ROOT, constant, documented, files, modules, python_files, shown

CONNECTION = "plugins/connection/nsenter.py"


def pages() -> List[Path]:
    return [path for path in files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]


def explained() -> List[Path]:
    """Every plugin with examples, of whatever kind."""
    return [path for path in python_files("plugins") if "\nEXAMPLES = " in path.read_text(encoding="utf-8")]


def yaml_blocks(path: Path) -> Iterator[Any]:
    """What a page shows as YAML, each block read."""
    for block in re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.M | re.S):
        yield from yaml.safe_load_all(block)


def examples() -> Iterator[Tuple[str, Any]]:
    """Where it is, and what it says, of every example that is a playbook, tasks of one, or variables."""
    for path in explained():
        for document in yaml.safe_load_all(constant(path, "EXAMPLES")):
            yield shown(path), document
    for path in pages():
        for document in yaml_blocks(path):
            yield shown(path), document


def plays() -> Iterator[Tuple[str, List[Any]]]:
    """Every example that ansible-playbook can read, as plays."""
    for place, document in examples():
        if isinstance(document, list) and all("hosts" in play for play in document):
            yield place, document
        elif isinstance(document, list):
            yield place, [{"name": "Example", "hosts": "localhost", "gather_facts": False, "tasks": document}]


def test_there_are_examples() -> None:
    assert set(documented()) < set(explained())
    places = {place for place, _play in plays()}
    assert {shown(path) for path in modules()} | {CONNECTION, "README.md", "docs/images.md"} <= places


def test_modules_and_roles_take_the_arguments() -> None:
    """Each module by its argument spec and by what its room checks before it looks at the host."""
    found = [(place, task) for place, document in examples() for task in tasks(document)]
    wrong = [f"{place}: {task['name']}: {fault}" for place, task in found for fault in task_faults(task)]
    assert wrong == []
    shown_modules = {key for _place, task in found for key in task if key.startswith(NAME)}
    assert shown_modules == {f"{NAME}{path.stem}" for path in modules()}


@pytest.mark.parametrize(
    ("module", "given", "said"),
    [
        ("ns_container", {"name": "web", "volume": []}, "volume. Supported parameters include"),
        ("ns_container", {"name": "web", "state": "running"}, "value of state must be one of"),
        ("ns_container", {"name": "web", "memory": "lots"}, "memory 'lots'"),
        ("container_exec", {"name": "web", "command": "ls", "shell": "ls"}, "mutually exclusive"),
        ("nat_rule", {"name": "web", "address": ["100.100.1.2/24"], "published_ports": ["8080"]}, "8080"),
        ("container_fleet", {"fleet": "web", "containers": [{"name": "a", "port": 1}]}, "port. Supported"),
        ("container_fleet", {"fleet": "web", "containers": [{"name": "a", "image": "b", "memory": "1"}]}, "memory"),
    ],
)
def test_what_is_wrong_is_found(module: str, given: Dict[str, Any], said: str) -> None:
    assert said in faults(module, given)[0]


def test_a_role_has_no_other_variables() -> None:
    task = {"ansible.builtin.include_role": {"name": f"{NAME}container"}, "vars": {"container_name": "web"}}
    assert list(task_faults(task)) == []
    assert list(task_faults({**task, "vars": {"container_name": "web", "container_port": 1}}))


def test_variables_of_roles() -> None:
    """Pages show some without the task that they are for."""
    found = [(place, one) for place, one in examples() if isinstance(one, dict) and any("container_" in k for k in one)]
    assert found
    for place, variables in found:
        assert role_faults("container", variables) == [], place


def test_syntax(tmp_path: Path) -> None:
    """One run for all, since most of it is Ansible's start."""
    paths = []
    for number, (place, document) in enumerate(plays()):
        paths.append(tmp_path / f"{number}-{place.replace('/', '-')}.yml")
        paths[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    done = check_syntax(*paths)
    assert done.returncode == 0, done.stdout


def test_syntax_that_is_wrong(tmp_path: Path) -> None:
    play = [{"hosts": "localhost", "tasks": [{"name": "None", f"{NAME}ns_containers": {"name": "web"}}]}]
    (tmp_path / "wrong.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    assert check_syntax(tmp_path / "wrong.yml").returncode != 0


def check_syntax(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("ansible-playbook")
    command = [sys.executable, program, "--syntax-check", "--inventory", "localhost,", *paths]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)


def test_connection_variables() -> None:
    """Those that begin as the connection's own do are documented there."""
    documentation = yaml.safe_load(constant(ROOT / CONNECTION, "DOCUMENTATION"))
    known = {entry["name"] for option in documentation["options"].values() for entry in option.get("vars", ())}
    words = {word for _place, document in examples() for word in re.findall(r"ansible_daemonless_\w+", str(document))}
    assert words
    assert words <= known
