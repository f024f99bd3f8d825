# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a virtual machine: a throw-away disk over the image, a key of its own, SSH on a loopback port.

The machine has no way out (QEMU's restricted user network). A machine that a killed run left behind
is ended when the next one starts.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import List, Optional

from layout import MACHINES, SSH_CONFIG, VmError

MEMORY_MIB = 1024
CPUS = 2
BOOT_SECONDS = 300
CONSOLE_LINES = 40
SSH_OPTIONS = "  User root\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
CONTROL_PATH_MAX = 80
"""The name of a socket has room for 108 bytes; ssh adds some of its own."""


def start(name: str, image: Path) -> None:
    """Boot the machine of that name; ``wait`` for it afterwards."""
    stop(name)
    folder = MACHINES / name
    folder.mkdir(parents=True)
    _quietly("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / "key"))
    disk = folder / "disk.qcow2"
    _quietly("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(image / "root.img"), str(disk))
    port = _free_port()
    with open(folder / "qemu.log", "wb") as log:
        qemu = subprocess.Popen(
            _command(folder, image, port), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    record = {"pid": qemu.pid, "start_time": _start_time(qemu.pid), "port": port}
    (folder / "machine.json").write_text(json.dumps(record), encoding="ascii")
    _write_ssh_config()


def wait(name: str) -> None:
    """Return when the machine lets us in. Raises VmError with what its console showed last."""
    deadline = time.monotonic() + BOOT_SECONDS
    command = ["ssh", "-F", str(SSH_CONFIG), "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", name, "true"]
    while subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if time.monotonic() > deadline or _pid(name) is None:
            raise VmError(f"{name} did not come up. Its console showed last:\n{console(name)}")
        time.sleep(0.5)


def stop(name: str) -> None:
    """End the machine and forget its disk; none there is no error."""
    pid = _pid(name)
    if pid is not None:
        pidfd = os.pidfd_open(pid)
        try:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            while _pid(name) is not None:
                time.sleep(0.02)
        finally:
            os.close(pidfd)
    with suppress(FileNotFoundError):
        shutil.rmtree(MACHINES / name)
    _write_ssh_config()


def console(name: str) -> str:
    """The last lines that the machine and QEMU printed."""
    lines: List[str] = []
    for file in ("qemu.log", "console.log"):
        with suppress(FileNotFoundError):
            lines += (MACHINES / name / file).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-CONSOLE_LINES:])


def _command(folder: Path, image: Path, port: int) -> List[str]:
    key = base64.b64encode((folder / "key.pub").read_bytes()).decode()
    kvm = _accelerator() == "kvm"
    return [
        "qemu-system-x86_64",
        *(["-accel", "kvm", "-cpu", "host"] if kvm else ["-accel", "tcg,thread=multi", "-cpu", "max"]),
        *("-smp", str(CPUS), "-m", str(MEMORY_MIB), "-nodefaults", "-display", "none"),
        *("-serial", f"file:{folder / 'console.log'}"),
        *("-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd")),
        *("-append", "root=/dev/vda rw console=ttyS0 quiet"),
        *("-drive", f"file={folder / 'disk.qcow2'},if=virtio,format=qcow2,cache=unsafe"),
        *("-netdev", f"user,id=uplink,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22"),
        *("-device", "virtio-net-pci,netdev=uplink", "-device", "virtio-rng-pci"),
        *("-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={key}"),
    ]


def _accelerator() -> str:
    """``kvm`` only where it can work: /dev/kvm may exist without virtualization and then hangs."""
    asked = os.environ.get("DAEMONLESS_VM_ACCEL", "auto")
    if asked in ("kvm", "tcg"):
        return asked
    if asked != "auto":
        raise VmError(f"DAEMONLESS_VM_ACCEL={asked}: say kvm, tcg or auto")
    flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    can = os.access("/dev/kvm", os.R_OK | os.W_OK) and ("vmx" in flags or "svm" in flags)
    return "kvm" if can else "tcg"


def _pid(name: str) -> Optional[int]:
    """The pid of the machine's QEMU if it is still that process and lives."""
    try:
        record = json.loads((MACHINES / name / "machine.json").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    alive = record["start_time"] is not None and _start_time(record["pid"]) == record["start_time"]
    return int(record["pid"]) if alive else None


def _start_time(pid: int) -> Optional[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return None if fields[0] == b"Z" else int(fields[19])
    return None


def _write_ssh_config() -> None:
    text = f"Host *\n{SSH_OPTIONS}"
    control = MACHINES / "%n" / "ssh"
    if len(str(control)) < CONTROL_PATH_MAX:
        text += f"  ControlMaster auto\n  ControlPersist 60\n  ControlPath {control}\n"
    for record in sorted(MACHINES.glob("*/machine.json")):
        port = json.loads(record.read_text(encoding="ascii"))["port"]
        key = record.parent / "key"
        text += f"Host {record.parent.name}\n  HostName 127.0.0.1\n  Port {port}\n  IdentityFile {key}\n"
    SSH_CONFIG.parent.mkdir(parents=True, exist_ok=True)
    whole = SSH_CONFIG.with_suffix(f".{os.getpid()}")
    whole.write_text(text, encoding="utf-8")
    whole.rename(SSH_CONFIG)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quietly(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise VmError(f"{command[0]} isn't installed: make test-vm installs it") from error
    if done.returncode != 0:
        raise VmError(f"{command[0]} failed: {done.stderr.strip()}")
