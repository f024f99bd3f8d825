# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that a container is given, and all others that it isn't; security modules that aren't there or refuse."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from children import ended_well, started
from container_runs import FOREVER, container, run_to_end, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._container import confinement
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.launch import Label
from ansible_collections.daemonless.containers.plugins.module_utils._sys.mountns import private_mount_namespace
from ansible_collections.daemonless.containers.plugins.module_utils._sys.security_label import confine_next_program

TRY = """
for d in $DEVICES; do
    [ -c /dev/$d ] || continue
    head -c 1 /dev/$d > /dev/null 2>&1 && echo $d is read
    { echo x > /dev/$d; } 2> /dev/null && echo $d is written
done
true
"""


@pytest.fixture
def node(tmp_path: Path) -> str:
    """A device like /dev/zero that only the host's root may use."""
    path = tmp_path / "node"
    os.mknod(path, 0o020600, os.makedev(1, 5))
    return str(path)


def tried(names: str, **options: Any) -> str:
    return run_to_end(TRY, env={"DEVICES": names}, **options).output


@pytest.mark.parametrize("user", ["root", "web"])
def test_access_is_what_the_list_says(merged: Path, node: str, user: str) -> None:
    devices = [f"{node}:/dev/a:r", f"{node}:/dev/b:w", f"{node}:/dev/sub/c", f"{node}:/dev/d:rwm"]
    found = tried("a b sub/c d", devices=devices, user=user)
    assert found.splitlines() == [
        "a is read",
        "b is written",
        *("sub/c is read", "sub/c is written"),
        *("d is read", "d is written"),
    ]


def test_root_cannot_help_itself_to_more(merged: Path, node: str) -> None:
    script = "chmod 777 /dev/a; busybox chown 0:0 /dev/a; busybox rm /dev/a; mount -o remount,rw /dev/a;" + TRY
    ended = run_to_end(script, env={"DEVICES": "a"}, devices=[f"{node}:/dev/a:r"], capabilities=["ALL"])
    assert ended.output.splitlines()[-1] == "a is read"
    assert os.stat(node).st_mode & 0o777 == 0o600


def test_with_the_hosts_ids_a_node_is_as_the_hosts(plain: Path, node: str) -> None:
    assert tried("a", devices=[f"{node}:/dev/a"]).splitlines() == ["a is read", "a is written"]
    assert tried("a", devices=[f"{node}:/dev/a"], user="web") == ""
    with pytest.raises(ContainersError, match="access can't be limited to r"):
        container(command=FOREVER, devices=[f"{node}:/dev/a:r"])


@pytest.mark.parametrize("userns", ["merged", "plain"])
def test_no_other_device_can_be_used(request: pytest.FixtureRequest, userns: str, node: str) -> None:
    """Not even by making its node where nodes are wanted."""
    request.getfixturevalue(userns)
    made = "; ".join(f"busybox mknod {place}/made c 1 5" for place in ("/dev", "/dev/shm", "/tmp", "/dev/sub"))
    places = "made shm/made ../tmp/made sub/made"
    ended = run_to_end(f"{made}; {TRY}", env={"DEVICES": places}, devices=[f"{node}:/dev/sub/a"])
    assert " is " not in ended.output
    assert ended.output.count("not permitted") == (4 if userns == "merged" else 0), "mknod itself"


def test_dev_holds_nothing_but_what_is_listed(merged: Path, node: str) -> None:
    ended = run_to_end("ls -A /dev; grep -c /dev/.nodes /proc/self/mountinfo; true", devices=[f"{node}:/dev/a"])
    names = "a fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero 0"
    assert ended.output.split() == names.split()


def test_a_change_is_a_restart_and_the_same_is_nothing(merged: Path, node: str) -> None:
    options = {"command": FOREVER, "stop_timeout": 0}
    container(**options, devices=[node + ":/dev/a"])
    before = state_of_host()
    assert not container(**options, devices=[{"path_on_host": node, "path_in_container": "/dev/a"}])["changed"]
    expected = ["restart container web: devices changed"]
    assert container(check_mode=True, **options, devices=[f"{node}:/dev/a:r"])["ops"] == expected
    assert state_of_host() == before
    assert container(**options, devices=[f"{node}:/dev/a:r"])["ops"] == expected


def test_a_device_that_is_not_there(merged: Path, node: str) -> None:
    before = state_of_host()
    with pytest.raises(ContainersError, match="device /dev/no-such doesn't exist"):
        container(command=FOREVER, devices=["/dev/no-such"])
    assert state_of_host() == before
    assert container(check_mode=True, command=FOREVER, devices=["/dev/no-such"])["warnings"]
    with pytest.raises(ContainersError, match="take device /etc/hostname: it isn't a device"):
        container(command=FOREVER, devices=["/etc/hostname:/dev/a"])
    assert container(state="stopped")["container"]["status"] == "absent"


@pytest.mark.parametrize("option", ["apparmor_profile", "selinux_label"])
def test_a_label_that_the_kernel_refuses_starts_nothing(
    merged: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """Here there is neither module, so the kernel refuses whatever is written, or has no file for it."""
    with pytest.raises(ContainersError, match="isn't enabled on this host"):
        container(command=FOREVER, **{option: "no-such"})
    both = frozenset({confinement.APPARMOR, confinement.SELINUX})
    monkeypatch.setattr(confinement, "_security_modules", lambda host: both)
    with pytest.raises(ContainersError, match="ask the security module for"):
        container(command=FOREVER, **{option: "no-such"})
    assert container(state="stopped")["container"]["status"] == "absent"


@pytest.mark.parametrize("over", ["/proc/{pid}/attr", "/proc/{pid}", "/proc"])
def test_a_label_is_written_to_the_kernels_file_only(tmp_path: Path, over: str) -> None:
    """CVE-2025-52881: something else mounted there would make of it a label that is never set."""

    def act() -> None:
        pid = os.getpid()
        below = f"/proc/{pid}/attr"[len(over.format(pid=pid)) :]
        file = Path(f"{tmp_path}{below}/exec")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        with private_mount_namespace():
            subprocess.run(["mount", "--bind", tmp_path, over.format(pid=pid)], check=True)
            with pytest.raises((ContainersError, OSError), match=r"isn't the kernel's|cross-device"):
                confine_next_program(Label("exec", "label"))

    assert ended_well(started(act))
    (file,) = tmp_path.rglob("exec")
    assert file.read_text(encoding="utf-8") == ""
