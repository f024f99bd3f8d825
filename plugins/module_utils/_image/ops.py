# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes that image_unpack makes to the store: layers unpacked, images recorded, named and removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Optional, Tuple

from .._core.errors import ContainersError, step
from .._core.store import Store
from . import record
from .layer import layer_of
from .platform import host_platform
from .record import ImageRecord
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class UnpackLayers:
    """Unpack those layers that the store lacks. ``image`` None: the archive isn't there yet to tell."""

    wanted: Wanted
    src: str
    image: Optional[str]
    diff_ids: Tuple[str, ...]

    def describe(self) -> str:
        if self.image is None:
            return f"unpack the image in {self.src}"
        layers = "1 layer" if len(self.diff_ids) == 1 else f"{len(self.diff_ids)} layers"
        return f"unpack {layers} of image {self.image} from {self.src}"

    def apply(self, host: Host) -> None:
        from .archive import open_archive
        from .choose import Choice, choose, layer_blobs
        from .unpack import LayerSource, unpack_layers

        wanted = self.wanted
        choice = Choice(wanted.image, wanted.platform, host_platform(host.machine))
        with open_archive(host.blobs, wanted.store, self.src, wanted.limits) as archive:
            with step(f"read {self.src}"):
                image = choose(archive, choice)
                if image.id != self.image:
                    raise ContainersError(f"it changed while it was read (its image is {image.id} now)")
                found = layer_blobs(archive, image, self.diff_ids)
            sources = [
                LayerSource(blob.descriptor, blob.offset, blob.size, layer.diff_id, layer.digest, layer.member)
                for layer, blob in found
            ]
            unpack_layers(wanted.store, sources, wanted.limits)

    def undo(self, host: Host) -> None:
        for diff_id in self.diff_ids:
            layer_of(self.wanted.store, diff_id).remove(host.files)


@dataclass(frozen=True)
class SaveImage:
    """Write the record of an image that the store hasn't."""

    store: Store
    image: ImageRecord

    def describe(self) -> str:
        names = f" as {', '.join(self.image.names)}" if self.image.names else ""
        return f"record image {self.image.id}{names}"

    def apply(self, host: Host) -> None:
        record.save(host.files, self.store, self.image)

    def undo(self, host: Host) -> None:
        host.files.remove(record.path_of(self.store, self.image.id))


@dataclass(frozen=True)
class TagImage:
    """Give an image of the store another name."""

    store: Store
    image: ImageRecord
    after: ImageRecord
    name: str

    def describe(self) -> str:
        return f"name image {self.image.id} {self.name}"

    def apply(self, host: Host) -> None:
        record.save(host.files, self.store, self.after)

    def undo(self, host: Host) -> None:
        record.save(host.files, self.store, self.image)


@dataclass(frozen=True)
class SaveDigests:
    """Record what a registry calls an image of the store, so that it needn't be asked for that again."""

    store: Store
    image: ImageRecord
    after: ImageRecord

    def describe(self) -> str:
        digests = dict.fromkeys(one.digest for one in self.after.fetched if one not in self.image.fetched)
        return f"record image {self.image.id} as what {', '.join(digests)} is"

    def apply(self, host: Host) -> None:
        record.save(host.files, self.store, self.after)

    def undo(self, host: Host) -> None:
        record.save(host.files, self.store, self.image)


@dataclass(frozen=True)
class UntagImage:
    """Take a name from an image, which stays."""

    store: Store
    image: ImageRecord
    name: str

    def describe(self) -> str:
        return f"take name {self.name} from image {self.image.id}"

    def apply(self, host: Host) -> None:
        names = tuple(name for name in self.image.names if name != self.name)
        record.save(host.files, self.store, replace(self.image, names=names))

    def undo(self, host: Host) -> None:
        record.save(host.files, self.store, self.image)


@dataclass(frozen=True)
class RemoveImage:
    """Remove an image and those of its layers that nobody else uses.

    The record goes last: where a layer can't be removed, the next run still knows of it.
    """

    store: Store
    image: ImageRecord
    diff_ids: Tuple[str, ...]

    def describe(self) -> str:
        names = f" ({', '.join(self.image.names)})" if self.image.names else ""
        layers = "1 layer" if len(self.diff_ids) == 1 else f"{len(self.diff_ids)} layers"
        return f"remove image {self.image.id}{names} and {layers} that no other image uses"

    def apply(self, host: Host) -> None:
        for diff_id in self.diff_ids:
            layer_of(self.store, diff_id).remove(host.files)
        host.files.remove(record.path_of(self.store, self.image.id))

    def undo(self, _host: Host) -> None:
        raise ContainersError(f"image {self.image.id} was removed for good", "Unpack it again")
