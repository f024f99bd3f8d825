# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 49, 52 to 55 and 67: layers that are empty, cut short, compressed in every way, or grow beyond all measure."""

from __future__ import annotations

import bz2
import lzma
import os
import random
from typing import Callable, List

import imagebuild
from badimages import oci
from hostile import Archive, Build, Case, Layer, Made, layered, refused, unpacked
from hostile_names import holds
from imagebuild import COMPRESSIONS, Image, gzipped, zstd
from tarbuild import END, archive, file, folder, header

Pack = Callable[[bytes], bytes]
NOISE = random.Random(1).randbytes(3000)
DATA = archive(folder("d/"), file("d/f", b"content"), file("noise", NOISE))
PACKS = {name: pack for name, pack in COMPRESSIONS.items() if name != "plain"}
SINGLE = {"gzip": gzipped, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}
MIB = 1 << 20
DECOMPRESSORS = ("gzip", "unpigz", "pigz", "bzip2", "xz", "unxz", "zstd", "tar")


def nothing(made: Made) -> None:
    assert [os.listdir(layer) for layer in made.layers] == [[]] * len(made.layers)


def stored(pack: Pack, *tars: bytes) -> Build:
    """An image whose layers lie in the archive as ``pack`` turns them out."""
    return layered(*(tars or (DATA,)), compress=pack)


def packed(layer: Layer, pack: Pack) -> Build:
    return layered(layer, compress=pack)


def cut(pack: Pack) -> Pack:
    return lambda data: pack(data)[:-12]


def damaged(pack: Pack) -> Pack:
    """A bit is another in the middle."""

    def change(data: bytes) -> bytes:
        blob = bytearray(pack(data))
        blob[len(blob) // 2] ^= 0x10
        return bytes(blob)

    return change


def followed(pack: Pack, behind: bytes) -> Pack:
    return lambda data: pack(data) + behind


def twice(pack: Pack) -> Pack:
    return lambda data: pack(data[:700]) + pack(data[700:])


def outer(pack: Pack) -> Build:
    """The whole archive packed, layers within as they are."""

    def build(shape: str, victim: str) -> Archive:
        members = layered(DATA)(shape, victim)
        assert isinstance(members, dict)
        return pack(imagebuild.archive(members))

    return build


def labelled_gzip(shape: str, victim: str) -> Archive:
    """Its media type says gzip, where there is one; it is text."""
    text = b"<html>404 not found</html>" * 100
    image = Image(layers=[DATA])
    if shape == "oci":
        members = oci(image=image, layers=[imagebuild.described(text, f"{imagebuild.LAYER}+gzip")])
        return {**members, **imagebuild.blobs(text)}
    return imagebuild.docker_archive(image, compress=lambda _data: text)


def labelled_otherwise(shape: str, victim: str) -> Archive:
    """Its media type, where there is one, says zstd, and it is gzip: the bytes decide."""
    image, data = Image(layers=[DATA]), gzipped(DATA)
    if shape == "oci":
        members = oci(image=image, layers=[imagebuild.described(data, f"{imagebuild.LAYER}+zstd")])
        return {**members, **imagebuild.blobs(data)}
    return imagebuild.docker_archive(image, compress=gzipped)


def whole(made: Made) -> None:
    assert (made.layer / "noise").read_bytes() == NOISE
    assert (made.layer / "d/f").read_bytes() == b"content"


def bomb_of_members(shape: str, victim: str) -> Archive:
    """A small compressed archive whose only member is huge."""
    return gzipped(file("manifest.json", bytes(26 * MIB), mode=0o644))


def zeros(mebibytes: int) -> Callable[[str], bytes]:
    """A layer of one file; made when it is needed, for every process that is forked meanwhile costs by what is held."""
    return lambda _victim: archive(file("f", bytes(mebibytes * MIB)))


def planted(victim: str) -> bytes:
    """Programs that would decompress the layer above this one, and do another thing instead."""
    script = f"#!/bin/sh\necho hit > {victim}/secret\n".encode()
    places = (f"{place}/{name}" for place in ("bin", "usr/bin") for name in DECOMPRESSORS)
    return archive(*(file(path, script, mode=0o755) for path in places))


def planted_stays(made: Made) -> None:
    assert sorted(os.listdir(made.layers[0] / "bin")) == sorted(DECOMPRESSORS)
    whole(made)


CASES: List[Case] = [
    *(unpacked(49, f"empty-{len(data)}", data, nothing) for data in (b"", bytes(512), bytes(1024), bytes(10240))),
    Case(49, "empty-packed", stored(gzipped, b""), check=nothing),
    unpacked(49, "no-end", archive(file("f", b"x"), end=b""), holds(f=b"x")),
    unpacked(49, "no-padding", header("f", size=3) + b"abc", holds(f=b"abc")),
    unpacked(49, "long-end", archive(file("f", b"x"), end=END * 20), holds(f=b"x")),
    *(
        refused(52, f"cut-at-{at}", archive(folder("d/"), file("big", bytes(3000)), end=b"")[:at], "cut short")
        for at in (1, 511, 513, 600, 1536, 2000, 4000)
    ),
    Case(52, "damaged-header", outer(lambda data: b"?" + data[1:]), words="neither a tar archive .*checksum is wrong"),
    *(
        Case(52, f"damaged-{name}", stored(damaged(pack)), words="unpack layer sha256:")
        for name, pack in SINGLE.items()
    ),
    *(Case(52, f"cut-{name}", stored(cut(pack)), words="cut short") for name, pack in SINGLE.items()),
    refused(52, "cut-in-second-layer", [DATA, file("f", bytes(3000))[:2000]], "cut short"),
    *(Case(52, f"cut-archive-{name}", outer(cut(pack)), words="cut short") for name, pack in SINGLE.items()),
    Case(
        52,
        "cut-archive",
        outer(lambda data: data[: len(data) // 2]),
        words="cut short|not in the|lists no image",
    ),
    *(Case(53, f"several-streams-{name}", stored(twice(pack)), check=whole) for name, pack in SINGLE.items()),
    Case(53, "several-streams-archive", outer(twice(gzipped)), check=whole),
    unpacked(53, "data-behind-end", archive(file("f", b"x")) + b"more" * 3000, holds(f=b"x")),
    *(
        Case(53, f"rubbish-behind-{name}", stored(followed(pack, b"rubbish that is long enough")), words="followed by")
        for name, pack in SINGLE.items()
    ),
    Case(53, "rubbish-behind-archive", outer(followed(gzipped, b"rubbish" * 9)), words="followed by other data"),
    Case(
        53,
        "changed-behind-end",
        stored(lambda data: data + b"!", archive(file("f"))),
        words="its (un)?compressed bytes have the digest|its stored bytes have",
    ),
    *(Case(54, f"packed-{name}", stored(pack), check=whole) for name, pack in PACKS.items()),
    *(Case(54, f"packed-archive-{name}", outer(pack), check=whole) for name, pack in PACKS.items()),
    Case(54, "other-label", labelled_otherwise, check=whole),
    Case(54, "text-labelled-gzip", labelled_gzip, words="not a tar header"),
    Case(
        55,
        "bomb",
        packed(zeros(26), gzipped),
        words="more than 20971520 bytes.*max_bytes",
        options={"max_bytes": "20M"},
    ),
    Case(
        55,
        "bomb-without-members",
        stored(gzipped, archive(file("f")) + bytes(5 * MIB)),
        words="more than 1048576 bytes.*max_bytes",
        options={"max_bytes": "1M"},
    ),
    Case(55, "bomb-archive", bomb_of_members, words="more than 1048576 bytes.*max_bytes", options={"max_bytes": "1M"}),
    Case(55, "ratio", packed(zeros(70), zstd), words="compressed more than 1000 times.*max_ratio"),
    Case(
        55,
        "ratio-archive",
        outer(lambda data: zstd(data + bytes(70 * MIB))),
        words="compressed more than 1000 times.*max_ratio",
    ),
    refused(
        55,
        "entries",
        archive(*(file(f"f{number}") for number in range(11))),
        "more than 10 entries.*max_entries",
        max_entries=10,
    ),
    refused(55, "implied-entries", archive(file("a/b/c/d/e/f/g/h/i/j/k")), "more than 10 entries", max_entries=10),
    refused(
        55,
        "path-length",
        archive(file("d/" * 60 + "f")),
        "121 bytes, at most 100 .*max_path_length",
        max_path_length=100,
    ),
    unpacked(67, "planted-decompressors", [planted, DATA], planted_stays),
    *(
        Case(67, f"planted-and-{name}", layered(planted, DATA, compress=pack), check=planted_stays)
        for name, pack in SINGLE.items()
    ),
]
