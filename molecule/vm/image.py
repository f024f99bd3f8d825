# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's disk, made by mmdebstrap from the distribution's packages and kept under its recipe's hash.

The recipe is everything that decides what is in it: another recipe is another image.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from layout import IMAGES, RELEASES, VmError

PACKAGES = [
    "linux-image-cloud-amd64",
    "systemd",
    "systemd-sysv",
    "udev",
    "dbus",
    "kmod",
    "openssh-server",
    "python3",
    "iproute2",
    "iputils-ping",
    "dnsmasq-base",
    # what role host installs: the machine has no way out to fetch it
    "busybox-static",
    "iptables",
    "nftables",
    "python3-nftables",
    "python3-pyroute2",
]
DISK = "3G"
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/modules": "dmi_sysfs\n",  # systemd reads the SSH key there that QEMU hands over as a credential
    "etc/systemd/network/80-uplink.network": "[Match]\nType=ether\nKind=!veth\nName=en*\n\n[Network]\nDHCP=yes\n",
}
SERVICES = ["systemd-networkd", "ssh"]


def made(name: str) -> Path:
    """The folder with root.img, vmlinuz and initrd; made now if it isn't there yet."""
    folder = IMAGES / f"{name}-{_key(name)}"
    with _only_one(name):
        for other in IMAGES.glob(f"{name}-*"):
            if other != folder:
                shutil.rmtree(other)
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            _make(name, partial)
            partial.rename(folder)
    return folder


def _key(name: str) -> str:
    recipe = [RELEASES[name], PACKAGES, DISK, FILES, SERVICES]
    return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()[:16]


@contextmanager
def _only_one(name: str) -> Iterator[None]:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with open(IMAGES / f".{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(name: str, folder: Path) -> None:
    """Make the tree as a folder, then a file system of it: no loop device, no mount."""
    tree = folder / "tree"
    folder.mkdir(parents=True)
    include = f"--include={','.join(PACKAGES)}"
    _run("mmdebstrap", "--quiet", "--variant=minbase", include, RELEASES[name], str(tree), _mirror())
    for path, text in {**FILES, "etc/hostname": f"{name}\n"}.items():
        (tree / path).write_text(text, encoding="ascii")
    _run("chroot", str(tree), "systemctl", "--quiet", "enable", *SERVICES)
    for boot_file in ("vmlinuz", "initrd.img"):
        newest = max((tree / "boot").glob(f"{boot_file}-*"))
        shutil.copy(newest, folder / boot_file.partition(".")[0])
    _run("mkfs.ext4", "-q", "-d", str(tree), str(folder / "root.img"), DISK)
    shutil.rmtree(tree)


def _mirror() -> str:
    """The mirror that this machine's own apt uses for its release."""
    told = _run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages")
    uris = [line.split()[0] for line in told.splitlines() if line and "security" not in line]
    if not uris:
        raise VmError("apt knows no package lists: run apt-get update first")
    return uris[0]


def _run(*command: str) -> str:
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise VmError(f"{command[0]} isn't installed: make test-vm installs it") from error
    if done.returncode != 0:
        raise VmError(f"{' '.join(command[:3])}… failed:\n{done.stderr[-2000:]}")
    return done.stdout
