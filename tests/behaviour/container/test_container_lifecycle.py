# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's life: started, found running, changed, stopped, started again, removed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from container_runs import (
    FOLDER,
    FOREVER,
    LOG,
    STORE,
    container,
    run_to_end,
    state_of_host,
    wait_for,
    wait_for_end,
)
from containers import inside
from proc_status import status_of
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

KINDS = ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]


def test_started_and_found_running(merged: Path) -> None:
    before = time.monotonic()
    first = container(command=FOREVER)
    assert time.monotonic() - before < 5
    assert (first["changed"], first["ops"]) == (True, ["start container web"])
    shown = first["container"]
    assert shown["status"] == "running"
    assert sorted(shown["namespaces"]) == KINDS
    assert shown["hostname"] == "web"
    assert Path(f"/proc/{shown['pid']}/cmdline").read_bytes() == b"sleep\0001000\0"
    second = container(command=FOREVER)
    assert (second["changed"], second["ops"]) == (False, [])
    assert second["container"] == shown
    assert second["diff"]["before"] == second["diff"]["after"]


def test_init_is_a_child_of_the_hosts_first_process(merged: Path) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    assert status_of(pid)["PPid"] == "1"


def test_check_mode_changes_nothing(merged: Path) -> None:
    before = state_of_host()
    predicted = container(check_mode=True, command=FOREVER)
    assert (predicted["changed"], predicted["ops"]) == (True, ["start container web"])
    assert predicted["container"]["status"] == "running"
    assert state_of_host() == before
    container(command=FOREVER)
    running = state_of_host()
    for options in (
        {"command": FOREVER, "env": {"A": "b"}},
        {"command": FOREVER, "hostname": "other"},
        {"state": "stopped"},
        {"state": "absent"},
    ):
        assert container(check_mode=True, **options)["changed"]
        assert state_of_host() == running


def test_check_mode_works_before_the_rootfs_is_there() -> None:
    predicted = container(check_mode=True, command=FOREVER)
    assert predicted["changed"]
    assert predicted["warnings"] == ("rootfs web doesn't exist; an earlier task has to make it",)
    with pytest.raises(ContainersError, match=r"rootfs web doesn't exist\. Module .*overlay_rootfs"):
        container(command=FOREVER)
    assert not FOLDER.exists()


def test_unmounted_rootfs_is_an_error(merged: Path) -> None:
    rootfs(layers=None, state="unmounted")
    with pytest.raises(ContainersError, match=r"rootfs web isn't mounted at .*merged\. Module"):
        container(command=FOREVER)


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_exit_code_is_kept(merged: Path, code: int) -> None:
    assert run_to_end(f"exit {code}").exit_code == code


def test_killed_from_outside_and_started_again(merged: Path) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    os.kill(pid, 9)
    wait_for_end(pid)
    assert container(check_mode=True, state="stopped")["container"]["exit_code"] == 137
    again = container(command=FOREVER)
    assert again["ops"] == ["start container web (it had ended with exit code 137)"]
    assert again["container"]["status"] == "running"


def test_a_command_that_ends_at_once_is_told_honestly(merged: Path) -> None:
    for _attempt in range(10):
        shown = container(command=["sh", "-c", "exit 3"])["container"]
        assert (shown["status"], shown["exit_code"]) in [("running", None), ("stopped", 3)]
        wait_for_end(shown["pid"])
        assert container(state="stopped")["container"]["exit_code"] == 3


def test_stop_waits_for_the_command_to_end(merged: Path) -> None:
    container(command=["sh", "-c", "trap 'sleep 0.1; exit 7' TERM; echo ready; while :; do sleep 0.02; done"])
    wait_for(LOG, "ready")
    stopped = container(state="stopped")
    assert stopped["ops"] == ["stop container web"]
    assert (stopped["container"]["status"], stopped["container"]["exit_code"]) == ("stopped", 7)
    again = container(state="stopped")
    assert (again["changed"], again["container"]["exit_code"]) == (False, 7)


def test_stop_kills_after_its_timeout(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=1)  # sleep has no handler, so the kernel keeps TERM from it
    before = time.monotonic()
    assert container(state="stopped")["container"]["exit_code"] == 137
    assert 0.9 < time.monotonic() - before < 5
    container(command=FOREVER, stop_timeout=60)
    before = time.monotonic()
    container(state="stopped", stop_timeout=0)
    assert time.monotonic() - before < 5


def test_stopped_by_a_signal_it_is_ended_all_the_same(merged: Path) -> None:
    pid = container(command=FOREVER, stop_timeout=0)["container"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    assert container(state="absent")["ops"] == ["stop container web", "remove container web"]
    assert not Path(f"/proc/{pid}/exe").exists()


@pytest.mark.parametrize("number", ["USR1", "SIGUSR1", "10"])
def test_stop_signal(merged: Path, number: str) -> None:
    script = "trap 'exit 5' USR1; echo ready; while :; do sleep 0.02; done"
    container(command=["sh", "-c", script], stop_signal=number)
    wait_for(LOG, "ready")
    assert container(state="stopped")["container"]["exit_code"] == 5


def test_stopping_what_was_never_made_makes_nothing(merged: Path) -> None:
    before = state_of_host()
    for state in ("stopped", "absent"):
        result = container(state=state)
        assert (result["changed"], result["container"]["status"]) == (False, "absent")
    assert state_of_host() == before


def test_absent_leaves_the_rootfs_alone(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)
    removed = container(state="absent")
    assert removed["ops"] == ["stop container web", "remove container web"]
    assert removed["container"]["status"] == "absent"
    assert sorted(os.listdir(FOLDER)) == ["diff", "merged", "rootfs.json", "work"]
    assert not Path(STORE.live("web")).exists()
    assert not container(state="absent")["changed"]
    rootfs(layers=None, state="absent")
    assert not FOLDER.exists()


def test_restart_and_recreate_are_always_a_change(merged: Path) -> None:
    script = ["sh", "-c", "echo began; exec sleep 1000"]
    first = container(command=script, stop_timeout=0)["container"]["pid"]
    wait_for(LOG, "began")
    result = container(command=script, stop_timeout=0, restart=True)
    assert result["ops"] == ["restart container web: restart was asked for"]
    assert result["container"]["pid"] != first
    wait_for(LOG, "began\nbegan")
    result = container(command=script, stop_timeout=0, recreate=True)
    assert result["ops"] == ["restart container web: recreate was asked for"]
    wait_for(LOG, "began")
    assert LOG.read_text(encoding="utf-8").count("began") == 1


def test_rootfs_mounted_anew_under_it(merged: Path, tree: Path) -> None:
    pid = container(command=FOREVER, stop_timeout=0)["container"]["pid"]
    root = Path(f"/proc/{pid}/uid_map").read_text().split()[1]
    subprocess.run(["umount", merged], check=True)
    subprocess.run(["mount", "--bind", tree, merged], check=True)  # busybox again, but another file system
    subprocess.run(["chown", "-R", "--from=0:0", f"{root}:{root}", tree], check=True)
    try:
        result = container(command=FOREVER, stop_timeout=0)
    finally:
        subprocess.run(["chown", "-R", f"--from={root}:{root}", "0:0", tree], check=True)
    assert result["ops"] == ["restart container web: its rootfs was mounted anew"]
    pid = result["container"]["pid"]
    assert os.path.samestat(os.stat(f"/proc/{pid}/root/"), os.stat(merged))


def test_namespaces_are_the_containers_own(merged: Path) -> None:
    shown = container(command=FOREVER)["container"]
    for kind, path in shown["namespaces"].items():
        name = os.path.basename(path)
        assert os.readlink(path) != os.readlink(f"/proc/self/ns/{name}"), kind
    assert inside(shown["pid"], "/bin/readlink", "/proc/1/ns/net").startswith("net:[")


def test_host_name_is_the_containers_alone(merged: Path) -> None:
    before = os.uname().nodename
    shown = container(command=FOREVER, hostname="inner")["container"]
    assert shown["hostname"] == "inner"
    assert inside(shown["pid"], "/bin/cat", "/proc/sys/kernel/hostname") == "inner"
    assert os.uname().nodename == before


def test_account_of_the_former_run_goes_with_the_next(merged: Path) -> None:
    """A run that is killed once the command is executed leaves it."""
    container(command=FOREVER)
    former = FOLDER / "acct.former"
    former.write_bytes(b"")
    assert not container(check_mode=True, command=FOREVER)["changed"]
    assert former.exists()
    assert not container(command=FOREVER)["changed"]
    assert not former.exists()
