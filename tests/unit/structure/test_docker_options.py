# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/from-docker-run.md says our options are is what modules and role take."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Tuple

import pytest
import yaml
from calls import faults, options, role_options
from project import ROOT, modules, table_rows

PAGE = ROOT / "docs/from-docker-run.md"
NEEDED: Mapping[str, Dict[str, Any]] = {
    "ns_container": {"name": "web"},
    "overlay_rootfs": {"name": "web", "image": "web"},
    "veth_pair": {"container": "web"},
    "nat_rule": {"name": "web", "address": "100.100.1.2/24"},
    "image_fetch": {"source": "docker://registry.example/team/web:2.1"},
}
OF_THE_ROLE = {"ns_container", "overlay_rootfs", "veth_pair", "nat_rule"}


def rows() -> List[List[str]]:
    return [row for row in table_rows(PAGE) if len(row) == 4 and "docker run" not in row[0]]


def ours() -> Iterator[Tuple[str, str, Dict[str, Any]]]:
    """The option of docker run, the module, and the options as the page writes them."""
    for docker, here, module, _note in rows():
        if module:
            read = yaml.safe_load(here.strip("`"))
            assert isinstance(read, dict), here
            yield docker, module.strip("`"), read


def test_there_are_rows() -> None:
    assert len(rows()) > 60
    assert {module for _docker, module, _given in ours()} == set(NEEDED)


@pytest.mark.parametrize(("docker", "module", "given"), list(ours()))
def test_modules_take_what_the_page_says(docker: str, module: str, given: Dict[str, Any]) -> None:
    assert docker
    assert faults(module, {**NEEDED[module], **given}) == []


def test_the_role_has_the_same_options() -> None:
    named = {option for _docker, module, given in ours() if module in OF_THE_ROLE for option in given}
    assert {f"container_{option}" for option in named} <= set(role_options("container"))


def test_what_has_no_module_is_said_in_words() -> None:
    said = {here for _docker, here, module, _note in rows() if not module}
    assert said == {"—", "always", "no `veth_pair`"}


def test_modules_and_options_in_the_notes_exist() -> None:
    """The last column names them in passing."""
    known = {option for path in modules() for option in options(path.stem)} | {path.stem for path in modules()}
    for docker, _here, _module, note in rows():
        for name in note.split("`")[1::2]:
            option = name.partition(":")[0]
            assert option in known | OTHERS or "/" in name, f"{docker}: {name}"


OTHERS = {"include_vars", "lo", "container.pid", "unconfined", "daemonless-NAME.service", "file", "until", "cap_add"}
