# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts to play against over SSH: throw-away copies of the sandbox, each with an sshd, on one link with it.

A host is what tests/sandbox makes: namespaces of its own, its own /run, /etc, /var/cache and store. What it
shares with the others are the kernel and the folders of programs. h1 is 198.51.100.1, and so on; the sandbox, from
which Ansible comes, is 198.51.100.254.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Sequence

from plays import ROOT
from snapshots import MODULE_CACHE

CONTROLLER = "198.51.100.254"
_WIRE = "wire"
_START_SECONDS = 20
_SSHD = """\
Port 22
HostKey {folder}/key
AuthorizedKeysFile {folder}/key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
"""
_FOLDERS = ("/var/lib/daemonless", "/var/cache", "/run/daemonless")
_INSIDE = (
    "hostname {name} && usermod -p '*' root && mkdir -p /run/sshd && exec /usr/sbin/sshd -D -e -f {folder}/sshd_config"
)


@dataclass(frozen=True)
class SshHost:
    """A running host; ``pid`` is a process in all of its namespaces."""

    name: str
    address: str
    pid: int

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command on it, without SSH."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), "--mount", "--uts", "--ipc", "--net", "--pid", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not check, f"{self.name}: {' '.join(command)}: {done.stdout}"
        return done.stdout

    def state(self) -> List[str]:
        """What containers would leave behind: links, routes, rules, mounts, processes, files."""
        return [
            self.run("ip", "-br", "link"),
            self.run("ip", "route"),
            self.run("nft", "list", "ruleset"),
            self.run("sh", "-c", "cut -d' ' -f3- /proc/self/mountinfo"),
            self.run("sh", "-c", "ps -eo args | grep -c '[s]leep' || true"),
            self.run("find", *_FOLDERS, "-mindepth", "1", "-not", "-path", f"{MODULE_CACHE}*", check=False),
        ]


@contextmanager
def ssh_hosts(count: int, folder: Path) -> Iterator[List[SshHost]]:
    """So many hosts, for as long as the block lasts. Keys and the like are in the folder."""
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key"))
    (folder / "sshd_config").write_text(_SSHD.format(folder=folder), encoding="ascii")
    with ExitStack() as stack:
        _run("ip", "link", "add", _WIRE, "type", "bridge")
        stack.callback(_run, "ip", "link", "delete", _WIRE)
        _run("ip", "address", "add", f"{CONTROLLER}/24", "dev", _WIRE)
        _run("ip", "link", "set", _WIRE, "up")
        hosts = [stack.enter_context(_host(number, folder)) for number in range(1, count + 1)]
        for host in hosts:
            _await_sshd(host)
        yield hosts


def write_inventory(path: Path, hosts: Sequence[SshHost], folder: Path) -> Path:
    """An inventory of these hosts, as a user would write it."""
    lines = [f"{host.name} ansible_host={host.address}" for host in hosts]
    ssh = f"-F none -i {folder}/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
    common = ["ansible_user=root", "ansible_python_interpreter=/usr/bin/python3", "ansible_pipelining=true"]
    common.append(f"ansible_ssh_common_args='{ssh} -o ControlMaster=auto -o ControlPersist=60s'")
    common.append(f"ansible_control_path_dir={folder}/control")
    path.write_text("\n".join([*lines, "", "[all:vars]", *common, ""]), encoding="utf-8")
    return path


@contextmanager
def _host(number: int, folder: Path) -> Iterator[SshHost]:
    name, address = f"h{number}", f"198.51.100.{number}"
    inside = _INSIDE.format(name=name, folder=folder)
    log = (folder / f"{name}.log").open("wb")
    process = subprocess.Popen(
        [ROOT / "tests/sandbox", "sh", "-c", inside], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    )
    log.close()
    try:
        pid = _first_child(process)
        network = f"/proc/{pid}/ns/net"
        _run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        _run("ip", "link", "set", name, "master", _WIRE, "up")
        for words in (f"address add {address}/24 dev eth0", "link set eth0 up", f"route add default via {CONTROLLER}"):
            _run("nsenter", f"--net={network}", "ip", *words.split())
        yield SshHost(name, address, pid)
    finally:
        process.kill()  # the namespaces' first process goes with it, and all that is in them
        process.wait()


def _first_child(process: subprocess.Popen[bytes]) -> int:
    """The first process in the host's own namespaces."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"tests/sandbox ended with {process.returncode}"
        if (found := children.read_text(encoding="ascii").split()) and _has_own_network(int(found[0])):
            return int(found[0])
        time.sleep(0.02)
    raise AssertionError("a host did not come up")


def _has_own_network(pid: int) -> bool:
    try:
        return os.stat(f"/proc/{pid}/ns/net").st_ino != os.stat("/proc/self/ns/net").st_ino
    except FileNotFoundError:  # what the script runs before it makes namespaces
        return False


def _await_sshd(host: SshHost) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if host.run("ss", "-Hltn", "sport = :22", check=False).strip():
            return
        time.sleep(0.05)
    raise AssertionError(f"no sshd on {host.name}")


def _run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}"
    return done.stdout
