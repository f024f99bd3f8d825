# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, and what is left then: nothing of the failed run, and everything that was there before."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest
from container_runs import (
    FOLDER,
    FOREVER,
    LOG,
    STORE,
    container,
    mount_rootfs,
    processes,
    run_to_end,
    state_of_host,
    wait_for_end,
)

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.accounting import Accounting


def inits() -> List[str]:
    return [line for line in processes() if "sleep 1000" in line]


def write_program(top: Path, name: str, data: bytes, mode: int = 0o755) -> None:
    (top / "bin").mkdir(parents=True, exist_ok=True)
    (top / "bin" / name).write_bytes(data)
    (top / "bin" / name).chmod(mode)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("nonsense", 'exec "nonsense": not found in PATH=/usr/local/sbin:.* of the container .exit code 127'),
        ("/bin/nonsense", 'exec "/bin/nonsense": not found in the rootfs .exit code 127'),
        ("/bin/sh/nonsense", 'exec "/bin/sh/nonsense": not found in the rootfs .exit code 127'),
        ("/bin/data", 'exec "/bin/data": not executable: permission denied .exit code 126'),
        ("data", 'exec "/bin/data": not executable: permission denied .exit code 126'),
        ("/bin", 'exec "/bin": not executable: permission denied .exit code 126'),
        ("text", 'exec "/bin/text": not a program this machine can run .exit code 126'),
        ("script", 'exec "/bin/script": its interpreter /bin/bash is missing in the rootfs .exit code 127'),
    ],
)
def test_command_that_cannot_be_executed(tree: Path, tmp_path: Path, command: str, message: str) -> None:
    top = tmp_path / "top"
    write_program(top, "data", b"x", 0o644)
    write_program(top, "text", b"no program")
    write_program(top, "script", b"#!/bin/bash\n")
    mount_rootfs(tree, top)
    before = state_of_host()["processes"]
    for options in ({}, {"user": "web"}, {"init": True}):
        with pytest.raises(ContainersError, match=f"start container web: {message}"):
            container(command=[command], **options)
    assert sorted(os.listdir(FOLDER)) == ["diff", "merged", "rootfs.json", "work"]
    assert not Path(STORE.live("web")).exists()
    assert state_of_host()["processes"] == before


def test_failed_restart_leaves_the_former_running(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)
    with pytest.raises(ContainersError, match='restart container web: command changed: exec "nonsense": not found'):
        container(command=["nonsense"], stop_timeout=0)
    assert len(inits()) == 1
    assert not container(command=FOREVER, stop_timeout=0)["changed"]


def test_failed_start_keeps_what_is_known_of_the_former(merged: Path) -> None:
    pid = container(command=["sh", "-c", "echo once; exit 42"])["container"]["pid"]
    wait_for_end(pid)
    with pytest.raises(ContainersError, match="it had ended with exit code 42"):
        container(command=["nonsense"])
    kept = container(state="stopped")["container"]
    assert (kept["status"], kept["exit_code"]) == ("stopped", 42)
    assert "once" in LOG.read_text(encoding="utf-8")


RUNNER = """
import os, sys
sys.path[:0] = {path!r}
from ansible_collections.daemonless.containers.plugins.module_utils.{package} import {module} as module
where = getattr(module, {owner!r}, module)
called = getattr(where, {name!r})
module_process = os.getpid()
def killed(*args, **kwargs):
    if os.getpid() == module_process:
        os.kill(module_process, {signal})
    return called(*args, **kwargs)
setattr(where, {name!r}, killed)
from container_runs import container
container(command=["sleep", "1000"])
"""

POINTS = [
    ("_sys", "files", "Files", "write_atomic"),
    ("_sys", "launcher", "Launcher", "_bear"),
    ("_sys", "nursery", "Nursery", "bear"),
    ("_sys", "nursery", "Nursery", "close"),
    ("_sys", "launcher", "Launcher", "_accompany"),
    ("_sys", "launcher", "", "_write"),
    ("_sys", "launcher", "", "trees"),
    ("_sys", "channel", "Channel", "send"),
    ("_sys", "launcher", "Launcher", "_prepare"),
    ("_sys", "accounting", "", "_begin_in_child"),
    ("_sys", "launcher", "", "_let_go"),
    ("_container", "record", "", "save"),
]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point[3])
def test_module_killed_at_any_moment_leaves_no_process(merged: Path, point: Any) -> None:
    package, module, owner, name = point
    number = int(signal.SIGKILL)
    code = RUNNER.format(path=sys.path, package=package, module=module, owner=owner, name=name, signal=number)
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    for line in inits():
        wait_for_end(int(line.split()[0]))
    for line in processes():
        if "container_runs" in line:  # a copy of the module that is just ending
            wait_for_end(int(line.split()[0]))
    assert inits() == []
    assert [line for line in processes() if "container_runs" in line] == []
    assert container(command=FOREVER)["container"]["status"] == "running"
    assert len(inits()) == 1


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EPERM])
def test_without_process_accounting(merged: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(sys.modules[Accounting.__module__], "call_in_child", lambda _function, _path: number)
    assert run_to_end("exit 42").exit_code is None


def test_process_accounting_that_fails(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[Accounting.__module__], "call_in_child", lambda _function, _path: errno.EACCES)
    with pytest.raises(ContainersError, match=r"keep account of its exit code: .*Permission denied"):
        container(command=FOREVER)
    assert inits() == []


def test_account_of_a_living_container_is_trimmed(merged: Path) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    account = FOLDER / "acct"
    records = bytes(64) * 40_000
    with open(account, "ab") as file:
        file.write(records)
    before = account.stat().st_blocks
    container(check_mode=True, command=FOREVER)
    assert account.stat().st_blocks == before
    assert not container(command=FOREVER)["changed"]
    assert account.stat().st_blocks * 512 < 200_000
    os.kill(pid, 9)
    wait_for_end(pid)
    assert container(state="stopped")["container"]["exit_code"] == 137


def test_another_process_of_the_same_pid_is_not_the_container(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)
    container(state="stopped")
    with subprocess.Popen(["sleep", "1000"]) as other:
        record = {
            "name": "web",
            "pid": other.pid,
            "start_time": 1,
            "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        }
        live = Path(STORE.live("web"))
        live.parent.mkdir(parents=True, exist_ok=True)
        live.write_text(json.dumps(record))
        assert container(state="stopped")["container"]["status"] == "stopped"
        container(state="absent")
        assert other.poll() is None
        other.kill()


def test_after_a_reboot_it_is_stopped(merged: Path) -> None:
    container(command=FOREVER)
    live = Path(STORE.live("web"))
    record: Dict[str, Any] = json.loads(live.read_text())
    live.write_text(json.dumps({**record, "boot_id": "another"}))
    shown = container(state="stopped")["container"]
    assert (shown["status"], shown["exit_code"]) == ("stopped", None)
    live.write_text(json.dumps(record))
    container(state="absent", stop_timeout=0)


@pytest.mark.parametrize("damage", ["{", "[]", '{"version": 1}', '{"version": 1, "env": 3}'])
def test_damaged_record(merged: Path, damage: str) -> None:
    container(command=FOREVER, stop_timeout=0)
    (FOLDER / "container.json").write_text(damage)
    with pytest.raises(ContainersError, match=r"look at container web: read .*container\.json"):
        container(command=FOREVER)
    removed = container(state="absent")
    assert removed["ops"] == ["stop container web, whose settings are lost", "remove container web"]
    assert inits() == []
    assert container(command=FOREVER)["changed"]


def test_lost_record_of_a_living_container(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)
    (FOLDER / "container.json").unlink()
    assert container(command=FOREVER)["ops"] == [
        "stop container web, whose settings are lost",
        "start container web",
    ]
    assert len(inits()) == 1


def test_two_starts_at_once_make_one_container(merged: Path) -> None:
    code = "import sys; sys.path[:0] = {path!r}; from container_runs import FOREVER, container\n"
    code += "print(container(command=FOREVER)['changed'])"
    runs = [
        subprocess.Popen([sys.executable, "-c", code.format(path=sys.path)], stdout=subprocess.PIPE, text=True)
        for _run in range(4)
    ]
    said = sorted(run.communicate()[0] for run in runs)
    assert said == ["False\n", "False\n", "False\n", "True\n"]
    assert len(inits()) == 1


def test_interrupted_run_takes_everything_back(merged: Path) -> None:
    point = {"package": "_container", "module": "record", "owner": "", "name": "save"}
    code = RUNNER.format(path=sys.path, signal=int(signal.SIGTERM), **point)
    core = "ansible_collections.daemonless.containers.plugins.module_utils._core"
    heeding = f"from {core} import interruption\ninterruption.heed_signals()\n"
    code = code.replace("from container_runs", f"{heeding}from container_runs")
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert "interrupted by SIGTERM" in done.stderr
    assert inits() == []
    assert not (FOLDER / "container.json").exists()


def test_many_cycles_leave_nothing(merged: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    container(command=["true"])
    container(state="absent")
    before, opened = state_of_host(), descriptors()
    for _cycle in range(20):
        container(command=["true"])
        container(state="absent")
    after = state_of_host()
    for key in ("mounts", "host name", "processes"):
        assert after[key] == before[key]
    assert sorted(after["files"]) == sorted(before["files"])
    assert descriptors() == opened
