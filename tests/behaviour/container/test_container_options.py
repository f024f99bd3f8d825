# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option as the container sees it, and which of them need a restart when they change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
from container_runs import FOLDER, FOREVER, container, mount_rootfs, run_to_end, wait_for_end
from containers import inside
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

pytestmark = pytest.mark.usefixtures("merged")


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        (None, "uid=0(root) gid=0(root) groups=0(root),4(adm)"),
        ("web", "uid=33(web) gid=34(web) groups=34(web),40(log)"),
        ("33", "uid=33(web) gid=34(web) groups=34(web),40(log)"),
        ("web:log", "uid=33(web) gid=40(log) groups=40(log)"),
        ("1234", "uid=1234 gid=0(root) groups=0(root)"),
        ("1234:40", "uid=1234 gid=40(log) groups=40(log)"),
        ("65535", "uid=65535 gid=0(root) groups=0(root)"),
    ],
)
def test_user(user: str, shown: str) -> None:
    assert run_to_end("id", user=user).output.strip() == shown


def test_user_beyond_the_map_is_an_error() -> None:
    with pytest.raises(ContainersError, match="user id 65536 isn't among the ids that rootfs web maps"):
        container(command=FOREVER, user="65536")


def test_map_of_a_single_id(merged: Path, tree: Path) -> None:
    rootfs(layers=None, state="absent")
    mount_rootfs(tree, uidmap=["0 0 1"], gidmap=["0 0 1"])
    assert run_to_end("id; cat /proc/self/uid_map").output.split() == [
        "uid=0(root)",
        "gid=0(root)",
        "groups=0(root)",
        "0",
        "0",
        "1",
    ]
    with pytest.raises(ContainersError, match="user id 33 isn't among the ids"):
        container(command=FOREVER, user="web")


def test_home_is_the_users() -> None:
    assert run_to_end("echo $HOME", user="web").output == "/srv/web\n"
    assert run_to_end("echo $HOME").output == "/root\n"
    assert run_to_end("echo $HOME", user="77").output == "/\n"


def test_log_is_written_by_whoever_runs() -> None:
    ended = run_to_end("echo out; echo err >&2; echo again >> /dev/stdout", user="web")
    assert ended.output == "out\nerr\nagain\n"


def test_log_is_for_root_only(merged: Path) -> None:
    container(command=FOREVER)
    assert (FOLDER / "log").stat().st_mode & 0o777 == 0o600
    assert (FOLDER / "container.json").stat().st_mode & 0o777 == 0o600
    assert FOLDER.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("folder", ["/srv", "/made/for/this"])
def test_working_dir(folder: str) -> None:
    assert run_to_end("pwd", working_dir=folder).output == f"{folder}\n"


@pytest.mark.parametrize("folder", ["/proc/self/fd/7", "/proc/1/cwd", "/srv/../proc", "relative"])
def test_working_dir_that_leads_elsewhere(folder: str) -> None:
    with pytest.raises(ContainersError, match="working_dir"):
        container(command=FOREVER, working_dir=folder)


def test_command_as_a_string_is_split() -> None:
    pid = container(command="sleep '1000'")["container"]["pid"]
    assert Path(f"/proc/{pid}/cmdline").read_bytes() == b"sleep\0001000\0"


def test_entrypoint_goes_before_the_command() -> None:
    assert run_to_end("", entrypoint=["echo", "a"], command=["b", "c"]).output == "a b c\n"


def test_no_command_at_all() -> None:
    with pytest.raises(ContainersError, match="rootfs web has nothing to run"):
        container()


def test_etc_files(tmp_path: Path) -> None:
    script = "cat /etc/resolv.conf /etc/hosts /etc/hostname"
    output = run_to_end(
        script,
        hostname="inner",
        dns_servers=["198.51.100.53", "2001:db8::53"],
        dns_search=["example.com", "example.org"],
        dns_options=["ndots:2"],
        etc_hosts={"db": "198.51.100.9"},
    ).output
    assert (
        "nameserver 198.51.100.53\nnameserver 2001:db8::53\nsearch example.com example.org\noptions ndots:2\n" in output
    )
    assert "127.0.1.1\tinner\n198.51.100.9\tdb\ninner\n" in output


def test_etc_files_and_host_name_change_live() -> None:
    pid = container(command=FOREVER, dns_servers=["198.51.100.53"])["container"]["pid"]
    changed = container(
        command=FOREVER, dns_servers=["198.51.100.54"], hostname="other", etc_hosts={"a": "198.51.100.1"}
    )
    assert changed["container"]["pid"] == pid
    assert changed["container"]["hostname"] == "other"
    assert changed["ops"] == [
        "set the host name of container web to other",
        "write /etc/hostname of container web",
        "write /etc/hosts of container web",
        "write /etc/resolv.conf of container web",
        "record hostname, dns_servers, etc_hosts of container web",
    ]
    assert inside(pid, "/bin/cat", "/etc/resolv.conf") == "nameserver 198.51.100.54"
    assert "198.51.100.1\ta" in inside(pid, "/bin/cat", "/etc/hosts")
    assert inside(pid, "/bin/cat", "/proc/sys/kernel/hostname") == "other"


def test_drift_of_etc_files_and_host_name_is_repaired_and_only_that() -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    inside(pid, "/bin/sh", "-c", "echo nameserver 203.0.113.1 > /etc/resolv.conf")
    os.system(f"nsenter --target {pid} --uts hostname drifted")
    repaired = container(command=FOREVER)
    assert repaired["ops"] == ["set the host name of container web to web", "write /etc/resolv.conf of container web"]
    assert repaired["diff"]["before"]["hostname"] == "drifted"
    assert repaired["container"]["pid"] == pid
    assert not container(command=FOREVER)["changed"]


@pytest.fixture
def resolv_conf() -> Iterator[Path]:
    """The host's, to be written in; the sandbox has its own."""
    path = Path("/etc/resolv.conf")
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_name_servers_of_the_host_without_those_on_its_loopback(resolv_conf: Path) -> None:
    resolv_conf.write_text("search lan\nnameserver 127.0.0.53\nnameserver 198.51.100.7\n", encoding="ascii")
    assert run_to_end("cat /etc/resolv.conf").output == "search lan\nnameserver 198.51.100.7\n"
    kinds = ["mount", "uts", "ipc", "pid", "user"]
    assert "127.0.0.53" in run_to_end("cat /etc/resolv.conf", namespaces=kinds).output


def test_tmpfs_and_read_only_root() -> None:
    script = "touch /x || echo refused; touch /tmp/y && ls /tmp; grep ' /tmp ' /proc/self/mountinfo; stat -c %a /tmp"
    output = run_to_end(script, read_only=True, tmpfs=["/tmp:size=64k,mode=1770,exec"]).output
    assert "Read-only file system\nrefused\ny\n" in output
    assert "nosuid,nodev,relatime" in output
    assert output.endswith("1770\n")


def test_ulimits() -> None:
    pid = container(command=FOREVER, ulimits=["nofile:100:200", "core:0", "nproc:50"])["container"]["pid"]
    limits = {line[:25].strip(): line[26:].split() for line in Path(f"/proc/{pid}/limits").read_text().splitlines()}
    assert limits["Max open files"][:2] == ["100", "200"]
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max processes"][:2] == ["50", "50"]


def test_limit_that_the_host_does_not_allow() -> None:
    if int(Path("/proc/self/status").read_text().split("CapEff:\t")[1].split()[0], 16) & 1 << 24:
        pytest.skip("this host may raise any limit")
    with pytest.raises(ContainersError, match="start container web: raise its limit memlock to"):
        container(command=FOREVER, ulimits=["memlock:1:9000000000000000000"])
    assert not (FOLDER / "container.json").exists()


def test_oom_score_adj() -> None:
    pid = container(command=FOREVER, oom_score_adj=500)["container"]["pid"]
    assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "500\n"


def test_sysctls_of_its_own_namespaces() -> None:
    before = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    other = "0" if before == "1\n" else "1"
    script = "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmni"
    output = run_to_end(script, sysctls={"net.ipv4.ip_forward": other, "kernel.shmmni": "77"}).output
    assert output == f"{other}\n77\n"
    assert Path("/proc/sys/net/ipv4/ip_forward").read_text() == before


def test_a_domain_name_of_its_own() -> None:
    """As a setting the kernel lets nobody write it but the host's root."""
    path = Path("/proc/sys/kernel/domainname")
    before = path.read_text()
    asked = {"sysctls": {"kernel.domainname": "shop.example"}}
    assert container(check_mode=True, command=FOREVER, **asked)["changed"]
    assert run_to_end(f"cat {path}", **asked).output == "shop.example\n"
    assert path.read_text() == before


def test_sysctl_that_does_not_exist() -> None:
    with pytest.raises(ContainersError, match="set sysctl net/ipv4/nonsense: sys/net/ipv4/nonsense: No such file"):
        container(command=FOREVER, sysctls={"net.ipv4.nonsense": "1"})


def test_shared_network_and_ipc() -> None:
    kinds = ["mount", "uts", "pid", "user", "cgroup"]
    shown = container(command=FOREVER, namespaces=kinds)["container"]
    assert sorted(shown["namespaces"]) == sorted(kinds)
    assert os.readlink(f"/proc/{shown['pid']}/ns/net") == os.readlink("/proc/self/ns/net")
    mounts = inside(shown["pid"], "/bin/cat", "/proc/self/mountinfo")
    assert " / /sys ro," in mounts
    marker = Path("/dev/shm/daemonless-test")
    marker.touch()
    try:
        assert inside(shown["pid"], "/bin/ls", "/dev/shm/daemonless-test")
    finally:
        marker.unlink()


def test_hundred_orphans_are_reaped_by_the_minimal_init() -> None:
    script = "i=0; while [ $i -lt 100 ]; do (sleep 0.01 &); i=$((i+1)); done; sleep 0.3; ps -o stat | grep -c Z; exit 9"
    ended = run_to_end(script, init=True)
    assert (ended.exit_code, ended.output) == (9, "0\n")


def test_minimal_init_passes_signals_on() -> None:
    script = "trap 'exit 6' HUP; echo ready; while :; do sleep 0.02; done"
    pid = container(command=["sh", "-c", script], init=True, stop_signal="HUP")["container"]["pid"]
    assert Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0") == b"init"
    assert container(state="stopped")["container"]["exit_code"] in (6, 129)
    wait_for_end(pid)
    pid = container(command=FOREVER, init=True)["container"]["pid"]
    assert container(state="stopped")["container"]["exit_code"] == 143


CHANGES: Dict[str, Any] = {
    "command changed": {"command": ["sleep", "2000"]},
    "env A changed (value hidden)": {"env": {"A": "hush-2"}},
    "env B added": {"env": {"A": "hush-1", "B": "x"}},
    "env A removed": {"env": {}},
    "user changed": {"user": "web"},
    "working_dir changed": {"working_dir": "/srv"},
    "namespaces changed": {"namespaces": ["mount", "pid", "user"]},
    "volumes changed": {"volumes": ["/tmp:/mnt:noidmap"]},
    "tmpfs changed": {"tmpfs": ["/tmp"]},
    "read_only changed": {"read_only": True},
    "capabilities changed": {"cap_drop": ["ALL"]},
    "ulimits changed": {"ulimits": ["core:0"]},
    "sysctls changed": {"sysctls": {"net.ipv4.ip_forward": 1}},
    "init changed": {"init": True},
    "oom_score_adj changed": {"oom_score_adj": 10},
}


def test_restarted_only_for_what_needs_it() -> None:
    base: Dict[str, Any] = {"command": FOREVER, "env": {"A": "hush-1"}, "stop_timeout": 0}
    container(**base)
    for why, change in CHANGES.items():
        predicted = container(check_mode=True, **{**base, **change})
        assert predicted["ops"] == [f"restart container web: {why}"]
        assert predicted["diff"]["before"] != predicted["diff"]["after"]
        assert "hush" not in str(predicted)
    done = container(**{**base, "env": {"A": "hush-2"}})
    assert done["ops"] == ["restart container web: env A changed (value hidden)"]
    assert not container(**{**base, "env": {"A": "hush-2"}})["changed"]


def test_stop_options_are_recorded_without_a_restart() -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    changed = container(command=FOREVER, stop_timeout=0, stop_signal="KILL")
    assert changed["ops"] == ["record stop_signal, stop_timeout of container web"]
    assert changed["container"]["pid"] == pid
    assert container(state="stopped")["container"]["exit_code"] == 137
