# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image may cost at most: the options, their defaults, and what has no option."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
from tarbuild import archive, file, symlink

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image import archive as image_archive
from ansible_collections.daemonless.containers.plugins.module_utils._image import whiteouts
from ansible_collections.daemonless.containers.plugins.module_utils._image.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import RATIO_FREE, Limits
from ansible_collections.daemonless.containers.plugins.module_utils._image.spec import spec
from ansible_collections.daemonless.containers.plugins.module_utils._sys.blobs import Blobs

SMALL = Limits(bytes=RATIO_FREE * 2, entries=10, path_length=20, ratio=100)


def limits(**options: Any) -> Limits:
    defaults: Dict[str, Any] = {name: declared.get("default") for name, declared in ARGUMENT_SPEC.items()}
    return spec({**defaults, "src": "/x", **options}).limits


def test_defaults_of_the_options_are_those_of_the_code() -> None:
    assert limits() == Limits()


@pytest.mark.parametrize(("text", "size"), [("10G", 10 << 30), ("1.5k", 1536), ("7", 7), ("2TiB", 2 << 40)])
def test_sizes_in_the_forms_of_other_options(text: str, size: int) -> None:
    assert limits(max_bytes=text).bytes == size


def test_options_reach_the_limits() -> None:
    assert limits(max_entries=3, max_path_length=4, max_ratio=5) == Limits(entries=3, path_length=4, ratio=5)


@pytest.mark.parametrize(
    ("exceed", "words"),
    [
        (lambda: SMALL.check_bytes(RATIO_FREE * 2 + 1), "more than 134217728 bytes. Raise max_bytes"),
        (lambda: SMALL.check_growth(RATIO_FREE * 2 + 1, RATIO_FREE), "more than 134217728 bytes. Raise max_bytes"),
        (lambda: SMALL.check_growth(RATIO_FREE + 1, RATIO_FREE // 100), "more than 100 times. Raise max_ratio"),
        (lambda: SMALL.check_entries(11), "more than 10 entries. Raise max_entries"),
        (lambda: SMALL.check_path(b"x" * 21, "a name"), "a name of 21 bytes, at most 20 .* Raise max_path_length"),
        (lambda: Limits().check_path(b"x" * 4096, "a name"), "a name of 4096 bytes, at most 4095 are allowed$"),
    ],
)
def test_what_exceeds_one_names_the_option(exceed: Any, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        exceed()


def test_what_reaches_one_is_fine() -> None:
    SMALL.check_growth(RATIO_FREE, 1)
    SMALL.check_growth(RATIO_FREE * 2, RATIO_FREE * 2 // 100 + 1)
    SMALL.check_entries(10)
    SMALL.check_path(b"x" * 20, "a name")


@pytest.mark.parametrize("members", [[file("n" * 90) * 12], [symlink("l", "t" * 99) * 12], [file("f")] * 20])
def test_an_archive_of_too_many_or_too_long_members(
    tmp_path: Path, members: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_archive, "MEMBERS_MAX", 15)
    monkeypatch.setattr(image_archive, "NAMES_MAX", 1000)
    path = tmp_path / "a.tar"
    path.write_bytes(archive(*members))
    opened = image_archive.open_archive(Blobs(), Store(str(tmp_path)), str(path), Limits())
    with pytest.raises(ContainersError, match="no image archive has so many"), opened:
        pass


def test_whiteouts_are_kept_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whiteouts, "MEMORY_MAX", 10_000)
    found = whiteouts.Whiteouts()
    for _again in range(1000):
        assert found.take(b"d/.wh.same")
        assert found.take(b"d/.wh..wh..opq")
    with pytest.raises(ContainersError, match="more whiteouts than fit into 10000 bytes"):
        any(not found.take(b"d/.wh.%d" % number) for number in range(1000))
