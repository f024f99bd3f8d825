# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin between its options, the machines and the cache; what runs is made up."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping

import pytest
import yaml
from ansible import release
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from project import PLUGINS, constant

from ansible_collections.daemonless.containers.plugins.inventory.containers import InventoryModule
from ansible_collections.daemonless.containers.plugins.plugin_utils.found import Machine

CORE = tuple(int(part) for part in release.__version__.split(".")[:2])
MADE_OF = {"image": "busybox:1.36", "addresses": ["100.100.1.2/24"]}
WEB = {"name": "web", "status": "running", "pid": 7, "labels": {"role": "front"}, **MADE_OF}
DB = {"name": "db", "status": "running", "pid": 8, "labels": {}, **MADE_OF}
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


PATH = PLUGINS / "inventory/containers.py"


def argument_spec(options: Mapping[str, Any]) -> Dict[str, Any]:
    """What the documented options are as an argument spec."""
    words = ("elements", "choices", "required", "default", "aliases")
    long = {"boolean": "bool", "integer": "int", "string": "str"}
    return {
        name: {
            **{word: option[word] for word in words if word in option},
            "type": long.get(option.get("type"), option.get("type", "str")),
            **({"options": argument_spec(option["suboptions"])} if option.get("suboptions") else {}),
        }
        for name, option in options.items()
    }


def faults(example: Mapping[str, Any]) -> List[str]:
    documentation: Any = yaml.safe_load(constant(PATH, "DOCUMENTATION"))
    documented = dict(documentation["options"])
    for fragment in documentation["extends_documentation_fragment"]:
        code = importlib.import_module(fragment.replace("ansible.builtin.", "ansible.plugins.doc_fragments."))
        documented.update(yaml.safe_load(code.ModuleDocFragment.DOCUMENTATION)["options"])
    return list(ArgumentSpecValidator(argument_spec(documented)).validate(example).error_messages)


def examples() -> Iterator[Dict[str, Any]]:
    yield from yaml.safe_load_all(constant(PATH, "EXAMPLES"))


def test_examples_have_documented_options() -> None:
    found = list(examples())
    assert len(found) > 1
    assert [fault for example in found for fault in faults(example)] == []
    assert faults({**found[0], "keyed_group": []})
    assert faults({**found[0], "naming": "host"})
    assert faults({**found[0], "hosts": [{"name": "one", "var": {}}]})


@conditions
def test_examples_can_be_evaluated() -> None:
    """Each with all of its expressions, for made-up containers, of which a mistake is an error."""

    def trusted_within(value: object) -> object:
        if isinstance(value, dict):
            return {key: trusted_within(inner) for key, inner in value.items()}
        return [trusted_within(inner) for inner in value] if isinstance(value, list) else trusted(value)

    hosts = [Plugin(**{key: trusted_within(value) for key, value in one.items()}).hosts() for one in examples()]
    assert hosts[0] == ["db", "web"]
    assert hosts[1] == ["db@server1.example.com", "db@server2", "web@server1.example.com", "web@server2"]
