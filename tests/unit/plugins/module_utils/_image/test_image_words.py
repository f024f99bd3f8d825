# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names, digests, platforms and strict JSON: the words that archives and options are made of."""

from __future__ import annotations

import json
from typing import Any, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image import documents
from ansible_collections.daemonless.containers.plugins.module_utils._image.platform import (
    Platform,
    fitness,
    host_platform,
    parse_platform,
)
from ansible_collections.daemonless.containers.plugins.module_utils._image.reference import (
    checked_image_name,
    means_digest,
    means_name,
)

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("busybox", "busybox:latest"),
        ("docker.io/library/busybox:1.36", "busybox:1.36"),
        ("docker.io/team/app", "team/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("Registry.Example:5000/team/app:V1", "Registry.Example:5000/team/app:V1"),
        ("a__b/c-d.e", "a__b/c-d.e:latest"),
        ("[2001:db8::1]:5000/app:1", "[2001:db8::1]:5000/app:1"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert checked_image_name(name, "name") == kept


@pytest.mark.parametrize(
    "name", ["", ":1", "App", "a//b", "../a", "a b", "a:", "a:b:c", "-a", "a/", "a\n", "a@" + DIGEST]
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(ContainersError, match="is not a valid image name"):
        checked_image_name(name, "name")


@pytest.mark.parametrize("name", [DIGEST, DIGEST[7:], "sha512:" + DIGEST[7:]])
def test_a_digest_is_no_name(name: str) -> None:
    with pytest.raises(ContainersError, match="is a digest, not a name"):
        checked_image_name(name, "name")


@pytest.mark.parametrize(
    ("reference", "means"),
    [
        (DIGEST, True),
        (DIGEST[7:], True),
        (DIGEST[7:11], True),
        (DIGEST[:11], True),
        (f"app@{DIGEST}", True),
        (DIGEST[7:10], False),
        (DIGEST[:10], False),
        ("fedc", False),
        ("0123456789ABCDEF", False),
        (DIGEST + "0", False),
        ("app", False),
    ],
)
def test_digests(reference: str, means: bool) -> None:
    assert means_digest(reference, ["sha256:" + "f" * 64, DIGEST]) is means


def test_names_in_any_length() -> None:
    assert means_name("docker.io/library/app", ["app:latest"])
    assert means_name("app:latest", ["docker.io/library/app:latest"])
    assert not means_name("app:1", ["app:latest"])


@pytest.mark.parametrize(
    ("image", "host", "better"),
    [
        ("linux/amd64", "linux/amd64", 100),
        ("linux/amd64/v1", "linux/amd64", 100),
        ("linux/amd64/v3", "linux/amd64", None),
        ("linux/amd64/v2", "linux/amd64/v3", 2),
        ("linux/arm64/v8", "linux/arm64", 100),
        ("linux/arm", "linux/arm/v7", 100),
        ("linux/arm/v6", "linux/arm/v7", 6),
        ("linux/arm/v7", "linux/arm/v6", None),
        ("linux/arm64", "linux/amd64", None),
        ("windows/amd64", "linux/amd64", None),
        ("linux/mips64le/hardfloat", "linux/mips64le", None),
    ],
)
def test_fitness(image: str, host: str, better: Optional[int]) -> None:
    assert fitness(parse_platform(image), parse_platform(host)) == better


def test_platform_of_a_host() -> None:
    assert str(host_platform("x86_64")) == "linux/amd64"
    assert str(host_platform("armv7l")) == "linux/arm/v7"
    assert str(host_platform("riscv64")) == "linux/riscv64"


@pytest.mark.parametrize("text", ["", "linux", "linux/", "linux/amd64/v1/x", "Linux/amd64", "linux amd64"])
def test_what_is_no_platform(text: str) -> None:
    with pytest.raises(ContainersError, match="is not valid"):
        parse_platform(text)


def test_platform_in_words() -> None:
    assert str(Platform("linux", "arm", "v7")) == "linux/arm/v7"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'"\xff"',
        b"1 2",
        b"[" * 9**6,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"1" * 41,
        b"1e999",
        b"-1e999",
        b'"\\ud800"',
        b'{"\\udfff": 1}',
    ],
)
def test_what_is_no_strict_json(data: bytes) -> None:
    with pytest.raises(ContainersError, match="thing is"):
        documents.parse(data, "thing")


@pytest.mark.parametrize("data", [b"[" * 64 + b"]" * 64, b"9" * 40, b"1e300", b'"\\ud83d\\ude00"', b'"\\\\ud800"'])
def test_what_is_strict_json(data: bytes) -> None:
    assert documents.parse(data, "thing") == json.loads(data)


@pytest.mark.parametrize("value", [1, [], {}, True, "a\0b", "\ud800"])
def test_what_is_no_text(value: Any) -> None:
    with pytest.raises(ContainersError, match="thing: key"):
        documents.text({"key": value}, "key", "thing")
    with pytest.raises(ContainersError, match=r"thing: key\[1\]"):
        documents.texts({"key": ["fine", value]}, "key", "thing")


def test_texts_that_are_absent() -> None:
    assert documents.text({}, "key", "thing") == documents.text({"key": None}, "key", "thing") == ""
    assert documents.texts({}, "key", "thing") is None
    assert documents.texts({"key": []}, "key", "thing") == ()
