# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of what runs: here, and on another machine through SSH."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import FOREVER, STORE, container, mount_rootfs
from guests import run
from internet import run as link
from inventories import HERE, ansible_inventory
from rooms import pack, unpack
from rootfs_runs import rootfs
from sshd import server


@pytest.fixture
def three(tree: Path) -> Dict[str, int]:
    """Containers that run, and one that doesn't; name -> pid."""
    pids = {}
    for name in ("web-1", "web-2", "db"):
        mount_rootfs(tree, name=name)
        pids[name] = container(name=name, command=FOREVER)["container"]["pid"]
    mount_rootfs(tree, name="old")
    container(name="old", command=FOREVER)
    container(name="old", state="stopped", stop_signal="KILL")
    return pids


def test_hosts_and_their_variables(three: Dict[str, int], tmp_path: Path) -> None:
    found = ansible_inventory(tmp_path).hosts
    assert sorted(found) == ["db", "web-1", "web-2"]
    assert found["db"].pop("daemonless_started").endswith("+00:00")
    assert found["db"] == {
        "ansible_connection": "daemonless.containers.nsenter",
        "ansible_daemonless_container": "db",
        "daemonless_addresses": [],
        "daemonless_host": "localhost",
        "daemonless_hostname": "db",
        "daemonless_image": None,
        "daemonless_image_id": None,
        "daemonless_labels": {},
        "daemonless_name": "db",
        "daemonless_pid": three["db"],
        "daemonless_ports": [],
        "daemonless_restart_policy": "no",
        "daemonless_rootfs": "db",
        "daemonless_status": "running",
        "daemonless_user": "",
    }


def test_groups_filters_and_variables_of_the_users_own(three: Dict[str, int], tmp_path: Path) -> None:
    listed = ansible_inventory(
        tmp_path,
        stopped=True,
        filters=[{"include": 'daemonless_name == "web-1"'}, {"exclude": 'daemonless_name is match("web")'}],
        compose={"named": 'daemonless_name ~ "!"'},
        groups={"living": 'daemonless_status == "running"'},
        keyed_groups=[{"prefix": "state", "key": "daemonless_status"}],
    )
    assert sorted(listed.hosts) == ["db", "old", "web-1"]
    assert (listed.hosts["old"]["daemonless_pid"], listed.hosts["old"]["named"]) == (None, "old!")
    assert sorted(listed.members("living")) == sorted(listed.members("state_running")) == ["db", "web-1"]
    assert listed.members("state_stopped") == ["old"]


def test_graph(three: Dict[str, int], tmp_path: Path) -> None:
    graph = ansible_inventory(tmp_path, "--graph", groups={"web": 'daemonless_name.startswith("web")'})
    assert graph.code == 0
    assert "@web:\n  |  |--web-1\n  |  |--web-2" in graph.output


def test_of_an_image_and_with_addresses(tree: Path, tmp_path: Path) -> None:
    archive = str(tmp_path / "image.tar")
    busybox = [{"path": "bin/busybox", "src": "/bin/busybox", "mode": "0755"}]
    pack(dest=archive, tag="web:2", files=busybox, config={"Labels": {"role": "{{ database }}"}, "User": "5"})
    image = unpack(src=archive)["image"]["id"]
    rootfs(image="web:2")
    pid = container(command=["/bin/busybox", "sleep", "1000"], hostname="front")["container"]["pid"]
    inside = ("nsenter", "--net", f"--target={pid}", "ip")
    link(*inside, "link", "add", "eth0", "type", "veth", "peer", "name", "far")
    for address in ("100.100.1.2/24", "2001:db8::2/64"):
        link(*inside, "address", "add", address, "dev", "eth0")
    told = ansible_inventory(tmp_path, compose={"first": "daemonless_addresses | first"}).hosts["web"]
    assert (told["daemonless_image"], told["daemonless_image_id"]) == ("web:2", image)
    assert told["daemonless_addresses"] == ["100.100.1.2", "2001:db8::2"]
    assert told["first"] == "100.100.1.2"
    assert told["daemonless_labels"] == {"role": "{{ database }}"}
    assert (told["daemonless_user"], told["daemonless_hostname"]) == ("5", "front")


def test_from_the_cache(three: Dict[str, int], tmp_path: Path) -> None:
    caching = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = ansible_inventory(tmp_path, **caching).hosts
    container(name="db", state="absent", stop_signal="KILL")
    assert ansible_inventory(tmp_path, **caching).hosts == first
    assert sorted(ansible_inventory(tmp_path, "--list", "--export", "--flush-cache", **caching).hosts) == [
        "web-1",
        "web-2",
    ]
    assert sorted(ansible_inventory(tmp_path, **caching).hosts) == ["web-1", "web-2"]


def test_two_machines_through_ssh(tree: Path, tmp_path: Path) -> None:
    """The second is the first by another name, so it has containers of the same names."""
    mount_rootfs(tree)
    container(command=FOREVER)
    with server() as there:
        variables = {**there.variables("admin"), "ansible_daemonless_host_become": True}
        hosts = [HERE, {"name": "server", "vars": variables}]
        refused = ansible_inventory(tmp_path, hosts=hosts)
        found = ansible_inventory(tmp_path, hosts=hosts, naming="name@host").hosts
        assert run("hostname 2>/dev/null || cat /etc/hostname", **found["web@server"]) == "web"
        gone = {"name": "gone", "vars": {**variables, "ansible_port": 2}}
        failed = ansible_inventory(tmp_path, hosts=[HERE, gone])
        skipped = ansible_inventory(tmp_path, hosts=[HERE, gone], skip_unreachable=True)
    assert refused.code != 0
    assert "web on localhost and server. See option naming: name@host" in refused.messages
    assert sorted(found) == ["web@localhost", "web@server"]
    assert found["web@server"]["daemonless_host"] == "server"
    assert failed.code != 0
    assert "look for containers on gone: " in failed.messages
    assert sorted(skipped.hosts) == ["web"]
    assert "look for containers on gone: " in skipped.messages


def test_damage_is_told_and_the_others_are_listed(three: Dict[str, int], tmp_path: Path) -> None:
    Path(STORE.container("db"), "container.json").write_text("{", encoding="ascii")
    Path(STORE.root, "containers/stray").mkdir()
    listed = ansible_inventory(tmp_path)
    assert sorted(listed.hosts) == ["web-1", "web-2"]
    assert "localhost: container db: read " in listed.messages


def test_nothing_there(tmp_path: Path) -> None:
    assert ansible_inventory(tmp_path).hosts == {}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"hosts": ["server"]}, "hosts: 'server' isn't of a name and, if needed, vars"),
        ({"hosts": [{"name": "a", "user": "b"}]}, "isn't of a name and, if needed, vars"),
        ({"hosts": [HERE, HERE]}, "hosts: localhost is there more than once"),
        ({"filters": [{"only": "true"}]}, "is neither one include nor one exclude"),
        ({"filters": [{"exclude": "no_such_variable"}]}, "filter exclude for db: "),
        ({"naming": "short"}, "naming"),
        ({"strict": True, "compose": {"a": "no_such_variable"}}, "Could not set a for host db"),
    ],
)
def test_what_can_not_be_meant_so(tree: Path, tmp_path: Path, config: Dict[str, Any], told: str) -> None:
    mount_rootfs(tree, name="db")
    container(name="db", command=FOREVER)
    listed = ansible_inventory(tmp_path, **config)
    assert listed.code != 0
    assert told in listed.messages


def test_a_file_of_another_name_is_not_ours(tmp_path: Path) -> None:
    assert ansible_inventory(tmp_path, name="other.yml").code != 0
