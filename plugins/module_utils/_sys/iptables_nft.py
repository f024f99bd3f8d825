# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The iptables of the nft kind, through its own command: which kind a host has, and its filter table.

python-iptables can't see these tables, and native nftables rules in them would make the command
refuse to work on them; so the command it is. Changes go through ``-restore --noflush``, which makes all
of them or none.
"""

from __future__ import annotations

import os
import shutil
from typing import Optional, Sequence

from .._core.errors import ContainersError

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"
_STEMS = {4: "iptables", 6: "ip6tables"}
INCOMPATIBLE = "is incompatible, use 'nft' tool"


class IptablesNft:
    """The ``iptables`` command of this host."""

    def kind(self) -> str:
        """``nft`` or ``legacy``, as ``iptables -V`` tells it; empty where there is no such command."""
        command = shutil.which("iptables", path=_PATH)
        if command is None:
            return ""
        binary = os.path.basename(os.path.realpath(command))
        if "nft" in binary:
            return "nft"
        if "legacy" in binary:
            return "legacy"
        return "nft" if "nf_tables" in self._run([command, "-V"], "") else "legacy"

    def installed(self, family: int) -> bool:
        return self._command(family, "-save") is not None

    def save(self, family: int) -> str:
        """The filter table in the words of iptables-save."""
        return self._run([self._required(family, "-save"), "-t", "filter"], "")

    def restore(self, family: int, lines: Sequence[str]) -> None:
        """Carry out the lines (``-D FORWARD …``, ``-I FORWARD 1 …``) on the filter table: all or none."""
        text = "\n".join(["*filter", *lines, "COMMIT", ""])
        self._run([self._required(family, "-restore"), "--noflush"], text)

    def _command(self, family: int, suffix: str) -> Optional[str]:
        named = shutil.which(f"{_STEMS[family]}-nft{suffix}", path=_PATH)
        if named is not None or self.kind() != "nft":
            return named
        return shutil.which(f"{_STEMS[family]}{suffix}", path=_PATH)

    def _required(self, family: int, suffix: str) -> str:
        command = self._command(family, suffix)
        if command is None:
            raise ContainersError(
                f"this host's FORWARD chain is iptables', but {_STEMS[family]}-nft{suffix} is missing",
                "Install the iptables package",
            )
        return command

    def _run(self, command: Sequence[str], text: str) -> str:
        import subprocess

        # pylint: disable-next=ansible-bad-function; there is no AnsibleModule here to run it
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
            raise ContainersError(f"run {' '.join(command)}: {words}")
        return done.stdout
