# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A source of bytes for the tar reader that needs no file."""

from __future__ import annotations

from ansible_collections.daemonless.containers.plugins.module_utils._image.tar import ended


class Memory:
    """Bytes read forwards."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, count: int) -> bytes:
        found = self.data[self.offset : self.offset + count]
        self.offset += len(found)
        return found

    def skip(self, count: int) -> None:
        if self.offset + count > len(self.data):
            raise ended()
        self.offset += count
