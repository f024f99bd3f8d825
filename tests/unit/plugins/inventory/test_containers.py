# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin between its options, the machines and the cache; what runs is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest
from ansible import release
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.daemonless.containers.plugins.inventory.containers import InventoryModule
from ansible_collections.daemonless.containers.plugins.plugin_utils.found import Machine

CORE = tuple(int(part) for part in release.__version__.split(".")[:2])
WEB = {"name": "web", "status": "running", "pid": 7, "labels": {"role": "front"}}
DB = {"name": "db", "status": "running", "pid": 8, "labels": {}}
OLD = {"name": "old", "status": "stopped", "pid": None, "labels": {}}
OPTIONS = {
    "hosts": [{"name": "localhost"}],
    "naming": "name",
    "stopped": False,
    "filters": [],
    "strict": True,
    "cache": False,
    "compose": {},
    "groups": {},
    "keyed_groups": [],
    "use_extra_vars": False,
    "leading_separator": True,
}


class Plugin(InventoryModule):
    """With options that are given, and a machine that has three containers."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.given = {**OPTIONS, **options}
        self.asked: List[str] = []
        self._cache: Any = {}

    def get_option(self, option: str, hostvars: object = None) -> Any:
        return self.given[option]

    def get_cache_key(self, path: str) -> str:
        return path

    def _read_config_data(self, path: str) -> Dict[str, Any]:
        return {}

    def _ask(self, machine: Machine) -> List[Dict[str, Any]]:
        self.asked.append(machine.name)
        return [WEB, DB, OLD]

    def hosts(self, cache: bool = True) -> List[str]:
        inventory = InventoryData()
        self.parse(inventory, DataLoader(), "path", cache)
        return sorted(inventory.hosts)


conditions = pytest.mark.skipif(CORE < (2, 19), reason="conditions are those of ansible-core 2.19, which is needed")


def trusted(condition: object) -> object:
    """The condition as Ansible reads it from the user's file."""
    from ansible.template import trust_as_template

    return trust_as_template(condition) if isinstance(condition, str) else condition


def test_what_runs() -> None:
    assert Plugin().hosts() == ["db", "web"]
    assert Plugin(stopped=True).hosts() == ["db", "old", "web"]


def test_names_with_the_machine() -> None:
    machines = [{"name": "one"}, {"name": "two", "vars": {"a": 1}}]
    assert Plugin(hosts=machines, naming="name@host").hosts() == ["db@one", "db@two", "web@one", "web@two"]
    with pytest.raises(AnsibleParserError, match=r"web on one and two; db on one and two. See option naming"):
        Plugin(hosts=machines).hosts()


@conditions
@pytest.mark.parametrize(
    ("filters", "hosts"),
    [
        ([{"exclude": 'daemonless_name == "db"'}], ["web"]),
        ([{"include": 'daemonless_labels.role | default("") == "front"'}, {"exclude": "true"}], ["web"]),
        ([{"include": "true"}, {"exclude": "true"}], ["db", "web"]),
        ([{"exclude": True}], []),
        ([{"exclude": "daemonless_pid > 7"}], ["web"]),
    ],
)
def test_filters(filters: List[Dict[str, object]], hosts: List[str]) -> None:
    read = [{kind: trusted(condition) for kind, condition in entry.items()} for entry in filters]
    assert Plugin(filters=read).hosts() == hosts


@conditions
@pytest.mark.parametrize(
    "filters", [["true"], [{}], [{"include": "true", "exclude": "true"}], [{"exclude": "missing"}]]
)
def test_filters_that_are_none(filters: object) -> None:
    with pytest.raises(AnsibleParserError, match="filter"):
        Plugin(filters=filters).hosts()


@pytest.mark.parametrize(
    "hosts", [["one"], [{}], [{"name": 1}], [{"name": "a", "port": 2}], [{"name": "a"}, {"name": "a"}]]
)
def test_machines_that_are_none(hosts: object) -> None:
    with pytest.raises(AnsibleParserError, match="hosts: "):
        Plugin(hosts=hosts).hosts()


def test_cache() -> None:
    plugin = Plugin(cache=True)
    assert plugin.hosts() == plugin.hosts() == ["db", "web"]
    assert plugin.asked == ["localhost"]
    assert plugin.hosts(cache=False) == ["db", "web"]
    assert plugin.asked == ["localhost", "localhost"]
    plugin.given["stopped"] = True  # the cache has what was found, not what was made of it
    assert plugin.hosts() == ["db", "old", "web"]
    assert plugin.asked == ["localhost", "localhost"]


def test_without_the_cache_nothing_is_kept() -> None:
    plugin = Plugin()
    assert plugin.hosts() == plugin.hosts()
    assert plugin.asked == ["localhost", "localhost"]
    assert plugin._cache == {}


@pytest.mark.parametrize(
    ("name", "ours"),
    [("daemonless.yml", True), ("my.daemonless.yaml", True), ("hosts.yml", False), ("daemonless", False)],
)
def test_files_by_their_name(tmp_path: Path, name: str, ours: bool) -> None:
    path = tmp_path / name
    path.touch()
    assert Plugin().verify_file(str(path)) is ours
    assert not Plugin().verify_file(f"{path}.missing")
