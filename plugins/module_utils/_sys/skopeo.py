# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program skopeo, run and ended with us.

What it is told and what its words mean is its callers' business.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import ExitStack
from functools import partial
from typing import Dict, NamedTuple, Optional, Sequence, Tuple

from .syscall import end_with_parent

SECRET = "{secret}"
"""An argument that stands for the path of a file with the secret in it."""

_PROGRAM = "skopeo"
_BIG_FILES = "/var/tmp"


class Ended(NamedTuple):
    """How a run went. ``status`` None: it took too long and was killed."""

    status: Optional[int]
    output: bytes
    errors: str


class Skopeo:
    """Runs it. A secret is in no command line and on no disk: skopeo reads it from memory of ours."""

    def __init__(self) -> None:
        self._answers: Dict[Tuple[str, ...], Ended] = {}

    def installed(self) -> bool:
        return shutil.which(_PROGRAM) is not None

    def ask(self, arguments: Sequence[str], secret: Optional[bytes], seconds: int) -> Ended:
        """Run it for what it tells. Asked the same again it isn't run again: the answer holds for our run."""
        key = tuple(arguments)
        if key not in self._answers:
            self._answers[key] = self.run(arguments, secret, seconds, _BIG_FILES)
        return self._answers[key]

    def run(self, arguments: Sequence[str], secret: Optional[bytes], seconds: int, scratch: str) -> Ended:
        """Run it to its end, in the folder ``scratch``, and what it keeps for itself meanwhile in a new one there."""
        import subprocess

        with ExitStack() as held:
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix=".skopeo-", dir=scratch))
            passed = []
            if secret is not None:
                passed.append(os.memfd_create("secret", os.MFD_CLOEXEC))
                held.callback(os.close, passed[0])
                os.write(passed[0], secret)
            words = [f"/proc/self/fd/{passed[0]}" if word == SECRET else word for word in arguments]
            environment = {**os.environ, "LC_ALL": "C", "TMPDIR": folder}
            try:
                # pylint: disable-next=ansible-bad-function,subprocess-popen-preexec-fn; one thread, no AnsibleModule
                done = subprocess.run(
                    [_PROGRAM, *words],
                    env=environment,
                    cwd=scratch,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    check=False,
                    timeout=seconds,
                    pass_fds=passed,
                    preexec_fn=partial(end_with_parent, signal.SIGKILL),
                )
            except subprocess.TimeoutExpired:
                return Ended(None, b"", "")
            return Ended(done.returncode, done.stdout, done.stderr.decode(errors="replace"))
