# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is released: a tarball that can be installed, with all that users need in it and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Set

import pytest
import yaml
from project import ROOT, modules

GALAXY = Path(sys.executable).with_name("ansible-galaxy")
BUILDER = Path(sys.executable).with_name("ansible-builder")
EXAMPLE = ROOT / "examples/execution-environment/execution-environment.yml"
RELEASED = {
    *("COPYING", "LICENSES", "REUSE.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "Makefile"),
    "README.zh-CN.md",
    *(
        "FILES.json",
        "MANIFEST.json",
        "bindep.txt",
        "changelogs",
        "docs",
        "examples",
        "meta",
        "playbooks",
        "plugins",
        "roles",
    ),
    *("pyproject.toml", "requirements", "tools", ".ansible-lint", ".yamllint"),
}
_BUILT = pytest.mark.skipif(
    not BUILDER.exists(), reason="ansible-builder is for controllers: requirements/dev.txt has it, and no other"
)


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    _galaxy("build", "--output-path", str(folder), str(ROOT))
    (built,) = folder.glob("daemonless-containers-*.tar.gz")
    return built


def _galaxy(*words: str) -> None:
    command = [sys.executable, str(GALAXY), "collection", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout


def _builder(*words: str) -> str:
    done = subprocess.run([sys.executable, str(BUILDER), *words], stdout=subprocess.PIPE, check=False, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


def _names(tarball: Path) -> Set[str]:
    with tarfile.open(tarball) as archive:
        return {member.name for member in archive.getmembers() if member.isfile()}


def test_nothing_is_in_it_that_does_not_belong(tarball: Path) -> None:
    names = _names(tarball)
    assert {name.partition("/")[0] for name in names} <= RELEASED
    assert [name for name in names if name.endswith((".pyc", ".log", ".tar"))] == []


def test_all_modules_are_in_it(tarball: Path) -> None:
    assert {f"plugins/modules/{path.name}" for path in modules()} <= _names(tarball)


def test_it_can_be_installed(tarball: Path, tmp_path: Path) -> None:
    _galaxy("install", str(tarball), "--force", "--offline", "--collections-path", str(tmp_path))
    installed = tmp_path / "ansible_collections/daemonless/containers"
    assert (installed / "playbooks/site.yml").is_file()
    assert not (installed / "tests").exists()


@_BUILT
def test_an_execution_environment_is_told_what_it_needs(tarball: Path, tmp_path: Path) -> None:
    """As ansible-builder asks when it builds one."""
    _galaxy("install", str(tarball), "--force", "--offline", "--collections-path", str(tmp_path))
    told = yaml.safe_load(_builder("introspect", str(tmp_path)))
    assert told["python"] == []
    assert [line.partition(" #")[0].strip() for line in told["system"]] == [
        *("openssh-clients [platform:rpm]", "openssh-client [platform:dpkg]"),
    ]


@_BUILT
def test_the_example_of_an_execution_environment_can_be_built_from(tarball: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    shutil.copy(tarball, tmp_path / "daemonless-containers.tar.gz")
    _builder("create", "--file", str(tmp_path / EXAMPLE.name), "--context", str(tmp_path / "context"))
    (collection,) = yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())["collections"]
    assert (tmp_path / "context/_build" / collection["name"]).read_bytes() == tarball.read_bytes()
    containerfile = (tmp_path / "context/Containerfile").read_text()
    (installed,) = [line for line in containerfile.splitlines() if "ANSIBLE_INSTALL_REFS=" in line]
    assert [word.partition("~=")[0] for word in installed.partition("=")[2].strip('"').split()] == [
        *("ansible-core", "ansible-runner"),
    ]


@pytest.mark.parametrize(
    ("family", "platforms"),
    [("Debian", {"dpkg"}), ("RedHat", {"rpm", "redhat"}), ("Suse", {"rpm", "suse"})],
)
def test_bindep_names_what_role_host_installs(family: str, platforms: Set[str]) -> None:
    role = yaml.safe_load((ROOT / "roles/host/vars/main.yml").read_text(encoding="utf-8"))
    packages = role["host_packages"][family]
    wanted = {package for name in role["host_python_modules"]["nftables"] for package in packages[name]}
    lines = [line.split() for line in (ROOT / "bindep.txt").read_text(encoding="utf-8").splitlines()]
    listed = {line[0] for line in lines if line and line[-1] in {f"[platform:{platform}]" for platform in platforms}}
    assert listed == wanted
