# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where layers are unpacked before they are in sight, and how they get there.

A layer grows in ``.partial-<digest>`` beside its place, which is what ``partial`` says.
Out of scope: what is written into it (``writer``).
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Iterator, List, Sequence, Tuple

from .._core.errors import ContainersError, step
from .._core.store import Store
from .._sys.files import Files
from .._sys.settling import settle_later
from .._sys.workers import processors, run_forked
from .layer import PARTIAL, USUAL_IDS, FolderLayer, boot_id, is_layer_name, layer_of
from .limits import Limits
from .partial import locked_new, sweep
from .stream import Blob, LayerStream
from .unpack import LayerSource, Skipped, layer_skips
from .writer import LayerWriter

_PRIVATE = 0o700
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def unpack(store: Store, sources: Sequence[LayerSource], limits: Limits) -> Tuple[Skipped, ...]:
    """See ``unpack.unpack_layers``."""
    files = Files()
    wanted = {source.diff_id: source for source in sources}
    missing = [source for source in wanted.values() if not layer_of(store, source.diff_id).exists(files)]
    if missing:
        _make_private(files, store)
        names = [name for name in files.list(store.layers) if name.startswith(PARTIAL)]
        sweep(files, [f"{store.layers}/{name}" for name in names])
        with ExitStack() as held:
            staged = [held.enter_context(_staged(files, store, source)) for source in missing]
            _fill(staged, limits)
            for layer in staged:
                layer.publish(files)
        files.sync_dir(store.layers)
        settle_later(store.layers, _unsettled(files, store))
    return tuple(skipped for diff_id in wanted for skipped in layer_skips(files, store, diff_id))


class _Staged:
    """A layer on its way into the store."""

    def __init__(self, layer: FolderLayer, source: LayerSource, path: str) -> None:
        self.layer = layer
        self.source = source
        self.path = path

    def fill(self, limits: Limits) -> None:
        """Unpack and verify. Runs in a process of its own."""
        source = self.source
        with step(f"unpack layer {source.diff_id} ({source.name})"):
            blob = Blob(source.descriptor, source.offset, source.size, source.digest not in (None, source.diff_id))
            stream = LayerStream(blob, limits)
            folders = os.open(self.path, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, _PRIVATE)
            root = os.open(f"{self.path}/root", _FOLDER)
            aside = os.open(f"{self.path}/aside", _FOLDER)
            writer = LayerWriter(root, aside, os.fdopen(folders, "w+b"), limits)
            writer.write(stream)
            stream.drain()
            _verify(source, blob, stream)
        if writer.skipped or max(writer.highest) >= USUAL_IDS:
            entries = [{"path": path, "reason": reason} for path, reason in writer.skipped]
            with os.fdopen(os.open(self._skipped, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600), "w") as file:
                json.dump({"version": 1, "skipped": entries, "highest": writer.highest}, file)

    @property
    def _skipped(self) -> str:
        """The record of what is uncommon, as safe from a power cut as the layer: its mark is for both."""
        return f"{self.path}/skipped.json"

    def publish(self, files: Files) -> None:
        """Put the finished layer in its place."""
        if files.exists(self._skipped):
            files.rename(self._skipped, self.layer.skipped_path)
        files.rename(f"{self.path}/root", self.layer.path)


def _fill(staged: Sequence[_Staged], limits: Limits) -> None:
    largest_first = sorted(staged, key=lambda layer: -layer.source.size)
    run_forked([partial(layer.fill, limits) for layer in largest_first], processors())


def _verify(source: LayerSource, blob: Blob, stream: LayerStream) -> None:
    digest = blob.digest()
    if digest is not None and digest != source.digest:
        raise ContainersError(f"its stored bytes have the digest {digest}, not {source.digest}")
    if stream.diff_id() != source.diff_id:
        raise ContainersError(f"its uncompressed bytes have the digest {stream.diff_id()}")


def _unsettled(files: Files, store: Store) -> List[str]:
    """The marks of layers in sight, those of a run that was ended too early too."""
    layers = [f"{store.layers}/{name}" for name in files.list(store.layers) if is_layer_name(name)]
    marks = [FolderLayer("", path).unsettled_path for path in layers]
    return [mark for mark in marks if files.exists(mark)]


def _make_private(files: Files, store: Store) -> None:
    """Make the folder of layers. Nobody but root passes it: set-user-ID files in layers aren't for the host's users."""
    files.make_dir(store.root)
    for folder in (os.path.dirname(store.layers), store.layers):
        files.make_dir(folder, _PRIVATE)
        os.chmod(folder, _PRIVATE)
        with suppress(OSError):  # layers inherit no access list
            os.removexattr(folder, "system.posix_acl_default")


@contextmanager
def _staged(files: Files, store: Store, source: LayerSource) -> Iterator[_Staged]:
    """A fresh private folder for the layer, gone when the block ends."""
    layer = layer_of(store, source.diff_id)
    path = f"{store.layers}/{PARTIAL}{os.path.basename(layer.path)}"
    layer.remove(files)
    descriptor = locked_new(files, path)
    try:
        for part in ("root", "aside"):
            os.mkdir(f"{path}/{part}", _PRIVATE)
        files.write_atomic(layer.unsettled_path, boot_id(files), 0o600)
        yield _Staged(layer, source, path)
    except BaseException:
        layer.remove(files)
        raise
    finally:
        files.remove_tree(path)
        os.close(descriptor)
