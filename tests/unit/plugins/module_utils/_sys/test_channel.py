# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The channel between the module and an init: words, descriptors, refusals and the end."""

from __future__ import annotations

import os
import signal
import time
from typing import Callable

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.channel import Channel, GoneError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.program import NotExecutedError


def test_words_and_descriptors() -> None:
    ours, theirs = Channel.pair()
    read, write = os.pipe()
    ours.send(b"word")
    ours.send_descriptor(write)
    assert theirs.receive() == b"word"
    received = theirs.receive_descriptor()
    assert not os.get_inheritable(received)
    os.write(received, b"x")
    assert os.read(read, 1) == b"x"
    for descriptor in (read, write, received):
        os.close(descriptor)
    ours.close()
    theirs.close()


@pytest.mark.parametrize("hint", [None, "Do this"])
def test_refusal(hint: str) -> None:
    ours, theirs = Channel.pair()
    theirs.send_refusal(ContainersError("mount x: \udcff: no", hint))
    with pytest.raises(ContainersError) as raised:
        ours.receive()
    assert (raised.value.message, raised.value.hint) == ("mount x: \udcff: no", hint)


def test_refusal_to_execute_keeps_its_exit_code() -> None:
    ours, theirs = Channel.pair()
    theirs.send_refusal(NotExecutedError('exec "x": not found', 127))
    with pytest.raises(NotExecutedError) as raised:
        ours.receive()
    assert (raised.value.message, raised.value.code) == ('exec "x": not found (exit code 127)', 127)


def test_end() -> None:
    ours, theirs = Channel.pair()
    theirs.send(b"last")
    theirs.close()
    assert ours.receive() == b"last"
    with pytest.raises(GoneError):
        ours.receive()
    with pytest.raises(GoneError):
        ours.receive_descriptor()
    with pytest.raises(GoneError):
        ours.send(b"x")


def take_descriptor(channel: Channel) -> None:
    os.close(channel.receive_descriptor())


@pytest.mark.parametrize("take", [Channel.receive, Channel.peek, take_descriptor])
def test_an_end_closed_before_it_had_received_everything(take: Callable[[Channel], object]) -> None:
    ours, theirs = Channel.pair()
    ours.send(b"never received")
    theirs.send_descriptor(0)
    theirs.close()
    take(ours)  # what it had said comes all the same
    if take is Channel.peek:
        ours.receive()
    with pytest.raises(GoneError):
        take(ours)


@pytest.mark.parametrize("take", [Channel.receive, Channel.peek, Channel.receive_descriptor])
def test_an_end_closed_before_it_had_received_or_said_anything(take: Callable[[Channel], object]) -> None:
    ours, theirs = Channel.pair()
    ours.send(b"never received")
    theirs.close()
    with pytest.raises(GoneError):
        take(ours)


def test_a_word_that_is_looked_at_stays_for_all_who_wait() -> None:
    ours, theirs = Channel.pair()
    waiting = []
    for _number in range(3):
        waiting.append(os.fork())
        if waiting[-1] == 0:
            signal.alarm(10)
            ours.peek()
            os._exit(0)
    time.sleep(0.1)  # so that they wait
    theirs.send(b"ready")
    assert [os.waitpid(pid, 0)[1] for pid in waiting] == [0, 0, 0]
    assert ours.receive() == b"ready"
    theirs.close()
    with pytest.raises(GoneError):
        ours.peek()


def test_hanging_up_waits_for_the_other_side() -> None:
    ours, theirs = Channel.pair()
    child = os.fork()
    if child == 0:
        ours.close()
        try:
            theirs.receive()
        except GoneError:
            theirs.send(b"still said")
            os._exit(0)
        os._exit(1)
    theirs.close()
    ours.hang_up()
    assert os.waitpid(child, 0)[1] == 0


def test_hanging_up_on_one_that_ended_without_listening() -> None:
    ours, theirs = Channel.pair()
    ours.send(b"never received")
    theirs.close()
    ours.hang_up()
