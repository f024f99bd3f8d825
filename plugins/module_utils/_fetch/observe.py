# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there: the image at its source, by its manifest and config, and what the store has of it.

The source isn't asked where the store can tell: for a digest that it knows, or where any image of the name will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence, Tuple

from .._core.errors import ContainersError, step
from .._image import documents, record
from .._image.arrival import Arrival, arrival, is_whole, of_record
from .._image.config import ImageConfig, read_config
from .._image.platform import fitness, host_platform
from .._image.record import Fetched, ImageRecord
from . import commands
from .bringing import Load, layout_of
from .manifest import chosen, read_document, read_manifest, wrong_platform
from .source import REGISTRY
from .spec import MISSING, NEWER, Wanted

if TYPE_CHECKING:
    from .._image.platform import Platform
    from .._sys.host import Host


@dataclass(frozen=True)
class Remote:
    """The image as the source has it. ``reference`` is what it is fetched by.

    ``config`` are its config's bytes, None where the store has all layers and nothing is to be fetched.
    """

    reference: str
    image_id: str
    layers: Tuple[Tuple[str, str], ...]
    """Of each layer, lowest first, the digest that the manifest tells and the diff_id."""
    digests: Tuple[str, ...]
    """Of the index, if there is one, and of the manifest."""
    config: Optional[bytes]


@dataclass(frozen=True)
class Found:
    """``coming`` is None where skopeo isn't installed, ``remote`` where the source wasn't asked."""

    coming: Optional[Arrival]
    image_id: Optional[str]
    remote: Optional[Remote]
    digest: Optional[str]
    """Of the manifest, where that is known."""
    platform: Platform
    warnings: Tuple[str, ...] = ()

    @property
    def missing(self) -> Tuple[str, ...]:
        """The diff_ids of the layers that the store lacks."""
        return self.coming.missing if self.coming else ()

    @property
    def load(self) -> Optional[Load]:
        """What is to be brought; None where the store lacks nothing."""
        if self.remote is None or self.remote.config is None or not self.missing:
            return None
        return Load(self.remote.reference, self.remote.image_id, self.remote.layers, self.remote.config)


def observe(host: Host, wanted: Wanted) -> Found:
    """Fetches no layers. Raises ContainersError where the source can't be asked or hasn't the image."""
    images = record.load_all(host.files, wanted.store)
    platform = wanted.platform or host_platform(host.machine)
    known = _known(host, wanted, platform, images)
    if known is not None:
        return _from_store(host, wanted, platform, known)
    if not host.skopeo.installed():
        return Found(None, None, None, None, platform)
    try:
        with step(f"ask for {wanted.source}"):
            remote, config = _ask(host, wanted, platform, images)
    except ContainersError as error:
        named = record.among(images, wanted.name) if wanted.pull == NEWER and wanted.name else None
        if named is None or not is_whole(host, wanted.store, named):
            raise
        warning = f"{error.message}; image {wanted.name} of the store is left as it is"
        return _from_store(host, wanted, platform, named, (warning,))
    coming = arrival(
        host, _options(wanted, remote.image_id), remote.image_id, config, _to_record(wanted, platform, remote)
    )
    return Found(coming, remote.image_id, remote, remote.digests[-1], platform)


def _known(host: Host, wanted: Wanted, platform: Platform, images: Sequence[ImageRecord]) -> Optional[ImageRecord]:
    """The image that the store itself knows to be the one meant, with all its layers."""
    named = record.among(images, wanted.name) if wanted.pull == MISSING and wanted.name else None
    found = [named] if named and (wanted.platform is None or fitness(of_record(named).platform, platform)) else []
    if wanted.source.digest is not None:
        found = [one for one in images if Fetched(wanted.source.digest, str(platform)) in one.fetched]
    return next((one for one in found if is_whole(host, wanted.store, one)), None)


def _from_store(
    host: Host, wanted: Wanted, platform: Platform, image: ImageRecord, warnings: Tuple[str, ...] = ()
) -> Found:
    coming = arrival(host, _options(wanted, image.id), image.id, of_record(image), ())
    digest = image.fetched[-1].digest if image.fetched else None
    return Found(coming, image.id, None, digest, platform, warnings)


def _to_record(wanted: Wanted, platform: Platform, remote: Remote) -> Tuple[Fetched, ...]:
    """What is worth recording: that a tag leads to an image of the store by another index now is no change."""
    if wanted.source.transport != REGISTRY or (wanted.source.digest is None and remote.config is None):
        return ()
    return tuple(Fetched(digest, str(platform)) for digest in remote.digests)


def _options(wanted: Wanted, image_id: str) -> Dict[str, Any]:
    platform = str(wanted.platform) if wanted.platform else None
    layout = layout_of(wanted.store, image_id)
    return {"src": layout, "name": wanted.name, "platform": platform, "store": wanted.store.root}


def _ask(host: Host, wanted: Wanted, platform: Platform, images: Sequence[ImageRecord]) -> Tuple[Remote, ImageConfig]:
    data = _told(host, wanted, wanted.source.reference(), config=False)
    digests = [documents.digest_of(data)]
    if wanted.source.transport == REGISTRY and wanted.source.digest not in (None, digests[0]):
        raise ContainersError(f"the registry answers with {digests[0]}")
    document = read_document(data, f"manifest {digests[0]}")
    instance = chosen(document, platform, f"index {digests[0]}")
    if instance is not None:
        digests.append(instance)
        data = _told(host, wanted, wanted.source.reference(instance), config=False)
        document = read_document(data, f"manifest {instance}")
    manifest = read_manifest(document, f"manifest {digests[-1]}")
    reference = wanted.source.reference(digests[-1] if wanted.source.transport == REGISTRY else instance)
    raw, config = _config(host, wanted, reference, manifest.image_id, images)
    if wanted.platform is not None and fitness(config.platform, wanted.platform) is None:
        raise wrong_platform(wanted.platform, [config.platform])
    layers, diff_ids = manifest.layers, config.diff_ids
    if len(layers) != len(diff_ids):
        raise ContainersError(f"manifest {digests[-1]} lists {len(layers)} layers, its config {len(diff_ids)}")
    return Remote(reference, manifest.image_id, tuple(zip(layers, diff_ids)), tuple(digests), raw), config


def _config(
    host: Host, wanted: Wanted, reference: str, image_id: str, images: Sequence[ImageRecord]
) -> Tuple[Optional[bytes], ImageConfig]:
    """The image's config, from the store if that has the image whole."""
    image = next((one for one in images if one.id == image_id), None)
    if image is not None and is_whole(host, wanted.store, image):
        return None, of_record(image)
    data = _told(host, wanted, reference, config=True)
    if documents.digest_of(data) != image_id:
        raise ContainersError(f"config {image_id} has digest {documents.digest_of(data)}")
    return data, read_config(data, f"config {image_id}")


def _told(host: Host, wanted: Wanted, reference: str, config: bool) -> bytes:
    words = commands.inspect(wanted, reference, config)
    return commands.output_of(wanted, host.skopeo.ask(words, commands.credentials(wanted), wanted.access.timeout))
