# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container sees and can do, probed from inside; each test is a way out that others once had open."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest
from container_runs import FOREVER, container, run_to_end
from containers import inside
from proc_status import signals, status_of

from ansible_collections.daemonless.containers.plugins.module_utils._sys import execution

DOCKERS_14 = 0x00000000A80425FB
MASKED = ["/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"]
READ_ONLY = [
    "/proc/sys/kernel/core_pattern",
    "/proc/sysrq-trigger",
    "/proc/irq/default_smp_affinity",
    "/sys/kernel/uevent_helper",
]

both_kinds = pytest.mark.parametrize("userns", ["merged", "plain"])


@pytest.fixture(autouse=True)
def _rootfs(request: pytest.FixtureRequest) -> None:
    """Every probe with a user namespace, and without one where the test says so."""
    userns = request.node.callspec.params.get("userns", "merged") if hasattr(request.node, "callspec") else "merged"
    request.getfixturevalue(userns)


def mounts_inside(pid: int) -> List[List[str]]:
    return [line.split() for line in inside(pid, "/bin/cat", "/proc/self/mountinfo").splitlines()]


@both_kinds
def test_no_descriptor_is_inherited(userns: str) -> None:
    leaked = os.open("/", os.O_RDONLY)
    fcntl.fcntl(leaked, fcntl.F_SETFD, 0)  # as one that the caller of the module forgot
    try:
        pid = container(command=FOREVER)["container"]["pid"]
    finally:
        os.close(leaked)
    descriptors = {name: os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}
    log = "/var/lib/daemonless/containers/web/log"
    assert descriptors == {"0": "/dev/null", "1": log, "2": log}


def test_environment_is_the_containers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_SECRET", "SSH_CONNECTION", "PYTHONPATH", "LD_PRELOAD"):
        monkeypatch.setenv(name, "")
    pid = container(command=FOREVER, env={"A": "1 2", "HOME": "/x"})["container"]["pid"]
    environment = Path(f"/proc/{pid}/environ").read_bytes().decode().rstrip("\0").split("\0")
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert sorted(environment) == ["A=1 2", "HOME=/x", "HOSTNAME=web", path]


@both_kinds
def test_capabilities_are_dockers(userns: str) -> None:
    found = status_of(container(command=FOREVER)["container"]["pid"])
    assert [int(found[name], 16) for name in ("CapInh", "CapAmb")] == [0, 0]
    assert [int(found[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")] == [DOCKERS_14] * 3
    assert found["NoNewPrivs"] == "1"


def test_capabilities_of_another_user() -> None:
    found = status_of(container(command=FOREVER, user="web")["container"]["pid"])
    assert [int(found[name], 16) for name in ("CapInh", "CapAmb", "CapPrm", "CapEff")] == [0, 0, 0, 0]
    assert int(found["CapBnd"], 16) == DOCKERS_14


def test_capabilities_as_asked_for() -> None:
    pid = container(command=FOREVER, capabilities=["CAP_SYS_TIME"], cap_drop=["ALL"], stop_timeout=0)["container"][
        "pid"
    ]
    assert int(status_of(pid)["CapEff"], 16) == 1 << 25
    pid = container(command=FOREVER, cap_drop=["net_raw"], stop_timeout=0)["container"]["pid"]
    assert int(status_of(pid)["CapBnd"], 16) == DOCKERS_14 & ~(1 << 13)


@both_kinds
def test_signals_and_umask_are_as_new(userns: str) -> None:
    found = status_of(container(command=FOREVER)["container"]["pid"])
    assert signals(found) == (0, 0, 0)
    assert found["Umask"] == "0022"


@both_kinds
def test_only_its_own_mounts(userns: str) -> None:
    before = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    pid = container(command=FOREVER)["container"]["pid"]
    mounts = {mount[4]: mount for mount in mounts_inside(pid)}
    own = {"/", "/proc", "/sys", "/sys/fs/cgroup", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"}
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty")}
    etc = {f"/etc/{name}" for name in ("hostname", "hosts", "resolv.conf")}
    hidden = {path for path in mounts if path.startswith(("/proc/", "/sys/"))}
    assert set(mounts) - hidden == (own | devices | etc) - hidden
    for mount in mounts.values():
        assert not any(field.startswith(("shared:", "master:")) for field in mount), mount
    assert {"nosuid", "nodev", "noexec"} <= set(mounts["/proc"][5].split(","))
    assert "ro" in mounts["/sys"][5].split(",")
    assert "ro" in mounts["/sys/fs/cgroup"][5].split(",")
    assert "nodev" in mounts["/"][5].split(",")
    assert Path("/proc/self/mountinfo").read_text(encoding="utf-8") == before


def test_nothing_of_the_old_root_is_left() -> None:
    ended = run_to_end("ls -a /; ls /proc/1/root/..; cd /; cd ../../..; pwd; chroot / /bin/pwd")
    assert "pivot" not in ended.output
    assert ended.output.splitlines()[-2:] == ["/", "/"]
    assert "boot" not in ended.output.split()


@both_kinds
def test_mounting_is_denied(userns: str) -> None:
    script = "mount -t tmpfs x /mnt; mount -t proc x /mnt; umount /proc/sys; mount -o remount,rw /sys; true"
    output = run_to_end(script).output
    assert output.count("ermission denied") + output.count("not permitted") == 4, output


@both_kinds
def test_no_user_namespace_shows_what_is_hidden(userns: str) -> None:
    script = "unshare -Urmpf mount -t proc x /proc && echo made"
    output = run_to_end(script).output
    assert "made" not in output
    if userns == "merged":
        assert "not permitted" in output
        assert "No space left" in run_to_end(script, seccomp="unconfined").output  # the limit of user namespaces is 0


@both_kinds
def test_masked_paths_are_empty(userns: str) -> None:
    there = [path for path in MASKED if os.path.exists(path)]
    ended = run_to_end(f"for p in {' '.join(there)}; do if [ -d $p ]; then ls -A $p; else cat $p; fi; done")
    assert ended.output == ""


@both_kinds
def test_host_settings_are_read_only(userns: str) -> None:
    before = Path("/proc/sys/kernel/core_pattern").read_text(encoding="utf-8")
    for path in READ_ONLY:
        ended = run_to_end(f"if [ -e {path} ]; then echo x > {path} && echo written; fi; true")
        assert "written" not in ended.output, path
        assert ended.output == "" or "Read-only" in ended.output or "ermission denied" in ended.output
    assert Path("/proc/sys/kernel/core_pattern").read_text(encoding="utf-8") == before


@both_kinds
def test_dev_is_the_list_of_the_specification(userns: str) -> None:
    names = "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"
    ended = run_to_end(
        "ls /dev; echo x > /dev/null; head -c 3 /dev/zero | wc -c; echo y >> /dev/stdout; readlink /dev/ptmx"
    )
    assert ended.output.split()[: len(names.split())] == names.split()
    assert ended.output.split()[-2:] == ["y", "pts/ptmx"]


def test_device_nodes_are_useless() -> None:
    ended = run_to_end("busybox mknod /tmp/disk b 254 0; cat /tmp/disk; true")
    assert "ermission denied" in ended.output or "not permitted" in ended.output


def test_device_nodes_of_a_rootfs_that_allows_them(request: pytest.FixtureRequest) -> None:
    subprocess.run(["mount", "-o", "remount,bind,dev", request.getfixturevalue("merged")], check=True)
    mounts = {mount[4]: mount[5] for mount in mounts_inside(container(command=FOREVER)["container"]["pid"])}
    assert "nodev" in mounts["/"].split(",")


def test_maps_are_those_of_the_rootfs(request: pytest.FixtureRequest) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    record = json.loads(Path("/var/lib/daemonless/containers/web/rootfs.json").read_text(encoding="utf-8"))
    for kind in ("uid", "gid"):
        lines = [line.split() for line in Path(f"/proc/{pid}/{kind}_map").read_text(encoding="ascii").splitlines()]
        assert lines == [[str(line[key]) for key in ("inside", "outside", "length")] for line in record[f"{kind}map"]]


def test_own_session_and_terminals() -> None:
    ended = run_to_end("cut -d' ' -f5,6 /proc/1/stat; ls /dev/pts")
    assert ended.output.split() == ["1", "1", "ptmx"]


def test_keyring_is_fresh() -> None:
    """Seen in a child, as a busybox can't ask for its keyring."""
    libc = ctypes.CDLL(None, use_errno=True)

    def session_keyring() -> int:
        return int(libc.syscall(ctypes.c_long(execution._KEYCTL), 0, -3, 1))

    child = os.fork()
    if child == 0:
        before = session_keyring()
        execution._join_new_keyring()
        os._exit(0 if 0 < session_keyring() != before else 1)
    assert os.waitpid(child, 0)[1] == 0


@both_kinds
def test_cgroup_namespace_begins_here(userns: str) -> None:
    assert "0::/\n" in run_to_end("cat /proc/self/cgroup").output


def test_abstract_sockets_of_the_host_are_unseen() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind("\0daemonless-test")
        listener.listen()
        assert "@daemonless-test" in Path("/proc/net/unix").read_text(encoding="ascii")
        assert "daemonless-test" not in run_to_end("cat /proc/net/unix").output


def test_loopback_is_up() -> None:
    assert "inet 127.0.0.1/8" in run_to_end("ip addr show lo").output


@both_kinds
def test_hosts_python_cannot_be_reached(userns: str) -> None:
    python = Path(os.path.realpath(sys.executable))
    before = hashlib.sha256(python.read_bytes()).hexdigest()
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # dumpable, as a module's process is at its start
    container(command=FOREVER, init=True)
    container(state="absent", stop_timeout=0)
    ended = run_to_end(
        "readlink /proc/1/exe; cat /proc/1/environ; echo x > /proc/1/exe; echo x >> /proc/1/exe; true", init=True
    )
    assert "ermission denied" in ended.output
    assert "python" not in ended.output
    assert hashlib.sha256(python.read_bytes()).hexdigest() == before
