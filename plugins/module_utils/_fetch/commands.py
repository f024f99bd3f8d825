# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What skopeo is told, as arguments; where it ended badly, what that means to the user. Pure.

The secret that goes with the arguments is the content of a file with credentials, which a word stands for.
"""

from __future__ import annotations

import base64
import json
import re
from typing import List, Optional, Tuple

from .._core.errors import ContainersError
from .._sys.skopeo import SECRET, Ended
from .source import DAEMON, REGISTRY
from .spec import Access, Wanted

LAYOUT = "layout"
"""The folder, below the one for what is fetched, that skopeo fills."""

_LOGGED = re.compile(r'level=fatal msg="((?:[^"\\]|\\.)*)"')
_PREFIX = re.compile(r'Error parsing image name "[^"]*": ')
"""How every failure to get at the image begins, whatever it is."""
_SAYS_MAX = 1000
_MEANINGS: Tuple[Tuple[str, str, Optional[str]], ...] = (
    (
        r"unauthorized|authentication required|access to the resource is denied|status.* 40[13]\b|invalid username",
        "the registry refuses access",
        "Give username and password, or an authfile, that may pull this image",
    ),
    (
        r"server gave HTTP response to HTTPS client",
        "the registry speaks plain HTTP",
        "Set tls_verify to false if its network can be trusted",
    ),
    (
        r"x509|tls:|certificate",
        "the registry's certificate can't be verified",
        "Put the certificate of its authority, as *.crt, into a folder on the target and name that with cert_dir",
    ),
    (
        r"manifest unknown|name unknown|not found|does not exist|no such image|not resolve to an image|status.* 404\b",
        "there is no such image",
        "Check its name, tag and digest",
    ),
    (
        r"connect to the docker daemon|docker\.sock",
        "the Docker daemon doesn't answer",
        "Start it, or name its socket with docker_host, as in unix:///run/docker.sock",
    ),
    (
        r"policy\.json|rejected by policy|signature",
        "the policy on the target doesn't let the image in",
        "See containers-policy.json(5), or name another one with policy",
    ),
    (r"no space left", "the target's disk is full", None),
    (
        r"connection refused|no such host|timeout|unreachable|no route|server misbehaving|connection reset|\bEOF\b",
        "the registry can't be reached",
        "Try it from the target itself; pull: newer goes on with the image that is in the store",
    ),
)


def credentials(wanted: Wanted) -> Optional[bytes]:
    """The content of a file with the given name and password; None where none are given."""
    access = wanted.access
    if access.username is None:
        return None
    token = base64.b64encode(f"{access.username}:{access.password}".encode()).decode()
    return json.dumps({"auths": {wanted.source.registry: {"auth": token}}}).encode()


def inspect(wanted: Wanted, reference: str, config: bool) -> List[str]:
    """Tell the manifest, or the config, of an image, as it is there."""
    access = wanted.access
    words = [*_start(access), "inspect", "--raw", *(["--config"] if config else [])]
    return [*words, f"--retry-times={access.retries}", *_access(wanted, ""), reference]


def copy(wanted: Wanted, reference: str) -> List[str]:
    """Copy those layers of the image that the layout hasn't, as they are."""
    words = [*_start(wanted.access), "copy", "--quiet", "--dest-oci-accept-uncompressed-layers"]
    words += [f"--retry-times={wanted.access.retries}", *_access(wanted, "src-")]
    return [*words, reference, f"oci:{LAYOUT}"]


def _start(access: Access) -> List[str]:
    return [f"--policy={access.policy}"] if access.policy else []


def _access(wanted: Wanted, prefix: str) -> List[str]:
    """Options for the source. Verifying is skopeo's own default, which the target's configuration may change."""
    access = wanted.access
    authfile = SECRET if access.username is not None else access.authfile
    words: List[str] = []
    if wanted.source.transport == REGISTRY:
        words += [] if access.tls_verify else [f"--{prefix}tls-verify=false"]
        words += [f"--{prefix}cert-dir={access.cert_dir}"] if access.cert_dir else []
        words += [f"--{prefix}authfile", authfile] if authfile else []
    if wanted.source.transport == DAEMON and access.docker_host:
        words.append(f"--{prefix}daemon-host={access.docker_host}")
    return words


def output_of(wanted: Wanted, ended: Ended) -> bytes:
    """What skopeo wrote. Raises ContainersError, where it failed, in words that tell a way out."""
    if ended.status == 0:
        return ended.output
    if ended.status is None:
        raise ContainersError(f"skopeo took longer than {wanted.access.timeout} seconds", "Raise timeout")
    logged = _LOGGED.findall(ended.errors)
    says = re.sub(r"\\(.)", r"\1", logged[-1]) if logged else " ".join(ended.errors.split())
    says = _PREFIX.sub("", says)[:_SAYS_MAX] or f"exit status {ended.status}"
    for pattern, meaning, hint in _MEANINGS:
        if re.search(pattern, says, re.IGNORECASE):
            raise ContainersError(f"{meaning} (skopeo: {says})", hint)
    raise ContainersError(f"skopeo: {says}")
