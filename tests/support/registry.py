# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real registry on loopback, with a certificate of its own authority and a password, or with neither."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List

import imagebuild

USER, PASSWORD = "reader", "open sesame"
_HTPASSWD = f"{USER}:$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy\n"
_ADDRESS = "127.0.0.1"
START_SECONDS = 30


@dataclass(frozen=True)
class Registry:
    """A running registry. ``folder`` has its log, its data and, below ``certs``, its authority's certificate."""

    host: str
    folder: Path
    secure: bool

    @property
    def options(self) -> Dict[str, Any]:
        """What image_fetch needs to get at it."""
        if not self.secure:
            return {"tls_verify": False}
        return {"username": USER, "password": PASSWORD, "cert_dir": str(self.folder / "certs")}

    def source(self, name: str) -> str:
        return f"docker://{self.host}/{name}"

    def push(self, name: str, *images: imagebuild.Image, kind: str = "oci") -> None:
        """Put an image there, or an index of several for different platforms."""
        layout = self.folder / f"push-{time.monotonic_ns()}"
        imagebuild.write_folder(layout, _layout(*images))
        self.copy(f"oci:{layout}", name, "--all", f"--format={kind}")
        shutil.rmtree(layout)

    def copy(self, source: str, name: str, *words: str) -> None:
        access = ["--dest-tls-verify=false"]
        if self.secure:
            access = [f"--dest-creds={USER}:{PASSWORD}", f"--dest-cert-dir={self.folder / 'certs'}"]
        subprocess.run(
            ["skopeo", "copy", "--quiet", "--insecure-policy", *words, *access, source, self.source(name)],
            check=True,
        )

    def asked(self) -> List[str]:
        """The paths that were got from it so far."""
        lines = (self.folder / "log").read_text().splitlines()
        return [line.split('"GET ')[1].split()[0] for line in lines if '"GET /v2/' in line]

    def stored(self, layer: bytes) -> Path:
        """Where it keeps that layer, compressed as it was pushed."""
        paths = (self.folder / "data/docker/registry/v2/blobs/sha256").glob("*/*/data")
        return next(path for path in paths if _plain(path.read_bytes()) == layer)


def program() -> str | None:
    return shutil.which("docker-registry")


@contextmanager
def registry(folder: Path, port: int, secure: bool = True) -> Iterator[Registry]:
    """A registry whose everything lies in that folder."""
    command = program()
    assert command is not None
    assert not _answers(port), f"something listens on port {port} already"
    running = Registry(f"{_ADDRESS}:{port}", folder, secure)
    (folder / "config.yml").write_text(json.dumps(_config(running)))  # JSON is YAML
    with open(folder / "log", "ab") as log:
        process = subprocess.Popen([command, "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        _wait_for(port, process, folder / "log")
        yield running
    finally:
        process.terminate()
        process.wait()


def _plain(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def _config(running: Registry) -> Dict[str, Any]:
    http: Dict[str, Any] = {"addr": running.host}
    config: Dict[str, Any] = {
        "version": "0.1",
        "storage": {"filesystem": {"rootdirectory": str(running.folder / "data")}},
        "http": http,
    }
    if running.secure:
        _make_certificates(running.folder)
        (running.folder / "htpasswd").write_text(_HTPASSWD)
        http["tls"] = {"certificate": str(running.folder / "tls.pem"), "key": str(running.folder / "tls.key")}
        config["auth"] = {"htpasswd": {"realm": "test", "path": str(running.folder / "htpasswd")}}
    return config


def _make_certificates(folder: Path) -> None:
    certs = folder / "certs"
    certs.mkdir(exist_ok=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl("req", "-x509", *key, "-subj", "/CN=authority", "-keyout", folder / "ca.key", "-out", certs / "ca.crt")
    _openssl("req", *key, "-subj", "/CN=registry", "-keyout", folder / "tls.key", "-out", folder / "tls.csr")
    (folder / "names").write_text(f"subjectAltName=IP:{_ADDRESS}\n")
    signing = ["-CA", certs / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial", "-extfile", folder / "names"]
    _openssl("x509", "-req", "-in", folder / "tls.csr", *signing, "-out", folder / "tls.pem")


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(port):
            return
        time.sleep(0.05)
    raise AssertionError(f"the registry doesn't answer: {log.read_text()[-2000:]}")


def _answers(port: int) -> bool:
    try:
        socket.create_connection((_ADDRESS, port)).close()
    except OSError:
        return False
    return True


def _layout(*images: imagebuild.Image) -> imagebuild.Members:
    members: imagebuild.Members = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
    entries: List[Dict[str, Any]] = []
    for image in images:
        blobs, descriptor = imagebuild.oci_image(image)
        members.update(blobs)
        entries.append({**descriptor, "platform": {"os": "linux", "architecture": image.architecture}})
    if len(images) > 1:
        index = {"schemaVersion": 2, "mediaType": imagebuild.INDEX, "manifests": entries}
        members.update(imagebuild.blobs(imagebuild.encoded(index)))
        entries = [imagebuild.described(imagebuild.encoded(index), imagebuild.INDEX)]
    members["index.json"] = imagebuild.encoded({"schemaVersion": 2, "manifests": entries})
    return members


def on_path(folder: Path, text: str) -> str:
    """PATH with a skopeo of our own before the real one, which it can run as ``$SKOPEO``."""
    real = shutil.which("skopeo")
    folder.mkdir(exist_ok=True)
    script = folder / "skopeo"
    script.write_text(f"#!/bin/sh\nSKOPEO={real}\n{text}\n")
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"
