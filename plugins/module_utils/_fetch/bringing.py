# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers brought by skopeo to the target, into an image archive that the image's room can unpack.

The archive is a folder: ``manifest.json`` and the image's config as the source has it, and the layers as skopeo stores
them, by their digest. It is gone when the run ends; one that a killed run left goes with the next run.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Sequence, Tuple

from .._core.errors import step
from .._core.store import Store
from .._image import partial
from .._image.layer import is_layer_name
from . import commands
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_BLOBS = "blobs/sha256"
_PRIVATE = 0o700


@dataclass(frozen=True)
class Load:
    """What is to be brought: by which reference, which image, of which layers (digest, diff_id), lowest first."""

    reference: str
    image_id: str
    layers: Tuple[Tuple[str, str], ...]
    config: bytes


def layout_of(store: Store, image_id: str) -> str:
    """The archive of that image while it is there."""
    return f"{_folder(store, image_id)}/{commands.LAYOUT}"


def sweep(host: Host, store: Store) -> None:
    """Remove what killed runs left."""
    partial.sweep(
        host.files, [f"{store.fetching}/{name}" for name in host.files.list(store.fetching) if is_layer_name(name)]
    )
    host.files.remove_empty([store.fetching])


@contextmanager
def brought(host: Host, wanted: Wanted, load: Load, missing: Sequence[str]) -> Iterator[None]:
    """The archive, with the layers of those diff_ids, while the block runs. One run at a time brings an image."""
    folder = _folder(wanted.store, load.image_id)
    host.files.make_dir(wanted.store.root)
    host.files.make_dir(wanted.store.fetching, _PRIVATE)
    held = partial.locked_new(host.files, folder)
    try:
        _bring(host, wanted, load, missing)
        yield
    finally:
        host.files.remove_tree(folder)
        os.close(held)
        host.files.remove_empty([wanted.store.fetching])


def _bring(host: Host, wanted: Wanted, load: Load, missing: Sequence[str]) -> None:
    folder = _folder(wanted.store, load.image_id)
    layout = layout_of(wanted.store, load.image_id)
    here = [pair for pair in load.layers if pair[1] not in missing]
    stand_ins = {f"{layout}/{_blob(digest)}" for pair in here for digest in pair}
    host.files.make_dir(f"{layout}/{_BLOBS}", _PRIVATE)
    for path in stand_ins:  # what is in the layout already isn't fetched
        host.files.write_atomic(path, b"", 0o600)
    with step(f"fetch {load.reference}"):
        words, secret = commands.copy(wanted, load.reference), commands.credentials(wanted)
        commands.output_of(wanted, host.skopeo.run(words, secret, wanted.access.timeout, folder))
    for path in stand_ins:
        host.files.remove(path)
    config = _blob(load.image_id)
    layers = [_stored(host, layout, pair) for pair in load.layers]
    manifest = [{"Config": config, "RepoTags": None, "Layers": layers}]
    host.files.write_atomic(f"{layout}/{config}", load.config, 0o600)
    host.files.write_atomic(f"{layout}/manifest.json", json.dumps(manifest).encode(), 0o600)


def _folder(store: Store, image_id: str) -> str:
    return f"{store.fetching}/{image_id.partition(':')[2]}"


def _blob(digest: str) -> str:
    return f"{_BLOBS}/{digest.partition(':')[2]}"


def _stored(host: Host, layout: str, pair: Tuple[str, str]) -> str:
    """The layer's name in the archive. An engine that has it unpacked gives it out so, whatever its manifest says."""
    digest, diff_id = pair
    return _blob(digest) if host.files.exists(f"{layout}/{_blob(digest)}") else _blob(diff_id)
