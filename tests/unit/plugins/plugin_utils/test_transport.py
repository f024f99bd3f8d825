# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to a host, and what is made of its answer."""

from __future__ import annotations

import ast
import io
import json
import shlex
import zipfile
from typing import Any, Callable, Dict, List, Tuple

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.daemonless.containers.plugins.plugin_utils.transport import RefusedError, Transport

Said = Tuple[int, bytes, bytes]


class Double:
    """Stands in for a connection: keeps what it is given, and says what ``reply`` makes of the mark."""

    def __init__(self, reply: Callable[[bytes], Said]) -> None:
        self.reply = reply
        self.command: List[str] = []
        self.data = b""

    def exec_command(self, cmd: str, in_data: bytes, sudoable: bool) -> Said:
        assert not sudoable  # which would have ssh make a terminal of it
        self.command, self.data = shlex.split(cmd), in_data
        return self.reply(self.parts()[1]["mark"].encode())

    def parts(self) -> Tuple[bytes, Dict[str, Any], bytes]:
        """The archive, the question and the data."""
        stream = io.BytesIO(self.data)
        assert "execute_sealed" in ast.literal_eval(stream.readline().decode())
        archive, question, data = (stream.read(int(stream.read(12))) for _part in range(3))
        assert stream.read() == b""
        return archive, json.loads(question), data


def asked(reply: Callable[[bytes], Said], host_become: bool = False, **words: Any) -> Tuple[Any, Double]:
    double = Double(reply)
    transport = Transport(double, "/usr/bin/python3", host_become)  # type: ignore[arg-type]
    return transport.ask("listing", b"data", **words), double


def answering(output: bytes) -> Callable[[bytes], Said]:
    return lambda mark: (0, b"welcome\n" + mark + b" " + output, b"noise")


def test_the_question_is_in_the_input_and_not_on_the_command_line() -> None:
    answer, double = asked(answering(b'{"a": 1}\nrest\n\n'), secret="hush")
    archive, question, data = double.parts()
    assert (answer.words, answer.data) == ({"a": 1}, b"rest\n\n")
    assert (question["secret"], data) == ("hush", b"data")
    assert double.command[:4] == ["/usr/bin/python3", "-I", "-S", "-c"]
    assert len(double.command) == 5
    assert "hush" not in " ".join(double.command)
    assert "daemonless_containers/_sent/listing.py" in zipfile.ZipFile(io.BytesIO(archive)).namelist()


def test_marks_are_never_the_same() -> None:
    marks = {asked(answering(b"{}\n"))[1].parts()[1]["mark"] for _time in range(3)}
    assert len(marks) == 3
    assert {len(mark) for mark in marks} == {32}


def test_root_through_sudo() -> None:
    double = asked(answering(b"{}\n"), host_become=True)[1]
    assert double.command[:4] == ["sudo", "-n", "--", "/usr/bin/python3"]


def test_a_refusal_has_its_way_out() -> None:
    with pytest.raises(RefusedError, match=r"^it isn't running\. Start it$"):
        asked(answering(b'{"error": "it isn\'t running", "hint": "Start it"}\n'))
    with pytest.raises(RefusedError, match=r"^no$"):
        asked(answering(b'{"error": "no", "hint": null}\n'))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            (1, b"", b"banner\nsudo: a password is required\n"),
            "sudo: a password is required. On the host, root",
        ),
        (
            (127, b"", b"sh: python3: not found"),
            "(exit code 127); it says: sh: python3: not found. ans",
        ),
        (
            (1, b"", b"Python 3.9 or newer is needed on the host, this is 3.6.8"),
            "says: Python 3.9 or newer is needed",
        ),
        ((0, b"only this\n", b""), "it says: only this"),
        ((0, b"", b""), "it says: nothing"),
        ((0, b'0123456789abcdef0123456789abcdef {"code": 0}\n', b""), "gives no answer"),
    ],
)
def test_no_answer(said: Said, told: str) -> None:
    with pytest.raises(AnsibleConnectionFailure) as raised:
        asked(lambda _mark: said)
    assert told in str(raised.value)


def test_an_answer_that_is_cut_short() -> None:
    with pytest.raises(AnsibleConnectionFailure, match="no answer"):
        asked(answering(b'{"code": 0'))
