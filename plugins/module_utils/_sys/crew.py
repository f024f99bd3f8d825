# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A crew: a few forked processes that take one item after another from a common pile, and tell how each went.

Unlike jobs of ``workers``, an item that fails leaves the others their turn, and a crew that is called off
finishes, or takes back, what it has in hand. No crew outlives the process that started it for long.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import struct
from contextlib import suppress
from typing import Any, Callable, Dict, NoReturn

from .._core.errors import ContainersError
from .._core.interruption import heed_signals, interrupted
from .syscall import end_with_parent
from .workers import processors
from .writing import write_all

_NUMBER = struct.Struct("=I")
_LENGTH = struct.Struct("=I")
_PIPE_SIZE = 1 << 16
_CHUNK = 1 << 16

Work = Callable[[int], Any]
Heard = Callable[[int, Any], None]


class Crew:
    """Work side by side on the processors that this process may use."""

    def serve(self, count: int, work: Work, heard: Heard) -> None:
        """Do ``work`` with each number below ``count``; pass what it returns, as JSON, to ``heard`` at once.

        Raises ContainersError where a process of the crew ends early. What interrupts this one calls the crew off.
        """
        pile = _pile(count)
        hands: Dict[int, _Hand] = {}
        try:
            for _number in range(min(processors() + 1, count)):  # one goes on while the others wait for the kernel
                hand = _Hand(work, pile)
                hands[hand.answers] = hand
            _listen(hands, heard)
        except BaseException:
            _call_off(hands)
            raise
        finally:
            os.close(pile)


def _listen(hands: Dict[int, _Hand], heard: Heard) -> None:
    """Until each hand has left."""
    poll = select.poll()
    for answers in hands:
        poll.register(answers, select.POLLIN | select.POLLHUP)
    while hands:
        for answers, _events in poll.poll():
            if not hands[answers].listen(heard):
                poll.unregister(answers)
                hands.pop(answers).leave()


def _call_off(hands: Dict[int, _Hand]) -> None:
    for hand in hands.values():
        hand.stop()
    for hand in hands.values():
        with suppress(ContainersError):
            hand.leave()


def _pile(count: int) -> int:
    """The reading end of a pipe that holds every number: whoever reads one has it for himself."""
    numbers = b"".join(map(_NUMBER.pack, range(count)))
    reading, writing = os.pipe2(os.O_CLOEXEC)
    try:
        if len(numbers) > _PIPE_SIZE:
            raise ContainersError(f"{count} are too many for one run", f"At most {_PIPE_SIZE // _NUMBER.size} go")
        os.write(writing, numbers)
    finally:
        os.close(writing)
    return reading


class _Hand:
    """One process of the crew, seen from the one that started it."""

    def __init__(self, work: Work, pile: int) -> None:
        self.answers, theirs = os.pipe2(os.O_CLOEXEC)
        self._data = b""
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self.answers)
            _live(work, pile, theirs, parent)
        os.close(theirs)

    def listen(self, heard: Heard) -> bool:
        """Pass on what it has told; False once it has nothing more to tell."""
        chunk = os.read(self.answers, _CHUNK)
        self._data += chunk
        while len(self._data) >= _LENGTH.size:
            end = _LENGTH.size + int(_LENGTH.unpack_from(self._data)[0])
            if len(self._data) < end:
                break
            number, value = json.loads(self._data[_LENGTH.size : end])
            self._data = self._data[end:]
            heard(number, value)
        return bool(chunk)

    def stop(self) -> None:
        os.kill(self._pid, signal.SIGTERM)

    def leave(self) -> None:
        """Wait until it has ended. Raises ContainersError where it ended early."""
        _pid, status = os.waitpid(self._pid, 0)
        os.close(self.answers)
        if status:
            how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
            raise ContainersError(f"a process of this run ended early ({how})", "Is the host short of memory?")


def _live(work: Work, pile: int, answers: int, parent: int) -> NoReturn:
    """The whole life of a process of the crew."""
    status = 1
    gc.freeze()  # what is there now is looked at by no collection: each would copy the pages that it lies on
    try:
        heed_signals()
        end_with_parent(signal.SIGTERM)
        while os.getppid() == parent and not interrupted():
            taken = os.read(pile, _NUMBER.size)
            if not taken:
                break
            (item,) = _NUMBER.unpack(taken)
            _tell(answers, item, work(item))
        status = 0
    except ContainersError:
        status = 0 if interrupted() else 1
    finally:
        os._exit(status)


def _tell(answers: int, item: int, value: Any) -> None:
    data = json.dumps([item, value]).encode()
    write_all(answers, _LENGTH.pack(len(data)) + data)
