# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who belongs to a fleet: joining, pruning, addresses that stay; failures of one and of all; what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from container_runs import container, wait_for_end
from containers import inside
from fleet_runs import NETWORK, alike, by_name, fleet, links
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def test_addresses_stay_when_others_leave_and_join(tree: str) -> None:
    fleet(**alike(tree))
    some = [{"name": "web3"}, {"name": "new"}]
    changed = fleet(**alike(tree, containers=some), prune=True)
    assert changed["counts"] == {"create": 1, "none": 1, "remove": 2, "failed": 0}
    assert by_name(changed)["web3"]["address"] == ["100.100.8.4/24"]
    assert by_name(changed)["new"]["address"] == ["100.100.8.2/24"]
    assert links() == ["br-web", "veth-new", "veth-web3"]


def test_without_prune_those_not_listed_stay(tree: str) -> None:
    made = by_name(fleet(**alike(tree)))
    fewer = fleet(**alike(tree, count=1))
    assert not fewer["changed"]
    assert Path(f"/proc/{made['web3']['pid']}").exists()
    grown = by_name(fleet(**alike(tree, count=4)))
    assert grown["web4"]["address"] == ["100.100.8.5/24"]


def test_prune_spares_what_no_run_of_the_fleet_made(tree: str) -> None:
    rootfs(name="alone", layers=[tree])
    container(name="alone", command=["sleep", "1000"], stop_signal="KILL")
    fleet(**alike(tree, fleet="other", containers=[{"name": "theirs"}], network=None))
    fleet(**alike(tree))
    pruned = fleet(**alike(tree, count=1), prune=True)
    assert sorted(by_name(pruned)) == ["web1", "web2", "web3"]
    assert container(name="alone", command=["sleep", "1000"], stop_signal="KILL")["changed"] is False
    container(name="alone", state="absent")
    rootfs(name="alone", state="absent")
    assert not fleet(**alike(tree, fleet="other", containers=[{"name": "theirs"}], network=None))["changed"]


@pytest.mark.parametrize("state", ["started", "stopped", "absent"])
def test_a_container_that_no_fleet_made_is_left_alone(tree: str, state: str) -> None:
    rootfs(name="web2", layers=[tree])
    asked = {"name": "web2", "command": ["sleep", "1000"], "stop_signal": "KILL"}
    container(**asked)
    try:
        for check_mode in (True, False):
            with pytest.raises(ContainersError, match="container web2 is there, and fleet web didn't make it"):
                fleet(check_mode, **alike(tree, state=state))
            assert not container(**asked)["changed"]
        assert links() == []
    finally:
        container(name="web2", state="absent")
        rootfs(name="web2", state="absent")


def test_one_that_fails_leaves_the_others_right(tree: str) -> None:
    entries = [{"name": "web1"}, {"name": "bad", "command": ["/nonsense"]}, {"name": "web2"}]
    result = fleet(**alike(tree, containers=entries))
    assert result["failed"]
    assert list(result["failures"]) == ["bad"]
    assert "exit code 127" in result["failures"]["bad"]
    assert result["msg"].startswith("1 of 3 failed: bad: ")
    assert result["counts"] == {"create": 2, "failed": 1}
    assert not Path("/var/lib/daemonless/containers/bad").exists()
    assert links() == ["br-web", "veth-web1", "veth-web2"]
    assert {by_name(result)[name]["status"] for name in ("web1", "web2")} == {"running"}
    mended = fleet(**alike(tree, containers=[{"name": "web1"}, {"name": "bad"}, {"name": "web2"}]))
    assert mended["counts"] == {"create": 1, "none": 2, "failed": 0}


def test_where_all_fail_nothing_is_said_of_what_they_would_share(tree: str) -> None:
    result = fleet(**alike(tree, containers=[{"name": n, "command": ["/nonsense"]} for n in ("a", "b")]))
    assert list(result["failures"]) == ["a", "b"]
    assert result["msg"].startswith("2 of 2 failed: a: ")
    assert links() == []


def test_one_that_fails_at_its_link_is_taken_back_whole(tree: str) -> None:
    subprocess.run(["ip", "link", "add", "veth-web2", "type", "bridge"], check=True)
    try:
        result = fleet(**alike(tree))
        assert list(result["failures"]) == ["web2"]
        assert "veth-web2 is there already" in result["failures"]["web2"]
        assert not Path("/var/lib/daemonless/containers/web2").exists()
        assert by_name(result)["web2"]["changed"] is False
        kind = subprocess.run(["ip", "-d", "link", "show", "veth-web2"], stdout=subprocess.PIPE, text=True, check=True)
        assert " bridge " in kind.stdout
    finally:
        subprocess.run(["ip", "link", "del", "veth-web2"], check=True)
    assert fleet(**alike(tree))["counts"] == {"create": 1, "none": 2, "failed": 0}


def test_one_that_ends_at_once_is_told_with_its_last_words(tree: str) -> None:
    entries = [{"name": "web1"}, {"name": "brief", "command": ["sh", "-c", "echo no work; exit 3"]}]
    wait = [{"name": f"wait{n}"} for n in range(6)]  # so that the brief one has ended when all have started
    result = fleet(**alike(tree, containers=[*entries, *wait]))
    assert result["failures"] == {"brief": "it ended at once, with exit code 3. The last it wrote: no work"}
    assert by_name(result)["brief"]["exit_code"] == 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"containers": [{"name": "a"}, {"name": "a"}]}, "a is there twice"),
        ({"containers": [{"name_prefix": "a", "count": 2, "mac": "02:00:00:00:00:01"}]}, "mac can't be the same for 2"),
        ({"containers": [{"name": "a", "nonsense": 1}]}, r"containers\[0\]: .*nonsense"),
        ({"containers": [{"name": "a", "userns": "maybe"}]}, r"containers\[0\]: .*userns"),
        ({"containers": [{"count": 2}]}, r"containers\[0\] needs just one of name and name_prefix"),
        ({"containers": [{"name": "a", "command": "echo '"}]}, "container a: command"),
        ({"network": {"subnet": ["100.100.8.0/30"]}}, "no address left for container web2"),
        ({"network": {"subnet": ["100.100.8.1/24"]}}, "is not a subnet"),
        ({"network": {"subnet": ["100.100.8.0/24", "100.100.9.0/24"]}}, "one subnet of each IP version"),
        ({"network": {"subnet": ["100.100.8.0/24"]}}, "no default route"),
        ({"network": None, "containers": [{"name": "a", "published_ports": ["80:80"]}]}, "publishes ports and has no"),
        (
            {"containers": [{"name": n, "published_ports": ["80:80"]} for n in ("a", "b")]},
            "port 80/tcp is to be published for both a and b",
        ),
        (
            {"containers": [{"name": n, "address": ["100.100.9.2/24"]} for n in ("a", "b")]},
            "100.100.9.2 is given to both a and b",
        ),
        ({"reset": True, "state": "stopped"}, "reset goes with state: started only"),
    ],
)
def test_what_is_wrong_is_refused_before_the_first_change(tree: str, options: dict, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        fleet(**{**alike(tree), **options})
    assert not Path("/var/lib/daemonless/containers").exists()


def test_two_fleets_share_neither_names_nor_addresses(tree: str) -> None:
    fleet(**alike(tree, fleet="other", containers=[{"name": "web1"}]))
    with pytest.raises(ContainersError, match="web1 belongs to fleet other"):
        fleet(**alike(tree, network=None))
    with pytest.raises(ContainersError, match=r"overlaps 100.100.8.0/24 of fleet other"):
        fleet(**alike(tree, containers=[{"name": "mine"}], network={**NETWORK, "subnet": ["100.100.0.0/16"]}))


def test_addresses_by_hand_are_not_given_again(tree: str) -> None:
    entries = [
        {"name": "fixed", "address": ["100.100.8.2/24"], "host_address": ["100.100.8.1/24"], "bridge": "br-web"},
        {"name_prefix": "web", "count": 2},
    ]
    asked = alike(tree, containers=[{**entries[0], "masquerade": False}, entries[1]])
    made = by_name(fleet(**asked))
    assert [made[name]["address"] for name in ("fixed", "web1")] == [["100.100.8.2/24"], ["100.100.8.3/24"]]
    inside(made["fixed"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.4")
    assert not fleet(**asked)["changed"]


def test_an_interrupted_run_leaves_whole_containers_and_the_next_goes_on(tree: str, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals\n"
        "import fleet_runs\nheed_signals()\n"
        f"fleet_runs.fleet(**fleet_runs.alike({tree!r}, count=40))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for number in (signal.SIGTERM, signal.SIGKILL):
        run = subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.PIPE)
        containers = Path("/var/lib/daemonless/containers")
        while not containers.exists() or len(list(containers.iterdir())) < 5:
            assert run.poll() is None
            time.sleep(0.005)
        run.send_signal(number)
        run.communicate()
        time.sleep(0.5)  # a crew whose leader was killed takes back what it has in hand
        shown = fleet(check_mode=True, **alike(tree, count=40))
        assert {c["action"] for c in shown["containers"]} <= {"create", "none"}
        assert {c["action"] for c in shown["containers"]} == {"create", "none"}
        fleet(state="absent")
    assert fleet(**alike(tree, count=40))["counts"]["failed"] == 0


def test_eight_runs_at_once_end_as_one(tree: str, tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(f"import fleet_runs\nprint(fleet_runs.fleet(**fleet_runs.alike({tree!r}))['changed'])\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    runs = [
        subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True)
        for _run in range(8)
    ]
    said = sorted(run.communicate()[0].strip() for run in runs)
    assert said == ["False"] * 7 + ["True"]
    assert not fleet(**alike(tree))["changed"]


def test_a_killed_process_of_another_is_no_member(tree: str) -> None:
    made = by_name(fleet(**alike(tree, count=1)))
    os.kill(made["web1"]["pid"], signal.SIGKILL)
    wait_for_end(made["web1"]["pid"])
    gone = fleet(state="absent")
    assert gone["counts"] == {"remove": 1, "failed": 0}
