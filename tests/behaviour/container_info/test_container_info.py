# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as container_info shows them, against what the kernel's own tools say; and that nothing is changed."""

from __future__ import annotations

import os
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import FOLDER, FOREVER, STORE, container, state_of_host
from exec_runs import run_in
from info_runs import containers
from rooms import pack, unpack, with_defaults
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._container_info import observe
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM as NAT
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.module_utils._sys.nft import Nft
from ansible_collections.daemonless.containers.plugins.modules import nat_rule


def only(**options: Any) -> Dict[str, Any]:
    """The one container that there is to show."""
    found = containers(**options)
    assert (len(found["containers"]), found["changed"], found["ops"]) == (1, False, [])
    return dict(found["containers"][0])


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def publish(**options: Any) -> None:
    run_room(NAT, with_defaults(nat_rule.ARGUMENT_SPEC, {"name": "web", **options}), Host(), check_mode=False)


def test_none() -> None:
    assert containers() == {
        "changed": False,
        "ops": [],
        "diff": {"before": {}, "after": {}},
        "warnings": (),
        "exists": False,
        "containers": [],
    }
    assert not Path(STORE.run).exists()


def test_one_that_is_not_there() -> None:
    found = only(name=["web"])
    assert (found["exists"], found["status"], found["pid"], found["settings"]) == (False, "absent", None, None)
    with pytest.raises(ContainersError, match=r"name '\.\./x' is not valid"):
        containers(name=["../x"])


def test_a_running_one(merged: Path) -> None:
    begun = time.time()
    pid = container(
        command=FOREVER, hostname="other", user="web", env={"KEY": "hush"}, sysctls={"net.ipv4.ip_forward": 1}
    )["container"]["pid"]
    found = only()
    assert (found["name"], found["exists"], found["status"], found["pid"]) == ("web", True, "running", pid)
    assert (found["hostname"], found["exit_code"], found["unit"], found["error"]) == ("other", None, None, None)
    assert abs(datetime.fromisoformat(found["started"]).timestamp() - begun) < 3
    assert (found["rootfs"], found["log"], found["image"]) == (str(merged), str(FOLDER / "log"), None)
    assert os.readlink(found["namespaces"]["network"]) == os.readlink(f"/proc/{pid}/ns/net")
    settings = found["settings"]
    assert (settings["env"], settings["user"], settings["command"]) == (["KEY", "PATH"], "web", tuple(FOREVER))
    assert settings["sysctls"] == {"net/ipv4/ip_forward": "1"}
    assert "hush" not in str(found)


def test_it_agrees_with_the_module_that_made_it(merged: Path) -> None:
    made = container(command=FOREVER)["container"]
    found = only()
    same = [name for name in made if name != "unit"]
    assert {name: found[name] for name in same} == {name: made[name] for name in same}


def test_a_stopped_one(merged: Path) -> None:
    container(command=["sh", "-c", "exit 3"])
    while only()["status"] == "running":
        time.sleep(0.01)
    found = only()
    assert (found["status"], found["exit_code"], found["pid"], found["usage"]) == ("stopped", 3, None, None)
    assert found["settings"]["command"] == ("sh", "-c", "exit 3")


def test_several_by_name_and_all(merged: Path) -> None:
    for name in ("b", "a"):
        container(name=name, rootfs="web", command=FOREVER)
    assert [one["name"] for one in containers()["containers"]] == ["a", "b"]
    found = containers(name=["b", "c", "b"])
    assert [(one["name"], one["exists"]) for one in found["containers"]] == [("b", True), ("c", False)]
    assert (found["exists"], containers(name=["a", "b"])["exists"]) == (False, True)


def test_who_is_not_asked_for_is_not_looked_at(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        container(name=name, rootfs="web", command=FOREVER)
    looked = []
    real = observe.overview

    def overview(host: Host, store: Any, name: str) -> Any:
        looked.append(name)
        return real(host, store, name)

    def refuse(_host: Host, _store: Any) -> None:
        raise AssertionError("the store was listed")

    monkeypatch.setattr(observe, "overview", overview)
    monkeypatch.setattr(observe, "names", refuse)
    containers(name=["b"])
    assert looked == ["b"]


def test_interfaces_and_addresses(merged: Path) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    ip("link", "add", "veth-web", "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    enter = ["nsenter", "--target", str(pid), "--net", "ip"]
    for words in ("addr add 2001:db8:1::2/64 dev eth0 nodad", "addr add 100.100.1.2/24 dev eth0", "link set eth0 up"):
        subprocess.run([*enter, *words.split()], check=True)
    found = only()
    (eth0,) = found["interfaces"]
    assert (eth0["name"], eth0["mtu"], eth0["up"]) == ("eth0", 1500, True)
    assert eth0["mac"] == Path(f"/proc/{pid}/root/sys/class/net/eth0/address").read_text(encoding="ascii").strip()
    ours = [text for text in eth0["addresses"] if not text.startswith("fe80:")]
    assert ours == ["100.100.1.2/24", "2001:db8:1::2/64"]
    assert found["addresses"][0] == "100.100.1.2"
    ip("link", "delete", "veth-web")


def test_interfaces_of_the_host_are_not_the_containers(plain: Path) -> None:
    container(command=FOREVER, namespaces=["mount", "pid", "uts", "ipc"])
    assert only()["interfaces"] == []


def test_published_ports(merged: Path) -> None:
    container(command=FOREVER)
    publish(
        address=["100.100.1.2/24", "2001:db8:1::2/64"],
        in_interface="lo",
        out_interface="lo",
        backend="nftables",
        published_ports=["8080:80", "127.0.0.1:53:53/udp", "[2001:db8::1]:443:443"],
    )
    found = [tuple(port.values()) for port in only()["ports"]]
    assert sorted(found) == [
        ("", "8080", "100.100.1.2", "80", "tcp"),
        ("", "8080", "2001:db8:1::2", "80", "tcp"),
        ("127.0.0.1", "53", "100.100.1.2", "53", "udp"),
        ("2001:db8::1", "443", "2001:db8:1::2", "443", "tcp"),
    ]
    assert only(name=["other"])["ports"] == []
    publish(state="absent")
    assert only()["ports"] == []


def test_rules_that_can_not_be_looked_at_are_a_warning(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    container(command=FOREVER)
    monkeypatch.setattr(Nft, "installed", lambda _self: False)
    found = containers()
    assert found["containers"][0]["status"] == "running"
    assert "without python3-nftables" in found["warnings"][0]


def test_no_look_at_rules_that_nobody_asked_for(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Nft, _commands: Any, _phrase: str) -> str:
        raise AssertionError("looked at the rules")

    container(command=FOREVER)
    monkeypatch.setattr(Nft, "_run", refuse)
    assert only(ports=False)["ports"] is None


def test_usage_counts_every_process(merged: Path) -> None:
    container(
        command=["sh", "-c", "sleep 1000 & sleep 1000 & i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 1000"]
    )
    run_in(command="sleep 1000", detach=True)
    while only()["usage"]["pids"] != 4 or not only()["usage"]["cpu_seconds"]:
        time.sleep(0.05)
    usage = only()["usage"]
    assert (usage["source"], usage["memory_peak"]) == ("proc", None)
    assert 500_000 < usage["memory"] < 50_000_000
    assert 0 < usage["cpu_seconds"] < 30


def test_usage_of_one_that_hides_its_proc(plain: Path) -> None:
    """A container that may mount can show what it likes; the task doesn't fail for it."""
    script = "mount -t tmpfs x /proc; mkdir /proc/7; echo '7 (x) S a b' > /proc/7/stat; : > /tmp/done; sleep 1000"
    container(command=["sh", "-c", script], capabilities=["SYS_ADMIN"])
    while not (plain / "tmp/done").exists():
        time.sleep(0.01)
    assert only()["usage"]["pids"] == 0


def test_image(tmp_path: Path) -> None:
    archive = str(tmp_path / "image.tar")
    pack(dest=archive, tag="demo:1", files=[{"path": "busybox", "src": "/bin/busybox", "mode": "0755"}])
    made = unpack(src=archive)["image"]
    rootfs(image="demo:1")
    container(command=["/busybox", "sleep", "1000"])
    assert only()["image"] == {"id": made["id"], "names": ["demo:1"]}


@pytest.mark.parametrize("file", ["container.json", "rootfs.json"])
def test_a_damaged_record_fails_nothing(merged: Path, file: str) -> None:
    container(command=FOREVER)
    container(name="other", rootfs="web", command=FOREVER)
    record = FOLDER / file
    kept = record.read_bytes()
    record.write_text("{", encoding="ascii")
    other, web = containers()["containers"]
    record.write_bytes(kept)
    assert other["status"] == "running"
    if file == "container.json":
        assert (web["status"], web["exists"]) == ("unknown", True)
        assert "not JSON" in web["error"]
    else:
        assert (web["status"], web["image"]) == ("running", None)


def test_one_that_goes_while_all_are_looked_at(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    container(command=FOREVER)
    real = observe.names
    monkeypatch.setattr(observe, "names", lambda host, store: ["gone", *real(host, store)])
    assert only()["name"] == "web"


def test_a_pid_that_is_anothers_is_no_life(merged: Path) -> None:
    container(command=FOREVER)
    live = Path(STORE.live("web"))
    kept = live.read_text(encoding="ascii")
    start = kept.partition('"start_time": ')[2].partition("\n")[0].rstrip("}")
    live.write_text(kept.replace(start, str(int(start) + 1)), encoding="ascii")
    assert only()["status"] == "stopped"
    live.write_text(kept, encoding="ascii")
    assert only()["status"] == "running"


def test_nothing_is_changed_in_any_mode(merged: Path) -> None:
    container(command=FOREVER)
    before = state_of_host()
    assert containers() == containers(check_mode=True)
    assert state_of_host() == before


def test_in_another_store(tmp_path: Path) -> None:
    assert containers(store=str(tmp_path / "store"))["containers"] == []
    assert not (tmp_path / "store").exists()
