# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server of OpenSSH in a network namespace of its own. All else it shares with the sandbox.

``admin`` may become root with sudo and no password, ``guest`` may not; both have a shell that says something
when it begins.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator

from internet import run

ADDRESS = "198.51.100.2"
PORT = 2222
PASSWORD = "open sesame"
USERS = ("admin", "guest")

_OURS = "198.51.100.1/24"
_NAMESPACE = "sshd"
_CONFIG = """
ListenAddress {address}
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
"""


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    folder: Path

    def variables(self, user: str = "root", **more: Any) -> Dict[str, Any]:
        """What leads Ansible there."""
        return {
            "ansible_daemonless_host": ADDRESS,
            "ansible_port": PORT,
            "ansible_ssh_user": user,
            "ansible_ssh_private_key_file": str(self.folder / "user_key"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={self.folder}/known_hosts -o StrictHostKeyChecking=yes",
            "ansible_control_path_dir": str(self.folder / "control"),
            **more,
        }

    def home(self, user: str) -> Path:
        return self.folder / "home" / user


@contextmanager
def server() -> Iterator[Server]:
    """Make users, keys and a link, and run it."""
    folder = Path(tempfile.mkdtemp(dir="/run"))  # pytest's own are closed to other users
    folder.chmod(0o755)
    running = Server(folder)
    for kind in ("host_key", "user_key"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / kind))
    host_key = (folder / "host_key.pub").read_text(encoding="ascii")
    (folder / "known_hosts").write_text(f"[{ADDRESS}]:{PORT} {host_key}", encoding="ascii")
    (folder / "config").write_text(_CONFIG.format(address=ADDRESS, port=PORT, folder=folder), encoding="ascii")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        for user in USERS:
            _make_user(running, user)
            stack.callback(run, "userdel", "--force", user)  # who may be logged in still
        _open_doors(running)
        run("ip", "netns", "add", _NAMESPACE)
        stack.callback(run, "ip", "netns", "delete", _NAMESPACE)
        _link_up()
        stack.callback(run, "ip", "link", "delete", "ssh0")
        stack.enter_context(_running(folder))
        stack.callback(hang_up, folder / "control")  # while there is a way: a session that isn't told lives on
        yield running


def hang_up(control: Path) -> None:
    """End the connections that Ansible keeps open behind the sockets in that folder."""
    for path in control.glob("*") if control.is_dir() else ():
        subprocess.run(["ssh", "-o", f"ControlPath={path}", "-O", "exit", "h"], capture_output=True, check=False)


def _make_user(running: Server, user: str) -> None:
    home = running.home(user)
    home.mkdir(parents=True)
    run("useradd", "--no-create-home", f"--home-dir={home}", "--shell=/bin/bash", user)
    (home / ".bashrc").write_text("echo welcome; echo welcome >&2\n", encoding="ascii")
    run("chown", "--recursive", user, str(home))


def _open_doors(running: Server) -> None:
    """To root with a password, to all with a key, to root for ``admin``."""
    password = run("openssl", "passwd", "-6", PASSWORD).strip()
    for user in ("root", *USERS):
        run("usermod", f"--password={password}", user)
    Path("/etc/sudoers.d/admin").write_text("admin ALL=(root) NOPASSWD: ALL\n", encoding="ascii")


def _link_up() -> None:
    inside = ("ip", "-netns", _NAMESPACE)
    run("ip", "link", "add", "ssh0", "type", "veth", "peer", "name", "ssh1", "netns", _NAMESPACE)
    run("ip", "address", "add", _OURS, "dev", "ssh0")
    run("ip", "link", "set", "ssh0", "up")
    run(*inside, "address", "add", f"{ADDRESS}/24", "dev", "ssh1")
    run(*inside, "link", "set", "ssh1", "up")


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    os.makedirs("/run/sshd", exist_ok=True)
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{_NAMESPACE}", "/usr/sbin/sshd", "-D", "-e", "-f", folder / "config"],
            stdin=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _await(process, folder / "log")
        yield
    finally:
        process.terminate()
        process.wait()


def _await(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((ADDRESS, PORT), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"sshd doesn't answer: {log.read_text()}")
