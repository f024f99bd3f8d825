# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the image that is wanted and what the store holds to what has to be done. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.plan import Op, Plan, Unmet
from .layer import layer_of
from .observe import Found, Target
from .ops import RemoveImage, SaveDigests, SaveImage, TagImage, UnpackLayers, UntagImage
from .platform import fitness
from .record import ImageRecord, among, normal_name
from .spec import PRESENT, Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    if wanted.state == PRESENT:
        return _unpack(wanted, found, found.target) if found.target else _no_archive(wanted, found)
    return _remove(wanted, found)


def _no_archive(wanted: Wanted, found: Found) -> Plan:
    src = str(wanted.src)
    names = [wanted.name] if wanted.name else []
    host = wanted.platform or found.host
    image: Dict[str, Any] = {
        "id": None,
        "names": names,
        "layers": [],
        "diff_ids": [],
        "config": {},
        "os": host.os,
        "architecture": host.architecture,
    }
    return Plan(
        ops=(UnpackLayers(wanted, src, None, ()),),
        before={},
        after={"names": names, "src": src},
        predicted={"image": image, "skipped_entries": []},
        unmet=(Unmet(f"archive {src} is not there", "src is a path on the target; copy the archive there first"),),
    )


def _unpack(wanted: Wanted, found: Found, target: Target) -> Plan:
    known = found.image(target.id)
    name = wanted.name or (target.names[0] if target.names else None)
    missing = tuple(diff_id for diff_id in dict.fromkeys(target.diff_ids) if diff_id not in found.layers)
    ops: List[Op] = []
    if missing:
        _refuse_beside_a_stranger(found)
        ops.append(UnpackLayers(wanted, str(wanted.src), target.id, missing))
    holder = found.named(name) if name else None
    if name and holder and holder.id != target.id:
        ops.append(UntagImage(wanted.store, holder, name))
    image = _record_after(target, known, name)
    if known is None:
        ops.append(SaveImage(wanted.store, image))
    elif name and name not in known.names:
        ops.append(TagImage(wanted.store, known, image, name))
    elif image.fetched != known.fetched:
        ops.append(SaveDigests(wanted.store, known, image))
    unpacked = [diff_id for diff_id in target.diff_ids if diff_id not in missing]
    return Plan(
        ops=tuple(ops),
        before=_shown(known, unpacked, {name: holder.id} if name and holder else {}),
        after=_shown(image, list(target.diff_ids), {name: target.id} if name else {}),
        predicted={"image": returned(wanted, image), "skipped_entries": skips(found)},
        warnings=_warnings(wanted, found, target),
    )


def _refuse_beside_a_stranger(found: Found) -> None:
    if found.stranger is not None:
        raise ContainersError(
            f"{found.stranger} is no image's, and its folder, where layers are to go, is open to others than root",
            "Layers need a folder that nobody else passes: choose another store, or move what is there",
        )


def _record_after(target: Target, known: Optional[ImageRecord], name: Optional[str]) -> ImageRecord:
    """What to keep of the image. A newly seen archive alone is no reason to write it: nothing changed."""
    names = known.names if known else ()
    fetched = known.fetched if known else ()
    return ImageRecord(
        id=target.id,
        names=names if name is None or name in names else (*names, name),
        diff_ids=target.diff_ids,
        os=target.platform.os,
        architecture=target.platform.architecture,
        config=target.config,
        seen=(target.seen,) if target.seen else known.seen if known else (),
        fetched=fetched + tuple(one for one in target.fetched if one not in fetched),
    )


def _warnings(wanted: Wanted, found: Found, target: Target) -> Tuple[str, ...]:
    if wanted.platform is not None or fitness(target.platform, found.host) is not None:
        return ()
    return (f"image {target.id} is for {target.platform}, this host is {found.host}",)


def _remove(wanted: Wanted, found: Found) -> Plan:
    image, name = _meant(wanted, found)
    predicted: Dict[str, Any] = {"image": None, "skipped_entries": []}
    if image is None:
        return Plan(predicted=predicted, warnings=_untold(wanted, found), teardown=True)
    if name and len(image.names) > 1:
        rest = tuple(other for other in image.names if other != name)
        op: Op = UntagImage(wanted.store, image, name)
        after = _shown(replace(image, names=rest), image.diff_ids, {})
    else:
        op = RemoveImage(wanted.store, image, _unshared(image, found))
        _refuse_in_use(wanted, found, op)
        after = {}
    before = _shown(image, image.diff_ids, {name: image.id} if name else {})
    return Plan(ops=(op,), before=before, after=after, predicted=predicted, teardown=True)


def _meant(wanted: Wanted, found: Found) -> Tuple[Optional[ImageRecord], Optional[str]]:
    """The image to remove, and its name if it was called by that."""
    if wanted.name is not None:
        return found.named(wanted.name), wanted.name
    if found.target is not None:
        return found.image(found.target.id), None
    if wanted.image is None:
        return None, None
    image = among(found.images, wanted.image)
    name = normal_name(wanted.image)
    return image, name if image and name in image.names else None


def _untold(wanted: Wanted, found: Found) -> Tuple[str, ...]:
    if wanted.name is None and wanted.image is None and found.target is None:
        return (f"archive {wanted.src} is not there to tell which image is to go; give its name",)
    return ()


def _unshared(image: ImageRecord, found: Found) -> Tuple[str, ...]:
    shared = {diff_id for other in found.images if other.id != image.id for diff_id in other.diff_ids}
    return tuple(diff_id for diff_id in dict.fromkeys(image.diff_ids) if diff_id not in shared)


def _refuse_in_use(wanted: Wanted, found: Found, removal: RemoveImage) -> None:
    doomed = {layer_of(wanted.store, diff_id).path for diff_id in removal.diff_ids}
    users = [one.rootfs for one in found.standing if one.image == removal.image.id or doomed.intersection(one.layers)]
    names = f" ({', '.join(removal.image.names)})" if removal.image.names else ""
    if users:
        raise ContainersError(
            f"image {removal.image.id}{names} can't be removed: rootfs {', '.join(users)} stands on it",
            "Remove the rootfs first (overlay_rootfs with state=absent)",
        )
    places = [path for path, diff_ids in found.mounts if diff_ids.intersection(removal.diff_ids)]
    if places:
        raise ContainersError(
            f"image {removal.image.id}{names} can't be removed: the mount at {', '.join(places)} uses its layers",
            f"Unmount it first (umount {places[0]})",
        )


def _shown(image: Optional[ImageRecord], layers: Sequence[str], holders: Mapping[str, str]) -> Dict[str, Any]:
    """An image for the diff: what it is called, which layers the store has, and who has the name."""
    if image is None:
        return {"layers": list(layers), "names_of": dict(holders)} if layers or holders else {}
    shown = {"image": image.id, "names": list(image.names), "layers": list(layers), "names_of": dict(holders)}
    return {**shown, "digests": [one.digest for one in image.fetched]} if image.fetched else shown


def returned(wanted: Wanted, image: ImageRecord) -> Dict[str, Any]:
    """The image as the module returns it."""
    return {
        "id": image.id,
        "names": list(image.names),
        "layers": [layer_of(wanted.store, diff_id).path for diff_id in image.diff_ids],
        "diff_ids": list(image.diff_ids),
        "config": image.config,
        "os": image.os,
        "architecture": image.architecture,
    }


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What the module returns of the state that was found. A key ``skipped`` would tell Ansible the task was."""
    image = found.image(found.target.id) if found.target and wanted.state == PRESENT else None
    return {
        "image": None if image is None else returned(wanted, image),
        "skipped_entries": skips(found),
    }


def skips(found: Found) -> List[Dict[str, str]]:
    return [asdict(skip) for skip in found.skipped]
