# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers that are damaged, not what they claim to be, or made to fill the host."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from typing import Callable

import pytest
from imagebuild import zstd
from layers import Workshop, digest
from tarbuild import archive, file, folder

from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import Limits

DATA = archive(folder("d/"), file("d/f", b"content" * 1000), file("big", os.urandom(150_000)))


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}
packed = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
Pack = Callable[[bytes], bytes]


@packed
def test_no_program_is_run_to_decompress(workshop: Workshop, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = workshop.folder / "bin"
    planted.mkdir()
    for name in ("gzip", "unpigz", "pigz", "bzip2", "xz", "zstd", "tar"):
        (planted / name).write_text(f"#!/bin/sh\necho hit > {workshop.victim}/secret\n")
        (planted / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(planted))
    assert (workshop.unpack(DATA, blob=pack(DATA)) / "d/f").exists()


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


@packed
def test_a_wrong_digest_of_the_stored_bytes_publishes_nothing(workshop: Workshop, pack: Pack) -> None:
    blob = pack(DATA)
    message = workshop.refusal(DATA, blob=blob, stored=digest(b"other"))
    assert f"its stored bytes have the digest {digest(blob)}" in message
