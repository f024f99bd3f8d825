# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a virtual machine: a throw-away disk over the image, a key of its own, SSH on a loopback port.

The machine has no way out (QEMU's restricted user network). A QEMU is known by the disk that it was started with, not
by a record that a killed run may not have come to write: what such a run left behind, ``stop`` finds and ends.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import List

from layout import RUNS, SSH_CONFIG, VmError, alone

MEMORY_MIB = 1024
KVM = ("-accel", "kvm", "-cpu", "host", "-smp", "2")
TCG = ("-accel", "tcg,thread=multi", "-cpu", "qemu64,-svm", "-smp", "1")
"""What is emulated costs least with no more processors and features than are needed: with two processors and
``-cpu max`` a boot took a third more of ours."""
KERNEL = (
    *("root=/dev/vda", "rw", "console=ttyS0", "quiet", "mitigations=off"),
    *("module_blacklist=ata_piix,ata_generic", "systemd.mask=e2scrub_reap.service"),  # nothing there is for them
)
BOOT_SECONDS = 300
CONSOLE_LINES = 40
SSH_OPTIONS = """\
  User root
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ServerAliveInterval 5
  ServerAliveCountMax 6
"""
"""A connection from before a reboot is found dead soon after it."""
CONTROL_PATH_MAX = 80
"""The name of a socket has room for 108 bytes; ssh adds some of its own."""
_NOT_INSTALLED = "{} isn't installed: make test-vm installs it"


def start(name: str, image: Path) -> None:
    """Boot the machine of that name; ``wait`` for it afterwards."""
    stop(name)
    folder = RUNS / name
    folder.mkdir(parents=True)
    _quietly("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / "key"))
    disk = folder / "disk.qcow2"
    _quietly("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(image / "root.img"), str(disk))
    port = _free_port()
    (folder / "port").write_text(str(port), encoding="ascii")
    command = _command(folder, image, port)
    with open(folder / "qemu.log", "wb") as log:
        try:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        except FileNotFoundError as error:
            raise VmError(_NOT_INSTALLED.format(command[0])) from error
    _write_ssh_config()


def wait(name: str) -> None:
    """Return when the machine lets us in. Raises VmError with what its console showed last."""
    deadline = time.monotonic() + BOOT_SECONDS
    command = ["ssh", "-F", str(SSH_CONFIG), "-o", "ConnectTimeout=5", "-o", "BatchMode=yes", name, "true"]
    while subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if time.monotonic() > deadline or not _pids(name):
            raise VmError(f"{name} did not come up. Its console showed last:\n{console(name)}")
        time.sleep(0.5)


def stop(name: str) -> None:
    """End the machine and forget its disk; none there is no error."""
    for pid in _pids(name):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while _pids(name):
        time.sleep(0.02)
    with suppress(FileNotFoundError):
        shutil.rmtree(RUNS / name)
    _write_ssh_config()


def started() -> List[str]:
    """The machines that nobody stopped since."""
    return sorted(folder.name for folder in RUNS.glob("*"))


def console(name: str) -> str:
    """The last lines that the machine and QEMU printed."""
    lines: List[str] = []
    for file in ("qemu.log", "console.log"):
        with suppress(FileNotFoundError):
            lines += (RUNS / name / file).read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-CONSOLE_LINES:])


def _command(folder: Path, image: Path, port: int) -> List[str]:
    key = base64.b64encode((folder / "key.pub").read_bytes()).decode()
    return [
        "qemu-system-x86_64",
        *(KVM if _accelerator() == "kvm" else TCG),
        *("-m", str(MEMORY_MIB), "-nodefaults", "-display", "none"),
        *("-serial", f"file:{folder / 'console.log'}"),
        *("-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd")),
        *("-append", " ".join(KERNEL)),
        *("-drive", _drive(folder)),
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


def _drive(folder: Path) -> str:
    return f"file={folder / 'disk.qcow2'},if=virtio,format=qcow2,cache=unsafe"


def _pids(name: str) -> List[int]:
    """The QEMU that runs from the machine's disk, whoever started it."""
    drive = _drive(RUNS / name).encode()
    found = []
    for arguments in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if drive in arguments.read_bytes().split(b"\0"):
                found.append(int(arguments.parent.name))
    return found


def _write_ssh_config() -> None:
    with alone("ssh_config"):
        whole = SSH_CONFIG.with_suffix(".new")
        whole.write_text(_ssh_config(), encoding="utf-8")
        whole.rename(SSH_CONFIG)


def _ssh_config() -> str:
    text = f"Host *\n{SSH_OPTIONS}"
    control = RUNS / "%n" / "ssh"
    if len(str(control)) < CONTROL_PATH_MAX:
        text += f"  ControlMaster auto\n  ControlPersist 60\n  ControlPath {control}\n"
    for port in sorted(RUNS.glob("*/port")):
        number, key = port.read_text(encoding="ascii"), port.parent / "key"
        text += f"Host {port.parent.name}\n  HostName 127.0.0.1\n  Port {number}\n  IdentityFile {key}\n"
    return text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quietly(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise VmError(_NOT_INSTALLED.format(command[0])) from error
    if done.returncode != 0:
        raise VmError(f"{command[0]} failed: {done.stderr.strip()}")
