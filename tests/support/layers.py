# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpack layers made in a test, beside a victim."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, List, Optional, Tuple

from tarbuild import archive, file, folder
from victim import Victim

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image.layer import layer_of
from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import Limits
from ansible_collections.daemonless.containers.plugins.module_utils._image.unpack import (
    LayerSource,
    Skipped,
    unpack_layers,
)


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Workshop:
    """A store, and beside it a victim that no layer may touch."""

    def __init__(self, place: Path) -> None:
        self.folder = place
        self.store = Store(str(place / "store"))
        self._victim = Victim(place / "victim")
        self.victim = self._victim.folder
        self.known: List[str] = []

    def fill(self) -> None:
        """Let the store hold a layer already."""
        self.unpack(archive(folder("etc/"), file("etc/passwd", b"of another layer")))
        self.known = self.leftovers()

    def unpack(
        self,
        data: bytes,
        blob: Optional[bytes] = None,
        limits: Optional[Limits] = None,
        diff_id: Optional[str] = None,
        stored: Optional[str] = None,
    ) -> Path:
        """Unpack the tar ``data``, stored as ``blob`` if it is compressed; returns the layer's folder."""
        self.skipped: Tuple[Skipped, ...] = ()
        path = self.folder / "layer.blob"
        path.write_bytes(data if blob is None else blob)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            source = LayerSource(descriptor, 0, path.stat().st_size, diff_id or digest(data), stored, "layer.tar")
            self.skipped = unpack_layers(self.store, [source], limits or Limits())
        finally:
            os.close(descriptor)
        return Path(layer_of(self.store, source.diff_id).path)

    def refusal(self, data: bytes, **options: Any) -> str:
        """Unpack what must be refused; returns the message, having seen that nothing stayed."""
        try:
            self.unpack(data, **options)
        except ContainersError as error:
            assert self.leftovers() == self.known
            return str(error)
        raise AssertionError("it was unpacked")

    def leftovers(self) -> List[str]:
        """What is in the folder of layers, but for the marks that go by themselves."""
        return sorted(name for name in os.listdir(self.store.layers) if not name.endswith(".unsettled"))

    def check_victim(self) -> None:
        self._victim.check()
