# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which image of an archive is meant: by name or digest, by platform; never a guess among several.

``manifest.json`` decides where an archive has an OCI layout beside it, because what Docker leaves
in ``index.json`` isn't always whole. What only the layout knows (other platforms, digests of
manifests) is looked up there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Collection, Dict, List, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from . import docker_archive, oci_layout
from .archived import Archive, ArchivedImage, Blob, Candidate, LayerEntry
from .platform import Platform, fitness
from .reference import means_digest, means_name


@dataclass(frozen=True)
class Choice:
    """What the user said about the image. ``platform`` None means: the host's will do."""

    image: Optional[str]
    platform: Optional[Platform]
    host: Platform


def choose(archive: Archive, choice: Choice) -> ArchivedImage:
    """The one image that is meant. Raises ContainersError with a list of what there is."""
    listed = docker_archive.candidates(archive)
    found = [candidate for candidate in listed if _means(choice, candidate)]
    if choice.platform is not None:
        found = [one for one in found if fitness(one.load().config.platform, choice.platform) is not None]
    if not found:
        in_layout = oci_layout.candidates(archive)
        known = {candidate.id for candidate in listed}
        listed = listed + [candidate for candidate in in_layout if candidate.id not in known]
        found = _of_best_platform([one for one in in_layout if _means(choice, one)], choice)
    if not found:
        raise _nothing_fits(listed, choice)
    return _only(found, choice)


def layer_blobs(archive: Archive, image: ArchivedImage, diff_ids: Collection[str]) -> List[Tuple[LayerEntry, Blob]]:
    """Where the layers of those diff_ids lie, each once. Raises ContainersError if one isn't there."""
    found: Dict[str, Tuple[LayerEntry, Blob]] = {}
    for layer in image.layers:
        if layer.diff_id in diff_ids and layer.diff_id not in found:
            blob = archive.find(layer.member)
            if blob is None:
                raise ContainersError(f"layer {layer.member!r} of image {image.id} is not in the archive")
            found[layer.diff_id] = (layer, blob)
    return list(found.values())


def _means(choice: Choice, candidate: Candidate) -> bool:
    return (
        choice.image is None
        or means_name(choice.image, candidate.names)
        or choice.image in candidate.labels
        or means_digest(choice.image, candidate.digests)
    )


def _of_best_platform(candidates: Sequence[Candidate], choice: Choice) -> List[Candidate]:
    """Of each image that is there for several platforms the one that fits best."""
    best: Dict[int, Tuple[int, Candidate]] = {}
    for candidate in candidates:
        score = _score(candidate, choice)
        if score is not None and (candidate.group not in best or score > best[candidate.group][0]):
            best[candidate.group] = (score, candidate)
    return [candidate for _score, candidate in best.values()]


def _score(candidate: Candidate, choice: Choice) -> Optional[int]:
    if candidate.platform is not None:
        return fitness(candidate.platform, choice.platform or choice.host)
    if choice.platform is not None:
        return fitness(candidate.load().config.platform, choice.platform)
    return 0


def _only(found: Sequence[Candidate], choice: Choice) -> ArchivedImage:
    """The image that all of the candidates are, with the names of all."""
    if len({candidate.id or candidate.digests[-1] for candidate in found}) > 1:
        raise ContainersError(
            f"{'several images' if choice.image is None else f'more than one image {choice.image!r}'}: {_shown(found)}",
            "Choose one with the option image, by a name or by the beginning of its digest",
        )
    names = tuple(dict.fromkeys(name for candidate in found for name in candidate.names))
    return replace(found[0].load(), names=names)


def _nothing_fits(listed: Sequence[Candidate], choice: Choice) -> ContainersError:
    if not listed:
        return ContainersError(
            "no image archive: it lists no image in manifest.json or index.json",
            "What is read is what docker save writes, or an OCI layout; docker export writes something else",
        )
    meant = [candidate for candidate in listed if _means(choice, candidate)]
    if not meant:
        return ContainersError(f"no image {choice.image!r}; there is: {_shown(listed)}")
    there = dict.fromkeys(_with_platform(candidate) for candidate in meant)
    return ContainersError(
        f"no image for {choice.platform or choice.host}; there is: {', '.join(there)}",
        "Choose one that is there with the option platform",
    )


def _with_platform(candidate: Candidate) -> str:
    """The candidate in words; its config is asked for the platform where nothing else tells."""
    if candidate.platform is None:
        candidate = replace(candidate, platform=candidate.load().config.platform)
    return str(candidate)


def _shown(candidates: Sequence[Candidate]) -> str:
    return ", ".join(dict.fromkeys(map(str, candidates)))
