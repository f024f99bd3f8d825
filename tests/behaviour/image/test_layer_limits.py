# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers that are damaged, not what they claim to be, or made to fill the host."""

from __future__ import annotations

import bz2
import ctypes
import gzip
import lzma
import os
from typing import Callable

import pytest
from layers import Workshop, digest
from tarbuild import END, archive, file, folder, header, long_name, pax, record

from ansible_collections.daemonless.containers.plugins.module_utils._image.unpack import Limits

DATA = archive(folder("d/"), file("d/f", b"content" * 1000), file("big", os.urandom(150_000)))


def zstd(data: bytes) -> bytes:
    """One frame, by the same library but its other half."""
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compress.restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(len(data) + 1024)
    size = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), data, ctypes.c_size_t(len(data)), 3)
    return room.raw[:size]


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}
packed = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
Pack = Callable[[bytes], bytes]


@pytest.mark.parametrize("data", [b"", bytes(512), bytes(1024), bytes(10240)])
def test_an_empty_layer_is_a_layer(workshop: Workshop, data: bytes) -> None:
    assert os.listdir(workshop.unpack(data)) == []


def test_a_missing_end_mark_is_no_error(workshop: Workshop) -> None:
    assert (workshop.unpack(archive(file("f", b"x"), end=b"")) / "f").read_bytes() == b"x"


def test_missing_padding_at_the_end_is_no_error(workshop: Workshop) -> None:
    assert (workshop.unpack(header("f", size=3) + b"abc") / "f").read_bytes() == b"abc"


def test_an_empty_layer_may_be_compressed(workshop: Workshop) -> None:
    assert os.listdir(workshop.unpack(b"", blob=gzip.compress(b""))) == []


@packed
def test_compressed_layers_are_unpacked(workshop: Workshop, pack: Pack) -> None:
    blob = pack(DATA)
    layer = workshop.unpack(DATA, blob=blob, stored=digest(blob))
    assert (layer / "d/f").read_bytes() == b"content" * 1000


@packed
def test_streams_that_follow_one_another_are_one(workshop: Workshop, pack: Pack) -> None:
    assert (workshop.unpack(DATA, blob=pack(DATA[:700]) + pack(DATA[700:])) / "big").stat().st_size == 150_000


@packed
def test_a_compressed_layer_cut_short_is_an_error(workshop: Workshop, pack: Pack) -> None:
    assert "cut short" in workshop.refusal(DATA, blob=pack(DATA)[:-100])


@packed
def test_what_follows_compressed_data_is_an_error(workshop: Workshop, pack: Pack) -> None:
    message = workshop.refusal(DATA, blob=pack(DATA) + b"rubbish that is long enough")
    assert "damaged or followed by other data" in message


@packed
def test_damage_in_compressed_data_is_an_error(workshop: Workshop, pack: Pack) -> None:
    blob = bytearray(pack(DATA))
    blob[len(blob) // 2] ^= 0xFF
    assert "unpack layer sha256:" in workshop.refusal(DATA, blob=bytes(blob))


@packed
def test_no_program_is_run_to_decompress(workshop: Workshop, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = workshop.folder / "bin"
    planted.mkdir()
    for name in ("gzip", "unpigz", "pigz", "bzip2", "xz", "zstd", "tar"):
        (planted / name).write_text(f"#!/bin/sh\necho hit > {workshop.victim}/secret\n")
        (planted / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(planted))
    assert (workshop.unpack(DATA, blob=pack(DATA)) / "d/f").exists()


def test_text_is_not_a_layer(workshop: Workshop) -> None:
    assert "not a tar header" in workshop.refusal(b"<html>404 not found</html>" * 100)


@pytest.mark.parametrize("cut", [1, 511, 513, 600, 1536, 2000, 200_000])
def test_a_plain_layer_cut_short_is_an_error(workshop: Workshop, cut: int) -> None:
    data = archive(folder("d/"), file("big", bytes(300_000)), end=b"")
    assert "cut short" in workshop.refusal(data[:cut])


def test_an_archive_that_shrinks_while_it_is_read_is_an_error(workshop: Workshop) -> None:
    path = workshop.folder / "short.tar"
    path.write_bytes(DATA[:4096])
    from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
    from ansible_collections.daemonless.containers.plugins.module_utils._image.unpack import LayerSource, unpack_layers

    with path.open("rb") as opened, pytest.raises(ContainersError, match="cut short"):
        unpack_layers(workshop.store, [LayerSource(opened.fileno(), 0, len(DATA), digest(DATA), None, "l")], Limits())
    assert workshop.leftovers() == workshop.known


def test_data_behind_the_end_mark_counts_for_the_digest(workshop: Workshop) -> None:
    data = archive(file("f", b"x")) + b"more" * 300_000
    assert "have the digest" in workshop.refusal(data + b"!", diff_id=digest(data))
    assert os.listdir(workshop.unpack(data)) == ["f"]


def test_a_wrong_diff_id_publishes_nothing(workshop: Workshop) -> None:
    wrong = digest(b"something else")
    message = workshop.refusal(DATA, diff_id=wrong)
    assert f"unpack layer {wrong} (layer.tar): its uncompressed bytes have the digest {digest(DATA)}" in message


@packed
def test_a_wrong_digest_of_the_stored_bytes_publishes_nothing(workshop: Workshop, pack: Pack) -> None:
    blob = pack(DATA)
    message = workshop.refusal(DATA, blob=blob, stored=digest(b"other"))
    assert f"its stored bytes have the digest {digest(blob)}" in message


def test_too_many_bytes_are_refused_before_they_are_written(workshop: Workshop) -> None:
    message = workshop.refusal(archive(file("a", bytes(600)), file("b", bytes(600))), limits=Limits(bytes=1000))
    assert "more than 1000 bytes" in message
    assert "max_bytes" in message


def test_holes_count_as_bytes(workshop: Workshop) -> None:
    records = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "f",
        "GNU.sparse.realsize": str(60 << 30),
    }
    data = archive(file("made-up", b"1\n0\n0\n".ljust(512, b"\0"), records=records))
    assert 'entry "f": more than' in workshop.refusal(data, limits=Limits(bytes=1 << 30))


def test_a_small_blob_that_grows_is_refused(workshop: Workshop) -> None:
    data = archive(file("f", bytes(26_000_000)))
    assert "max_bytes" in workshop.refusal(data, blob=gzip.compress(data), limits=Limits(bytes=20_000_000))


def test_a_stream_without_members_is_limited_too(workshop: Workshop) -> None:
    data = archive(file("f")) + bytes(5_000_000)
    assert "max_bytes" in workshop.refusal(data, blob=gzip.compress(data), limits=Limits(bytes=1_000_000))


def test_a_ratio_beyond_belief_is_refused(workshop: Workshop) -> None:
    data = archive(file("f", bytes(70 << 20)))
    message = workshop.refusal(data, blob=zstd(data), limits=Limits(ratio=1000))
    assert "compressed more than 1000 times" in message


@pytest.mark.parametrize("members", [[file(f"f{number}") for number in range(11)], [file("a/b/c/d/e/f/g/h/i/j/k")]])
def test_too_many_entries_are_refused(workshop: Workshop, members: list[bytes]) -> None:
    message = workshop.refusal(archive(*members), limits=Limits(entries=10))
    assert "more than 10 entries" in message
    assert "max_entries" in message


@pytest.mark.parametrize("extra", [long_name("n" * 2**20), pax({"path": "n" * 2**20}), long_name("n" * 5000)])
def test_a_huge_name_is_an_error(workshop: Workshop, extra: bytes) -> None:
    assert "at most" in workshop.refusal(archive(extra, file("f")))


def test_a_nul_byte_in_a_name_is_an_error(workshop: Workshop) -> None:
    assert "NUL" in workshop.refusal(archive(pax(record("path", b"a\0b")), file("f")))


def test_global_headers_are_tolerated_and_not_applied(workshop: Workshop) -> None:
    data = archive(pax({"comment": "git", "path": "elsewhere", "uid": "7"}, b"g"), file("f", b"x"))
    layer = workshop.unpack(data)
    assert os.listdir(layer) == ["f"]
    assert (layer / "f").stat().st_uid == 0


def test_the_end_mark_may_be_longer(workshop: Workshop) -> None:
    assert os.listdir(workshop.unpack(archive(file("f"), end=END * 20))) == ["f"]
