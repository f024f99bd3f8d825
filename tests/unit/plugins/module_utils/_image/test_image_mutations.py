# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutated images leave the readers as an error of ours or not at all; `make fuzz` goes further."""

from __future__ import annotations

from typing import Callable, Iterator

import fuzzing
import pytest
from mutations import mutated


@pytest.fixture
def scratch() -> Iterator[fuzzing.Scratch]:
    made = fuzzing.Scratch()
    yield made
    made.remove()


def check(target: Callable[[bytes], None], name: str, count: int) -> None:
    for number, data in enumerate(mutated(name, count)):
        try:
            target(data)
        except Exception as error:
            raise AssertionError(f"mutation {number} of {name}: {error!r}; its input: {data[:4096]!r}") from error


def test_streams() -> None:
    check(fuzzing.members, "members", 1000)


def test_documents() -> None:
    check(fuzzing.documents, "documents", 1000)


def test_archives(scratch: fuzzing.Scratch) -> None:
    check(scratch.archive, "archive", 300)


@pytest.mark.parametrize("target", ["members", "documents", "archive"])
def test_mutations_are_the_same_each_time(target: str) -> None:
    assert list(mutated(target, 50)) == list(mutated(target, 50))
