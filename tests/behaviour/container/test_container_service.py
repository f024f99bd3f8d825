# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that are started with no task: the runtime brings back what a reboot takes, and tells how it went.

No systemd runs in the sandbox; where one is needed, a few lines of shell stand in for its command. That the real
one does its part is seen in a virtual machine (molecule).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import FOLDER, FOREVER, LOG, STORE, container, mount_rootfs, wait_for, wait_for_end
from secrecy import SECRET, readable_by_others
from veth_lab import Lab

from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_name import mark, unit_name
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM as NAT
from ansible_collections.daemonless.containers.plugins.module_utils._runtime.room import ROOM as RUNTIME
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.nat_rule import ARGUMENT_SPEC as NAT_SPEC

UNIT = Path("/etc/systemd/system", unit_name(STORE, "web"))
LINK = {
    "container": "web",
    "host_address": ["100.100.1.1/24"],
    "address": ["100.100.1.2/24"],
    "gateway": ["100.100.1.1"],
}
RULES = {"name": "web", "address": ["100.100.1.2/24"], "out_interface": "lo", "published_ports": ["8080:80"]}
SYSTEMCTL = """\
#!/bin/sh
shift 2
for unit; do :; done
case $1 in
    show) echo inactive ;;
    start) sh -c "$(sed -n 's/^ExecStart=//p' "/etc/systemd/system/$unit")" >>/run/journal 2>&1 ;;
    enable) mkdir -p /etc/systemd/system/multi-user.target.wants
            ln -s "../$unit" "/etc/systemd/system/multi-user.target.wants/$unit" ;;
    disable) rm "/etc/systemd/system/multi-user.target.wants/$unit" ;;
esac
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Any:
    run_room(RUNTIME, {"store": STORE.root, "state": "present"}, Host(), check_mode=False)
    yield
    for path in (UNIT, UNIT.parent / "multi-user.target.wants" / UNIT.name):
        path.unlink(missing_ok=True)


@pytest.fixture
def systemd(runtime: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """As much of it as ns_container needs to start a container."""
    command = tmp_path / "systemctl"
    command.write_text(SYSTEMCTL, encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    os.makedirs("/run/systemd/system")
    yield
    os.rmdir("/run/systemd/system")


def serve(act: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the runtime as the unit would."""
    command = [sys.executable, "-I", STORE.runtime_entry, act, STORE.root, "web"]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def rules(state: str = "present") -> Dict[str, Any]:
    defaults = {name: declared.get("default") for name, declared in NAT_SPEC.items()}
    return run_room(NAT, {**defaults, **RULES, "state": state}, Host(), check_mode=False)


@pytest.fixture
def connected(runtime: None, tree: Path) -> Any:
    """A container that has a unit, as far as anybody can tell, with a link and a published port."""
    mount_rootfs(tree)
    pid = container(command=FOREVER)["container"]["pid"]
    UNIT.parent.mkdir(parents=True, exist_ok=True)
    UNIT.write_text(f"{mark(STORE, 'web')}\n", encoding="utf-8")
    lab = Lab()
    assert "remember the link eth0 of container web for when it is started again" in lab.pair(**LINK)["ops"]
    assert "remember the rules of container web for when it is started again" in rules()["ops"]
    yield lab, pid
    lab.pair(**LINK, state="absent")
    rules("absent")


def test_all_is_back_after_what_a_reboot_takes(connected: Any, tree: Path) -> None:
    lab, pid = connected
    assert not lab.pair(**LINK)["changed"]
    assert not rules()["changed"]
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    merged = f"{STORE.container('web')}/merged"
    lab.sh(f"umount {merged}; nft delete table inet daemonless")
    ids = Path(FOLDER, "rootfs.json").read_text(encoding="utf-8")
    started = serve("start")
    assert (started.returncode, started.stderr) == (0, "")
    assert "mount rootfs web" in started.stdout
    assert Path(FOLDER, "rootfs.json").read_text(encoding="utf-8") == ids
    assert os.path.ismount(merged)
    UNIT.unlink()
    assert lab.reaches("100.100.1.2")
    found = container(command=FOREVER)
    assert (found["ops"], found["container"]["status"]) == ([], "running")
    assert found["container"]["pid"] != pid
    UNIT.write_text(f"{mark(STORE, 'web')}\n", encoding="utf-8")
    assert not lab.pair(**LINK)["changed"]
    assert not rules()["changed"]


def test_a_second_start_is_refused(connected: Any) -> None:
    refused = serve("start")
    assert refused.returncode == 1
    assert "it runs already, outside of its unit" in refused.stderr


def test_what_is_removed_is_forgotten(connected: Any) -> None:
    lab, _pid = connected
    assert "forget the link eth0 of container web" in lab.pair(**LINK, state="absent")["ops"]
    assert "forget the rules of container web" in rules("absent")["ops"]
    assert not Path(FOLDER, "network").exists()
    assert not lab.pair(**LINK, state="absent")["changed"]
    assert not rules("absent")["changed"]


def test_a_link_that_cant_be_made_fails_the_start(connected: Any) -> None:
    lab, pid = connected
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)
    lab.sh("ip link add taken type bridge; ip addr add 100.100.1.2/24 dev taken; ip link set taken up")
    try:
        failed = serve("start")
        assert failed.returncode == 1
        assert failed.stderr.startswith("start container web: ")
        assert "100.100.1.2" in failed.stderr
        assert container(state="stopped")["container"]["status"] == "stopped"
    finally:
        lab.sh("ip link del taken")


def test_what_the_journal_is_told_of_an_end(runtime: None, merged: Path) -> None:
    pid = container(command=["sh", "-c", "echo one; echo two; exit 3"])["container"]["pid"]
    wait_for_end(pid)
    told = serve("stopped", EXIT_CODE="exited", EXIT_STATUS="3").stdout.splitlines()
    assert told == ["container web has ended: exit code 3", f"the end of {LOG}:", "| one", "| two"]
    assert serve("stopped").stdout == ""


def test_without_systemd(merged: Path) -> None:
    with pytest.raises(ContainersError, match=r"restart_policy: always needs systemd, which doesn't run this host"):
        container(command=FOREVER, restart_policy="always")
    assert not Path(FOLDER, "container.json").exists()


def test_without_the_runtime(systemd: None, merged: Path) -> None:
    run_room(RUNTIME, {"store": STORE.root, "state": "absent"}, Host(), check_mode=False)
    with pytest.raises(ContainersError, match=r"Module daemonless\.containers\.runtime puts it there"):
        container(command=FOREVER, restart_policy="always")
    assert not UNIT.exists()


def test_started_by_its_unit(systemd: None, merged: Path) -> None:
    started = container(command=FOREVER, restart_policy="always")
    assert started["ops"] == [f"write unit {UNIT.name}", f"enable unit {UNIT.name}", "start container web"]
    assert started["container"]["status"] == "running"
    assert started["container"]["unit"] == UNIT.name
    assert f"container web is pid {started['container']['pid']}" in Path("/run/journal").read_text(encoding="utf-8")
    assert not list(Path(STORE.run, "containers").glob("*.task"))
    stopped = container(state="stopped", stop_signal="KILL")
    assert (stopped["ops"], stopped["container"]["status"]) == (["stop container web"], "stopped")
    removed = container(state="absent")
    assert removed["ops"] == [f"remove unit {UNIT.name}", "remove container web"]
    assert not UNIT.exists()
    assert not container(state="absent")["changed"]


def test_output_in_the_journal(systemd: None, merged: Path) -> None:
    said = "echo said; echo complained >&2; exec sleep 1000"
    started = container(command=["sh", "-c", said], log_driver="journald")
    assert (started["container"]["log"], started["container"]["unit"]) == (None, UNIT.name)
    wait_for(Path("/run/journal"), "said\ncomplained\n")
    assert not LOG.exists()
    container(state="absent", stop_signal="KILL")


def test_the_error_of_a_start_comes_back(systemd: None, merged: Path) -> None:
    with pytest.raises(ContainersError, match=r'exec "/bin/nothere": not found in the rootfs \(exit code 127\)$'):
        container(command=["/bin/nothere"], restart_policy="always")
    assert not UNIT.exists()
    assert not Path(FOLDER, "container.json").exists()


def test_somebody_elses_unit(systemd: None, merged: Path) -> None:
    UNIT.write_text("[Unit]\n", encoding="utf-8")
    with pytest.raises(ContainersError, match="is there and isn't this container's"):
        container(command=FOREVER, restart_policy="always")
    assert UNIT.read_text(encoding="utf-8") == "[Unit]\n"


def test_no_value_of_the_environment_is_in_the_unit_or_where_others_read(systemd: None, merged: Path) -> None:
    container(command=["sh", "-c", "echo got $TOKEN; sleep 1000"], env={"TOKEN": SECRET}, restart_policy="always")
    wait_for(LOG, f"got {SECRET}")
    assert "ExecStart=" in UNIT.read_text(encoding="utf-8")
    assert SECRET not in UNIT.read_text(encoding="utf-8")
    assert SECRET in Path(FOLDER, "container.json").read_text(encoding="utf-8")
    assert readable_by_others() == []
    holding = [path for path in Path(STORE.root).rglob("*.json") if SECRET in path.read_text(encoding="utf-8")]
    assert {path.stat().st_mode & 0o077 for path in holding} == {0}
    container(state="absent", stop_timeout=0)
