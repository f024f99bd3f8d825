# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image may cost at most, and how what costs more is refused. Who counts is in the files that read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sized

from .._core.errors import ContainersError

PATH_LENGTH_MAX = 4095
"""Longer paths the kernel doesn't take."""
RATIO_FREE = 64 * 1024 * 1024
"""So much may come out of a stream before its ratio counts."""


@dataclass(frozen=True)
class Limits:
    """What a layer may cost at most, so that a small archive can't fill the host. Each is an option; errors name it."""

    bytes: int = 256 * 1024**3
    """Bytes of the uncompressed archive, and of all its files together."""
    entries: int = 10_000_000
    """Files, folders and links, those counted that are only implied by a name."""
    path_length: int = PATH_LENGTH_MAX
    """Bytes of an entry's name, and of where a link leads."""
    ratio: int = 1000
    """How many times larger than stored a layer, or a compressed archive, may become."""

    def check_growth(self, grown: int, stored: int) -> None:
        """Refuse what has grown to too many bytes, or out of too few. A stream that is short may have any ratio."""
        self.check_bytes(grown)
        if grown > RATIO_FREE and grown > self.ratio * stored:
            raise _exceeded(f"compressed more than {self.ratio} times", "max_ratio")

    def check_bytes(self, count: int) -> None:
        if count > self.bytes:
            raise _exceeded(f"more than {self.bytes} bytes", "max_bytes")

    def check_entries(self, count: int) -> None:
        if count > self.entries:
            raise _exceeded(f"more than {self.entries} entries", "max_entries")

    def check_path(self, path: Sized, what: str) -> None:
        if len(path) > self.path_length:
            words = f"{what} of {len(path)} bytes, at most {self.path_length} are allowed"
            raise _exceeded(words, "max_path_length") if self.path_length < PATH_LENGTH_MAX else ContainersError(words)


def _exceeded(words: str, option: str) -> ContainersError:
    return ContainersError(words, f"Raise {option} if the image is trusted")
