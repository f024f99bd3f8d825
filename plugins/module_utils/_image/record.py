# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store keeps of an unpacked image, and how others find one by name or id."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.store import Store, read_record, write_record

if TYPE_CHECKING:
    from .._sys.files import Files

VERSION = 1
SHORTEST_ID = 4

_ENDING = ".json"


@dataclass(frozen=True)
class Seen:
    """An archive file that the image was found in, so that it needn't be read to see that again.

    ``stamp`` is of the file as it was then; ``image`` and ``platform`` are what was asked for;
    ``names`` are the archive's own.
    """

    path: str
    stamp: Tuple[int, ...]
    image: Optional[str]
    platform: Optional[str]
    names: Tuple[str, ...]


@dataclass(frozen=True)
class Fetched:
    """A digest that a registry has the image under, and the platform that was asked for by it.

    It is of the image's manifest, or of an index that lists one for each platform.
    """

    digest: str
    platform: str


@dataclass(frozen=True)
class ImageRecord:
    """One image in the store. ``config`` is the image's own config JSON, whole."""

    id: str
    names: Tuple[str, ...]
    diff_ids: Tuple[str, ...]
    os: str
    architecture: str
    config: Mapping[str, Any]
    seen: Tuple[Seen, ...] = ()
    fetched: Tuple[Fetched, ...] = ()


def path_of(store: Store, image_id: str) -> str:
    return f"{store.images}/{image_id.partition(':')[2]}{_ENDING}"


def load(files: Files, store: Store, image_id: str) -> Optional[ImageRecord]:
    """The image of just that id."""
    return read_record(files, path_of(store, image_id), _from_json)


def load_all(files: Files, store: Store) -> List[ImageRecord]:
    """Every image in the store, by id."""
    names = [name for name in files.list(store.images) if name.endswith(_ENDING) and name[0] != "."]
    paths = [f"{store.images}/{name}" for name in names]
    found = [read_record(files, path, _from_json) for path in paths]
    return [record for record in found if record is not None]


def find(files: Files, store: Store, reference: str) -> Optional[ImageRecord]:
    """The image of that name, id or unambiguous start of an id; None where there is none."""
    return among(load_all(files, store), reference)


def among(images: Sequence[ImageRecord], reference: str) -> Optional[ImageRecord]:
    """Like :func:`find`, among images that were loaded."""
    named = [image for image in images if normal_name(reference) in image.names]
    if named:
        return named[0]
    digits = reference.partition(":")[2] if reference.startswith("sha256:") else reference
    if len(digits) < SHORTEST_ID:
        return None
    matching = [image for image in images if image.id.partition(":")[2].startswith(digits)]
    if len(matching) > 1:
        raise ContainersError(f"image {reference!r} is ambiguous: " + ", ".join(image.id for image in matching))
    return matching[0] if matching else None


def save(files: Files, store: Store, record: ImageRecord) -> None:
    write_record(files, path_of(store, record.id), {"version": VERSION, **asdict(record)})


def normal_name(name: str) -> str:
    """The name as ``docker images`` would show it: default registry left out, tag ``latest`` put in."""
    for prefix in ("docker.io/library/", "index.docker.io/library/", "docker.io/"):
        if name.startswith(prefix):
            name = name[len(prefix) :]
            break
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"


def _from_json(record: Dict[str, Any]) -> ImageRecord:
    return ImageRecord(
        id=record["id"],
        names=tuple(record["names"]),
        diff_ids=tuple(record["diff_ids"]),
        os=record["os"],
        architecture=record["architecture"],
        config=record["config"],
        seen=tuple(
            Seen(seen["path"], tuple(seen["stamp"]), seen["image"], seen["platform"], tuple(seen["names"]))
            for seen in record.get("seen", ())
        ),
        fetched=tuple(Fetched(**fetched) for fetched in record.get("fetched", ())),
    )
