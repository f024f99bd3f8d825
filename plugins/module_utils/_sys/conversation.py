# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write to a process's input and read its outputs at once, until it ends. Who it is isn't known here."""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from typing import Dict, Optional, Sequence, Tuple

_BLOCK = 1 << 16
_ONE_DAY = 86_400.0
"""poll(2) waits no longer than some weeks at once."""


@dataclass(frozen=True)
class Said:
    """What the process wrote, and whether it ended in time."""

    ended: bool
    texts: Tuple[bytes, ...]


def converse(
    pidfd: int, feeding: Optional[FileIO], data: bytes, outputs: Sequence[int], seconds: Optional[float] = None
) -> Said:
    """Write the data, if there is where to, close that when all is written, and read.

    What the process itself wrote is read whole. Children of it may go on writing; nobody waits for them.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    texts: Dict[int, bytearray] = {descriptor: bytearray() for descriptor in outputs}
    poll = select.poll()
    for descriptor in (pidfd, *outputs):
        poll.register(descriptor, select.POLLIN)
    for descriptor in outputs:
        os.set_blocking(descriptor, False)
    feed = None if feeding is None else _Feed(feeding, data, poll)
    ended = False
    while not ended:
        left = _ONE_DAY if deadline is None else deadline - time.monotonic()
        if left <= 0:
            break
        for descriptor, _event in poll.poll(min(left, _ONE_DAY) * 1000):
            if descriptor == pidfd:
                ended = True
            elif descriptor in texts:
                if _read(descriptor, texts[descriptor]) == b"":
                    poll.unregister(descriptor)
            elif feed is not None:
                feed.go_on()
    for descriptor, text in texts.items():
        while _read(descriptor, text):
            pass
    return Said(ended, tuple(bytes(text) for text in texts.values()))


class _Feed:
    """What is still to be written."""

    def __init__(self, pipe: FileIO, data: bytes, poll: select.poll) -> None:
        self._pipe = pipe
        self._left = memoryview(data)
        self._poll = poll
        os.set_blocking(pipe.fileno(), False)
        poll.register(pipe.fileno(), select.POLLOUT)

    def go_on(self) -> None:
        """Write what the pipe takes. A process that closes its input reads no more, which is its right."""
        try:
            self._left = self._left[self._pipe.write(self._left[:_BLOCK]) or 0 :]
        except BrokenPipeError:
            self._left = self._left[:0]
        if not self._left:
            self._poll.unregister(self._pipe.fileno())
            self._pipe.close()


def _read(descriptor: int, text: bytearray) -> Optional[bytes]:
    """What is there, added to the text: empty at the end, None where there is nothing yet."""
    with suppress(BlockingIOError):
        data = os.read(descriptor, _BLOCK)
        text += data
        return data
    return None
