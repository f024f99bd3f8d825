# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers by name: running, not running, started anew; and the module as Ansible runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Dict

import pytest
from veth_lab import Lab

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

WEB: Dict[str, Any] = {
    "container": "web",
    "host_address": ["100.100.1.1/24"],
    "address": ["100.100.1.2/24"],
    "gateway": ["100.100.1.1"],
}
MODULE = "ansible_collections.daemonless.containers.plugins.modules.veth_pair"


def test_into_a_running_container(lab: Lab) -> None:
    lab.container("web")
    result = lab.pair(**WEB)
    assert result["ops"][0] == "connect eth0 in container web to veth-web"
    assert result["veth"]["container"] == "web"
    assert lab.reaches("100.100.1.2")
    assert lab.link("veth-web")["ifalias"] == "daemonless:web:eth0"


def test_by_pid(lab: Lab) -> None:
    pid = lab.container("web")
    lab.pair(netns=str(pid), host_interface="veth-pid", address=["100.100.1.2/24"], host_address=["100.100.1.1/24"])
    assert lab.reaches("100.100.1.2")


def test_a_container_that_does_not_run(lab: Lab) -> None:
    before = lab.dump()
    with pytest.raises(ContainersError, match="container web isn't running") as failure:
        lab.pair(**WEB)
    assert "ns_container" in str(failure.value)
    predicted = lab.pair(check_mode=True, **WEB)
    assert predicted["warnings"] == ("container web isn't running; an earlier task has to make it",)
    assert lab.dump() == before
    lab.container("web")
    assert lab.pair(**WEB)["veth"] == predicted["veth"]


def test_a_container_that_was_started_anew(lab: Lab) -> None:
    pid = lab.container("web")
    first = lab.pair(**WEB)
    lab.kill(pid)
    lab.container("web")
    again = lab.pair(**WEB)
    assert again["veth"] == first["veth"]
    assert lab.reaches("100.100.1.2")
    assert lab.pair(**WEB)["ops"] == []


def test_the_old_namespace_lives_on_without_the_container(lab: Lab) -> None:
    pid = lab.container("web")
    lab.pair(**WEB)
    keeper = subprocess.Popen(["nsenter", f"--net=/proc/{pid}/ns/net", "sleep", "600"])
    lab.processes.append(keeper)
    lab.sh(f"until [ /proc/{keeper.pid}/ns/net -ef /proc/{pid}/ns/net ]; do :; done")
    lab.kill(pid)
    lab.container("web")
    assert lab.pair(**WEB)["ops"][:2] == ["remove link veth-web", "connect eth0 in container web to veth-web"]
    assert lab.reaches("100.100.1.2")


def test_the_same_indexes_in_another_namespace_are_another_pair(lab: Lab) -> None:
    """Indexes are counted per namespace: both ends' may agree although they never met."""
    pid = lab.container("web")
    lab.sh("ip link add filler type veth peer name filler2")
    lab.pair(**WEB)
    outer = lab.link("veth-web")
    keeper = subprocess.Popen(["nsenter", f"--net=/proc/{pid}/ns/net", "sleep", "600"])
    lab.processes.append(keeper)
    lab.sh(f"until [ /proc/{keeper.pid}/ns/net -ef /proc/{pid}/ns/net ]; do :; done")
    lab.kill(pid)
    new = lab.container("web")
    indexes = f"eth0 index {outer['link_index']} type veth peer name eth9 index {outer['ifindex']}"
    lab.sh(f"nsenter --net=/proc/{new}/ns/net ip link add {indexes}")
    with pytest.raises(ContainersError, match="eth0 in container web is there already"):
        lab.pair(**WEB)


def test_a_container_with_users_of_its_own(lab: Lab) -> None:
    """The host's settings are not its own there, but its network's are ours to make."""
    lab.container("web", userns=True)
    options = {
        **WEB,
        "host_address": ["100.100.1.1/24", "2001:db8::1/64"],
        "address": ["100.100.1.2/24", "2001:db8::2/64"],
        "checksum_offload": False,
    }
    lab.pair(**options)
    assert lab.reaches("100.100.1.2")
    assert lab.reaches("2001:db8::2")
    assert lab.pair(**options)["ops"] == []


def test_removing_after_the_container_died(lab: Lab) -> None:
    pid = lab.container("web")
    lab.pair(**WEB)
    lab.kill(pid)
    lab.pair(container="web", state="absent")
    assert lab.names() == ["lo"]
    assert lab.pair(container="web", state="absent")["changed"] is False


def test_two_interfaces_in_one_container(lab: Lab) -> None:
    lab.container("web")
    lab.pair(**WEB)
    lab.pair(container="web", interface="eth1", address=["198.51.100.2/24"], host_address=["198.51.100.1/24"])
    assert lab.reaches("100.100.1.2")
    assert lab.reaches("198.51.100.2")
    assert lab.pair(container="web", interface="eth1", state="absent")["changed"]
    assert lab.reaches("100.100.1.2")


def _module(**options: Any) -> Dict[str, Any]:
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options})
    done = subprocess.run([sys.executable, "-m", MODULE, arguments], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def test_the_module_itself(lab: Lab) -> None:
    lab.container("web")
    options = {"container": "web", "host_address": "100.100.1.1/24", "address": "100.100.1.2/24"}
    predicted = _module(**options, _ansible_check_mode=True, _ansible_diff=True)
    made = _module(**options, _ansible_diff=True)
    assert (made["changed"], made["ops"], made["diff"]) == (True, predicted["ops"], predicted["diff"])
    assert lab.reaches("100.100.1.2")
    again = _module(**options)
    assert (again["changed"], again["ops"]) == (False, [])
    assert again["veth"] == made["veth"]
    assert _module(container="web", state="absent")["changed"]


def test_the_module_fails_in_words(lab: Lab) -> None:
    failed = _module(container="web", address="100.100.1.2")
    assert failed["failed"] is True
    assert failed["msg"] == "address '100.100.1.2' has no prefix length. Write it as 100.100.1.2/24"
    assert _module(state="present")["msg"].startswith("one of the following is required")
