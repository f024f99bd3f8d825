# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutated archives, the same ones each time: the small brother of the fuzzer, for every run of the tests."""

from __future__ import annotations

import random
from typing import Iterator, Sequence

import fuzzing
import fuzzseeds
from tarbuild import BLOCK

INTERESTING = (b"\0", b"\xff", b"/", b"..", b"9" * 12, b"-1", b".wh.", b"\x80", b"{", b'"', b"null")


def mutated(target: str, count: int) -> Iterator[bytes]:
    """So many inputs for one of the targets in ``fuzzing``, made of its seeds."""
    chance = random.Random(target)
    seeds = fuzzseeds.seeds(target)
    for number in range(count):
        data = bytearray(seeds[number % len(seeds)])
        for _change in range(chance.randint(1, 4)):
            _change_one(data, chance, seeds)
        yield bytes(data) if target == "documents" else fuzzing.repaired(bytes(data))


def _change_one(data: bytearray, chance: random.Random, seeds: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    kind = chance.randrange(6)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        word = chance.choice(INTERESTING)
        data[at : at + len(word)] = word
    elif kind == 2:
        data[at:at] = chance.choice(INTERESTING)
    elif kind == 3:
        del data[at : at + chance.randint(1, BLOCK)]
    elif kind == 4:
        block = at // BLOCK * BLOCK
        data[block:block] = data[block : block + BLOCK * chance.randint(1, 3)]
    else:
        other = chance.choice(seeds)
        block = at // BLOCK * BLOCK
        data[block:] = other[len(other) // 2 // BLOCK * BLOCK :]
