# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's disk, made by mmdebstrap from the distribution's packages and kept under its recipe's hash.

The recipe is everything that decides what is in it: another recipe is another image. One that a killed run left
half-made is removed when the next is wanted, and what made it ends with that run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Dict

from layout import IMAGES, MACHINES, VmError, alone

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
    "python3-seccomp",
]
DISK = "3G"
INTERNET = Path(__file__).parent / "internet"
"""An internet of the machine's own: a network namespace behind link "outer", with a server for names and addresses of
the ranges for documentation. It is made anew at every boot."""
INTERNET_UNITS = ("internet.service", "internet-names.service")
NO_GENERATORS = (
    *("cryptsetup", "debug", "gpt-auto", "hibernate-resume", "rc-local", "run"),
    *("ssh", "system-update", "tpm2"),
)
"""Nothing there is for them to find, and they run at every boot and whenever units are read."""
FILES = {
    "etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "etc/modules": "dmi_sysfs\n",  # systemd reads the SSH key there that QEMU hands over as a credential
    "etc/systemd/network/80-uplink.network": "[Match]\nType=ether\nKind=!veth\nName=en*\n\n[Network]\nDHCP=yes\n",
    "usr/local/lib/internet.sh": (INTERNET / "internet.sh").read_text(encoding="ascii"),
    **{f"etc/systemd/system/{name}": (INTERNET / name).read_text(encoding="ascii") for name in INTERNET_UNITS},
    **{f"etc/systemd/system-generators/systemd-{name}-generator": "" for name in NO_GENERATORS},
}
SERVICES = ["systemd-networkd", "ssh", "internet-names"]
INITRD = {  # just what mounts the disk: an emulated processor is slow to unpack more
    "etc/initramfs-tools/conf.d/vm": "MODULES=list\n",
    "usr/share/initramfs-tools/modules.d/vm": "virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n",
}
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
ALL_IT_STARTS_TOO = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def made(name: str) -> Path:
    """The folder with root.img, vmlinuz and initrd; made now if it isn't there yet."""
    folder = IMAGES / f"{name}-{_key(name)}"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with alone(f"image-{name}"):
        for other in IMAGES.glob(f"{name}-*"):
            if other != folder:
                shutil.rmtree(other)
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            _make(name, partial)
            partial.rename(folder)
    return folder


def _key(name: str) -> str:
    recipe = [MACHINES[name].release, MACHINES[name].packages, PACKAGES, DISK, FILES, SERVICES, INITRD]
    return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()[:16]


def _make(name: str, folder: Path) -> None:
    """Make the tree as a folder, then a file system of it: no loop device, no mount."""
    tree = folder / "tree"
    folder.mkdir(parents=True)
    _debootstrap(name, folder, tree)
    _write(tree, {**FILES, "etc/hostname": f"{name}\n"})
    _run("chroot", str(tree), "systemctl", "--quiet", "enable", *SERVICES)
    for boot_file in ("vmlinuz", "initrd.img"):
        newest = max((tree / "boot").glob(f"{boot_file}-*"))
        shutil.copy(newest, folder / boot_file.partition(".")[0])
    _run("mkfs.ext4", "-q", "-d", str(tree), str(folder / "root.img"), DISK)
    for scaffold in (tree, folder / "initrd-files"):
        shutil.rmtree(scaffold)


def _debootstrap(name: str, folder: Path, tree: Path) -> None:
    before_the_kernel = folder / "initrd-files"
    _write(before_the_kernel, INITRD)
    machine = MACHINES[name]
    _run(
        *ALL_IT_STARTS_TOO,
        *("mmdebstrap", "--quiet", "--variant=minbase"),
        f"--include={','.join([*PACKAGES, *machine.packages])}",
        f'--essential-hook=cp -rT {shlex.quote(str(before_the_kernel))} "$1"',
        *(machine.release, str(tree), _mirror()),
    )


def _write(folder: Path, files: Dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="ascii")


def _mirror() -> str:
    """The mirror that this machine's own apt uses for its release."""
    told = _run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages")
    uris = [line.split()[0] for line in told.splitlines() if line and "security" not in line]
    if not uris:
        raise VmError("apt knows no package lists: run apt-get update first")
    return uris[0]


def _run(*command: str) -> str:
    """What the command printed. It is killed when this process is."""
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run([*DIES_WITH_US, *command], env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise VmError(f"{DIES_WITH_US[0]} isn't installed; it is in util-linux") from error
    if done.returncode != 0:
        raise VmError(f"{' '.join(command)} failed (make test-vm installs what it needs):\n{done.stderr[-2000:]}")
    return done.stdout
