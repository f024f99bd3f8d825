# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutated layers are unpacked or refused, and what is beside them stays as it is; `make fuzz` goes further."""

from __future__ import annotations

import fuzzing
from mutations import mutated


def test_layers() -> None:
    scratch = fuzzing.Scratch()
    for data in mutated("layer", 300):
        scratch.layer(data)
    scratch.remove()
