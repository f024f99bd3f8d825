# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a registry: each told in words with a way out, and nothing left behind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict

import pytest
from imagebuild import Image, layer
from registry import PASSWORD, USER, Registry, registry
from rooms import STORE, fetch

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

DOWN = "docker://127.0.0.1:5999/app:1"


def _refused(source: str, **options: Any) -> ContainersError:
    """The error, with check mode agreeing and the store as it was."""
    errors = []
    for check_mode in (True, False):
        with pytest.raises(ContainersError) as raised:
            fetch(source=source, check_mode=check_mode, **{"retries": 0, **options})
        errors.append(raised.value)
    assert os.listdir(STORE) == []
    assert errors[0].hint == errors[1].hint
    return errors[1]


def test_without_a_password(secured: Registry) -> None:
    error = _refused(secured.source("app:1"), cert_dir=secured.options["cert_dir"])
    assert f"ask for {secured.source('app:1')}: the registry refuses access" in error.message
    assert error.hint == "Give username and password, or an authfile, that may pull this image"


def test_with_a_wrong_password(secured: Registry) -> None:
    error = _refused(secured.source("app:1"), **{**secured.options, "password": "not the right one"})
    assert "the registry refuses access" in error.message
    assert "not the right one" not in str(error)


def test_with_an_authfile(secured: Registry, tmp_path: Path) -> None:
    secured.push("authfile:1", Image())
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"auths": {secured.host: {"auth": "cmVhZGVyOm9wZW4gc2VzYW1l"}}}))
    options = {"source": secured.source("authfile:1"), "cert_dir": secured.options["cert_dir"]}
    assert fetch(authfile=str(file), **options)["changed"]


def test_an_unknown_authority(secured: Registry) -> None:
    error = _refused(secured.source("app:1"), username=USER, password=PASSWORD)
    assert "the registry's certificate can't be verified" in error.message
    assert "cert_dir" in str(error.hint)
    secured.push("unverified:1", Image())
    login = {"username": USER, "password": PASSWORD}
    assert fetch(source=secured.source("unverified:1"), tls_verify=False, **login)["changed"]


def test_plain_http(plain: Registry) -> None:
    error = _refused(plain.source("app:1"))
    assert "the registry speaks plain HTTP" in error.message
    assert error.hint == "Set tls_verify to false if its network can be trusted"


@pytest.mark.parametrize("image", ["app:none", "none:1", f"app@sha256:{'0' * 64}"])
def test_an_image_that_is_not_there(plain: Registry, image: str) -> None:
    plain.push("app:1", Image())
    assert "there is no such image" in _refused(plain.source(image), **plain.options).message


def test_a_registry_that_is_down() -> None:
    error = _refused(DOWN)
    assert "the registry can't be reached" in error.message
    assert "connection refused" in error.message


@pytest.mark.usefixtures("plain")
def test_the_image_of_the_store_does_where_the_registry_is_down(tmp_path: Path) -> None:
    with registry(tmp_path, 5002, secure=False) as running:
        running.push("app:1", Image())
        options: Dict[str, Any] = {"source": running.source("app:1"), "retries": 0, **running.options}
        there = fetch(**options)
    newer = fetch(pull="newer", **options)
    assert (newer["changed"], newer["image"], newer["digest"]) == (False, there["image"], there["digest"])
    assert any("can't be reached" in one and "is left as it is" in one for one in newer["warnings"])
    assert fetch(pull="missing", **options)["warnings"] == ()
    with pytest.raises(ContainersError, match="can't be reached"):
        fetch(pull="always", **options)


def test_a_policy_that_lets_nothing_in(plain: Registry, tmp_path: Path) -> None:
    plain.push("app:1", Image())
    policy = tmp_path / "policy.json"
    policy.write_text('{"default": [{"type": "reject"}]}')
    with pytest.raises(ContainersError, match="the policy on the target doesn't let the image in"):
        fetch(source=plain.source("app:1"), policy=str(policy), **plain.options)
    assert os.listdir(STORE) == []


def test_a_layer_that_is_not_what_its_digest_says(plain: Registry) -> None:
    image = Image(layers=[layer("good"), layer("bad")])
    plain.push("bad:1", image)
    plain.stored(image.layers[1]).write_bytes(layer("evil"))
    with pytest.raises(ContainersError, match=r"fetch docker://.*/bad@sha256:\w+: skopeo: .*[Dd]igest"):
        fetch(source=plain.source("bad:1"), **{**plain.options, "retries": 0})
    assert os.listdir(STORE) == []


def test_a_host_without_skopeo(plain: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    predicted = fetch(source=plain.source("app:1"), check_mode=True)
    assert predicted["image"]["names"] == [f"{plain.host}/app:1"]
    assert any("skopeo is not installed" in warning for warning in predicted["warnings"])
    with pytest.raises(ContainersError) as raised:
        fetch(source=plain.source("app:1"))
    assert raised.value.hint == "Role daemonless.containers.host installs it with host_skopeo: true"


def test_a_manifest_of_something_else(plain: Registry, tmp_path: Path) -> None:
    image = Image(changes={"os": "windows"})
    plain.push("windows:1", image)
    error = _refused(plain.source("windows:1"), **plain.options)
    assert "only Linux images can run here" in error.message
