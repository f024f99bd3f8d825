# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error a user ever sees, and the phrases that say where it happened.

Each level of the code adds one verb phrase with :func:`step`, so that a message reads
from the outside in: ``unpack layer sha256:ab…: entry "a/b": No space left on device``.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Iterator, Optional


class ContainersError(Exception):
    """A failure told to the user: what failed, and, where the user can mend it, how."""

    def __init__(self, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def within(self, phrase: str) -> ContainersError:
        """The same failure, with the phrase of an outer level before it."""
        return ContainersError(f"{phrase}: {self.message}", self.hint)

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class InUseError(ContainersError):
    """Something can't be changed because a container runs on it; ``container`` is its name."""

    def __init__(self, message: str, hint: Optional[str], container: str) -> None:
        super().__init__(message, hint)
        self.container = container


def os_error_text(error: OSError) -> str:
    """The kernel's words for an OSError with the path it names, if it names one."""
    words = os.strerror(error.errno) if error.errno else str(error)
    names = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, (str, bytes))]
    return f"{' -> '.join(names)}: {words}" if names else words


@contextmanager
def step(phrase: str) -> Iterator[None]:
    """Put a phrase before whatever fails inside; an OSError becomes a ContainersError."""
    try:
        yield
    except ContainersError as error:
        raise error.within(phrase) from error
    except OSError as error:
        raise ContainersError(f"{phrase}: {os_error_text(error)}") from error
