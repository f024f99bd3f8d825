# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet is brought up, found as it is, repaired, changed and taken down; check mode says the same beforehand."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import wait_for_end
from containers import inside
from fleet_runs import NETWORK, alike, by_name, fleet, links, rules
from snapshots import snapshot

NAMES = ["web1", "web2", "web3"]


def test_check_mode_foresees_all_and_changes_nothing(tree: str) -> None:
    before = snapshot()
    foreseen = fleet(check_mode=True, **alike(tree))
    assert snapshot() == before
    made = fleet(**alike(tree))
    assert foreseen["changed"]
    assert made["changed"]
    assert foreseen["ops"] == made["ops"]
    assert foreseen["counts"] == made["counts"] == {"create": 3, "failed": 0}
    assert [c["address"] for c in foreseen["containers"]] == [c["address"] for c in made["containers"]]


def test_each_runs_with_an_address_of_its_own_and_reaches_the_others(tree: str) -> None:
    made = by_name(fleet(**alike(tree)))
    assert [made[name]["address"] for name in NAMES] == [["100.100.8.2/24"], ["100.100.8.3/24"], ["100.100.8.4/24"]]
    assert {made[name]["status"] for name in NAMES} == {"running"}
    assert len({Path(f"/proc/{made[name]['pid']}/uid_map").read_text() for name in NAMES}) == len(NAMES)
    assert links() == ["br-web", "veth-web1", "veth-web2", "veth-web3"]
    inside(made["web1"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.4")
    inside(made["web1"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.1")


def test_a_second_run_changes_nothing(tree: str) -> None:
    made = fleet(**alike(tree))
    before = snapshot()
    again = fleet(**alike(tree))
    assert not again["changed"]
    assert again["ops"] == []
    assert again["counts"] == {"none": 3, "failed": 0}
    assert {c["name"]: c["pid"] for c in again["containers"]} == {c["name"]: c["pid"] for c in made["containers"]}
    assert snapshot() == before
    assert not fleet(check_mode=True, **alike(tree))["changed"]


def test_point_to_point_links_have_single_addresses_and_no_bridge(tree: str) -> None:
    asked = alike(tree, network={**NETWORK, "mode": "ptp"})
    foreseen = fleet(check_mode=True, **asked)
    made = fleet(**asked)
    assert foreseen["ops"] == made["ops"]
    assert [c["address"] for c in made["containers"]] == [[f"100.100.8.{number}/32"] for number in (2, 3, 4)]
    assert links() == ["veth-web1", "veth-web2", "veth-web3"]
    inside(by_name(made)["web2"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.1")
    assert not fleet(**asked)["changed"]


def test_both_ip_versions(tree: str) -> None:
    made = by_name(fleet(**alike(tree, network={**NETWORK, "subnet": ["100.100.8.0/24", "2001:db8:8::/64"]})))
    assert made["web3"]["address"] == ["100.100.8.4/24", "2001:db8:8::4/64"]
    inside(made["web3"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "2001:db8:8::2")


@pytest.mark.parametrize("drift", ["killed", "link gone", "address gone", "unmounted"])
def test_drift_of_one_is_repaired_and_the_others_are_left(tree: str, drift: str) -> None:
    asked = alike(tree)
    made = by_name(fleet(**asked))
    pid = made["web2"]["pid"]
    if drift == "killed":
        os.kill(pid, signal.SIGKILL)
        wait_for_end(pid)
    elif drift == "link gone":
        subprocess.run(["ip", "link", "del", "veth-web2"], check=True)
    elif drift == "address gone":
        subprocess.run(["nsenter", "-t", str(pid), "-n", "ip", "address", "flush", "dev", "eth0"], check=True)
    else:
        subprocess.run(["umount", made["web2"]["rootfs"]], check=True)
    repaired = fleet(**asked)
    after = by_name(repaired)
    assert [name for name in NAMES if after[name]["changed"]] == ["web2"]
    assert after["web2"]["action"] == ("start" if drift == "killed" else "live")
    assert {name: after[name]["pid"] for name in ("web1", "web3")} == {n: made[n]["pid"] for n in ("web1", "web3")}
    inside(after["web2"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.1")
    assert not fleet(**asked)["changed"]


def test_how_a_change_is_made_is_told(tree: str, tmp_path: Path) -> None:
    asked = alike(tree)
    made = by_name(fleet(**asked))
    other = tmp_path / "more"
    other.mkdir()
    entries: Any = [
        {"name": "web1", "hostname": "renamed"},
        {"name": "web2", "env": {"LEVEL": "2"}},
        {"name": "web3", "layers": [tree, str(other)]},
    ]
    foreseen = fleet(check_mode=True, **{**asked, "containers": entries})
    changed = fleet(**{**asked, "containers": entries})
    assert {c["name"]: c["action"] for c in changed["containers"]} == {
        "web1": "live",
        "web2": "restart",
        "web3": "recreate",
    }
    assert foreseen["ops"] == changed["ops"]
    assert foreseen["diff"] == changed["diff"]
    after: Dict[str, Any] = changed["diff"]["after"]
    assert {name: after[name]["action"] for name in after} == {"web1": "live", "web2": "restart", "web3": "recreate"}
    assert by_name(changed)["web1"]["pid"] == made["web1"]["pid"]
    inside(by_name(changed)["web3"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.1")
    assert not fleet(**{**asked, "containers": entries})["changed"]


def test_reset_discards_what_was_written_and_starts_anew(tree: str) -> None:
    asked = alike(tree)
    made = by_name(fleet(**asked))
    inside(made["web1"]["pid"], "touch", "/root/written")
    foreseen = fleet(check_mode=True, **asked, reset=True)
    reset = fleet(**asked, reset=True)
    assert foreseen["ops"] == reset["ops"]
    after = by_name(reset)
    assert inside(after["web1"]["pid"], "ls", "/root") == ""
    assert all(after[name]["pid"] != made[name]["pid"] for name in NAMES)
    assert {name: after[name]["address"] for name in NAMES} == {name: made[name]["address"] for name in NAMES}
    inside(after["web3"]["pid"], "busybox", "ping", "-c", "1", "-W", "5", "100.100.8.2")
    assert not fleet(**asked)["changed"]


def test_stopped_keeps_files_and_absent_leaves_nothing(tree: str) -> None:
    asked = alike(tree)
    made = by_name(fleet(**asked))
    inside(made["web1"]["pid"], "touch", "/root/written")
    names = [{"name": name} for name in NAMES]
    foreseen = fleet(check_mode=True, state="stopped", containers=names)
    stopped = fleet(state="stopped", containers=names)
    assert foreseen["ops"] == stopped["ops"]
    assert {c["action"] for c in stopped["containers"]} == {"stop"}
    assert not fleet(state="stopped", containers=names)["changed"]
    assert links() == []
    back = by_name(fleet(**asked))
    assert "written" in inside(back["web1"]["pid"], "ls", "/root")
    foreseen = fleet(check_mode=True, state="absent")
    gone = fleet(state="absent")
    assert foreseen["ops"] == gone["ops"]
    assert {c["action"] for c in gone["containers"]} == {"remove"}
    assert links() == []
    assert not fleet(state="absent")["changed"]
    assert not Path("/var/lib/daemonless/fleets").exists()


def test_rules_are_the_fleets_and_go_with_it(tree: str) -> None:
    asked = alike(tree, network={"subnet": ["100.100.8.0/24"], "out_interface": "uplink"})
    foreseen = fleet(check_mode=True, **asked)
    made = fleet(**asked)
    assert foreseen["ops"] == made["ops"]
    assert rules().count("masquerade") == 1
    assert "daemonless:fleet:web" in rules()
    assert not fleet(**asked)["changed"]
    subprocess.run(["nft", "delete", "table", "inet", "daemonless"], check=True)
    repaired = fleet(**asked)
    assert repaired["changed"]
    assert repaired["counts"] == {"none": 3, "failed": 0}
    assert "daemonless:fleet:web" in rules()
    fleet(state="absent")
    assert rules() == ""


def test_published_ports_lead_to_their_container(tree: str) -> None:
    serve = ["sh", "-c", "while :; do echo I am $HOSTNAME | nc -l -p 80; done"]
    entries = [{"name": f"web{n}", "published_ports": [f"{8080 + n}:80"], "command": serve} for n in (1, 2)]
    network = {"subnet": ["100.100.8.0/24"], "out_interface": "uplink"}
    asked = alike(tree, containers=entries, network=network)
    foreseen = fleet(check_mode=True, **asked)
    made = fleet(**asked)
    assert foreseen["ops"] == made["ops"]
    assert not fleet(**asked)["changed"]
    for number in (1, 2):
        answer = subprocess.run(
            ["busybox", "nc", "-w", "5", "127.0.0.1", str(8080 + number)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert answer.stdout.strip() == f"I am web{number}"
    plain = [{"name": f"web{n}", "command": serve} for n in (1, 2)]
    fleet(**{**asked, "containers": plain})
    assert "dnat ip to" not in rules()
