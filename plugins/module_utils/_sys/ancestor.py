# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ancestor: a small process whose copies are nurseries.

What a fork costs goes by the memory of who forks, and so does what the copy leaves behind at exec. Where many inits are
to be started, that of a new Python which has imported what they need and nothing else is a fraction of the module's.
It gets ready while the module still looks around.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Optional

from .channel import Channel, GoneError
from .inside import become_init
from .nursery import live, shut_out_signals

if TYPE_CHECKING:
    import subprocess

_PROGRAM = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import {0} as us; us.be_ancestor(int(sys.argv[2]))"
_ISOLATED = "-ISB"
"""Nothing of the environment or the user's own, no site, no bytecode written."""


class Ancestor:
    """Seen from the process that made it and copies of that, which may all ask it. It ends with the last of them."""

    def __init__(self) -> None:
        import subprocess

        self._channel, theirs = Channel.pair()
        self._process: Optional[subprocess.Popen[bytes]] = None
        words = [_PROGRAM.format(__name__), json.dumps([str(folder) for folder in sys.path]), str(theirs.fileno())]
        mask = signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        try:
            # pylint: disable-next=ansible-bad-function; what it starts outlives the call
            self._process = subprocess.Popen(
                [sys.executable, _ISOLATED, "-c", *words], stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env={}
            )
        except OSError:  # no such Python any more: nobody listens, and ``beget`` says so
            pass
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            theirs.close()

    def beget(self, nursery: Channel) -> bool:
        """Have a nursery at that end of a channel; False where there is no ancestor to have it of."""
        try:
            self._channel.peek()  # its word that it is ready stays, for others who ask
            self._channel.send_descriptor(nursery.fileno())
        except GoneError:
            return False
        return True

    def close(self) -> None:
        """Returns when it has ended, which is after its nurseries."""
        self._channel.close()
        if self._process is not None:
            self._process.wait()


def be_ancestor(descriptor: int) -> NoReturn:
    """The whole life of one."""
    channel = Channel.of(descriptor)
    try:
        shut_out_signals()
        channel.send(b"ready")
        with suppress(GoneError):
            while True:
                nursery = channel.receive_descriptor()
                if os.fork() == 0:
                    channel.close()
                    live(Channel.of(nursery), become_init)
                os.close(nursery)
        with suppress(ChildProcessError):
            os.wait()  # ends without a child to tell of, when the last has ended
    finally:
        os._exit(0)
