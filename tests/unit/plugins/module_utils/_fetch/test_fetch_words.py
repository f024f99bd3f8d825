# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources, options and what skopeo is told and says, with plain data."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._fetch import commands
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.source import parse_source
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.module_utils._sys.skopeo import SECRET, Ended

DIGEST = "sha256:" + "d" * 64
LOGIN = {"username": "reader", "password": "open sesame"}


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"source": "docker://registry.example/app:1", **options}))


@pytest.mark.parametrize(
    ("text", "reference", "name", "registry"),
    [
        ("docker://busybox", "docker://busybox:latest", "busybox:latest", "docker.io"),
        ("docker://docker.io/library/busybox:1", "docker://docker.io/library/busybox:1", "busybox:1", "docker.io"),
        ("docker://team/app:1", "docker://team/app:1", "team/app:1", "docker.io"),
        ("docker://localhost/app:1", "docker://localhost/app:1", "localhost/app:1", "localhost"),
        ("docker://r.example:5000/app", "docker://r.example:5000/app:latest", "r.example:5000/app:latest", None),
        (f"docker://r.example:5000/app@{DIGEST}", f"docker://r.example:5000/app@{DIGEST}", None, "r.example:5000"),
        (f"docker://r.example/app:1@{DIGEST}", f"docker://r.example/app@{DIGEST}", "r.example/app:1", "r.example"),
        ("docker-daemon:busybox", "docker-daemon:busybox:latest", "busybox:latest", None),
        ("containers-storage:localhost/app:1", "containers-storage:localhost/app:1", "localhost/app:1", None),
        ("containers-storage:[vfs@/a:b+/c]app:1", "containers-storage:[vfs@/a:b+/c]app:1", "app:1", None),
    ],
)
def test_a_source(text: str, reference: str, name: Optional[str], registry: Optional[str]) -> None:
    source = parse_source(text)
    assert source.reference() == reference
    assert source.store_name == name
    assert registry is None or source.registry == registry


def test_an_image_of_the_same_repository() -> None:
    source = parse_source("containers-storage:[vfs@/a+/b]localhost/app:1")
    assert source.reference(DIGEST) == f"containers-storage:[vfs@/a+/b]localhost/app@{DIGEST}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("busybox:latest", "It begins with docker://"),
        ("docker-archive:/a.tar", "are unpacked by image_unpack"),
        ("docker://", "An image name looks like"),
        ("docker://Upper/Case", "An image name looks like"),
        ("docker://app@sha256:12", None),
        ("docker://app@", None),
        ("docker://-app", "An image name looks like"),
        ("containers-storage:[]app", "An image name looks like"),
    ],
)
def test_what_is_no_source(text: str, hint: Optional[str]) -> None:
    with pytest.raises(ContainersError) as raised:
        parse_source(text)
    assert hint is None or hint in str(raised.value.hint)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"username": "reader"}, "username and password are needed together"),
        ({"password": "secret"}, "username and password are needed together"),
        ({**LOGIN, "username": "a:b"}, "username can't have"),
        ({**LOGIN, "authfile": "/auth.json"}, "goes without authfile"),
        ({**LOGIN, "source": "docker-daemon:app:1"}, "username is of registries"),
        ({"cert_dir": "/certs", "source": "containers-storage:app:1"}, "cert_dir is of registries"),
        ({"docker_host": "unix:///run/docker.sock"}, "docker_host is of Docker daemons"),
        ({"cert_dir": "certs"}, "cert_dir 'certs' is not an absolute path"),
        ({"platform": "amd64"}, "platform 'amd64' is not valid"),
        ({"name": "UPPER"}, "is not a valid image name"),
        ({"timeout": 0}, "timeout is 0, it has to be at least 1"),
        ({"retries": -1}, "retries is -1, it has to be at least 0"),
    ],
)
def test_options_that_cannot_be_meant_so(options: Dict[str, Any], message: str) -> None:
    with pytest.raises(ContainersError, match=message) as raised:
        wanted(**options)
    assert "secret" not in str(raised.value)


def test_a_password_is_in_no_argument_and_not_shown() -> None:
    made = wanted(**LOGIN, cert_dir="/certs", policy="/policy.json")
    asked = commands.inspect(made, made.source.reference(), config=False)
    copied = commands.copy(made, made.source.reference())
    assert asked[asked.index("--authfile") + 1] == SECRET
    assert copied[copied.index("--src-authfile") + 1] == SECRET
    assert "--src-cert-dir=/certs" in copied
    assert asked[0] == copied[0] == "--policy=/policy.json"
    assert "sesame" not in f"{asked} {copied} {made!r}"
    auths = json.loads(commands.credentials(made) or b"")["auths"]
    assert auths == {"registry.example": {"auth": "cmVhZGVyOm9wZW4gc2VzYW1l"}}


def test_what_is_not_said_is_left_to_skopeo() -> None:
    made = wanted(retries=1)
    assert commands.credentials(made) is None
    assert commands.inspect(made, "docker://a:1", config=True) == [
        *("inspect", "--raw", "--config", "--retry-times=1", "docker://a:1"),
    ]
    assert "--tls-verify=false" in commands.inspect(wanted(tls_verify=False), "docker://a:1", config=False)
    daemon = wanted(source="docker-daemon:app:1", docker_host="unix:///s")
    assert "--src-daemon-host=unix:///s" in commands.copy(daemon, "docker-daemon:app:1")


@pytest.mark.parametrize(
    ("says", "meaning"),
    [
        ("reading manifest 1 in r.example/app: unauthorized: authentication required", "refuses access"),
        ("Requesting bear token: invalid status code from registry 403 (Forbidden)", "refuses access"),
        ('Get \\"https://r/v2/\\": http: server gave HTTP response to HTTPS client', "plain HTTP"),
        ('Get \\"https://r/v2/\\": tls: failed to verify certificate: x509: certificate signed by unknown', "verified"),
        ("reading manifest 2 in r.example/app: manifest unknown", "there is no such image"),
        ("loading image from docker engine: Error response from daemon: reference does not exist", "no such image"),
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "the Docker daemon doesn't answer"),
        ("Source image rejected: Running image docker://r/app is rejected by policy.", "the policy on the target"),
        ("open /etc/containers/policy.json: no such file or directory", "the policy on the target"),
        ("writing blob: write /x: no space left on device", "the target's disk is full"),
        ("dial tcp: lookup r.example on 127.0.0.53:53: no such host", "can't be reached"),
        ("something else altogether", "skopeo: something else altogether"),
    ],
)
def test_what_skopeo_says_is_told_with_its_meaning(says: str, meaning: str) -> None:
    begin = 'Error parsing image name \\"docker://r.example/app:1\\": '
    errors = f'time="x" level=warning msg="try again"\ntime="x" level=fatal msg="{begin}{says}"\n'
    with pytest.raises(ContainersError) as raised:
        commands.output_of(wanted(), Ended(1, b"", errors))
    assert meaning in raised.value.message
    assert says.replace("\\", "") in raised.value.message
    assert "try again" not in raised.value.message
    assert "parsing" not in raised.value.message


def test_an_end_without_words() -> None:
    with pytest.raises(ContainersError, match="skopeo: exit status -9"):
        commands.output_of(wanted(), Ended(-9, b"", ""))
    assert commands.output_of(wanted(), Ended(0, b"told", "")) == b"told"
