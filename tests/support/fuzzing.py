# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is fed to the readers of images when bytes are made up: targets, and the repairs that let mutated bytes get far.

A target takes any bytes. It returns, or what it raises is a defect: from the readers only
ContainersError may come, and it is for the target to catch. Who makes the bytes up: the fuzzer
(``tests/fuzz``) and the tests with mutations.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, Optional

import imagebuild
from memory import Memory
from tarbuild import BLOCK, checksummed
from victim import Victim

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError, step
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image import docker_archive, oci_layout
from ansible_collections.daemonless.containers.plugins.module_utils._image.archived import Blob
from ansible_collections.daemonless.containers.plugins.module_utils._image.choose import Choice, choose, layer_blobs
from ansible_collections.daemonless.containers.plugins.module_utils._image.compression import open_stream
from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import Limits
from ansible_collections.daemonless.containers.plugins.module_utils._image.observe import observe
from ansible_collections.daemonless.containers.plugins.module_utils._image.plan import plan, result
from ansible_collections.daemonless.containers.plugins.module_utils._image.platform import Platform
from ansible_collections.daemonless.containers.plugins.module_utils._image.spec import Wanted
from ansible_collections.daemonless.containers.plugins.module_utils._image.tar import Member, read_members
from ansible_collections.daemonless.containers.plugins.module_utils._image.writer import LayerWriter
from ansible_collections.daemonless.containers.plugins.module_utils._sys.blobs import Blobs
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

GROWN_MAX = 1 << 20
"""Most bytes that are taken out of a compressed input."""
LIMITS = Limits(bytes=GROWN_MAX, entries=2000)
ROLES = ("manifest.json", "index.json", "manifest", "index", "docker config", "oci config")
"""What a document can be in an image; the first byte of an input of :func:`documents` chooses."""

Target = Callable[[bytes], None]


def members(data: bytes) -> None:
    """A layer's stream, plain or compressed: every header of it, and what its map says of a sparse file."""
    with suppress(ContainersError):
        plain = _grown(data)
        for count, member in enumerate(read_members(Memory(plain))):
            assert count * BLOCK < len(plain)
            _check(member, len(plain))


def _grown(data: bytes) -> bytes:
    stream, plain = io.BytesIO(data), b""
    for piece in open_stream(stream.read):
        plain += piece
        if len(plain) > GROWN_MAX:
            raise ContainersError("too large for a test")
    return plain


def _check(member: Member, size: int) -> None:
    assert b"\0" not in member.name + member.linkname
    assert 0 <= member.mode <= 0o7777
    assert max(member.uid, member.gid) < 2**32 - 1
    assert min(member.uid, member.gid) >= 0
    assert member.stored >= 0
    assert 0 <= member.offset <= size
    if member.sparse is not None:
        assert sum(count for _offset, count in member.sparse.segments) == member.stored
        assert all(offset + count <= member.size for offset, count in member.sparse.segments)


class _Members:
    """An archive of members in memory."""

    is_file = True

    def __init__(self, members: Dict[str, bytes]) -> None:
        self._members = members
        self._opened = list(members.values())

    def find(self, name: str) -> Optional[Blob]:
        data = self._members.get(name)
        return None if data is None else Blob(self._opened.index(data), 0, len(data))

    def read(self, blob: Blob, size: int) -> bytes:
        return self._opened[blob.descriptor][:size]


def documents(data: bytes) -> None:
    """A JSON document as each that an image has; whatever names it has the right size and digest of it."""
    if not data:
        return
    archive = _Members(_around(ROLES[data[0] % len(ROLES)], data[1:]))
    for candidates in (docker_archive.candidates, oci_layout.candidates):
        with suppress(ContainersError):
            for candidate in candidates(archive):
                str(candidate)
                with suppress(ContainersError):
                    candidate.load()
    with suppress(ContainersError):
        image = choose(archive, Choice(None, None, Platform("linux", "amd64")))
        layer_blobs(archive, image, image.config.diff_ids)


def _around(role: str, document: bytes) -> Dict[str, bytes]:
    """An image with that document in that role."""
    if role in ("manifest.json", "index.json"):
        return {role: document, "config": imagebuild.Image().config}
    if role == "docker config":
        layers = ["layer.tar"] * document.count(b"sha256:")
        manifest = [{"Config": "config", "RepoTags": None, "Layers": layers}]
        return {"manifest.json": imagebuild.encoded(manifest), "config": document, "layer.tar": b""}
    blobs = [document]
    if role == "oci config":
        layer = imagebuild.described(b"", imagebuild.LAYER)
        config = imagebuild.described(document, imagebuild.CONFIG)
        layers = [layer] * document.count(b"sha256:")
        blobs.append(imagebuild.encoded({"schemaVersion": 2, "config": config, "layers": layers}))
    kind = imagebuild.INDEX if role == "index" else imagebuild.MANIFEST
    index = {"schemaVersion": 2, "manifests": [imagebuild.described(blobs[-1], kind)]}
    return {"index.json": imagebuild.encoded(index), **{imagebuild.blob(one): one for one in blobs}}


class Scratch:
    """A folder with a place for a store and a victim beside it; the targets that need files are its methods."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        self._victim = Victim(self._folder / "victim")
        self._host: Any = SimpleNamespace(blobs=Blobs(), files=Files(), machine="x86_64")

    def remove(self) -> None:
        shutil.rmtree(self._folder)

    def archive(self, data: bytes) -> None:
        """A whole archive, from its bytes to the plan, as check mode goes."""
        src = self._folder / "image.tar"
        src.write_bytes(data)
        store = Store(str(self._folder / "store"))
        wanted = Wanted("present", str(src), None, None, None, store, LIMITS)
        with suppress(ContainersError):
            found = observe(self._host, wanted)
            made = plan(wanted, found)
            made.describe()
            result(wanted, found)
        assert not os.path.exists(store.root)
        self._victim.check()

    def layer(self, data: bytes) -> None:
        """A layer's tar, unpacked. Needs root."""
        place = self._folder / "layer"
        for part in ("root", "aside"):
            (place / part).mkdir(parents=True)
        root, aside = (os.open(place / part, os.O_RDONLY | os.O_DIRECTORY) for part in ("root", "aside"))
        try:
            with suppress(ContainersError), step("unpack"), tempfile.TemporaryFile() as folders:
                LayerWriter(root, aside, folders, LIMITS).write(_Stream(data))  # type: ignore[arg-type]
        finally:
            os.close(root)
            os.close(aside)
        self._victim.check()
        Files().remove_tree(str(place))


class _Stream(Memory):
    """As the writer needs it."""

    def copy(self, descriptor: int, count: int) -> None:
        os.write(descriptor, self.take(count))


def repaired(data: bytes) -> bytes:
    """The bytes with right checksums wherever there is something like a tar header."""
    blocks = list(_blocks(data))
    return b"".join(checksummed(block) if block[257:262] == b"ustar" else block for block in blocks)


def _blocks(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), BLOCK):
        yield data[at : at + BLOCK]
