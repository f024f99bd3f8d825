# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What made-up bytes begin with: the archives of the table of hostile images, whole or by their parts."""

from __future__ import annotations

import bz2
import lzma
from functools import cache
from typing import Dict, Iterator, Tuple, Union

import imagebuild
from fuzzing import ROLES
from hostile_table import CASES
from imagebuild import Image, Members
from tarbuild import GNU, archive, device, file, folder, hardlink, header, long_name, pax, symlink

SEED_MAX = 64 * 1024
ZSTD_ABC = bytes.fromhex("28b52ffd0458190000616263990977ad")
SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": "9000"}
OLD_SPARSE = {"GNU.sparse.size": "9000", "GNU.sparse.numblocks": "1", "GNU.sparse.map": "4096,3"}
TREE = archive(
    folder("d/", mode=0o1777, uid=1, xattrs={"user.d": b"1"}),
    file("d/f", b"data", mode=0o4755, mtime=-1, xattrs={"user.note": b"x"}, records={"uid": "4000000", "mtime": "1.5"}),
    symlink("l", "../d"),
    file("l/through", b"x"),
    hardlink("h", "d/f"),
    device("c", 1, 3),
    header("p", b"6"),
    file("d/.wh.gone"),
    file("l/.wh..wh..opq"),
    long_name("n" * 150),
    file("short"),
    pax({"comment": "global"}, b"g"),
    file("GNUSparseFile.0/s", b"1\n4096\n3\n".ljust(512, b"\0") + b"abc", records=SPARSE),
    file("t", b"abc", records=OLD_SPARSE),
    header("u", b"S", magic=GNU),
    header("v", b"V"),
)
"""A layer with something of everything."""
WHOLE = Image(layers=[TREE, imagebuild.layer()], run={"Cmd": ["sh"], "Env": ["A=b"], "User": "1:2"})
PACKED = [pack(TREE) for pack in (imagebuild.gzipped, bz2.compress, lzma.compress)] + [ZSTD_ABC]


def seeds(target: str) -> Tuple[bytes, ...]:
    """For one of the targets in ``fuzzing``; in the same order each time."""
    return tuple(_seeds(target))


def _seeds(target: str) -> Iterator[bytes]:
    for image in _images():
        whole = image if isinstance(image, bytes) else imagebuild.archive(image)
        if target == "archive":
            yield from _small(whole)
        elif isinstance(image, dict):
            yield from _parts(image, target)
    if target == "members":
        yield from PACKED


@cache
def _images() -> Tuple[Union[bytes, Members], ...]:
    packed = imagebuild.gzipped(imagebuild.archive(imagebuild.docker_archive(Image())))
    cases = (case.build(shape, "/victim") for case in CASES for shape in case.shapes)
    return (imagebuild.hybrid_archive(WHOLE), packed, *cases)


def _parts(image: Members, target: str) -> Iterator[bytes]:
    """Its documents, each as what it is, or its layers."""
    for name, data in image.items():
        if isinstance(data, bytes) and (data[:1] in (b"{", b"[")) == (target == "documents"):
            yield from _small(_role(name, data) + data if target == "documents" else data)


def _small(data: bytes) -> Iterator[bytes]:
    if len(data) <= SEED_MAX:
        yield data


def _role(name: str, document: bytes) -> bytes:
    """The byte by which the target takes the document as what it is."""
    marks: Dict[bytes, str] = {b'"manifests"': "index", b'"layers": [': "manifest", b"rootfs": "oci config"}
    role = name[2:] if name.startswith("./") else name
    if role not in ROLES:
        role = next((role for mark, role in marks.items() if mark in document), "docker config")
    return bytes([ROLES.index(role)])
